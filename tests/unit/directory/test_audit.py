"""Every change is told to the audit log in its own commit, and no secret ever."""

from datetime import timedelta

import pytest
from msgspec import json
from msgspec.structs import replace

from support.nouns import ACCOUNT, NOW, VAULT, later, sender, waba
from support.stored import opened
from waypost.directory.audit import OPERATOR, bare_url
from waypost.directory.changes import AccountChange, NewAccount
from waypost.directory.keys import KeyChange
from waypost.directory.registrar import Registrar
from waypost.model.account import AccountKind, AccountState, CheckMode
from waypost.model.audit import Actor, make_entry
from waypost.model.errors import DirectoryError, NotFoundError
from waypost.model.sender import SenderState
from waypost.runtime.clock import TestClock
from waypost.runtime.entropy import SeededEntropy
from waypost.runtime.vault import Vault
from waypost.runtime.vault_error import VaultError

CHIEF = Actor("cli:chief", "203.0.113.7")
TOKEN = "EAAG-very-secret-token"
HOOK = "https://user:hook-password@shop.example/hook?token=hook-token#hook-fragment"


class Office:
    """A registrar, one account, and what the log tells."""

    def __init__(self, stored):
        self.stored, self.clock = stored, TestClock(NOW)
        self.registrar = Registrar(stored.store, self.clock, SeededEntropy(1), "IN", VAULT)
        self.sid = self.run(
            self.registrar.open_account(NewAccount("Shop", AccountKind.PREPAID), actor=CHIEF)
        ).sid

    def run(self, coroutine):
        return self.stored.run(coroutine)

    def log(self, sid=None, **page):
        return self.run(self.registrar.audit(sid, **page))

    def acts(self):
        return [(entry.act, entry.target) for entry in reversed(self.log())][1:]

    def last(self):
        return self.log(limit=1)[0]

    def account(self):
        return self.run(self.registrar.find(self.sid))


@pytest.fixture
def office(tmp_path):
    with opened(tmp_path) as stored:
        yield Office(stored)


def test_every_act_is_told_with_who_when_and_from_where(office):
    registrar, sid, run = office.registrar, office.sid, office.run
    run(registrar.change_account(sid, AccountChange(name="Other"), actor=CHIEF))
    run(registrar.set_state(sid, AccountState.SUSPENDED, actor=CHIEF))
    run(registrar.set_state(sid, AccountState.ACTIVE, actor=CHIEF))
    run(registrar.money.top_up(sid, 500, "invoice 17", actor=CHIEF))
    one = run(registrar.make_key(sid, actor=CHIEF))
    two = run(registrar.rotate_key(sid, one[:6], timedelta(hours=1), actor=CHIEF))
    run(registrar.change_key(sid, two[:6], KeyChange(label="till"), actor=CHIEF))
    run(registrar.revoke_key(sid, one[:6], actor=CHIEF))
    run(registrar.save_waba(sid, sender().waba_id, TOKEN, actor=CHIEF))
    run(registrar.save_waba(sid, sender().waba_id, TOKEN, "Mine", actor=CHIEF))
    run(registrar.save_sender(sid, sender(), actor=CHIEF))
    run(registrar.save_sender(sid, sender(state=SenderState.PAUSED), actor=CHIEF))
    run(registrar.tokens.reseal(actor=CHIEF))

    assert office.acts() == [
        ("account.changed", sid),
        ("account.suspended", sid),
        ("account.resumed", sid),
        ("wallet.topped_up", sid),
        ("key.made", one[:6]),
        ("key.rotated", one[:6]),
        ("key.changed", two[:6]),
        ("key.revoked", one[:6]),
        ("waba.added", sender().waba_id),
        ("waba.changed", sender().waba_id),
        ("sender.added", sender().sender_id),
        ("sender.changed", sender().sender_id),
        ("waba.token_sealed", sender().waba_id),
    ]
    assert {entry.actor for entry in office.log()} == {CHIEF}
    assert {(entry.account_id, entry.acted_at) for entry in office.log()} == {(ACCOUNT, NOW)}
    assert office.log(sid) == office.log()


