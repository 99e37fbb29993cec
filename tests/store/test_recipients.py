"""Opt-outs and service windows: what is told late or twice undoes nothing newer."""

import pytest

from support.nouns import ACCOUNT, NOW, SENDER_ID, account, later
from waypost.model.opt_out import Keywords, OptIn, OptOut, OptOutSource, Wrote

PHONE = "+919876543210"
KEY = (ACCOUNT, PHONE)
LEFT, CAME_BACK = "left", "came back"


def opt_out(recipient=PHONE, after_s=0.0, **changes):
    made = {"source": OptOutSource.KEYWORD, "detail": "STOP", **changes}
    return OptOut(ACCOUNT, recipient, opted_out_at=later(after_s), **made)


def leave(stored, *opt_outs):
    stored.do(lambda t: t.recipients.save_opt_outs(opt_outs))


def come_back(stored, *after_s, recipient=PHONE):
    stored.do(
        lambda t: t.recipients.end_opt_outs(
            [OptIn(ACCOUNT, recipient, later(one)) for one in after_s]
        )
    )


def opted_out(stored, *recipients):
    keys = [(ACCOUNT, one) for one in recipients or (PHONE,)]
    return {address for _, address in stored.ask(lambda t: t.recipients.opted_out(keys))}


def listed(stored, after="", limit=10):
    return stored.ask(lambda t: t.recipients.opt_outs(ACCOUNT, after, limit))


def test_an_opt_out_is_of_one_account_and_one_recipient(stored):
    leave(stored, opt_out())

    keys = [KEY, (ACCOUNT, "+919876543211"), (2, PHONE)]
    assert stored.ask(lambda t: t.recipients.opted_out(keys)) == {KEY}
    assert listed(stored) == [opt_out()]


@pytest.mark.parametrize(
    ("words", "is_out"),
    [
        ([(LEFT, 1)], True),
        ([(LEFT, 1), (CAME_BACK, 2)], False),
        ([(CAME_BACK, 2), (LEFT, 1)], False),
        ([(CAME_BACK, 1), (LEFT, 2)], True),
        ([(LEFT, 2), (CAME_BACK, 1)], True),
        ([(LEFT, 1), (CAME_BACK, 2), (LEFT, 1)], False),
        ([(LEFT, 1), (CAME_BACK, 2), (LEFT, 3), (CAME_BACK, 2)], True),
        ([(CAME_BACK, 1), (LEFT, 1)], True),
        ([(LEFT, 1), (CAME_BACK, 1)], True),
        ([(CAME_BACK, 0)], False),
    ],
)
def test_the_latest_word_counts_in_whatever_order_it_comes(stored, words, is_out):
    for word, after_s in words:
        if word is LEFT:
            leave(stored, opt_out(after_s=after_s))
        else:
            come_back(stored, after_s)

    assert opted_out(stored) == ({PHONE} if is_out else set())
    assert bool(listed(stored)) is is_out


def test_an_opt_out_keeps_what_was_told_last(stored):
    later_one = opt_out(after_s=5, source=OptOutSource.USER_PREFERENCES, detail="stop")

    leave(stored, later_one)
    leave(stored, opt_out(after_s=4))

    assert listed(stored) == [later_one]


def test_two_words_about_one_recipient_may_come_together(stored):
    leave(stored, opt_out(after_s=3, detail="second"), opt_out(after_s=1, detail="first"))
    assert [one.detail for one in listed(stored)] == ["second"]

    come_back(stored, 4, 2)
    assert opted_out(stored) == set()


def test_a_thousand_recipients_are_looked_up_at_once(stored):
    everybody = [f"+9198{number:08}" for number in range(1000)]
    leave(stored, *(opt_out(one) for one in everybody[::2]))

    assert opted_out(stored, *everybody) == set(everybody[::2])
    assert opted_out(stored, *everybody[1::2]) == set()


def test_opt_outs_are_listed_page_by_page(stored):
    everybody = ["+911", "+912", "+913", "US.13491208655302741918"]
    leave(stored, *(opt_out(one) for one in everybody))
    come_back(stored, 1, recipient="+912")

    assert [one.recipient for one in listed(stored, limit=2)] == ["+911", "+913"]
    assert [one.recipient for one in listed(stored, after="+913")] == everybody[3:]


def test_the_latest_writing_stays(stored):
    for after_s in (60, 0, 120, 60):
        stored.do(
            lambda t, after_s=after_s: t.recipients.note_writing(
                [Wrote(ACCOUNT, SENDER_ID, PHONE, later(after_s))]
            )
        )

    key = (ACCOUNT, SENDER_ID, PHONE)
    others = [(ACCOUNT, "919800000002", PHONE), (2, SENDER_ID, PHONE), (ACCOUNT, SENDER_ID, "+1")]
    assert stored.ask(lambda t: t.recipients.wrote_at([key, *others])) == {key: later(120)}


def test_of_several_writings_in_one_commit_the_latest_stays(stored):
    stored.do(
        lambda t: t.recipients.note_writing(
            [Wrote(ACCOUNT, SENDER_ID, PHONE, later(one)) for one in (5, 9, 7)]
        )
    )

    key = (ACCOUNT, SENDER_ID, PHONE)
    assert stored.ask(lambda t: t.recipients.wrote_at([key])) == {key: later(9)}


def test_an_account_listens_for_its_own_words(stored):
    stored.do(lambda t: t.directory.insert_account(account(), NOW))
    assert stored.ask(lambda t: t.recipients.keywords(ACCOUNT)) == Keywords()

    own = account(opt_out_keywords=("baja",), opt_in_keywords=())
    stored.do(lambda t: t.directory.update_account(own))

    assert stored.ask(lambda t: t.recipients.keywords(ACCOUNT)) == Keywords(("baja",), ())
    assert stored.ask(lambda t: t.recipients.keywords(404)) == Keywords()
