"""A template header's link that is no web address passed the door, and the emulator too."""

import asyncio

from support.pair import meta_fixture, running, wrapped
from waypost.model.account import CheckMode


def test_door_and_emulator_refuse_it(tmp_path):
    body = meta_fixture("carousel-send")
    header = body["template"]["components"][1]["cards"][0]["components"][0]
    header["parameters"] = [{"type": "image", "image": {"link": "ftp://example.com/a.png"}}]

    async def run():
        async with running(tmp_path, check_mode=CheckMode.STRICT) as pair:
            refused = await pair.send(wrapped(body))
            await pair.set_check_mode(CheckMode.WARN)
            report = await pair.until_state(await pair.accepted(wrapped(body)), "failed")
            return refused.json["error"]["details"], report.failure

    (detail,), failure = asyncio.run(run())
    assert detail["path"].endswith("/cards/0/components/0/parameters/0/image/link")
    assert (detail["code"], detail["meta_code"]) == ("value_invalid", 100)
    assert failure.code == "100"
