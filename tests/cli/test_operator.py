"""The operator's nouns on a fresh folder, each as a process, without any gateway."""

import json
import re

import pytest

from support.emulator_process import emulator_process
from support.pair_process import waypost

NUMBER = "+919800000001"


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("operator")


@pytest.fixture(scope="module")
def sid(folder):
    """An account named Shop, with 12.50 of credit."""
    made = waypost(folder, "account", "create", "Shop", "--data", "d", "--json")
    assert made.returncode == 0, made.stderr
    sid = json.loads(made.stdout)["sid"]
    assert waypost(folder, "account", "top-up", sid, "12.50", "--data", "d").returncode == 0
    return sid


@pytest.fixture(scope="module")
def sender(folder, sid):
    """The account with a WABA and a sender."""
    (folder / "token.txt").write_text("token-of-file\n")
    added = waypost(folder, "waba", "add", sid, "77", "--token-file", "token.txt", "--data", "d")
    assert added.returncode == 0, added.stderr
    url = ["--callback-url", "https://shop.example.com/statuses", "--throughput", "20"]
    saved = waypost(folder, "sender", "add", sid, NUMBER, "88", "77", *url, "--data", "d")
    assert saved.returncode == 0, saved.stderr
    return NUMBER


def asked(folder, *arguments):
    """The answer of a command in JSON."""
    done = waypost(folder, *arguments, "--data", "d", "--json")
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_an_account_is_listed_with_its_money(folder, sid):
    (listed,) = [one for one in asked(folder, "account", "list") if one["sid"] == sid]

    assert (listed["name"], listed["kind"], listed["state"]) == ("Shop", "prepaid", "active")
    assert (listed["balance"], listed["held"]) == ("12.5000 USD", "0.0000 USD")


def test_a_postpaid_account_has_its_credit_limit_and_price(folder, sid):
    options = ["--kind", "postpaid", "--credit-limit", "500", "--price", "0.0785"]
    made = asked(folder, "account", "create", "Later", *options, "--country", "sg")

    shown = asked(folder, "account", "show", made["sid"])

    assert made["sid"] != sid
    assert made["sid"].endswith("SG")
    assert (shown["credit_limit"], shown["price"]) == ("500.0000 USD", "0.0785 USD")


def test_a_suspended_account_is_resumed(folder, sid):
    assert asked(folder, "account", "suspend", sid)["state"] == "suspended"
    assert asked(folder, "account", "show", sid)["state"] == "suspended"
    assert asked(folder, "account", "resume", sid)["state"] == "active"
    assert asked(folder, "account", "show", sid)["state"] == "active"


def test_a_key_is_printed_once_listed_by_its_prefix_and_revoked(folder, sid):
    made = waypost(folder, "key", "create", sid, "--allow", "203.0.113.0/24", "--data", "d")
    key = made.stdout.strip()

    assert re.fullmatch(r"A[0-9a-f]{32}", key)
    (listed,) = asked(folder, "key", "list", sid)
    assert (listed["prefix"], listed["from"]) == (key[:6], "203.0.113.0/24")
    assert listed["revoked_at"] == ""
    assert asked(folder, "key", "revoke", sid, key[:6])["revoked"] == 1
    (listed,) = asked(folder, "key", "list", sid)
    assert listed["revoked_at"] != ""
    again = waypost(folder, "key", "revoke", sid, key[:6], "--data", "d")
    assert again.returncode == 1
    assert again.stderr == (
        f"{sid} has no valid key that begins with {key[:6]}; `waypost key list {sid}` shows them.\n"
    )


def test_an_address_that_is_none_is_refused(folder, sid):
    made = waypost(folder, "key", "create", sid, "--allow", "shop.example.com", "--data", "d")

    assert made.returncode == 1
    assert made.stderr.startswith("shop.example.com is no address or network;")


def test_a_sender_is_listed_paused_and_resumed_and_keeps_the_rest(folder, sid, sender):
    before = asked(folder, "sender", "list", sid)

    assert before == [
        {
            "sender": NUMBER,
            "name": "",
            "phone_number_id": "88",
            "waba_id": "77",
            "state": "active",
            "throughput": 20,
            "api_version": "v2",
            "is_throughput_pinned": True,
            "held_until": None,
            "held_for": None,
            "heard_at": None,
            "callback_profiles": before[0]["callback_profiles"],
        }
    ]
    assert len(before[0]["callback_profiles"]) == 1
    asked(folder, "sender", "pause", sid, sender)
    assert asked(folder, "sender", "list", sid) == [{**before[0], "state": "paused"}]
    asked(folder, "sender", "resume", sid, sender)
    assert asked(folder, "sender", "list", sid) == before
    changed = asked(folder, "sender", "set", sid, sender, "--throughput", "30")
    assert changed == {**before[0], "throughput": 30}
    asked(folder, "sender", "set", sid, sender, "--throughput", "20")


