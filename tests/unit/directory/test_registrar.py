"""The operator's changes are kept, seen by every process, and refused in words."""

import re
from datetime import timedelta

import pytest

from support.nouns import NOW, VAULT, sender, waba
from support.stored import opened
from waypost.directory.changes import NewAccount
from waypost.directory.credentials import hash_key
from waypost.directory.registrar import Registrar
from waypost.model.account import AccountKind, AccountState
from waypost.model.errors import DirectoryError
from waypost.runtime.clock import TestClock
from waypost.runtime.entropy import SeededEntropy

NOWHERE = "HXIN0000000000IN"


class Office:
    """A registrar and one account."""

    def __init__(self, stored):
        self.stored = stored
        self.registrar = Registrar(stored.store, TestClock(NOW), SeededEntropy(1), "IN", VAULT)
        self.sid = self.run(
            self.registrar.open_account(NewAccount("Shop", AccountKind.PREPAID))
        ).sid

    def run(self, coroutine):
        return self.stored.run(coroutine)

    def account(self):
        return self.run(self.registrar.find(self.sid))


@pytest.fixture
def office(tmp_path):
    with opened(tmp_path) as stored:
        yield Office(stored)


def test_an_account_is_opened_with_an_empty_wallet(office):
    ((account, wallet),) = office.run(office.registrar.accounts())

    assert re.fullmatch(r"HXIN\d{10}IN", account.sid)
    assert (account.name, account.state, account.price_minor) == ("Shop", AccountState.ACTIVE, None)
    assert (wallet.currency, wallet.spendable_minor) == ("USD", 0)


def test_every_change_raises_the_version(office):
    registrar, sid = office.registrar, office.sid
    versions = [office.account().version]
    for change in (
        registrar.set_state(sid, AccountState.SUSPENDED),
        registrar.make_key(sid),
        registrar.save_waba(sid, sender().waba_id, "token"),
        registrar.save_sender(sid, sender()),
    ):
        office.run(change)
        versions.append(office.account().version)

    assert versions == [1, 2, 3, 4, 5]


def test_a_key_is_shown_once_and_kept_as_its_hash(office):
    key = office.run(office.registrar.make_key(office.sid, ["203.0.113.0/24"], days=2))

    (kept,) = office.account().keys.values()
    assert re.fullmatch(r"A[0-9a-f]{32}", key)
    assert (kept.key_hash, kept.prefix) == (hash_key(key), key[:6])
    assert kept.expires_at == NOW + timedelta(days=2)
    assert kept.allowed_addresses == ("203.0.113.0/24",)


def test_an_address_that_is_none_is_refused_and_no_key_is_made(office):
    with pytest.raises(DirectoryError, match="shop is no address"):
        office.run(office.registrar.make_key(office.sid, ["shop"]))
    assert office.account().keys == {}


def test_a_key_is_revoked_by_its_prefix_once(office):
    key = office.run(office.registrar.make_key(office.sid))

    assert office.run(office.registrar.revoke_key(office.sid, key[:6])) == 1
    (kept,) = office.account().keys.values()
    assert kept.revoked_at == NOW
    with pytest.raises(DirectoryError, match="no valid key"):
        office.run(office.registrar.revoke_key(office.sid, key[:6]))


def test_money_comes_in_as_entries(office):
    office.run(office.registrar.money.top_up(office.sid, 500, "first"))
    wallet = office.run(office.registrar.money.top_up(office.sid, 250, "second"))

    assert wallet.balance_minor == 750
    assert office.stored.ask(lambda t: t.wallets.audit()) == []


def test_a_sender_needs_its_waba(office):
    with pytest.raises(DirectoryError, match="add it first"):
        office.run(office.registrar.save_sender(office.sid, sender()))
    assert office.account().senders == {}


def test_a_number_belongs_to_one_account(office):
    registrar = office.registrar
    other = office.run(registrar.open_account(NewAccount("Other", AccountKind.POSTPAID))).sid
    for sid in (office.sid, other):
        office.run(registrar.save_waba(sid, sender().waba_id, "token"))
    office.run(registrar.save_sender(office.sid, sender()))

    with pytest.raises(DirectoryError, match="another account"):
        office.run(registrar.save_sender(other, sender()))
    office.run(registrar.save_sender(office.sid, sender(throughput=5)))
    assert office.account().senders[sender().sender_id].throughput == 5


def test_a_token_is_kept_sealed(office):
    office.run(office.registrar.save_waba(office.sid, "1", "EAAG-secret"))

    (kept,) = office.account().wabas.values()
    assert "EAAG" not in kept.access_token
    assert VAULT.open(kept.access_token) == "EAAG-secret"


def test_a_token_that_lies_open_is_sealed_once(office):
    bare = waba(account_id=office.account().account_id, access_token="EAAG-secret")
    office.stored.do(lambda t: t.directory.save_waba(bare, NOW))

    assert office.run(office.registrar.tokens.seal()) == 1
    assert office.run(office.registrar.tokens.seal()) == 0
    (kept,) = office.account().wabas.values()
    assert VAULT.open(kept.access_token) == "EAAG-secret"


@pytest.mark.parametrize(
    "change",
    [
        lambda r: r.set_state(NOWHERE, AccountState.ACTIVE),
        lambda r: r.money.top_up(NOWHERE, 1, ""),
        lambda r: r.make_key(NOWHERE),
        lambda r: r.revoke_key(NOWHERE, "A"),
        lambda r: r.save_waba(NOWHERE, "1", "token"),
        lambda r: r.save_sender(NOWHERE, sender()),
        lambda r: r.find(NOWHERE),
    ],
)
def test_an_account_that_is_not_there_is_told(office, change):
    with pytest.raises(DirectoryError, match="There is no account"):
        office.run(change(office.registrar))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda r, sid: r.save_waba(sid, "1/../me", "token"), "is no WABA id; write its digits"),
        (lambda r, sid: r.save_waba(sid, "", "token"), "is no WABA id"),
        (lambda r, sid: r.save_sender(sid, sender(phone_number_id="1?x")), "is no phone_number_id"),
        (lambda r, sid: r.save_sender(sid, sender(sender_id="+91")), "digits alone"),
        (lambda r, _: r.open_account(NewAccount("a", AccountKind.PREPAID, "in")), "two capitals"),
        (
            lambda r, _: r.open_account(NewAccount("a", AccountKind.PREPAID, currency="usd")),
            "three capitals",
        ),
    ],
)
def test_what_would_become_part_of_an_address_is_looked_at(office, change, said):
    with pytest.raises(DirectoryError, match=said):
        office.run(change(office.registrar, office.sid))


@pytest.mark.parametrize("token", ["", "se cret", "secret\r\nX: y", "sécret"])
def test_a_token_that_is_none_is_refused_and_not_repeated(office, token):
    with pytest.raises(DirectoryError, match="Copy it again") as refused:
        office.run(office.registrar.save_waba(office.sid, "1", token))
    assert not token or token not in str(refused.value)