def test_nobody_named_is_the_operator(office):
    office.run(office.registrar.make_key(office.sid))

    assert office.last().actor == OPERATOR


def test_what_changed_is_told_before_and_after(office):
    change = AccountChange(check_mode=CheckMode.WARN, credit_limit_minor=70, price_minor=5)
    office.run(office.registrar.change_account(office.sid, change))

    assert office.last().detail == {
        "check_mode": {"before": "strict", "after": "warn"},
        "credit_limit_minor": {"before": 0, "after": 70},
        "price_minor": {"before": None, "after": 5},
    }
    (wallet,) = office.stored.ask(lambda t: t.wallets.load([ACCOUNT])).values()
    assert (wallet.credit_limit_minor, office.account().check_mode) == (70, CheckMode.WARN)


def test_what_changes_nothing_is_no_act_and_raises_no_version(office):
    registrar, sid, run = office.registrar, office.sid, office.run
    key = run(registrar.make_key(sid))
    run(registrar.save_waba(sid, sender().waba_id, TOKEN))
    run(registrar.save_sender(sid, sender()))
    before, version = office.acts(), office.account().version

    run(registrar.change_account(sid, AccountChange(name="Shop")))
    run(registrar.set_state(sid, AccountState.ACTIVE))
    run(registrar.change_key(sid, key[:6], KeyChange(label="")))
    run(registrar.save_waba(sid, sender().waba_id, TOKEN))
    run(registrar.save_sender(sid, sender()))

    assert (office.acts(), office.account().version) == (before, version)


def test_what_is_refused_leaves_no_entry(office):
    for refused in (
        office.registrar.change_account(office.sid, AccountChange(name="")),
        office.registrar.money.top_up(office.sid, 0, "nothing"),
        office.registrar.rotate_key(office.sid, "A00000", timedelta(0)),
        office.registrar.save_sender(office.sid, sender()),
    ):
        with pytest.raises(DirectoryError):
            office.run(refused)

    assert office.acts() == []


def test_no_entry_holds_a_secret(office):
    registrar, sid, run = office.registrar, office.sid, office.run
    one = run(registrar.make_key(sid))
    two = run(registrar.rotate_key(sid, one, timedelta(0)))
    run(registrar.save_waba(sid, sender().waba_id, TOKEN))
    run(registrar.save_waba(sid, sender().waba_id, f"{TOKEN}-new"))
    run(registrar.save_sender(sid, sender(), HOOK))
    run(registrar.save_sender(sid, sender(), HOOK.replace("hook-", "new-hook-")))
    run(registrar.tokens.reseal())
    run(registrar.revoke_key(sid, two))

    told = json.encode(office.log()).decode()
    sealed = office.account().wabas[sender().waba_id].access_token
    for secret in (one, two, TOKEN, sealed, "hook-password", "hook-token", "hook-fragment"):
        assert secret not in told
    assert "https://shop.example/hook" in told


@pytest.mark.parametrize(
    ("url", "bare"),
    [
        ("https://u:p@h.example:8443/a/b?c=d#e", "https://h.example:8443/a/b"),
        ("https://u:p@x@h.example/", "https://h.example/"),
        ("http://[::1/", ""),
    ],
)
def test_a_url_is_told_without_what_it_may_hide(url, bare):
    assert bare_url(url) == bare


def test_ids_grow_with_time_and_with_chance():
    ids = [
        make_entry(1, later(seconds), chance, OPERATOR, ("a.b", "")).audit_id
        for seconds in (0, 0.000001, 1)
        for chance in (0, 1, 1023)
    ]

    assert ids == sorted(set(ids))
    assert ids[-1] < 2**63


def test_a_rotated_key_goes_on_for_the_overlap_with_the_same_limits(office):
    old = office.run(office.registrar.make_key(office.sid, ["203.0.113.7"], 9, label="till"))
    new = office.run(office.registrar.rotate_key(office.sid, old[:6], timedelta(hours=2)))

    keys = {key.prefix: key for key in office.account().keys.values()}
    assert keys[old[:6]].expires_at == later(7200)
    assert keys[new[:6]] == replace(
        keys[old[:6]],
        key_hash=keys[new[:6]].key_hash,
        prefix=new[:6],
        expires_at=NOW + timedelta(days=9),
    )


