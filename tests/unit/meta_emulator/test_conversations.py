"""Conversations: their order, what is unread, who reads by hand, waiting for changes."""

import asyncio

from support.emulated import NUMBER, emulated, order_update, running, template

ASHA, RAVI = "919876543210", "919812345678"
HI = {"messaging_product": "whatsapp", "type": "text", "text": {"body": "Hi"}}


async def talk(made, person=ASHA):
    answer = await made.ask("GET", f"/_emulator/conversations/{NUMBER}/{person}")
    assert answer.status == 200, answer.json
    return answer.json["data"][0]


async def headings(made):
    return (await made.ask("GET", "/_emulator/conversations")).json["data"]


async def says(made, **what):
    answer = await made.ask("POST", "/_emulator/inbound", {"from": f"+{ASHA}", **what})
    assert answer.status == 200, answer.json
    return answer.json["data"][0]["id"]


def test_what_was_sent_and_answered_stands_in_one_order():
    async def scenario():
        made = emulated()
        sent = (await made.send(order_update())).wamid
        await made.clock.turn(1)
        heard = await says(made, text="Thanks", name="Asha")
        return sent, heard, await talk(made)

    sent, heard, shown = asyncio.run(scenario())
    assert [entry["id"] for entry in shown["entries"]] == [sent, heard]
    assert [entry["is_from_business"] for entry in shown["entries"]] == [True, False]
    assert shown["heading"]["name"] == "Asha"
    assert shown["entries"][1]["shown"] == {"kind": "text", "body": "Thanks"}


def test_the_latest_conversation_is_first_and_has_what_is_unread():
    async def scenario():
        made = emulated()
        await made.send({**HI, "to": f"+{ASHA}"})
        await made.send({**HI, "to": f"+{ASHA}"})
        await made.send({**HI, "to": f"+{RAVI}"})
        before = await headings(made)
        await made.ask("POST", f"/_emulator/conversations/{NUMBER}/{ASHA}/look")
        return before, await headings(made)

    before, after = asyncio.run(scenario())
    assert {one["person"]: one["unread"] for one in before} == {ASHA: 2, RAVI: 1}
    assert {one["person"]: one["unread"] for one in after} == {ASHA: 0, RAVI: 1}


def test_what_failed_never_came_and_waits_for_no_reader():
    async def scenario():
        async with running(limits=frozenset({"windows"})) as made:
            await made.send({**HI, "to": f"+{ASHA}"})
            await made.send({**order_update(), "to": f"+{ASHA}"})
            await made.clock.turn(10)
            return await headings(made)

    (heading,) = asyncio.run(scenario())
    assert heading["unread"] == 1


def test_a_reset_leaves_no_conversation_and_a_new_one_begins():
    async def scenario():
        made = emulated()
        await made.send({**HI, "to": f"+{ASHA}"})
        first = await headings(made)
        await made.ask("POST", "/_emulator/reset")
        none = await headings(made)
        await made.send({**HI, "to": f"+{RAVI}"})
        return first, none, await headings(made)

    first, none, new = asyncio.run(scenario())
    assert [one["person"] for one in first] == [ASHA]
    assert none == []
    assert [one["person"] for one in new] == [RAVI]


def test_a_restored_snapshot_has_its_own_conversations():
    async def scenario():
        made = emulated()
        await made.send({**HI, "to": f"+{ASHA}"})
        await made.ask("POST", f"/_emulator/conversations/{NUMBER}/{ASHA}/look")
        kept = made.emulator.snapshot()
        await made.send({**HI, "to": f"+{RAVI}"})
        both = await headings(made)
        made.emulator.restore(kept)
        return both, await headings(made)

    both, restored = asyncio.run(scenario())
    assert {one["person"] for one in both} == {ASHA, RAVI}
    assert [(one["person"], one["unread"]) for one in restored] == [(ASHA, 0)]


def test_who_wrote_and_is_written_to_by_user_id_has_one_conversation():
    async def scenario():
        made = emulated()
        await says(made, text="Hi")
        posted = made.emulator.state.inbound.after(0)[0][1].message
        await made.send({**HI, "recipient": posted["from_user_id"]})
        return await headings(made), await talk(made)

    listed, shown = asyncio.run(scenario())
    assert [one["person"] for one in listed] == [ASHA]
    assert len(shown["entries"]) == 2


