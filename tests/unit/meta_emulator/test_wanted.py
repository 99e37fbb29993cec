"""Messages and refusals are found by what they are, and waited for by one long poll."""

import asyncio

import pytest

from support.emulated import emulated, order_update, template
from support.pair import meta_fixture

MESSAGES = "/_emulator/messages"
TEXT = {"messaging_product": "whatsapp", "to": "+919876543211", "text": {"body": "See you"}}


def found(query, path=MESSAGES):
    async def scene():
        it = emulated()
        await it.send(order_update())
        await it.send(TEXT)
        await it.send(meta_fixture("carousel-meta"))
        await it.send(template("nowhere"))
        return (await it.ask("GET", f"{path}?{query}", None, {})).json

    return asyncio.run(scene())


@pytest.mark.parametrize(
    ("query", "positions"),
    [
        ("template=order_update", [1]),
        ("type=text", [2]),
        ("to=%2B91%2098765%2043211", [2]),
        ("to=919876543210&type=template&template=order_update", [1]),
        ("contains=860198", [1]),
        ("contains=See", [2]),
        ("contains=nothing", []),
        ("status=accepted", [1, 2, 3]),
        ("status=sent", []),
        ("id=wamid.none", []),
        ("after=1&limit=1", [2]),
        ("type=template&limit=1", [1]),
    ],
)
def test_messages_are_found_by_what_they_are(query, positions):
    assert [one["position"] for one in found(query)["data"]] == positions


def test_the_words_of_a_carousel_are_those_of_its_cards():
    words = found("after=2")["data"][0]["words"].splitlines()
    assert words[0] == "Hello Pablo, take 20% off with the code 20OFF this week."
    assert len(words) > 4
    assert not any("{{" in line for line in words)


@pytest.mark.parametrize(
    ("query", "number"),
    [("code=132001", 1), ("code=100", 0), ("to=%2B919876543210", 1), ("contains=nowhere", 1)],
)
def test_refusals_are_found_by_their_code(query, number):
    assert len(found(query, "/_emulator/refusals")["data"]) == number


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("status=lost", "status must be one of accepted, sent, delivered, read, failed"),
        ("wait_s=601", "wait_s must be seconds, from 0 to 600; it is '601'"),
        ("wait_s=nan", "wait_s must be seconds"),
        ("count=0", "count must be a number from 1; it is '0'"),
        ("count=%C2%B2", "count must be a number from 1"),
    ],
)
def test_a_search_that_makes_no_sense_is_refused_with_a_sentence(query, sentence):
    assert sentence in found(query)["error"]


def test_a_wait_ends_with_the_message_that_is_waited_for():
    async def scene():
        it = emulated()
        async with asyncio.timeout(10), asyncio.TaskGroup() as group:
            asked = it.ask("GET", f"{MESSAGES}?wait_s=600&count=2&type=template", None, {})
            waiting = group.create_task(asked)
            for message in (order_update(), TEXT, order_update()):
                await asyncio.sleep(0)
                assert not waiting.done()
                await it.send(message)
            return (await waiting).json["data"]

    assert [one["position"] for one in asyncio.run(scene())] == [1, 3]


def test_a_wait_in_vain_ends_with_what_there_is():
    assert [one["position"] for one in found("wait_s=0.05&count=9")["data"]] == [1, 2, 3]
