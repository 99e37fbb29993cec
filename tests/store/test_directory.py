"""Accounts with their keys, WABAs, senders and templates."""

import pytest
from msgspec.structs import replace

from support.nouns import ACCOUNT, NOW, WABA_ID, account, api_key, later, sender, template
from waypost.model.account import AccountState
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
    with pytest.raises(Exception, match="UNIQUE"):
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


def test_an_account_is_suspended_and_goes_on(furnished):
    furnished.do(lambda t: t.directory.set_account_state(ACCOUNT, AccountState.SUSPENDED))
    assert found(furnished).state is AccountState.SUSPENDED

    furnished.do(lambda t: t.directory.set_account_state(ACCOUNT, AccountState.ACTIVE))
    assert found(furnished).state is AccountState.ACTIVE


def test_a_key_is_kept_with_its_limits(furnished):
    key = api_key(expires_at=later(60), allowed_addresses=("203.0.113.7", "2001:db8::/32"))

    furnished.do(lambda t: t.directory.insert_key(ACCOUNT, key))

    assert found(furnished).keys == {key.key_hash: key}


def test_only_valid_keys_with_the_prefix_are_revoked(furnished):
    one, two = api_key(), api_key(key_hash=b"\x02" * 32)
    other = api_key(key_hash=b"\x03" * 32, prefix="Affff")
    for key in (one, two, other):
        furnished.do(lambda t, key=key: t.directory.insert_key(ACCOUNT, key))

    assert furnished.do(lambda t: t.directory.revoke_keys(ACCOUNT, one.prefix, later(1))) == 2
    assert furnished.do(lambda t: t.directory.revoke_keys(ACCOUNT, one.prefix, later(2))) == 0

    assert {key.key_hash: key.revoked_at for key in found(furnished).keys.values()} == {
        one.key_hash: later(1),
        two.key_hash: later(1),
        other.key_hash: None,
    }


def test_a_sender_is_read_with_the_token_of_its_waba(furnished):
    furnished.do(lambda t: t.directory.save_waba(ACCOUNT, WABA_ID, "renewed", NOW))

    assert found(furnished).senders == {sender().sender_id: sender(access_token="renewed")}
    assert furnished.ask(lambda t: t.directory.wabas(ACCOUNT)) == {WABA_ID: "renewed"}


def test_a_sender_that_is_saved_again_is_changed(furnished):
    changed = sender(
        throughput=5,
        state=SenderState.PAUSED,
        api_version=ApiVersion.V1,
        callback_url=None,
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


def test_a_template_keeps_its_definition_word_for_word(furnished):
    made = template(components=({"type": "BODY", "text": "Grüße {{1}} 🌵", "nested": [{"a": 1}]},))

    furnished.do(lambda t: t.directory.save_templates(ACCOUNT, WABA_ID, [made], NOW))

    assert found(furnished).templates == {(WABA_ID, "order_update", "en_US"): made}


def test_templates_that_meta_no_longer_names_go(furnished):
    kept, gone = template(), template(name="gone")
    furnished.do(lambda t: t.directory.save_templates(ACCOUNT, WABA_ID, [kept, gone], NOW))
    furnished.do(lambda t: t.directory.save_templates(ACCOUNT, "other", [gone], NOW))

    paused = replace(kept, status="PAUSED")
    furnished.do(lambda t: t.directory.save_templates(ACCOUNT, WABA_ID, [paused], later(1)))

    assert found(furnished).templates == {
        (WABA_ID, "order_update", "en_US"): paused,
        ("other", "gone", "en_US"): gone,
    }
