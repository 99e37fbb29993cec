"""Snapshots: all that an emulator holds is kept, and a run goes on from there as it would have."""

import asyncio
import json
import re
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass, is_dataclass
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from meta_emulator.emulator import Emulator
from meta_emulator.runtime.chance import SeededChance
from meta_emulator.runtime.clock import VirtualClock
from meta_emulator.runtime.codec import Codec
from meta_emulator.seed import (
    RecipientSeed,
    SeedError,
    default_seed,
    default_seed_bytes,
    parse_seed,
)
from meta_emulator.settings import Settings
from meta_emulator.world import message, objects
from meta_emulator.world.kept_objects import object_codec
from support.emulated import (
    NUMBER,
    SECRET,
    TOKEN,
    WABA,
    Answered,
    Emulated,
    Receiver,
    emulated,
    order_update,
)
from support.turned_clock import TurnedClock

START = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
PERSON = "919876543210"


@dataclass
class Run:
    """An emulator on a clock that stands still."""

    it: Emulated
    emulator: Emulator
    receiver: Receiver

    async def do(self, step: "Step") -> list[Any]:
        """One step, and what was answered: without what is of one process alone."""
        if step[0] == "advance":
            await self.emulator.advance(step[1])
            return []
        if step[0] == "receiver":
            self.receiver.always = step[1]
            return []
        answer: Answered = await self.it.ask(*step)
        return [answer.status, answer.body, answer.headers.get("x-fb-request-id")]

    @property
    def posted(self) -> list[tuple[str, bytes]]:
        return [(post.url, post.body) for post in self.receiver.posts]


Step = tuple[Any, ...]


@asynccontextmanager
async def still(chance: int, **given_settings: Any) -> AsyncIterator[Run]:
    clock = VirtualClock(is_frozen=True, start=START)
    receiver = Receiver(TurnedClock())
    secrets = {"access_token": TOKEN, "app_secret": SECRET, "verify_token": "verify"}
    told = Settings(**secrets, webhook_url="http://receiver/hook", **given_settings)
    emulator = Emulator(default_seed(), told, clock, SeededChance(chance), receiver)
    async with asyncio.TaskGroup() as group:
        task = group.create_task(emulator.run())
        yield Run(Emulated(emulator, TurnedClock(), receiver), emulator, receiver)
        task.cancel()


def post(path: str, body: Any) -> Step:
    return ("POST", path, body)


def control(path: str, body: Any) -> Step:
    return post(f"/_emulator/{path}", body)


MESSAGES = f"/v25.0/{NUMBER}/messages"
TEXT = {"messaging_product": "whatsapp", "to": PERSON, "type": "text", "text": {"body": "hello"}}
TEMPLATE = {
    "name": "a_new_one",
    "language": "en_US",
    "category": "UTILITY",
    "components": [{"type": "BODY", "text": "It is here."}],
}
STEPS = st.one_of(
    st.sampled_from((0.01, 0.2, 1.0, 7.0, 3600.0)).map(lambda seconds: ("advance", seconds)),
    st.sampled_from((200, 500, 0)).map(lambda status: ("receiver", status)),
    st.integers(0, 3).map(
        lambda n: post(MESSAGES, order_update(to=f"+91987654321{n}", biz_opaque_callback_data="x"))
    ),
    st.sampled_from(
        (
            post(MESSAGES, TEXT),
            control("inbound", {"from": PERSON, "text": "hi"}),
            control("user_preferences", {"from": PERSON, "value": "stop"}),
            control("numbers", {"quality_rating": "RED", "announce": True}),
            control("products", {"remove": ["SKU-1"]}),
            control("faults", {"fail": {"code": 131026, "count": 2}}),
            control("faults", {"duplicate": {"share": 0.5}, "late_failure": {"share": 0.5}}),
            post(f"/v25.0/{WABA}/message_templates", TEMPLATE),
            post(
                f"/v25.0/{NUMBER}/block_users",
                {"messaging_product": "whatsapp", "block_users": [{"user": PERSON}]},
            ),
            ("GET", "/_emulator/state"),
            ("GET", "/_emulator/messages"),
        )
    ),
)


@settings(max_examples=60, deadline=None)
@given(st.lists(STEPS, max_size=12), st.lists(STEPS, max_size=12))
def test_a_run_that_goes_on_from_a_snapshot_goes_on_as_it_would_have(
    before: list[Step], after: list[Step]
) -> None:
    async def scenario() -> None:
        async with still(1) as first, still(2) as second:
            for step in before:
                await first.do(step)
            kept = json.loads(json.dumps(first.emulator.snapshot()))
            second.emulator.restore(kept)
            second.receiver.always = first.receiver.always
            told_before = len(first.posted)
            for step in (*after, ("receiver", 200), ("advance", 700.0)):
                assert await first.do(step) == await second.do(step)
            assert sorted(first.posted[told_before:]) == sorted(second.posted)
            ends = [json.loads(json.dumps(run.emulator.snapshot())) for run in (first, second)]
            assert ends[0]["parts"].keys() == ends[1]["parts"].keys()
            for name, part in ends[0]["parts"].items():
                assert part == ends[1]["parts"][name], name

    asyncio.run(scenario())


