"""Templates, media, catalogues and people, as an operator keeps them beside an emulator."""

import json
import re

import pytest

from support.emulator_process import emulator_process
from support.pair_process import waypost

NUMBER = "+919800000001"
PNG = b"\x89PNG\r\n\x1a\n" + bytes(20)
FEED = """id,title,description,availability,price
S-1,Aloe,plant,in stock,9.99 USD
S-2,Fern,plant,perhaps,1 USD
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("directory")


@pytest.fixture(scope="module")
def emulator(tmp_path_factory):
    with emulator_process(
        tmp_path_factory.mktemp("emulator"), "--quiet", "--review-delay", "0"
    ) as running:
        yield running


@pytest.fixture(scope="module")
def sid(folder, emulator):
    """An account with the emulator's WABA and number, its templates and catalogue read."""
    sid = asked(folder, emulator, "account", "create", "Shop", "--check-mode", "warn")["sid"]
    waba_id = emulator.facts["waba_id"]
    waba = ["waba", "add", sid, waba_id, "--name", "Plants", "--data", "d"]
    assert waypost(folder, *waba, stdin=emulator.facts["access_token"]).returncode == 0
    phone_number_id = emulator.facts["phone_number_id"]
    asked(folder, emulator, "sender", "add", sid, NUMBER, phone_number_id, waba_id)
    asked(folder, emulator, "template", "sync", sid)
    return sid


def run(folder, emulator, *arguments):
    """A command on the folder, with the emulator as Meta."""
    meta = {"WAYPOST_META_BASE_URL": emulator.facts["url"], "WAYPOST_META_APP_ID": "55"}
    return waypost(folder, *arguments, "--data", "d", **meta)


def asked(folder, emulator, *arguments):
    """The answer of a command in JSON."""
    done = run(folder, emulator, *arguments, "--json")
    assert done.returncode == 0, done.stdout + done.stderr
    return json.loads(done.stdout)


def test_an_account_is_changed_in_what_is_given_and_the_log_knows_who_did_it(folder, emulator, sid):
    before = asked(folder, emulator, "account", "show", sid)
    options = ["--requests-per-second", "50", "--opt-out-words", "Leave, stop"]

    after = asked(folder, emulator, "account", "set", sid, *options)

    assert before["check_mode"] == after["check_mode"] == "warn"
    assert (after["requests_per_s"], after["opt_out_words"]) == (50, ["leave", "stop"])
    newest = asked(folder, emulator, "audit", "list", sid, "--limit", "1")[0]
    assert re.fullmatch(r"cli:\S+", newest["actor"])
    assert (newest["act"], newest["sid"]) == ("account.changed", sid)
    assert newest["detail"]["requests_per_s"] == {"before": None, "after": 50}


def test_what_meta_allows_is_shown_and_a_throughput_can_be_named(folder, emulator, sid):
    waba_id = emulator.facts["waba_id"]
    told = asked(folder, emulator, "waba", "limit", sid, waba_id)
    assert (told["limit"], told["free"], told["waiting"]) == (100_000, 100_000, 0)
    shown = run(folder, emulator, "waba", "limit", sid, waba_id).stdout
    assert "users in 24 hours" in shown
    unknown = run(folder, emulator, "waba", "limit", sid, "1")
    assert (unknown.returncode, waba_id in unknown.stderr) == (1, True)

    named = asked(folder, emulator, "sender", "set", sid, NUMBER, "--throughput", "200")
    assert (named["throughput"], named["is_throughput_pinned"]) == (200, True)
    followed = asked(folder, emulator, "sender", "set", sid, NUMBER, "--throughput", "0")
    assert (followed["throughput"], followed["is_throughput_pinned"]) == (200, False)
    asked(folder, emulator, "template", "sync", sid)
    (listed,) = asked(folder, emulator, "sender", "list", sid)
    assert listed["throughput"] == 80


def test_a_key_is_rotated_and_both_are_valid_for_the_overlap(folder, emulator, sid):
    old = asked(folder, emulator, "key", "create", sid, "--label", "shop")["api_key"]

    new = run(folder, emulator, "key", "rotate", sid, old[:6], "--overlap", "1h").stdout.strip()

    assert re.fullmatch(r"A[0-9a-f]{32}", new)
    listed = {one["prefix"]: one for one in asked(folder, emulator, "key", "list", sid)}
    assert listed[old[:6]]["expires_at"] != ""
    assert (listed[new[:6]]["expires_at"], listed[new[:6]]["label"]) == ("", "shop")
    bound = ["--allow", "203.0.113.7", "--expires", "2099-01-31"]
    changed = asked(folder, emulator, "key", "set", sid, new[:6], *bound)
    assert (changed["from"], changed["expires_at"]) == ("203.0.113.7", "2099-01-31 00:00:00Z")


def test_a_waba_shows_how_its_last_reading_went(folder, emulator, sid):
    (waba,) = asked(folder, emulator, "waba", "list", sid)

    assert (waba["name"], waba["senders"], waba["sync_failure"]) == ("Plants", 1, None)
    assert waba["templates"] > 10
    assert waba["catalogue_id"] is not None


def test_templates_are_filtered_and_shown_with_their_components(folder, emulator, sid):
    paused = asked(folder, emulator, "template", "list", sid, "--status", "paused")
    shown = run(folder, emulator, "template", "show", sid, "abandoned_cart", "en_US")

    assert [one["name"] for one in paused] == ["paused_offer"]
    assert shown.stdout.startswith("abandoned_cart (en_US): MARKETING, APPROVED")
    assert "  HEADER    text  Forget something, {{1}}?" in shown.stdout
    unknown = run(folder, emulator, "template", "show", sid, "abandoned_cart", "de")
    assert unknown.returncode == 1
    assert unknown.stderr == "abandoned_cart is not known in de, but in en_US.\n"


