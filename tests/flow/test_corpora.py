"""What others published travels through the whole gateway, and reaches Meta as it was written."""

import asyncio
from datetime import timedelta

import pytest

from support.agreement import created
from support.nouns import ACCOUNT, SENDER_ID
from support.pair import running, wrapped
from support.published import NEEDS_FOLDER, definitions, filled, seed_for, sends
from support.sends import without
from waypost.model.account import CheckMode
from waypost.model.definition_check.check import check_definition
from waypost.model.opt_out import Wrote

pytestmark = NEEDS_FOLDER

MARK = "biz_opaque_callback_data"


def test_the_corpora_are_whole():
    assert len(sends()) == 50
    assert len(definitions()) > 20


@pytest.mark.parametrize("definition", definitions())
def test_a_published_definition_is_taken_by_the_door_and_by_the_emulator(definition):
    assert check_definition(definition) == ()
    answer = asyncio.run(created(definition))
    assert answer.status == 200, answer.body


@pytest.mark.parametrize("given", sends())
def test_a_published_send_passes_the_strict_door_and_reaches_meta_with_equal_json(tmp_path, given):
    message = filled(given)

    async def body():
        async with running(tmp_path, check_mode=CheckMode.STRICT, seed=seed_for(message)) as pair:
            await let_write(pair, message)
            message_id = await pair.accepted(wrapped(message))
            if "status" in message:
                await pair.until_state(message_id, "submitted")
                (mark,) = pair.emulator.state.reads
                return {"message_id": mark.message_id}, message_id
            await pair.until(pair.arrived)
            (arrived,) = pair.arrived()
            return arrived, message_id

    arrived, message_id = asyncio.run(body())
    if "status" in message:
        assert arrived == {"message_id": message["message_id"]}
        return
    assert arrived[MARK] == message_id
    assert arrived["to"] == "+" + message["to"].lstrip("+")
    assert without(arrived, MARK, "to") == expected(message)


def expected(message):
    """The message but for whom it is to, with what two examples leave to their reader."""
    kind = {"type": "text" if "text" in message else "interactive"}
    return spelled({**kind, **without(message, "to")})


def spelled(value):
    """As it goes on: buttons' places as integers, their kinds in lower case."""
    if isinstance(value, list):
        return [spelled(inner) for inner in value]
    if not isinstance(value, dict):
        return value
    made = {key: spelled(inner) for key, inner in value.items()}
    if isinstance(made.get("index"), str):
        made["index"] = int(made["index"])
    if "sub_type" in made:
        made["sub_type"] = made["sub_type"].lower()
    return made


async def let_write(pair, message):
    """The recipient wrote a moment ago, so that whatever is sent may be sent."""
    address = "+" + message.get("to", "").lstrip("+")
    wrote = Wrote(ACCOUNT, SENDER_ID, address, pair.clock.now() - timedelta(minutes=1))

    async def step(transaction, items):
        await transaction.recipients.note_writing([wrote])
        return items

    await pair.store.write(step, None)
