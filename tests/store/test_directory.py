"""Accounts with their keys, WABAs, senders and templates."""

import pytest
from msgspec.structs import replace

from support.nouns import ACCOUNT, NOW, account, api_key, later, sender, template, waba
from waypost.model.account import AccountKind, AccountState, CheckMode
from waypost.model.sender import ApiVersion, SenderState

SID = account().sid


def found(stored):
    return stored.ask(lambda t: t.directory.account_by_sid(SID))


def test_a_new_account_is_found_by_its_sid_alone(stored):
    account_id = stored.do(
        lambda t: t.directory.insert_account(account(price_minor=75, requests_per_s=5), NOW)
    )

    assert found(stored) == account(account_id=account_id, price_minor=75, requests_per_s=5)
    assert stored.ask(lambda t: t.directory.account_by_sid("HXIN0000000000IN")) is None


def test_a_sid_is_given_once(furnished):
    with pytest.raises(Exception, match=r"(?i)unique"):
        furnished.do(lambda t: t.directory.insert_account(account(), NOW))
    assert len(furnished.ask(lambda t: t.directory.accounts())) == 1


def test_accounts_are_listed_without_what_belongs_to_them(furnished):
    furnished.do(lambda t: t.directory.insert_account(account(sid="HXIN2", name="Two"), NOW))

    listed = furnished.ask(lambda t: t.directory.accounts())

    assert [(one.account_id, one.sid, one.senders) for one in listed] == [
        (1, SID, {}),
        (2, "HXIN2", {}),
    ]


def test_a_touched_account_has_a_new_version(furnished):
    assert furnished.ask(lambda t: t.directory.account_version(ACCOUNT)) == 1

    furnished.do(lambda t: t.directory.touch(ACCOUNT))

    assert furnished.ask(lambda t: t.directory.account_version(ACCOUNT)) == 2
    assert found(furnished).version == 2
    assert furnished.ask(lambda t: t.directory.account_version(404)) is None


def test_all_that_may_change_of_an_account_is_kept(furnished):
    changed = account(
        name="Other",
        kind=AccountKind.TECH_PROVIDER,
        state=AccountState.SUSPENDED,
        price_minor=7,
        requests_per_s=3,
        check_mode=CheckMode.WARN,
        opt_out_keywords=("halt", "रोकें"),
        opt_in_keywords=(),
    )

    furnished.do(lambda t: t.directory.update_account(changed))

    assert furnished.ask(lambda t: t.directory.accounts()) == [changed]


def test_a_key_is_kept_with_its_limits(furnished):
    key = api_key(expires_at=later(60), allowed_addresses=("203.0.113.7", "2001:db8::/32"))

    furnished.do(lambda t: t.directory.insert_key(ACCOUNT, key))

    assert found(furnished).keys == {key.key_hash: key}


def test_all_that_may_change_of_a_key_is_kept(furnished):
    key, other = api_key(label="till"), api_key(key_hash=b"\x02" * 32)
    for one in (key, other):
        furnished.do(lambda t, one=one: t.directory.insert_key(ACCOUNT, one))
    changed = replace(
        key,
        label="web shop",
        expires_at=later(60),
        revoked_at=later(1),
        allowed_addresses=("203.0.113.7",),
    )

    furnished.do(lambda t: t.directory.update_key(ACCOUNT, changed))

    assert found(furnished).keys == {key.key_hash: changed, other.key_hash: other}


def test_a_sender_is_read_with_the_token_of_its_waba(furnished):
    renewed = waba(access_token="renewed", name="Shop's")
    furnished.do(lambda t: t.directory.save_waba(renewed, NOW))

    assert found(furnished).senders == {sender().sender_id: sender(access_token="renewed")}
    assert found(furnished).wabas == {renewed.waba_id: renewed}
    assert furnished.ask(lambda t: t.directory.all_wabas()) == [renewed]


def test_a_token_that_is_sealed_anew_makes_no_waba_due(furnished):
    furnished.do(lambda t: t.directory.record_sync(waba(synced_at=NOW), NOW, NOW, later(60)))

    furnished.do(lambda t: t.directory.replace_token(waba(access_token="anew")))

    assert furnished.ask(lambda t: t.directory.wabas_due(later(59))) == []
    (due,) = furnished.ask(lambda t: t.directory.wabas_due(later(60)))
    assert (due.access_token, due.synced_at) == ("anew", NOW)


def test_a_waba_is_due_at_once_when_it_is_saved_and_when_meta_tells_of_it(furnished):
    def due_at(seconds):
        return furnished.ask(lambda t: t.directory.wabas_due(later(seconds)))

    assert due_at(0) == [waba()]
    failed = waba(catalogue_id="7", sync_failure="expired")
    furnished.do(lambda t: t.directory.record_sync(failed, NOW, NOW, later(60)))
    assert due_at(59) == []

    furnished.do(lambda t: t.directory.set_sync_due(waba().waba_id, later(30)))

    assert (due_at(29), due_at(30)) == ([], [failed])
    assert furnished.ask(lambda t: t.directory.waba_owners(waba().waba_id)) == [ACCOUNT]
    assert furnished.ask(lambda t: t.directory.waba_owners("404")) == []


def test_what_meta_tells_while_a_waba_is_read_keeps_it_due(furnished):
    furnished.do(lambda t: t.directory.set_sync_due(waba().waba_id, later(5)))

    furnished.do(lambda t: t.directory.record_sync(waba(), later(4), later(8), later(900)))
    assert len(furnished.ask(lambda t: t.directory.wabas_due(later(5)))) == 1

    furnished.do(lambda t: t.directory.record_sync(waba(), later(6), later(8), later(900)))
    assert furnished.ask(lambda t: t.directory.wabas_due(later(899))) == []


def test_a_sender_that_is_saved_again_is_changed(furnished):
    changed = sender(
        throughput=5,
        state=SenderState.PAUSED,
        api_version=ApiVersion.V1,
        display_name="Other",
    )

    furnished.do(lambda t: t.directory.save_sender(ACCOUNT, changed, later(1)))

    assert found(furnished).senders == {changed.sender_id: changed}


def test_the_owner_of_a_number_at_meta_is_known(furnished):
    number = sender().phone_number_id

    assert furnished.ask(lambda t: t.directory.sender_owners(number)) == [
        (ACCOUNT, sender().sender_id)
    ]
    assert furnished.ask(lambda t: t.directory.sender_owners("404")) == []


def test_the_templates_of_all_wabas_are_found_with_their_account(furnished):
    mine, other = template(), template(name="other")
    furnished.do(lambda t: t.templates.save(ACCOUNT, "1", [mine], NOW))
    furnished.do(lambda t: t.templates.save(ACCOUNT, "2", [other], NOW))

    assert found(furnished).templates == {
        ("1", "order_update", "en_US"): mine,
        ("2", "other", "en_US"): other,
    }