def test_who_reads_by_hand_reads_only_when_they_look():
    async def scenario():
        async with running() as made:
            habit = {"person": ASHA, "reads_by_hand": True}
            await made.ask("POST", "/_emulator/habits", habit)
            wamid = (await made.send(order_update())).wamid
            await made.clock.turn(10)
            before = made.receiver.statuses_of(wamid)
            path = f"/_emulator/conversations/{NUMBER}/{ASHA}/look"
            read = (await made.ask("POST", path)).json["data"]
            again = (await made.ask("POST", path)).json["data"]
            await made.emulator.settle()
            return before, read, again, made.receiver.statuses_of(wamid)

    before, read, again, after = asyncio.run(scenario())
    assert before == ["sent", "delivered"]
    assert (read, again) == ([{"read": 1}], [{"read": 0}])
    assert after == ["sent", "delivered", "read"]


def test_a_message_shows_what_was_asked_and_told():
    async def scenario():
        async with running() as made:
            wamid = (await made.send(order_update())).wamid
            await made.clock.turn(10)
            path = f"/_emulator/conversations/{NUMBER}/{ASHA}/{wamid}"
            return made, (await made.ask("GET", path)).json["data"][0]

    made, detail = asyncio.run(scenario())
    assert [hook["about"] for hook in detail["webhooks"]] == ["sent", "delivered", "read"]
    assert {hook["webhook"]["state"] for hook in detail["webhooks"]} == {"delivered"}
    assert detail["request"] == order_update()
    told = [change for post in made.receiver.posts for change in post.changes]
    shown = [hook["body"]["entry"][0]["changes"][0] for hook in detail["webhooks"]]
    assert shown == told


def test_a_webhook_that_fails_is_being_retried():
    async def scenario():
        async with running(status_delays=()) as made:
            made.receiver.always = 500
            await says(made, text="Hi")
            await made.clock.turn(1)
            return (await talk(made))["entries"][0]["webhook"]

    webhook = asyncio.run(scenario())
    assert webhook["state"] == "retrying"
    assert webhook["failures"] >= 1


def test_a_wait_for_changes_ends_with_the_next_one_and_with_the_emulator():
    async def scenario():
        made = emulated()
        known = (await made.ask("GET", "/_emulator/changes")).json["data"][0]["changes"]
        async with asyncio.TaskGroup() as group:
            path = f"/_emulator/changes?after={known}"
            waiting = group.create_task(made.ask("GET", path))
            for _ in range(5):
                await asyncio.sleep(0)
            assert not waiting.done()
            await made.send(order_update())
        later = waiting.result().json["data"][0]["changes"]
        async with asyncio.TaskGroup() as group:
            waiting = group.create_task(made.ask("GET", f"/_emulator/changes?after={later}"))
            for _ in range(5):
                await asyncio.sleep(0)
            made.emulator.conversations.end()
        return known, later

    known, later = asyncio.run(scenario())
    assert later > known


def test_an_unknown_number_and_message_are_said_so():
    async def scenario():
        made = emulated()
        number = await made.ask("GET", f"/_emulator/conversations/1/{ASHA}")
        message = await made.ask("GET", f"/_emulator/conversations/{NUMBER}/{ASHA}/wamid.x")
        return number, message

    for answer in asyncio.run(scenario()):
        assert answer.status == 404
        assert "there is no" in answer.json["error"]


def test_choices_forms_and_calls_are_answered_as_by_meta():
    rows = [{"id": "a", "title": "Express"}]
    action = {"button": "Open", "sections": [{"title": "Ways", "rows": rows}]}
    content = {"type": "list", "body": {"text": "Which?"}, "action": action}
    call = {
        "type": "call_permission_request",
        "action": {"name": "call_permission_request"},
    }

    async def scenario():
        made = emulated()
        to = {"messaging_product": "whatsapp", "to": f"+{ASHA}", "type": "interactive"}
        listed = (await made.send({**to, "interactive": content})).wamid
        asked = (await made.send({**to, "interactive": call})).wamid
        flow = (await made.send(template("survey_flow"))).json
        await says(made, choice={"id": listed, "row": "a"})
        await says(made, call_permission={"id": asked, "response": "accept"})
        bad = {"from": f"+{ASHA}", "choice": {"id": listed, "row": "z"}}
        refused = await made.ask("POST", "/_emulator/inbound", bad)
        heard = [one.message["interactive"] for one in made.emulator.state.inbound]
        return heard, refused, flow

    heard, refused, _ = asyncio.run(scenario())
    assert heard[0] == {"type": "list_reply", "list_reply": rows[0]}
    assert heard[1]["call_permission_reply"]["response"] == "accept"
    assert "expiration_timestamp" in heard[1]["call_permission_reply"]
    assert refused.status == 400
    assert "has no row 'z'" in refused.json["error"]
