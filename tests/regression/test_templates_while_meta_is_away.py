"""A template that Meta could not be asked of was said not to be there, as if Meta had said so."""

import asyncio

import pytest

from support.pair import TO, running, wrapped
from waypost.model.account import CheckMode

UNCERTAIN = ", as far as is known here; Meta could not be asked just now."


@pytest.mark.parametrize(
    ("name", "is_certain"),
    [("never_heard_of", False), ("pending_offer", False), ("No Name At Meta", True)],
)
def test_what_is_not_certain_is_told_as_such(tmp_path, name, is_certain):
    send = wrapped(
        {
            "messaging_product": "whatsapp",
            "to": TO,
            "type": "template",
            "template": {"name": name, "language": {"code": "en_US"}},
        }
    )

    async def run():
        async with running(tmp_path, check_mode=CheckMode.STRICT) as pair:
            away = pair.network.hosts.pop("meta")
            first = await pair.send(send)
            pair.network.hosts["meta"] = away
            await pair.pass_time(60)
            return first, await pair.send(send)

    for answer, is_asked in zip(asyncio.run(run()), (False, True), strict=True):
        detail, *_ = answer.json["error"]["details"]
        assert detail["meta_code"] == 132001
        assert detail["message"].endswith(UNCERTAIN) is not (is_asked or is_certain)
