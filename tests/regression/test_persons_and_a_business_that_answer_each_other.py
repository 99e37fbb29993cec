"""A business that answers every word by itself comes to an end with a person who does so too."""

import asyncio
import json

from meta_emulator.people.habits import MOST_IN_A_ROW, SOON_S
from support.emulated import MESSAGES, NUMBER, Emulated, order_update, running

STOPPER = "+919555" + "900203"


def words(text: str) -> dict[str, object]:
    return {"messaging_product": "whatsapp", "to": STOPPER, "type": "text", "text": {"body": text}}


class Answering:
    """A receiver that answers each message that it hears of."""

    def __init__(self, it: Emulated) -> None:
        self.it = it
        self.heard = 0
        self._post = it.receiver.post
        it.receiver.post = self.post

    async def post(self, url, headers, body, timeout_s):
        for entry in json.loads(body)["entry"]:
            for change in entry["changes"]:
                for _ in change["value"].get("messages", ()):
                    self.heard += 1
                    await self.it.ask("POST", MESSAGES, words("You will hear no more of us."))
        return await self._post(url, headers, body, timeout_s)


def test_a_storm_of_answers_dies_down_and_a_template_begins_anew():
    async def scene() -> list[int]:
        async with running() as it:
            business = Answering(it)
            heard = []
            for again in (order_update(to=STOPPER), order_update(to=STOPPER), words("Hello?")):
                await it.clock.turn(SOON_S)
                await it.send(again)
                await it.clock.turn(3600)
                heard.append(business.heard)
            return heard

    assert asyncio.run(scene()) == [nth * (1 + MOST_IN_A_ROW) for nth in (1, 2, 3)]


def test_who_fell_silent_is_silent_over_a_snapshot():
    async def scene() -> int:
        async with running() as it:
            business = Answering(it)
            await it.send(order_update(to=STOPPER))
            await it.clock.turn(14)
            kept = json.loads(json.dumps(it.emulator.snapshot()))
            assert kept["parts"]["habits"][f"{NUMBER}|{STOPPER[1:]}"][1] > 0
            it.emulator.restore(kept)
            await it.clock.turn(3600)
            return business.heard

    assert asyncio.run(scene()) == 1 + MOST_IN_A_ROW