def test_a_template_is_checked_without_a_gateway(tmp_path):
    (tmp_path / "t.json").write_text('{"name": "Spring Sale", "language": "en_US"}')

    checked = waypost(tmp_path, "template", "check", "t.json")

    assert checked.returncode == 1
    assert checked.stdout.startswith("Refused: 3 things are to mend.\n  /name: ")
    assert '    To mend it: Call it "spring_sale".' in checked.stdout


def test_a_template_lives_from_its_sample_to_its_end(folder, emulator, sid):
    waba_id = emulator.facts["waba_id"]
    (folder / "offer.png").write_bytes(PNG)
    sample = asked(folder, emulator, "media", "sample", sid, waba_id, "offer.png")
    image = {
        "type": "HEADER",
        "format": "IMAGE",
        "example": {"header_handle": [sample["handle"]]},
    }
    definition = {
        "name": "spring_sale",
        "language": "en_US",
        "category": "MARKETING",
        "components": [image, {"type": "BODY", "text": "Spring is here."}],
    }
    (folder / "t.json").write_text(json.dumps(definition))
    body = {"components": [image, {"type": "BODY", "text": "Spring is nearly over."}]}
    (folder / "c.json").write_text(json.dumps(body))

    made = asked(folder, emulator, "template", "create", sid, waba_id, "t.json")
    asked(folder, emulator, "template", "sync", sid)
    edit = ["template", "edit", sid, waba_id, "spring_sale", "en_US", "c.json"]
    edited = run(folder, emulator, *edit)
    asked(folder, emulator, "template", "sync", sid)
    deleted = run(folder, emulator, "template", "delete", sid, waba_id, "spring_sale")

    assert made["category"] == "MARKETING"
    assert (edited.returncode, deleted.returncode) == (0, 0), edited.stderr + deleted.stderr
    changes = asked(folder, emulator, "template", "changes", sid)
    of_it = [one["what"] for one in changes if one["name"] == "spring_sale"]
    assert (of_it[0], of_it[-1]) == ("vanished", "appeared")
    assert "components" in of_it
    again = run(folder, emulator, "template", "delete", sid, waba_id, "spring_sale")
    assert again.returncode == 1
    assert again.stderr.startswith("Meta refused it (100): ")


def test_a_medium_is_uploaded_listed_and_removed(folder, emulator, sid):
    (folder / "offer.png").write_bytes(PNG)

    made = asked(folder, emulator, "media", "upload", sid, NUMBER, "offer.png")

    assert (made["mime_type"], made["file_name"]) == ("image/png", "offer.png")
    assert made in asked(folder, emulator, "media", "list", sid)
    asked(folder, emulator, "media", "remove", sid, made["media_id"])
    assert made not in asked(folder, emulator, "media", "list", sid)


def test_a_file_of_another_type_is_refused_and_ends_with_1(folder, emulator, sid):
    (folder / "offer.png").write_bytes(PNG)

    lying = run(
        folder, emulator, "media", "upload", sid, NUMBER, "offer.png", "--type", "image/jpeg"
    )

    assert lying.returncode == 1
    assert "The type says image/jpeg, but the file is image/png." in lying.stdout


def test_a_feed_is_loaded_and_what_is_wrong_with_a_row_is_said(folder, emulator, sid):
    (folder / "feed.csv").write_text(FEED)

    loaded = run(folder, emulator, "catalogue", "load", sid, "55", "feed.csv")

    assert loaded.stdout.startswith(
        "The catalogue 55 has 1 product now.\n1 row was left out. What is wrong in feed.csv:\n"
        "  line 3, column availability: "
    )
    (product,) = asked(folder, emulator, "catalogue", "show", sid, "55", "--product", "S-1")
    assert (product["name"], product["price"]) == ("Aloe", "9.99 USD")
    missing = run(folder, emulator, "catalogue", "show", sid, "55", "--product", "S-2")
    assert missing.returncode == 1
    assert missing.stderr.startswith("The catalogue 55 has no product S-2 here;")


def test_metas_catalogue_is_read_anew(folder, emulator, sid):
    waba_id = emulator.facts["waba_id"]

    refreshed = asked(folder, emulator, "catalogue", "refresh", sid, waba_id)["catalogue"]

    assert (refreshed["source"], refreshed["products"] > 10) == ("meta", True)
    listed = {one["catalogue_id"]: one for one in asked(folder, emulator, "catalogue", "list", sid)}
    assert listed[refreshed["catalogue_id"]]["wabas"] == [waba_id]


def test_an_opt_out_is_added_listed_and_removed(folder, emulator, sid):
    asked(folder, emulator, "optout", "add", sid, "+91 98123-45678", "--reason", "by phone")

    (listed,) = asked(folder, emulator, "optout", "list", sid)

    assert (listed["recipient"], listed["source"]) == ("+919812345678", "operator")
    asked(folder, emulator, "optout", "remove", sid, "+919812345678")
    assert asked(folder, emulator, "optout", "list", sid) == []


def test_a_user_who_did_not_write_cannot_be_blocked(folder, emulator, sid):
    blocked = run(folder, emulator, "block", "add", sid, NUMBER, "+919812345678")

    assert blocked.returncode == 1
    assert blocked.stdout.startswith("+919812345678 is not blocked (131047): ")


def test_tokens_are_sealed_anew(folder, emulator, sid):
    assert asked(folder, emulator, "db", "reseal")["resealed"] == 1
    assert asked(folder, emulator, "template", "sync", sid) != []
