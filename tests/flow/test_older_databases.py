"""A folder of an older release goes on where it stood: its keys open, what waited leaves."""

import asyncio
import hashlib
import json
from importlib import resources

import apsw
import pytest

from support.nouns import NOW, PHONE_NUMBER_ID, SENDER_ID, WABA_ID
from support.pair import TO, running, sample, text
from support.stored import CHOSEN, SQLITE
from waypost.model.ledger import EntryKind
from waypost.runtime.vault import is_sealed
from waypost.store.migrate import load_migrations
from waypost.store.repositories.instants import to_ms
from waypost.store.sqlite.connection import APPLICATION_ID
from waypost.store.sqlite.store import FILE

pytestmark = pytest.mark.skipif(CHOSEN is not SQLITE, reason="older releases had SQLite alone")

AS_RELEASED = "fa9026b3498a3bdd94d2d702cdecfc98ec91c68b907d04d4548df09c2c1ba859"
SID, KEY = "HXIN1234567890IN", "A0123456789abcdef0123456789abcdef"
WAITING = "A0000000000000000001"
AT = to_ms(NOW)
CONTENT = {
    "messaging_product": "whatsapp",
    "type": "text",
    "text": {"body": "waited for the new release"},
}

TABLES = {
    "accounts": [(1, SID, "Shop", "prepaid", "active", None, None, 7, AT)],
    "api_keys": [(1, hashlib.sha256(KEY.encode()).digest(), KEY[:6], "[]", AT, None, None)],
    "wabas": [(1, WABA_ID, "meta-token", AT)],
    "senders": [
        (1, SENDER_ID, PHONE_NUMBER_ID, WABA_ID, "Shop", 80, "v2", "active", "http://shop/s", AT)
    ],
    "templates": [
        (1, WABA_ID, "gone", "en", "UTILITY", "APPROVED", '[{"type": "BODY", "text": "Hi"}]', AT)
    ],
    "wallets": [(1, "USD", 1_000_000, 100, 0)],
    "ledger_entries": [
        (1, "top-up 1", EntryKind.TOP_UP.value, 1_000_000, "test", AT),
        (1, WAITING, EntryKind.HOLD.value, 100, None, AT),
    ],
    "submissions": [
        (
            *(1, WAITING, SENDER_ID, "text", None, None, json.dumps(CONTENT).encode()),
            *(None, None, None, "api", 0, 0, "trace", AT),
        )
    ],
    "messages": [
        (
            *(1, WAITING, WAITING, SENDER_ID, TO, "accepted", 0, "held", 100),
            *(None, None, None, None, None, None, AT, AT),
        )
    ],
    "queue": [(1, "dispatch", SENDER_ID, WAITING, AT, 0, None)],
}


@pytest.fixture
def older(tmp_path):
    """A folder as the first release leaves it, with one message that waits."""
    first, *_ = load_migrations(resources.files("waypost.store.sqlite").joinpath("migrations"))
    connection = apsw.Connection(str(tmp_path / FILE))
    connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
    connection.execute(
        "CREATE TABLE schema_versions (version INTEGER PRIMARY KEY, name TEXT NOT NULL, "
        "digest TEXT NOT NULL, applied_at INTEGER NOT NULL)"
    )
    connection.execute(first.text)
    connection.execute(
        "INSERT INTO schema_versions VALUES (1, ?, ?, ?)", (first.name, first.digest, AT)
    )
    for table, rows in TABLES.items():
        for row in rows:
            places = ", ".join("?" * len(row))
            connection.execute(f"INSERT INTO {table} VALUES ({places})", row)
    connection.close()
    return tmp_path


def test_the_first_migration_is_as_it_was_released():
    first, *_ = load_migrations(resources.files("waypost.store.sqlite").joinpath("migrations"))
    assert first.digest == AS_RELEASED, "a changed migration locks every older folder out"


def test_the_messages_keys_and_money_of_an_older_folder_go_on(older):
    async def body():
        async with running(older, is_new=False) as pair:
            pair.sid, pair.key = SID, KEY
            await pair.until_told(WAITING, "sent", "delivered", "read")
            (sent,) = pair.arrived()
            assert sent["text"] == CONTENT["text"]
            assert (await pair.wallet()).balance_minor == 1_000_000 - 100

            refused = await pair.send(text())
            (finding,) = refused.json["error"]["details"]
            assert finding["code"] == "window_closed", "the strictest check from the first day"

            message_id = await pair.accepted(sample("carousel"))
            await pair.until_told(message_id, "sent", "delivered", "read")
            kinds = [one["type"] for one in pair.arrived()[-1]["template"]["components"]]
            assert "carousel" in kinds

            account = await pair.gateway.registrar.find(SID)
            assert is_sealed(account.wabas[WABA_ID].access_token)
            assert (WABA_ID, "gone", "en") not in account.templates
            assert len(account.templates) > 1

    asyncio.run(body())


def test_an_older_folder_can_be_sent_from_before_its_templates_were_read(older):
    async def body():
        async with running(older, is_new=False) as pair:
            pair.sid, pair.key = SID, KEY
            pair.network.hosts["meta"] = _away
            head = {"messaging_product": "whatsapp", "to": TO, "type": "template"}
            known = {"name": "gone", "language": {"code": "en"}}
            accepted = await pair.send({"messaging_object": {**head, "template": known}})
            assert accepted.status == 202, accepted.body

    asyncio.run(body())


async def _away(_scope, _receive, send):
    await send({"type": "http.response.start", "status": 503, "headers": []})
    await send({"type": "http.response.body", "body": b""})