def test_a_sender_of_an_unknown_waba_is_refused(folder, sid):
    saved = waypost(folder, "sender", "add", sid, NUMBER, "88", "99", "--data", "d")

    assert saved.returncode == 1
    assert saved.stderr == f"{sid} has no WABA 99; add it first.\n"


def test_a_token_is_read_from_standard_input_and_is_never_an_argument(folder, sid):
    piped = waypost(folder, "waba", "add", sid, "78", "--data", "d", stdin="token-of-pipe\n")
    empty = waypost(folder, "waba", "add", sid, "78", "--data", "d", stdin="\n")
    argument = waypost(folder, "waba", "add", sid, "78", "token", "--data", "d")

    assert (piped.returncode, empty.returncode, argument.returncode) == (0, 2, 2)
    assert empty.stderr == "The access token must be one word without spaces.\n"


def test_templates_are_read_from_meta_and_listed(folder, tmp_path):
    made = asked(folder, "account", "create", "Templates")
    with emulator_process(tmp_path, "--quiet") as emulator:
        waba = ["waba", "add", made["sid"], emulator.facts["waba_id"], "--data", "d"]
        assert waypost(folder, *waba, stdin=emulator.facts["access_token"]).returncode == 0
        meta = ["--meta-base-url", emulator.facts["url"]]
        synchronised = asked(folder, "template", "sync", made["sid"], *meta)
    listed = asked(folder, "template", "list", made["sid"])

    assert {one["name"] for one in listed} == {one["name"] for one in synchronised}
    assert {"Carousel Template", "abandoned_cart"} <= {one["name"] for one in listed}


def test_a_meta_that_does_not_answer_ends_with_3_and_its_address(folder, sid, sender):
    meta = ["--meta-base-url", "http://127.0.0.1:9"]
    synchronised = waypost(folder, "template", "sync", sid, *meta, "--data", "d")

    assert sender
    assert synchronised.returncode == 3
    assert synchronised.stderr.startswith("http://127.0.0.1:9 does not answer: ")


def test_an_audit_that_finds_nothing_ends_with_0(folder, sid):
    assert sid
    assert asked(folder, "wallet", "audit") == {"findings": []}


def test_the_database_is_checked_and_counted(folder, sid):
    assert sid
    assert asked(folder, "db", "check") == {
        "database": "d",
        "messages": {},
        "waiting": {},
        "findings": [],
    }


def test_another_programs_database_is_refused_in_a_sentence(tmp_path):
    (tmp_path / "waypost.sqlite").write_bytes(b"no database at all, but long enough" * 100)

    checked = waypost(tmp_path, "db", "check", "--data", ".")

    assert checked.returncode == 1
    assert "is not a SQLite database" in checked.stderr
    assert "Traceback" not in checked.stderr


def test_a_mistyped_folder_is_refused_and_not_made(tmp_path):
    listed = waypost(tmp_path, "account", "list", "--data", "tpyo")

    assert listed.returncode == 1
    assert listed.stderr.startswith("There is no gateway's database in tpyo.")
    assert not (tmp_path / "tpyo").exists()


@pytest.mark.parametrize(
    ("arguments", "code", "sentence"),
    [
        (["account", "show", "HXIN0000000000IN"], 1, "There is no account HXIN0000000000IN;"),
        (["account", "top-up", "HXIN0000000000IN", "1.00001"], 2, "AMOUNT: '1.00001' has more"),
        (
            ["account", "top-up", "HXIN0000000000IN", "9" * 20],
            2,
            "AMOUNT: '99999999999999999999' is",
        ),
        (["account", "create", "Shop", "--price", "9e30"], 2, "--price: '9e30' is more"),
        (["account", "create", "Shop", "--price", "NaN"], 2, "--price: 'NaN' is not an amount;"),
        (["account", "show", "\udcff"], 2, "'\\udcff' is no text in UTF-8;"),
        (["account", "top-up", "HXIN0000000000IN", "--", "-1"], 2, "AMOUNT: -1 is below nothing"),
        (["account", "create", "Shop", "--country", "IND"], 2, "--country must be two letters"),
        (["sender", "pause", "HXIN0000000000IN", "shop"], 2, "shop is no phone number;"),
    ],
)
def test_what_cannot_be_is_said_in_one_sentence(folder, sid, arguments, code, sentence):
    split = arguments.index("--") if "--" in arguments else len(arguments)
    done = waypost(folder, *arguments[:split], "--data", "d", *arguments[split:])

    assert sid
    assert done.returncode == code
    assert done.stderr.startswith(sentence)
    assert done.stderr.count("\n") == 1
