"""Uploaded media, and samples for templates."""

from datetime import timedelta
from typing import Any

from msgspec.structs import replace

from support.nouns import ACCOUNT, NOW, SENDER_ID, WABA_ID, later
from waypost.model.medium import Medium, MediumKind, ResumableMedium, ResumableState

DIGEST = b"\x07" * 32
KEY = f"{ACCOUNT}/{DIGEST.hex()}"
DAY = 86_400


def medium(media_id: str = "1001", **changes: Any) -> Medium:
    made = Medium(
        account_id=ACCOUNT,
        media_id=media_id,
        sender_id=SENDER_ID,
        kind=MediumKind.IMAGE,
        mime_type="image/png",
        size_bytes=57,
        file_name="logo.png",
        digest=DIGEST,
        object_key=KEY,
        meta_id=media_id,
        meta_expires_at=later(30 * DAY),
        created_at=NOW,
        last_used_at=NOW,
    )
    return replace(made, **changes)


def sample(id_: str = "s1", **changes: Any) -> ResumableMedium:
    made = ResumableMedium(
        account_id=ACCOUNT,
        resumable_media_id=id_,
        waba_id=WABA_ID,
        file_name="sample.pdf",
        mime_type="application/pdf",
        size_bytes=9,
        state=ResumableState.PENDING,
        handle=None,
        object_key=KEY,
        failure=None,
        created_at=NOW,
        expires_at=later(DAY),
    )
    return replace(made, **changes)


def keep(stored, *media: Medium) -> None:
    stored.do(lambda t: t.media.save(media))


def keep_samples(stored, *samples: ResumableMedium) -> None:
    stored.do(lambda t: t.media.save_resumable(samples))


def test_media_are_found_by_the_ids_that_customers_name_within_their_account(stored):
    foreign = medium("1002", digest=None, object_key=None, kind=MediumKind.STICKER)
    keep(stored, medium(), foreign, medium("1001", account_id=2, file_name="theirs.png"))

    found = stored.ask(
        lambda t: t.media.find([(ACCOUNT, "1001"), (ACCOUNT, "1002"), (ACCOUNT, "1003")])
    )

    assert found == {(ACCOUNT, "1001"): medium(), (ACCOUNT, "1002"): foreign}


def test_a_medium_uploaded_again_keeps_its_id_and_what_it_is(stored):
    keep(stored, medium())
    again = medium(
        meta_id="2002", meta_expires_at=later(57 * DAY), file_name="new.png", last_used_at=NOW
    )

    stored.do(lambda t: t.media.mark_used([(ACCOUNT, "1001"), (ACCOUNT, "9")], later(60)))
    keep(stored, again)

    assert stored.ask(lambda t: t.media.find([(ACCOUNT, "1001")])) == {
        (ACCOUNT, "1001"): replace(again, file_name="logo.png", last_used_at=later(60))
    }


def test_bytes_are_found_again_by_the_sender_who_uploaded_them(stored):
    keep(stored, medium(), medium("1002", sender_id="918000000002"), medium("1003", digest=b"x"))

    found = stored.ask(lambda t: t.media.by_digest(ACCOUNT, SENDER_ID, DIGEST))

    assert found == [medium()]


def test_what_expires_is_found_page_by_page_if_its_bytes_are_here_and_it_is_used(stored):
    expiring = [medium(f"10{n}", meta_expires_at=later(n // 2 * DAY)) for n in range(5)]
    keep(
        stored,
        *expiring,
        medium("2001"),
        medium("2002", meta_expires_at=NOW, object_key=None),
        medium("2003", meta_expires_at=NOW, last_used_at=NOW - timedelta(days=31)),
    )

    pages = []
    after = None
    while True:
        page = stored.ask(
            lambda t, after=after: t.media.expiring(
                later(3 * DAY), NOW - timedelta(days=30), after, 2
            )
        )
        if not page:
            break
        pages.append(page)
        after = page[-1]

    assert [len(page) for page in pages] == [2, 2, 1]
    assert [one for page in pages for one in page] == expiring


def test_media_are_listed_with_the_newest_first(stored):
    keep(stored, *(medium(f"100{n}", created_at=later(n)) for n in range(4)))

    listed = stored.ask(lambda t: t.media.of_account(ACCOUNT, 2, 1))

    assert [one.media_id for one in listed] == ["1002", "1001"]
    assert stored.ask(lambda t: t.media.of_account(2, 9, 0)) == []


def test_bytes_are_needed_while_a_medium_or_a_sample_of_the_account_names_them(stored):
    def needed() -> bool:
        return stored.ask(lambda t: t.media.needs_object(ACCOUNT, DIGEST, KEY))

    keep(stored, medium(), medium("1", account_id=2))
    keep_samples(stored, sample())
    assert needed()
    stored.do(lambda t: t.media.remove(ACCOUNT, "1001"))
    assert needed()
    stored.do(lambda t: t.media.remove_resumable(ACCOUNT, "s1"))
    assert not needed()
    assert stored.ask(lambda t: t.media.find([(2, "1")])), "another account's stays"


def test_what_meta_forgot_long_ago_is_found(stored):
    keep(stored, medium("1001", meta_expires_at=NOW), medium("1002", meta_expires_at=later(1)))

    lapsed = stored.ask(lambda t: t.media.lapsed(later(1), 10))

    assert [one.media_id for one in lapsed] == ["1001"]


def test_samples_are_listed_by_waba_and_found_by_id(stored):
    made = [sample(f"s{n}", created_at=later(n)) for n in range(3)]
    keep_samples(stored, *made, sample("other", waba_id="9", created_at=NOW - timedelta(1)))
    done = replace(
        made[0], state=ResumableState.UPLOADED, handle="4::aW1h", expires_at=later(2 * DAY)
    )
    keep_samples(stored, done)

    assert stored.ask(lambda t: t.media.resumable(ACCOUNT, WABA_ID, 2, 1)) == [made[1], done]
    assert stored.ask(lambda t: t.media.find_resumable([(ACCOUNT, "s0"), (2, "s1")])) == {
        (ACCOUNT, "s0"): done
    }
    assert stored.ask(lambda t: t.media.resumable_since(ACCOUNT, WABA_ID, NOW)) == [
        later(1),
        later(2),
    ]
    assert stored.ask(lambda t: t.media.lapsed_resumable(later(2), 9)) == [
        sample("other", waba_id="9", created_at=NOW - timedelta(1)),
        done,
        made[1],
    ]


def test_samples_whose_upload_was_cut_off_have_failed(stored):
    keep_samples(
        stored,
        sample("old"),
        sample("new", created_at=later(60)),
        sample("done", state=ResumableState.UPLOADED, handle="4::aW1h"),
    )

    failed = stored.do(lambda t: t.media.fail_pending(later(60), "Send it again."))

    assert [one.resumable_media_id for one in failed] == ["old"]
    listed = stored.ask(lambda t: t.media.resumable(ACCOUNT, WABA_ID, 9, 0))
    assert {(one.resumable_media_id, one.state.value, one.failure) for one in listed} == {
        ("old", "FAILED", "Send it again."),
        ("new", "PENDING", None),
        ("done", "UPLOADED", None),
    }
