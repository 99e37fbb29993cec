"""Meta's own examples and those of a public client are taken, once their gaps are filled."""

import asyncio

import pytest

from support.emulated import MESSAGES, WABA, emulated
from support.published import NEEDS_FOLDER, definitions, filled, seed_for, sends

pytestmark = NEEDS_FOLDER


@pytest.mark.parametrize("send", sends())
def test_a_send_of_metas_examples_is_taken(send):
    given = filled(send)
    answer = asyncio.run(emulated(seed_for(given)).ask("POST", MESSAGES, given))
    assert answer.status == 200, answer.json


@pytest.mark.parametrize("given", definitions())
def test_a_definition_of_public_examples_is_taken(given):
    if given["name"] == "abandoned_cart":
        given = {**given, "name": "another_abandoned_cart"}
    path = f"/v25.0/{WABA}/message_templates"
    answer = asyncio.run(emulated().ask("POST", path, given))
    assert answer.status == 200, answer.json
