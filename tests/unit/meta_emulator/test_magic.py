"""Magic recipients: how a number ends chooses what becomes of a send."""

import asyncio
import json
import re
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from meta_emulator.physics.outcomes import NOT_OF_SENDS, OUTCOMES
from meta_emulator.protocol.errors import TITLES
from support.emulated import Emulated, body, emulated, fixture, order_update, running

HOUR = 3600.0
ROOT = Path(__file__).parents[3]


def to(ending: str) -> str:
    return f"+917555{ending}" if len(ending) == 6 else f"+917{ending}"


def text(ending: str) -> dict[str, Any]:
    return {"messaging_product": "whatsapp", "to": to(ending), "text": {"body": "x"}}


def two_cards() -> dict[str, Any]:
    """A carousel of two cards, whose first buttons are quick replies."""
    message = fixture("carousel-send")
    message["template"]["name"] = "carousel_two_cards"
    message["template"]["components"][0] = body("Pablo", "20%", "20OFF")
    (card,) = message["template"]["components"][1]["cards"]
    cards = [deepcopy(card) for _ in range(2)]
    for place, one in enumerate(cards):
        one["card_index"] = place
        one["components"][2]["parameters"][0]["payload"] = f"tapped {place}"
    message["template"]["components"][1]["cards"] = cards
    return message


def heard(it: Emulated, key: str) -> list[dict[str, Any]]:
    """What stands under `key` of all changes that came, in order."""
    values = [change["value"] for post in it.receiver.posts for change in post.changes]
    return [one for value in values for one in value.get(key, ())]


def course(ending: str, seconds: float, message: Any = None) -> list[tuple[str, int]]:
    """The statuses of a send, with the seconds of the clock at which each fell due."""

    async def scene() -> list[tuple[str, int]]:
        async with running() as it:
            began = it.clock.now().timestamp()
            answer = await it.send(message or order_update(to=to(ending)))
            assert answer.status == 200, answer.body
            await it.clock.turn(seconds)
            return [
                (one["status"], round(int(one["timestamp"]) - began))
                for one in heard(it, "statuses")
            ]

    return asyncio.run(scene())


def reply(message: dict[str, Any], seconds: float = 10) -> list[dict[str, Any]]:
    """What the person sends back."""

    async def scene() -> list[dict[str, Any]]:
        async with running() as it:
            assert (await it.send(message)).status == 200
            await it.clock.turn(seconds)
            return heard(it, "messages")

    return asyncio.run(scene())


REFUSING = [one for one in OUTCOMES.values() if one.code is not None and one.refusals is None]
FAILING = [one for one in OUTCOMES.values() if one.fails is not None and not one.refusals]


@pytest.mark.parametrize("outcome", REFUSING, ids=lambda one: one.ending)
def test_each_code_that_is_answered_is_answered_with_its_http_status(outcome):
    answer = asyncio.run(emulated().send(order_update(to=to(outcome.ending))))
    assert (answer.status, answer.json["error"]["code"]) == (TITLES[outcome.code][1], outcome.code)
    assert int(outcome.ending[3:]) == outcome.code


@pytest.mark.parametrize("outcome", FAILING, ids=lambda one: one.ending)
def test_each_code_that_comes_later_is_in_a_failed_status(outcome):
    async def scene() -> list[Any]:
        async with running() as it:
            message = two_cards() if outcome.is_about_marketing else order_update()
            message["to"] = to(outcome.ending)
            assert (await it.send(message)).status == 200
            await it.clock.turn(10)
            return heard(it, "statuses")

    (failed,) = asyncio.run(scene())
    assert failed["status"] == "failed"
    assert failed["errors"][0]["code"] == outcome.fails


def test_every_code_of_the_table_of_errors_is_magic_or_is_none_of_sends():
    magic = {one.code or one.fails for one in OUTCOMES.values()} - {None}
    assert magic <= TITLES.keys()
    assert not magic & NOT_OF_SENDS
    assert TITLES.keys() - magic - NOT_OF_SENDS == set()


@pytest.mark.parametrize(
    ("ending", "seconds", "expected"),
    [
        ("900101", 90_000, []),
        ("900102", 90_000, [("sent", 0)]),
        ("900103", 90_000, [("sent", 0), ("delivered", 0)]),
        ("900104", 90_000, [("sent", 0), ("read", 1)]),
        ("900105", 90_000, [("sent", 0), ("read", 0), ("delivered", 1)]),
        ("900106", 3599, [("sent", 0), ("delivered", 0)]),
        ("900106", 3601, [("sent", 0), ("delivered", 0), ("read", 3600)]),
        ("900107", 90_000, [("sent", 0), ("delivered", 86_400), ("read", 86_401)]),
        ("900108", 90_000, [("sent", 0), ("failed", 10)]),
        ("900109", 90_000, [("sent", 60), ("delivered", 60), ("read", 61)]),
        ("900110", 90_000, [("failed", 60)]),
    ],
)
def test_an_outcome_has_its_statuses_at_their_times(ending, seconds, expected):
    assert course(ending, seconds) == expected