def test_tokens_are_sealed_anew_with_the_first_key(office):
    office.run(office.registrar.save_waba(office.sid, "1", TOKEN))
    first = "another-key-0123456789-0123456789"
    both = replace_vault(office.registrar, [first, "test-key-0123456789-0123456789-0123456789"])

    assert office.run(both.tokens.reseal()) == 1
    assert Vault([first]).open(office.account().wabas["1"].access_token) == TOKEN


def test_tokens_that_cannot_be_opened_are_left_as_they_are(office):
    office.run(office.registrar.save_waba(office.sid, "1", TOKEN))
    strange = waba(account_id=ACCOUNT, waba_id="2", access_token="sealed:by-somebody-else")
    office.stored.do(lambda t: t.directory.save_waba(strange, NOW))
    before = office.account().wabas

    with pytest.raises(VaultError, match="sealed with another key"):
        office.run(office.registrar.tokens.reseal())

    assert office.account().wabas == before


def test_the_wabas_whose_tokens_nobody_can_open_are_named(office):
    office.run(office.registrar.save_waba(office.sid, "1", TOKEN))
    office.run(office.registrar.tokens.check())
    for waba_id in ("2", "3"):
        strange = waba(account_id=ACCOUNT, waba_id=waba_id, access_token="sealed:strange")
        office.stored.do(lambda t, strange=strange: t.directory.save_waba(strange, NOW))

    with pytest.raises(VaultError, match=r"another key: 2, 3\. Put the key .* back"):
        office.run(office.registrar.tokens.check())


def test_profiles_are_sealed_anew_and_those_that_nobody_can_open_are_named(office):
    office.run(office.registrar.save_waba(office.sid, sender().waba_id, TOKEN))
    office.run(office.registrar.save_sender(office.sid, sender(), HOOK))
    (profile,) = office.stored.ask(lambda t: t.profiles.of_account(ACCOUNT))
    first = "another-key-0123456789-0123456789"
    both = replace_vault(office.registrar, [first, "test-key-0123456789-0123456789-0123456789"])

    assert office.run(both.tokens.reseal()) == 2

    (sealed,) = office.stored.ask(lambda t: t.profiles.of_account(ACCOUNT))
    assert both.profiles.open(sealed) == office.registrar.profiles.open(profile)
    assert Vault([first]).open(sealed.secrets)
    with pytest.raises(VaultError, match=f"profiles were sealed .*: {profile.profile_id}, and .*"):
        office.run(office.registrar.tokens.check())


def test_a_token_that_nobody_can_open_is_replaced(office):
    strange = waba(account_id=ACCOUNT, waba_id="2", access_token="sealed:by-somebody-else")
    office.stored.do(lambda t: t.directory.save_waba(strange, NOW))

    office.run(office.registrar.save_waba(office.sid, "2", TOKEN))

    assert VAULT.open(office.account().wabas["2"].access_token) == TOKEN
    assert office.last().detail == {"name": "", "has_new_token": True}


def test_tokens_of_an_older_database_are_sealed_by_the_gateway(office):
    bare = waba(account_id=ACCOUNT, access_token=TOKEN)
    office.stored.do(lambda t: t.directory.save_waba(bare, NOW))

    office.run(office.registrar.tokens.seal())

    assert (office.last().act, office.last().actor.name) == ("waba.token_sealed", "gateway")


@pytest.mark.parametrize("limit", [0, 1001])
def test_a_page_of_the_log_has_its_size(office, limit):
    with pytest.raises(DirectoryError, match="limit must be 1 to 1000"):
        office.log(limit=limit)


def test_the_log_of_an_unknown_account_is_not_the_whole_log(office):
    with pytest.raises(NotFoundError):
        office.log("HXIN0000000000IN")


def replace_vault(registrar, keys):
    return Registrar(
        registrar.store, registrar.clock, registrar.entropy, registrar.pod, Vault(keys)
    )
