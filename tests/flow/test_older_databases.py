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
from waypost.model.callback import EventKind
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


EVENT = f"{WAITING}.failed"
TOLD_OF = {
    "callbacks": [
        (
            *(1, EVENT, WAITING, "failed", "http://shop/s"),
            *(b'{"status":"failed","message_id":"old"}', "pending", 2, "HTTP 503", AT, None),
        ),
        (
            *(1, f"{WAITING}.old", WAITING, "sent", "http://gone/s"),
            *(b"{}", "given_up", 10, None, AT, AT),
        ),
    ],
    "queue": [(1, "callback", "http://shop/s", EVENT, AT, 2, None, 1, None)],
}
"""What the release before profiles was telling."""


@pytest.fixture
def older(tmp_path):
    """A folder as the first release leaves it, with one message that waits."""
    make(tmp_path, 1)
    return tmp_path


@pytest.fixture
def before_profiles(tmp_path):
    """A folder as the release leaves it that knew URLs in the place of profiles."""
    make(tmp_path, 3)
    connection = apsw.Connection(str(tmp_path / FILE))
    fill(connection, TOLD_OF)
    connection.close()
    return tmp_path


def make(folder, version):
    """A database that the first release made, brought forward to a later one."""
    first, *later = load_migrations(resources.files("waypost.store.sqlite").joinpath("migrations"))
    connection = apsw.Connection(str(folder / FILE))
    connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
    connection.execute(
        "CREATE TABLE schema_versions (version INTEGER PRIMARY KEY, name TEXT NOT NULL, "
        "digest TEXT NOT NULL, applied_at INTEGER NOT NULL)"
    )
    apply(connection, first)
    fill(connection, TABLES)
    for migration in later[: version - 1]:
        apply(connection, migration)
    connection.close()


def apply(connection, migration):
    connection.execute(migration.text)
    connection.execute(
        "INSERT INTO schema_versions VALUES (?, ?, ?, ?)",
        (migration.version, migration.name, migration.digest, AT),
    )


def fill(connection, tables):
    for table, rows in tables.items():
        for row in rows:
            places = ", ".join("?" * len(row))
            connection.execute(f"INSERT INTO {table} VALUES ({places})", row)


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


def test_the_url_of_a_sender_becomes_a_profile_and_what_it_was_to_be_told_goes_there(
    before_profiles,
):
    async def body():
        async with running(before_profiles, is_new=False) as pair:
            pair.sid, pair.key = SID, KEY
            profiles = await pair.ask(lambda t: t.profiles.of_account(1))
            attached = await pair.ask(lambda t: t.profiles.attachments(1))
            urls = {one.profile_id: one.url for one in profiles}
            assert sorted(urls.values()) == ["http://gone/s", "http://shop/s"]
            assert [(one.target, urls[one.profile_id]) for one in attached] == [
                (f"sender/{SENDER_ID}", "http://shop/s")
            ]
            assert all(one.events == (EventKind.MESSAGE_STATUS,) for one in profiles)

            await pair.until(lambda: pair.shop.statuses("old") == ["failed"])
            await pair.until_told(WAITING, "sent", "delivered", "read")
            (first,) = (one for one in pair.shop.told if one.json["message_id"] == "old")
            assert first.headers["webhook-id"] == EVENT
            await pair.pass_time(1)
            rows = await pair.ask(lambda t: t.callbacks.of_message(1, WAITING))
            states = {one.event_id: (one.state, one.url) for one in rows}
            assert states[EVENT] == ("delivered", "http://shop/s")
            assert states[f"{WAITING}.old"] == ("given_up", "http://gone/s")
            assert await pair.ask(lambda t: t.history.orphans()) == []

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
