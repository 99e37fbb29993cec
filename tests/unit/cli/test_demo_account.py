"""The demo account is made once, found ever after, and never runs dry."""

import pytest

from support.nouns import NOW, PHONE_NUMBER_ID, SENDER_ID, VAULT, WABA_ID, api_key
from support.stored import opened
from waypost.cli.demo_account import CREDIT_MINOR, DemoSender, find_demo_account
from waypost.cli.ready import Ready
from waypost.directory.credentials import hash_key
from waypost.directory.registrar import Registrar
from waypost.model.callback import sender_target
from waypost.model.ledger import EntryKind, LedgerEntry, changes_of
from waypost.runtime.clock import TestClock
from waypost.runtime.entropy import SeededEntropy


@pytest.fixture
def stored(tmp_path):
    with opened(tmp_path) as stored:
        yield stored


@pytest.fixture
def find(stored):
    """Finds the account as a start would, with what an earlier one wrote down."""
    registrar = Registrar(stored.store, TestClock(NOW), SeededEntropy(1), "IN", VAULT)

    def find(kept=None, callback_url="http://127.0.0.1:1/_emulator/inbox"):
        sender = DemoSender(SENDER_ID, PHONE_NUMBER_ID, WABA_ID, "token", 80, callback_url)
        return stored.run(find_demo_account(registrar, kept, sender, "USD"))

    return find


def written(sid, key):
    facts = {name: name for name in Ready.__struct_fields__}
    return Ready(**{**facts, "sid": sid, "api_key": key})


def wallet(stored):
    return stored.ask(lambda transaction: transaction.wallets.load([1]))[1]


def told_at(stored):
    """Where the sender's callbacks go."""
    target = (1, sender_target(SENDER_ID))
    routes = stored.ask(lambda transaction: transaction.profiles.routes([target]))
    keys = [(1, route.profile_id) for route in routes[target]]
    profiles = stored.ask(lambda transaction: transaction.profiles.load(keys))
    return [profile.url for profile in profiles.values()]


def test_a_first_start_makes_an_account_with_credit_and_a_sender(stored, find):
    sid, _ = find()

    account = stored.ask(lambda transaction: transaction.directory.account_by_sid(sid))
    assert told_at(stored) == ["http://127.0.0.1:1/_emulator/inbox"]
    assert VAULT.open(account.senders[SENDER_ID].access_token) == "token"
    assert wallet(stored).spendable_minor == CREDIT_MINOR


def test_a_second_start_finds_it_and_moves_the_callbacks_to_the_new_emulator(stored, find):
    sid, key = find()

    assert find(written(sid, key), "http://127.0.0.1:2/_emulator/inbox") == (sid, key)
    account = stored.ask(lambda transaction: transaction.directory.account_by_sid(sid))
    assert told_at(stored) == ["http://127.0.0.1:2/_emulator/inbox"]
    assert len(account.keys) == 1
    assert wallet(stored).spendable_minor == CREDIT_MINOR


def test_an_account_that_ran_low_is_topped_up(stored, find):
    sid, key = find()
    spent = LedgerEntry(1, "A1", EntryKind.HOLD, CREDIT_MINOR - 1, NOW)
    stored.do(lambda transaction: transaction.wallets.append([spent]))
    stored.do(lambda transaction: transaction.wallets.add(changes_of([spent])))

    find(written(sid, key))

    assert wallet(stored).spendable_minor == CREDIT_MINOR + 1


def test_a_revoked_key_is_replaced(stored, find):
    sid, key = find()
    revoked = api_key(key_hash=hash_key(key), prefix=key[:6], revoked_at=NOW)
    stored.do(lambda transaction: transaction.directory.update_key(1, revoked))

    again, new = find(written(sid, key))

    assert again == sid
    assert new != key


def test_what_another_database_had_is_not_believed(find):
    sid, key = find(written("HXIN0000000000IN", "A" + "0" * 32))

    assert sid != "HXIN0000000000IN"
    assert key != "A" + "0" * 32
