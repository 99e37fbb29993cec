"""Exports over HTTP: whole files, gzip, a client that leaves, and a failure in the middle."""

import asyncio
import csv
import gzip
import io
import json

import pyarrow.parquet as parquet_files
import pytest

from support.asgi import Answered
from support.operator import OPERATOR, in_office
from support.pair import text, wrapped
from waypost.model.errors import StoreError
from waypost.report import export

FILES = [
    "messages.csv",
    "messages.csv.gz",
    "messages.jsonl",
    "messages.jsonl.gz",
    "messages.parquet",
]


async def fetch(office, target, headers=None, *, send=None, leaves=None, method="GET"):
    """One request of a client that stays until it is told to leave."""
    path, _, query = target.partition("?")
    left = leaves or asyncio.Event()
    asked = iter([{"type": "http.request", "body": b"", "more_body": False}])
    sent = []

    async def receive():
        for event in asked:
            return event
        await left.wait()
        return {"type": "http.disconnect"}

    async def keep(event):
        sent.append(event)
        if send is not None:
            await send(event)

    given = {"api-key": office.pair.key, "authorization": f"Bearer {OPERATOR}", **(headers or {})}
    scope = {
        "type": "http",
        "method": method,
        "path": path,
        "raw_path": path.encode(),
        "query_string": query.encode(),
        "headers": [(name.encode(), value.encode()) for name, value in given.items()],
        "client": ("203.0.113.7", 50_000),
    }
    await office.pair.gateway.app(scope, receive, keep)
    shown = {name.decode(): value.decode() for name, value in sent[0]["headers"]}
    whole = b"".join(event.get("body", b"") for event in sent[1:])
    is_whole = sent[-1]["type"] == "http.response.body" and not sent[-1].get("more_body", False)
    return Answered(sent[0]["status"], shown, whole), is_whole


def own(office, file):
    return f"/v2/{office.pair.sid}/reports/{file}"


def ids(file, body):
    """The ids in a file, in its order."""
    if file.endswith(".gz"):
        file, body = file.removesuffix(".gz"), gzip.decompress(body)
    if file.endswith(".csv"):
        lines = csv.DictReader(io.StringIO(body.decode(), newline=""), strict=True)
        return [line["WHATSAPP_ID"] for line in lines]
    if file.endswith(".jsonl"):
        return [json.loads(line)["WHATSAPP_ID"] for line in body.splitlines()]
    return parquet_files.read_table(io.BytesIO(body))["WHATSAPP_ID"].to_pylist()


async def send_some(office, number=3):
    return [await office.pair.accepted(wrapped(text(), ref=f"r{n}")) for n in range(number)]


@pytest.mark.parametrize("file", FILES)
@pytest.mark.parametrize("whose", ["own", "operator"])
def test_a_file_holds_all_messages_newest_first(tmp_path, file, whose):
    async def visit(office):
        kept = await send_some(office)
        target = own(office, file) if whose == "own" else f"{office.account}/reports/{file}"
        return kept, await fetch(office, target), await fetch(office, f"{target}?ref=r1")

    kept, (answer, is_whole), (one, _) = in_office(tmp_path, visit)
    assert (answer.status, is_whole) == (200, True)
    assert ids(file, answer.body) == kept[::-1]
    assert ids(file, one.body) == [kept[1]]
    assert answer.headers["content-disposition"] == f'attachment; filename="{file}"'
    assert "content-encoding" not in answer.headers


@pytest.mark.parametrize(
    ("wanted", "is_gzip"),
    [
        ("gzip", True),
        ("br;q=1.0, gzip;q=0.8", True),
        ("gzip;q=0", False),
        ("identity", False),
        ("gzip; q=0.0", False),
    ],
)
def test_a_client_that_takes_gzip_gets_it(tmp_path, wanted, is_gzip):
    async def visit(office):
        kept = await send_some(office)
        answers = [
            await fetch(office, own(office, file), {"accept-encoding": wanted})
            for file in ("messages.csv", "messages.csv.gz")
        ]
        return kept, answers

    kept, ((plain, _), (zipped, _)) = in_office(tmp_path, visit)
    assert plain.headers.get("content-encoding") == ("gzip" if is_gzip else None)
    assert ids("messages.csv", gzip.decompress(plain.body) if is_gzip else plain.body) == kept[::-1]
    assert "content-encoding" not in zipped.headers
    assert ids("messages.csv.gz", zipped.body) == kept[::-1]


def test_an_export_that_fails_in_the_middle_has_no_end(tmp_path, monkeypatch):
    monkeypatch.setattr(export, "PAGE", 2)

    async def visit(office):
        await send_some(office, 6)
        store = office.pair.gateway.store
        study, pages = store.study, []

        async def fail_later(query):
            pages.append(query)
            if len(pages) > 3:
                raise StoreError("the disk is gone")
            return await study(query)

        monkeypatch.setattr(store, "study", fail_later)
        return await fetch(office, own(office, "messages.csv"))

    answer, is_whole = in_office(tmp_path, visit)
    assert (answer.status, is_whole) == (200, False)
    assert len(answer.body.splitlines()) == 5


def test_nothing_is_read_any_more_for_a_client_that_left(tmp_path, monkeypatch):
    monkeypatch.setattr(export, "PAGE", 1)

    async def visit(office):
        await send_some(office, 30)
        left = asyncio.Event()
        store = office.pair.gateway.store
        study, pages = store.study, []

        async def count(query):
            pages.append(query)
            return await study(query)

        async def leave(event):
            if event.get("body") and len(pages) > 3:
                left.set()

        monkeypatch.setattr(store, "study", count)
        _, is_whole = await fetch(office, own(office, "messages.csv"), send=leave, leaves=left)
        return is_whole, len(pages)

    is_whole, pages = in_office(tmp_path, visit)
    assert not is_whole
    assert pages < 15


def test_head_tells_what_the_file_would_be(tmp_path):
    async def visit(office):
        return await fetch(office, own(office, "messages.parquet"), method="HEAD")

    answer, _ = in_office(tmp_path, visit)
    assert (answer.status, answer.body) == (200, b"")
    assert answer.headers["content-type"] == "application/vnd.apache.parquet"


@pytest.mark.parametrize(
    ("query", "name"),
    [("direction=sideways", "direction"), ("limit=5", "limit"), ("from=never", "from")],
)
def test_what_cannot_be_exported_is_refused_before_the_file_begins(tmp_path, query, name):
    async def visit(office):
        return await fetch(office, f"{own(office, 'messages.csv')}?{query}")

    answer, _ = in_office(tmp_path, visit)
    (detail,) = answer.json["error"]["details"]
    assert (answer.status, detail["path"]) == (400, f"query/{name}")
