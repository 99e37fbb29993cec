"""Tokens lie sealed, those of an older database from the next opening on, and sends go on."""

import asyncio

import pytest

from support.nouns import NOW, account, sender, waba
from support.pair import running, text
from support.stored import CHOSEN, SQLITE, opened
from waypost.directory.changes import AccountChange
from waypost.model.account import AccountKind
from waypost.runtime.config import Config
from waypost.runtime.vault_error import VaultError
from waypost.serve import open_directory

BARE = "EAAG-token-of-an-older-release"


@pytest.mark.skipif(CHOSEN is not SQLITE, reason="the files are the server's")
def test_no_file_of_the_folder_holds_a_token(tmp_path):
    async def body():
        async with running(tmp_path) as pair:
            message_id = await pair.accepted(text())
            await pair.until_told(message_id, "sent", "delivered", "read")

    asyncio.run(body())
    kept = b"".join(file.read_bytes() for file in tmp_path.iterdir())
    assert b"sealed:" in kept
    assert b"meta-token" not in kept


def test_a_database_with_bare_tokens_is_sealed_when_it_is_opened(tmp_path):
    async def older(transaction):
        id_ = await transaction.directory.insert_account(account(), NOW)
        await transaction.wallets.open(id_, "USD", 0)
        await transaction.directory.save_waba(waba(account_id=id_, access_token=BARE), NOW)
        await transaction.directory.save_sender(id_, sender(), NOW)

    with opened(tmp_path) as stored:
        stored.do(older)

    async def look():
        async with open_directory(Config(data_dir=tmp_path)) as tools:
            found = await tools.registrar.find(account().sid)
            (kept,) = found.senders.values()
            assert BARE not in kept.access_token
            assert found.version == 2
            return tools.vault.open(kept.access_token)

    assert asyncio.run(look()) == BARE
    assert (tmp_path / "secret.key").exists()


def test_a_folder_is_opened_with_the_keys_of_the_setting(tmp_path):
    async def work(keys, change):
        async with open_directory(Config(data_dir=tmp_path, secret_keys=keys)) as tools:
            return await change(tools)

    async def begin(tools):
        await tools.store.write(insert, None)
        await tools.registrar.save_waba(account().sid, "1", BARE)

    async def insert(transaction, items):
        id_ = await transaction.directory.insert_account(account(), NOW)
        await transaction.wallets.open(id_, "USD", 0)
        return items

    old, new = "old-" + "0" * 32, "new-" + "1" * 32
    asyncio.run(work(old, begin))
    with pytest.raises(VaultError, match="another key: 1"):
        asyncio.run(work(new, lambda tools: tools.registrar.tokens.check()))
    assert asyncio.run(work(f"{new},{old}", lambda tools: tools.registrar.tokens.reseal())) == 1
    asyncio.run(work(new, lambda tools: tools.registrar.tokens.check()))
    assert not (tmp_path / "secret.key").exists()


def test_a_tech_providers_customer_pays_nothing_unless_its_account_has_a_price(tmp_path):
    async def body():
        async with running(tmp_path, top_up=0) as pair:
            registrar, spent = pair.gateway.registrar, []
            await registrar.change_account(pair.sid, AccountChange(kind=AccountKind.TECH_PROVIDER))
            pair.clock.advance(1)
            message_id = await pair.accepted(text())
            await pair.until_told(message_id, "sent", "delivered", "read")
            spent.append((await pair.wallet()).balance_minor)

            await registrar.change_account(
                pair.sid, AccountChange(price_minor=7, credit_limit_minor=100)
            )
            pair.clock.advance(1)
            message_id = await pair.accepted(text())
            await pair.until_told(message_id, "sent", "delivered", "read")
            return [*spent, (await pair.wallet()).balance_minor]

    assert asyncio.run(body()) == [0, -7]