def test_a_reset_is_back_at_the_seed_and_no_id_comes_again() -> None:
    async def scenario() -> None:
        async with still(1) as run:
            first = run.emulator.snapshot()["parts"]
            sent = await run.it.send(order_update())
            for step in (
                post(f"/v25.0/{WABA}/message_templates", TEMPLATE),
                control("products", {"remove": ["SKU-1"]}),
                control("numbers", {"throughput": 7, "status": "FLAGGED"}),
                control("faults", {"drop": 1.0}),
                control("user_preferences", {"from": PERSON, "value": "stop"}),
                ("advance", 40 * 24 * 3600.0),
            ):
                await run.do(step)
            assert (await run.it.ask("POST", "/_emulator/reset")).json == {"data": []}
            again = run.emulator.snapshot()["parts"]
            for name in ("wabas", "products", "numbers", "templates", "marks", "schedule"):
                assert again[name] == first[name], name
            assert again["disorder"]["faults"] == first["disorder"]["faults"]
            assert run.emulator.state.media_kind("1558081531584829") == "image", "as new"
            posts = len(run.receiver.posts)
            later = await run.it.send(order_update())
            assert later.wamid != sent.wamid
            await run.emulator.advance(5)
            assert len(run.receiver.posts) > posts, "what runs goes on"
            shown = (await run.it.ask("GET", "/_emulator/messages")).json["data"]
            assert [(one["position"], one["id"]) for one in shown] == [(2, later.wamid)]

    asyncio.run(scenario())


def test_a_reset_that_keeps_the_objects_forgets_only_what_happened() -> None:
    async def scenario() -> None:
        async with still(1) as run:
            await run.it.send(order_update())
            await run.do(post(f"/v25.0/{WABA}/message_templates", TEMPLATE))
            await run.do(control("reset", {"keep": "objects"}))
            assert (await run.it.ask("GET", "/_emulator/messages")).json["data"] == []
            assert ("a_new_one", "en_US") in run.emulator.state.wabas[WABA].templates

    asyncio.run(scenario())


@pytest.mark.parametrize(
    ("broken", "sentence"),
    [
        ({"version": 7}, "this is a snapshot of version 7, and this emulator reads version 1"),
        ({"parts": {"spirits": 1}}, "parts that this emulator does not know: spirits"),
        ({"parts": {"numbers": {"1": {"id": "1"}}}}, "the snapshot's numbers cannot be used"),
        ({"parts": {"numbers": {}}}, "there must be at least one phone number"),
        ({"parts": {"schedule": {"sent@1": {"at": "soon"}}}}, "the snapshot's schedule cannot"),
        ({"parts": {"chance": None}}, "the snapshot's chance cannot be used"),
    ],
)
def test_a_snapshot_that_cannot_be_used_is_refused_and_changes_nothing(
    broken: dict[str, Any], sentence: str
) -> None:
    async def scenario() -> None:
        async with still(1) as run:
            await run.it.send(order_update())
            before = json.loads(json.dumps(run.emulator.snapshot()))
            parts = before["parts"] | broken.get("parts", {})
            given = {**before, **broken, "parts": parts}
            answer = await run.it.ask("POST", "/_emulator/restore", given)
            assert answer.status == 400
            assert sentence in answer.json["error"]
            assert json.loads(json.dumps(run.emulator.snapshot())) == before
            await run.emulator.advance(5)
            shown = (await run.it.ask("GET", "/_emulator/messages")).json["data"]
            assert len(shown[0]["statuses"]) == 3, "what waited falls due all the same"

    asyncio.run(scenario())


def test_the_snapshot_has_every_part_of_the_state() -> None:
    emulator = emulated().emulator
    elsewhere = {"clock", "chance", "changes", "marks", "seed", "hearers", "_by_id", "_indexed"}
    kept = {"wabas", "numbers", "catalogues", "templates", "media", "handles", "stopped", "names"}
    logs = {"messages", "inbound", "reads", "refusals", "callbacks"}
    in_limits = {"windows", "limits"}
    assert vars(emulator.state).keys() == elsewhere | kept | logs | in_limits, "is it kept?"


def test_people_of_the_seed_have_names_windows_blocks_and_wishes() -> None:
    seed = replace(
        default_seed(),
        recipients=[
            RecipientSeed("+919876543210", "Asha", has_written=True, is_stopped=True),
            RecipientSeed("+919876543211", is_blocked=True),
        ],
    )
    state = emulated(seed).emulator.state
    assert state.names == {PERSON: "Asha"}
    assert state.windows.is_open(NUMBER, PERSON, state.clock.now())
    assert state.stopped == {(NUMBER, PERSON)}
    assert state.numbers[NUMBER].blocked == {"919876543211": "wa_id"}


@pytest.mark.parametrize(
    ("person", "sentence"),
    [
        ({"phone": "Asha"}, '"phone" must be like "+919876543210" - at `$.recipients[0]`'),
        ({"phone": PERSON, "phone_number_ids": ["7"]}, "it has no phone number 7 - at"),
        ({"phone": PERSON, "colour": "red"}, "unknown field `colour` - at `$.recipients[0]`"),
    ],
)
def test_a_person_who_cannot_be_is_refused_with_the_place(
    person: dict[str, Any], sentence: str
) -> None:
    seed = json.loads(default_seed_bytes()) | {"recipients": [person]}
    with pytest.raises(SeedError, match=re.escape(sentence)):
        parse_seed(json.dumps(seed).encode())


def test_every_field_of_what_is_held_and_sent_has_a_way_into_a_snapshot() -> None:
    codec = object_codec(emulated().emulator.state)
    for module in (objects, message):
        for kind in vars(module).values():
            if is_dataclass(kind) and kind.__module__ == module.__name__:
                assert isinstance(kind, type)
                codec.whole(kind)


def test_a_field_of_a_type_that_has_no_way_is_told() -> None:
    @dataclass
    class Strange:
        place: Callable[[], Coroutine[Any, Any, None]]

    with pytest.raises(TypeError, match="a snapshot has no way for"):
        Codec().whole(Strange)
