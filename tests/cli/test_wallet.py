"""Money by hand: shown, topped up, adjusted, refunded, stated, priced, audited."""

import csv
import json

import pytest

from support.pair_process import waypost

CARD = """country,category,valid_from,price
IN,marketing,2026-10-01,0.0118
*,*,2026-10-01,0.07
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("wallet")
    (folder / "card.csv").write_text(CARD)
    (folder / "wrong.csv").write_text(CARD.replace("IN,", "XX,").replace("0.07", "dear"))
    return folder


@pytest.fixture(scope="module")
def sid(folder):
    """An account with 12.50 of credit, 2.50 of it corrected away."""
    made = waypost(folder, "account", "create", "Shop", "--data", "d", "--json")
    sid = json.loads(made.stdout)["sid"]
    done(folder, "wallet", "topup", sid, "12.50", "--reason", "invoice 17")
    done(folder, "wallet", "adjust", sid, "--take", "2.50", "--reason", "booked twice")
    return sid


def done(folder, *arguments, **more):
    ended = waypost(folder, *arguments, "--data", "d", **more)
    assert ended.returncode == 0, ended.stderr
    return ended.stdout


def refused(folder, *arguments):
    ended = waypost(folder, *arguments, "--data", "d")
    assert ended.returncode != 0
    return ended.returncode, ended.stderr


def test_a_wallet_is_shown(folder, sid):
    assert json.loads(done(folder, "wallet", "show", sid, "--json")) == {
        "sid": sid,
        "balance": "10.0000 USD",
        "held": "0.0000 USD",
        "credit_limit": "0.0000 USD",
        "spendable": "10.0000 USD",
    }


def test_no_more_is_taken_than_can_be_spent(folder, sid):
    code, told = refused(folder, "wallet", "adjust", sid, "--take", "10.01", "--reason", "no")

    assert (code, told.startswith("Only 10.0000 USD can be spent")) == (1, True)


def test_an_adjustment_goes_one_way(folder, sid):
    code, told = refused(folder, "wallet", "adjust", sid, "--reason", "none")

    assert (code, told) == (2, "Give either --add or --take.\n")


def test_a_message_that_was_not_paid_is_not_refunded(folder, sid):
    code, told = refused(folder, "wallet", "refund", sid, "A404", "--reason", "ours")

    assert (code, told) == (1, "The account paid for no message A404.\n")


def test_a_statement_is_a_table_or_csv_or_json(folder, sid):
    (line,) = json.loads(done(folder, "wallet", "statement", sid, "--json"))
    (header, row) = csv.reader(done(folder, "wallet", "statement", sid, "--csv").splitlines())

    assert (line["topped_up"], line["adjusted"], line["messages"]) == ("12.5000", "-2.5000", 0)
    assert dict(zip(header, row, strict=True)) == {key: str(line[key]) for key in line}
    assert "12.5000" in done(folder, "wallet", "statement", sid)
    nothing = done(folder, "wallet", "statement", sid, "--from", "2020-01-01", "--to", "2020-01-31")
    assert nothing == "Nothing moved in these days.\n"


def test_days_that_are_none_are_refused(folder, sid):
    assert refused(folder, "wallet", "statement", sid, "--from", "yesterday") == (
        2,
        "--from: yesterday is no day; write it like 2026-11-01.\n",
    )
    code, told = refused(
        folder, "wallet", "statement", sid, "--from", "2026-02-01", "--to", "2026-01-01"
    )
    assert (code, "is before the first" in told) == (1, True)


def test_a_card_is_imported_listed_and_replaced(folder, sid):
    told = done(folder, "wallet", "rates", "import", "card.csv")
    assert told.startswith("2 rates are in the deployment's card now")
    card = ["country,category,valid_from,price\n", "IN,utility,2026-10-01,0.002\n"]
    done(folder, "wallet", "rates", "import", "-", "--account", sid, stdin="".join(card))

    listed = json.loads(done(folder, "wallet", "rates", "list", "--json"))
    assert listed == [
        {"country": "*", "category": "*", "valid_from": "2026-10-01", "price": "0.0700 USD"},
        {
            "country": "IN",
            "category": "marketing",
            "valid_from": "2026-10-01",
            "price": "0.0118 USD",
        },
    ]
    assert "0.0020 USD" in done(folder, "wallet", "rates", "list", "--account", sid)
    done(folder, "wallet", "rates", "import", "-", "--replace", stdin="".join(card))
    assert len(json.loads(done(folder, "wallet", "rates", "list", "--json"))) == 1


def test_a_card_with_faults_is_refused_with_every_line(folder, sid):
    code, told = refused(folder, "wallet", "rates", "import", "wrong.csv")

    first, second, last = told.splitlines()
    assert code == 2
    assert first.startswith('wrong.csv: line 2: "XX" is no country;')
    assert second.startswith("wrong.csv: line 3: price: 'dear' is not an amount")
    assert last == "Nothing was imported."


def test_the_sample_is_one_that_can_be_imported(folder, sid):
    sample = done_alone(folder, "wallet", "rates", "sample")

    done(folder, "wallet", "rates", "import", "-", "--account", sid, stdin=sample)


def test_the_audit_finds_nothing_where_all_adds_up(folder, sid):
    assert done(folder, "wallet", "audit") == "Every wallet is the sum of its entries.\n"


def test_the_word_of_earlier_releases_still_tops_up(folder, sid):
    other = json.loads(done(folder, "account", "create", "Other", "--json"))["sid"]

    assert done(folder, "account", "top-up", other, "1") == f"{other} has 1.0000 USD now.\n"


def done_alone(folder, *arguments):
    ended = waypost(folder, *arguments)
    assert ended.returncode == 0, ended.stderr
    return ended.stdout
