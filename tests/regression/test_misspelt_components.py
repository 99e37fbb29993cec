"""A misspelt component passed the strict door, or was told as one that is missing."""

import asyncio

from support.pair import meta_fixture, running, wrapped
from waypost.model.account import CheckMode


def test_a_misspelt_component_is_named_and_passes_where_findings_are_only_noted(tmp_path):
    body = meta_fixture("carousel-send")
    components = body["template"]["components"]
    components.append({"type": "buton", "sub_type": "url", "index": 0})
    components[1]["cards"][0]["components"].append({"type": "foter"})

    async def run():
        async with running(tmp_path, check_mode=CheckMode.STRICT) as pair:
            refused = await pair.send(wrapped(body))
            await pair.set_check_mode(CheckMode.WARN)
            await pair.accepted(wrapped(body))
            return refused.json["error"]["details"]

    details = asyncio.run(run())
    at = "/messaging_object/template/components"
    assert {(one["path"], one["code"], one["meta_code"]) for one in details} == {
        (f"{at}/1/cards/0/components/4/type", "kind_unknown", 100),
        (f"{at}/2/type", "kind_unknown", 100),
    }
    assert {'Components of type "buton" are not known here.'} <= {one["message"] for one in details}