@pytest.mark.parametrize("ending", ["900109", "900110"])
def test_who_holds_a_message_says_so_in_the_answer(ending):
    answer = asyncio.run(emulated().send(order_update(to=to(ending))))
    assert answer.json["messages"][0]["message_status"] == "held_for_quality_assessment"


def test_who_has_stopped_marketing_gets_everything_else():
    assert [status for status, _ in course("900111", 10)] == ["sent", "delivered", "read"]


def test_a_number_that_is_on_whatsapp_later_fails_once():
    async def scene() -> list[str]:
        async with running() as it:
            first = (await it.send(order_update(to=to("900112")))).wamid
            second = (await it.send(order_update(to=to("900112")))).wamid
            await it.clock.turn(10)
            return [it.receiver.statuses_of(first)[0], it.receiver.statuses_of(second)[0]]

    assert asyncio.run(scene()) == ["failed", "sent"]


@pytest.mark.parametrize(
    ("ending", "statuses"),
    [
        ("900303", [500, 200, 500, 200]),
        ("900304", [503, 503, 200, 503]),
        ("900305", [400, 200, 400, 200]),
    ],
)
def test_tries_are_refused_until_one_is_accepted(ending, statuses):
    async def scene() -> list[int]:
        it = emulated()
        return [(await it.send(order_update(to=to(ending)))).status for _ in range(4)]

    assert asyncio.run(scene()) == statuses


@pytest.mark.parametrize(
    ("ending", "expected"), [("900301", ["sent", "delivered", "read"]), ("900302", [])]
)
def test_a_lost_answer_cuts_the_connection_and_statuses_come_or_not(ending, expected):
    async def scene() -> list[str]:
        async with running() as it:
            with pytest.raises(ConnectionResetError):
                await it.send(order_update(to=to(ending)))
            await it.clock.turn(10)
            return [one["status"] for one in heard(it, "statuses")]

    assert asyncio.run(scene()) == expected


@pytest.mark.parametrize(("ending", "seconds"), [("900306", 5), ("900307", 120)])
def test_a_slow_answer_comes_after_the_statuses(ending, seconds):
    async def scene() -> tuple[bool, int, int]:
        async with running() as it:
            asked = asyncio.ensure_future(it.send(order_update(to=to(ending))))
            await it.clock.turn(seconds - 1)
            was_done, told = asked.done(), len(heard(it, "statuses"))
            await it.clock.turn(2)
            return was_done, told, (await asked).status

    assert asyncio.run(scene()) == (False, 3, 200)


@pytest.mark.parametrize(
    ("ending", "seconds", "words"),
    [("900201", 10, "Hello"), ("900202", HOUR + 10, "Sorry, I was away"), ("900203", 10, "STOP")],
)
def test_a_person_writes_back(ending, seconds, words):
    (message,) = reply(order_update(to=to(ending)), seconds)
    assert message["text"]["body"] == words
    assert "+" + message["from"] == to(ending)
    assert reply(order_update(to=to(ending)), seconds - 9.5) == []


def test_who_writes_stop_and_means_it_gets_no_marketing_any_more():
    async def scene() -> tuple[list[Any], list[Any], set[Any]]:
        async with running() as it:
            await it.send(order_update(to=to("900204")))
            await it.clock.turn(10)
            return heard(it, "messages"), heard(it, "user_preferences"), it.emulator.state.stopped

    messages, preferences, stopped = asyncio.run(scene())
    assert [one["text"]["body"] for one in messages] == ["STOP"]
    assert [one["value"] for one in preferences] == ["stop"]
    assert len(stopped) == 1


def test_who_stops_marketing_for_an_hour_resumes_it():
    async def scene() -> list[Any]:
        async with running() as it:
            await it.send(order_update(to=to("900205")))
            await it.clock.turn(HOUR + 10)
            return heard(it, "user_preferences")

    assert [one["value"] for one in asyncio.run(scene())] == ["stop", "resume"]


def test_the_first_quick_reply_is_tapped():
    buttons = [{"type": "reply", "reply": {"id": f"b{n}", "title": f"B{n}"}} for n in (1, 2)]
    interactive = {"type": "button", "body": {"text": "?"}, "action": {"buttons": buttons}}
    message = {**text("900206"), "type": "interactive", "interactive": interactive}
    message.pop("text")
    (tapped,) = reply(message)
    assert tapped["interactive"]["button_reply"]["id"] == "b1"


def test_the_first_quick_reply_of_the_second_card_is_tapped():
    (tapped,) = reply(two_cards() | {"to": to("900207")})
    assert (tapped["type"], tapped["button"]["payload"]) == ("button", "tapped 1")


def test_a_second_card_that_is_not_there_is_not_tapped():
    (message,) = reply(fixture("carousel-send") | {"to": to("900207")})
    assert message["text"]["body"].endswith("has no card 1")


def test_what_cannot_be_tapped_is_said_in_words():
    (message,) = reply(text("900206"))
    assert message["text"]["body"].startswith("I would, but cannot: wamid.")


def test_two_products_are_ordered_from_a_list_of_them():
    message = fixture("mpm-send") | {"to": to("900208")}
    action = message["template"]["components"][-1]["parameters"][0]["action"]
    shown = ["nseiw1x3ch", "2lc20305pt", "2lc20XXXpt"]
    action["sections"][0]["product_items"] = [{"product_retailer_id": one} for one in shown]
    (ordered,) = reply(message)
    items = ordered["order"]["product_items"]
    assert [item["product_retailer_id"] for item in items] == shown[:2]
    assert [item["quantity"] for item in items] == [1, 2]


def test_two_products_are_ordered_from_the_catalogue_where_a_message_shows_none():
    (ordered,) = reply(text("900208"))
    assert len(ordered["order"]["product_items"]) == 2


def test_the_first_row_of_a_list_is_chosen():
    rows = [{"id": "r1", "title": "One"}, {"id": "r2", "title": "Two"}]
    action = {"button": "Open", "sections": [{"title": "S", "rows": rows}]}
    interactive = {"type": "list", "body": {"text": "?"}, "action": action}
    message = {**text("900209"), "type": "interactive", "interactive": interactive}
    message.pop("text")
    (chosen,) = reply(message)
    assert chosen["interactive"]["list_reply"]["id"] == "r1"


def test_an_image_is_sent_back():
    (message,) = reply(text("900210"))
    assert message["image"]["mime_type"] == "image/png"


def test_a_reply_that_is_due_outlives_a_snapshot():
    async def scene() -> list[Any]:
        async with running() as first:
            await first.send(order_update(to=to("900202")))
            await first.clock.turn(10)
            kept = json.loads(json.dumps(first.emulator.snapshot()))
        async with running() as second:
            second.emulator.restore(kept)
            await second.clock.turn(HOUR)
            return heard(second, "messages")

    (message,) = asyncio.run(scene())
    assert message["text"]["body"] == "Sorry, I was away"


def test_without_magic_a_number_is_a_number():
    async def scene() -> list[str]:
        async with running(magic=False) as it:
            assert (await it.send(order_update(to=to("131026")))).status == 200
            await it.send(order_update(to=to("900201")))
            await it.clock.turn(10)
            assert heard(it, "messages") == []
            return [one["status"] for one in heard(it, "statuses")]

    assert asyncio.run(scene()).count("read") == 2


def test_the_control_api_shows_the_table():
    answer = asyncio.run(emulated().ask("GET", "/_emulator/magic"))
    shown = {one["ending"]: one for one in answer.json["data"]}
    assert shown.keys() == OUTCOMES.keys()
    assert shown["555131026"]["example"] == "+917555131026"
    assert shown["555131026"]["code"] == 131026


def test_the_documents_have_the_same_table():
    page = (ROOT / "docs/emulator/disorder.md").read_text()
    rows = dict(re.findall(r"^\| `…(\d{3} \d{6})` \| (.+) \|$", page, re.MULTILINE))
    told = {ending.replace(" ", ""): sentence for ending, sentence in rows.items()}
    assert told == {one.ending: one.sentence for one in OUTCOMES.values()}


def test_no_number_of_the_tests_the_documents_or_the_bench_is_magic_by_accident():
    endings = re.compile(f"({'|'.join(OUTCOMES)})" + r"(?!\d)")
    ours = ("test_magic.py", "disorder.md", "test_disorder.py", "emulator.md")
    hits = [
        str(path.relative_to(ROOT))
        for folder in ("tests", "docs", "bench", "src/meta_emulator", "src/waypost")
        for path in (ROOT / folder).rglob("*")
        if path.suffix in {".py", ".md", ".json", ".toml", ".txt", ".csv"}
        and path.name not in ours
        and endings.search(path.read_text(errors="replace"))
    ]
    assert hits == []


def test_the_first_quick_reply_of_a_carousel_is_that_of_its_first_card():
    (message,) = reply({**two_cards(), "to": to("900206")})
    assert message["button"]["payload"] == "tapped 0"


def test_no_window_stands_in_the_way_of_an_outcome():
    async def scene() -> None:
        async with running(limits=frozenset({"windows", "caps"})) as it:
            for ending in ("900201", "131053"):
                assert (await it.send(text(ending))).status == 200
            plain = {**text("900201"), "to": "+917700000000"}
            assert (await it.send(plain)).status == 200
            await it.clock.turn(10)
            got = [one["text"]["body"] for one in heard(it, "messages")]
            failed = [one["errors"][0]["code"] for one in heard(it, "statuses") if "errors" in one]
            assert got == ["Hello"]
            assert sorted(failed) == [131047, 131053]

    asyncio.run(scene())


def test_no_cap_stands_in_the_way_of_an_outcome_wherever_the_number_is():
    async def scene() -> None:
        async with running(limits=frozenset({"caps"}), marketing_cap=0) as it:
            offer = {**two_cards(), "to": "+1212555900104"}
            assert (await it.send(offer)).status == 200
            await it.clock.turn(10)
            assert [one["status"] for one in heard(it, "statuses")] == ["sent", "read"]

    asyncio.run(scene())
