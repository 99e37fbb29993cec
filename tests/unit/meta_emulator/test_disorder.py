"""Disorder by a plan: each part of it, the same for the same seed, and nothing beyond the plan."""

import asyncio
import json
from collections import Counter
from collections.abc import Sequence
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from meta_emulator.faults import Faults, FaultsError, Outage, parse_faults, read_faults
from meta_emulator.seed import default_seed_bytes, parse_seed
from support.emulated import WABA, Emulated, emulated, order_update, running

FAULTS = "/_emulator/faults"
USUAL = ["sent", "delivered", "read"]


def people(number: int) -> list[str]:
    return [f"+9198765{nth:05}" for nth in range(number)]


def told(it: Emulated) -> dict[str, list[str]]:
    """The statuses of each recipient, in the order in which webhooks brought them."""
    by_person: dict[str, list[str]] = {}
    for post in it.receiver.posts:
        for change in post.changes:
            for status in change["value"].get("statuses", ()):
                code = status["errors"][0]["code"] if "errors" in status else ""
                heard = by_person.setdefault(status["recipient_id"], [])
                heard.append(f"{status['status']}{code}")
    return by_person


async def answer_of(it: Emulated, person: str) -> str:
    """What a send to the person was answered: a status and a code, or that the answer was lost."""
    try:
        answer = await it.send(order_update(to=person))
    except ConnectionResetError:
        return "lost"
    code = answer.json["error"]["code"] if answer.body and answer.status != 200 else ""
    return f"{answer.status} {code}"


def run(
    plan: dict[str, Any],
    order: Sequence[str],
    seconds: float = 60,
    at_once: int = 1,
    **more: Any,
) -> tuple[dict[str, list[str]], dict[str, list[str]], Emulated]:
    """Answers and statuses by recipient; `at_once` sends are under way together."""

    async def scene() -> tuple[dict[str, list[str]], dict[str, list[str]], Emulated]:
        answers: dict[str, list[str]] = {}
        async with running(**more) as it:
            assert (await it.ask("POST", FAULTS, plan)).status == 200
            for place in range(0, len(order), at_once):
                group = order[place : place + at_once]
                asked = [asyncio.ensure_future(answer_of(it, person)) for person in group]
                await it.clock.turn(0.5)
                if not all(one.done() for one in asked):
                    await it.clock.turn(40)
                for person, one in zip(group, asked, strict=True):
                    answers.setdefault(person, []).append(one.result())
            await it.clock.turn(seconds)
            return answers, told(it), it

    return asyncio.run(scene())


def statuses(plan: dict[str, Any], number: int = 200, seconds: float = 60) -> list[list[str]]:
    return list(run(plan, people(number), seconds, at_once=50)[1].values())


MIXED = {
    "seed": 3,
    "drop": 0.1,
    "lose_answers": 0.2,
    "refuse": {"code": 131000, "count": None, "share": 0.2},
    "fail": {"code": 131026, "count": None, "share": 0.2},
    "skip_delivered": 0.3,
    "never_delivered": 0.1,
    "late_failure": {"share": 0.1, "codes": [131026, 131049], "after_ms": 4000},
    "duplicate": {"share": 0.3, "most": 3},
    "lose_webhooks": 0.1,
    "reorder": {"share": 0.5, "within_ms": 2000},
    "batch": {"least": 1, "most": 7},
}


@pytest.mark.parametrize("at_once", [1, 7, 60])
def test_the_same_seed_gives_each_recipient_the_same_fates_in_any_order_and_at_once(at_once):
    persons = people(60) * 2
    shuffled = [*Random(at_once).sample(people(60), 60), *Random(5).sample(people(60), 60)]
    answers, heard, _ = run(MIXED, persons)
    again, heard_again, _ = run(MIXED, shuffled, at_once=at_once)
    assert again == answers
    assert {one: Counter(all_of) for one, all_of in heard_again.items()} == {
        one: Counter(all_of) for one, all_of in heard.items()
    }
    assert len({tuple(one) for one in answers.values()}) > 4


def test_another_seed_gives_other_fates():
    assert run(MIXED, people(60))[0] != run({**MIXED, "seed": 4}, people(60))[0]


def test_a_plan_that_is_put_in_force_again_begins_anew():
    async def scene() -> list[list[str]]:
        it = emulated()
        runs = []
        for _ in range(2):
            await it.ask("POST", FAULTS, {"seed": 1, "drop": 0.5})
            runs.append([await answer_of(it, person) for person in people(40)])
        return runs

    first, second = asyncio.run(scene())
    assert first == second
    assert len(set(first)) == 2


shares = st.sampled_from([0.0, 0.3, 1.0])


@settings(max_examples=25, deadline=None)
@given(
    st.fixed_dictionaries(
        {
            "seed": st.integers(0, 99),
            "drop": shares,
            "lose_answers": shares,
            "status_before_answer": shares,
            "never_delivered": shares,
            "skip_delivered": shares,
            "read_before_delivered": shares,
            "lose_webhooks": shares,
        },
        optional={
            "refuse": st.just({"code": 131000, "count": 3}),
            "fail": st.just({"code": 131026, "count": 3}),
            "duplicate": st.fixed_dictionaries({"share": shares, "most": st.integers(1, 4)}),
            "reorder": st.fixed_dictionaries({"share": shares}),
            "delay_webhooks": st.just({"share": 0.5, "min_ms": 10, "max_ms": 5000}),
            "batch": st.just({"least": 1, "most": 5}),
            "repeat_after_200": st.fixed_dictionaries({"share": shares}),
        },
    )
)
def test_nothing_is_lost_or_repeated_but_by_the_plan(plan):
    answers, heard, it = run(plan, people(12), at_once=4)
    said = [one for all_of in answers.values() for one in all_of]
    accepted = {message.wa_id: message for message in it.emulator.state.messages}
    assert len(accepted) == said.count("200 ") + said.count("lost")
    assert said.count("503 ") == 0 or plan["drop"] > 0
    assert said.count("lost") == 0 or plan["lose_answers"] > 0
    assert said.count("500 131000") <= (3 if "refuse" in plan else 0)
    assert heard.keys() <= accepted.keys()
    may_repeat = bool({"duplicate", "repeat_after_200"} & plan.keys())
    for person, message in accepted.items():
        fell_due = Counter(f"{one.status}{one.code or ''}" for one in message.statuses)
        came = Counter(heard.get(person, ()))
        assert came.keys() <= fell_due.keys()
        assert plan["lose_webhooks"] > 0 or came.keys() == fell_due.keys()
        assert may_repeat or all(times == 1 for times in came.values())
        assert set(fell_due) <= {*USUAL, "failed131026"}
        assert "sent" in fell_due or "failed131026" in fell_due


def test_duplicates_come_again_in_another_webhook_within_the_bound():
    async def scene() -> Emulated:
        async with running(status_delays=(("sent", 0.1),)) as it:
            await it.ask("POST", FAULTS, {"duplicate": {"most": 3, "within_ms": 2000}})
            for person in people(50):
                await it.send(order_update(to=person))
            await it.clock.turn(30)
            return it

    it = asyncio.run(scene())
    times = Counter(len(one) for one in told(it).values())
    assert set(times) == {2, 3, 4}
    assert max(post.at for post in it.receiver.posts) <= 2.2
    for post in it.receiver.posts:
        ids = [change["value"]["statuses"][0]["id"] for change in post.changes]
        assert len(ids) == len(set(ids))


def test_updates_overtake_one_another_within_the_bound():
    orders = statuses({"reorder": {"share": 0.5, "within_ms": 2000}})
    assert all(sorted(one) == sorted(USUAL) for one in orders)
    assert any(one != USUAL for one in orders)
    assert any(one == USUAL for one in orders)


def test_webhooks_come_late_within_their_bounds():
    async def scene() -> list[float]:
        async with running(status_delays=(("sent", 0.0),)) as it:
            plan = {"delay_webhooks": {"min_ms": 3000, "max_ms": 5000}}
            await it.ask("POST", FAULTS, plan)
            for person in people(30):
                await it.send(order_update(to=person))
            await it.clock.turn(60)
            return [post.at for post in it.receiver.posts]

    at = asyncio.run(scene())
    assert min(at) >= 3
    assert max(at) <= 5.1
    assert len(at) > 10


def test_batches_vary_up_to_a_thousand_updates():
    async def scene() -> list[int]:
        async with running(status_delays=(("sent", 0.1),), workers=1) as it:
            await it.ask("POST", FAULTS, {"batch": {"least": 5, "most": 1000}})
            for _ in range(3):
                for person in people(1500):
                    await it.send(order_update(to=person))
            await it.clock.turn(30)
            return [len(post.changes) for post in it.receiver.posts]

    sizes = asyncio.run(scene())
    assert sum(sizes) == 4500
    assert max(sizes) > 100
    assert len(set(sizes)) == len(sizes)


def test_what_was_answered_200_comes_again_once():
    assert all(
        Counter(one) == dict.fromkeys(USUAL, 2)
        for one in statuses({"repeat_after_200": {"after_ms": 500}}, 20)
    )


@pytest.mark.parametrize(
    ("plan", "course"),
    [
        ({"skip_delivered": 1}, ["sent", "read"]),
        ({"read_before_delivered": 1}, ["sent", "read", "delivered"]),
        ({"never_delivered": 1}, ["sent"]),
        ({"late_failure": {"codes": [131049], "after_ms": 5000}}, ["sent", "failed131049"]),
        ({"late_failure": {"after_ms": 0}}, ["sent", "failed131026"]),
        ({"fail": {"code": 131047, "count": None}}, ["failed131047"]),
    ],
)
def test_a_course_is_as_the_plan_has_it(plan, course):
    assert statuses(plan, 5) == [course] * 5


def test_late_failures_have_each_of_their_codes():
    heard = statuses({"late_failure": {"codes": [131026, 131049, 131053]}})
    assert {one[-1] for one in heard} == {"failed131026", "failed131049", "failed131053"}


def test_a_status_comes_before_the_answer():
    async def scene() -> tuple[bool, int, int]:
        async with running() as it:
            await it.ask("POST", FAULTS, {"status_before_answer": 1})
            asked = asyncio.ensure_future(it.send(order_update()))
            await it.clock.turn(0.1)
            was_done = asked.done()
            await it.clock.turn(0.2)
            return was_done, len(it.receiver.posts), (await asked).status

    assert asyncio.run(scene()) == (False, 1, 200)


def test_an_answer_waits_no_longer_than_half_a_minute_for_a_status_that_nobody_takes():
    async def scene() -> tuple[bool, int]:
        async with running(webhook_url=None) as it:
            await it.ask("POST", FAULTS, {"status_before_answer": 1})
            asked = asyncio.ensure_future(it.send(order_update()))
            await it.clock.turn(29)
            was_done = asked.done()
            await it.clock.turn(2)
            return was_done, (await asked).status

    assert asyncio.run(scene()) == (False, 200)


def test_several_outages_are_on_at_their_times_with_their_codes():
    async def scene() -> list[str]:
        async with running() as it:
            await it.clock.turn(7)
            outages = [
                {"start_ms": 1000, "for_ms": 1000, "codes": [131016]},
                {"start_ms": 3000, "for_ms": 500, "every_ms": 2000, "codes": [131057, 2]},
            ]
            await it.ask("POST", FAULTS, {"outages": outages})
            said = []
            for person in people(16):
                said.append(await answer_of(it, person))
                await it.clock.turn(0.5)
            return said

    said = asyncio.run(scene())
    assert said[:6] == ["200 ", "200 ", "500 131016", "500 131016", "200 ", "200 "]
    bursts = {said[6], said[10], said[14]}
    assert bursts <= {"500 131057", "503 2"}
    assert [one for place, one in enumerate(said) if place > 3 and place not in {6, 10, 14}] == [
        "200 "
    ] * 9


def test_an_outage_that_is_not_repeated_is_over_for_good():
    outage = Outage(start_ms=100, for_ms=50)
    assert [outage.is_on(second) for second in (0.0, 0.1, 0.149, 0.15, 1000.1)] == [
        *(False, True, True, False, False)
    ]


def test_a_template_is_paused_in_mid_campaign_and_told_and_goes_on():
    async def scene() -> tuple[list[str], list[str], str]:
        async with running() as it:
            plan = {"pause_template": {"name": "order_update", "after_sends": 2, "for_s": 60}}
            await it.ask("POST", FAULTS, plan)
            said = [await answer_of(it, person) for person in people(4)]
            await it.clock.turn(61)
            events = [
                change["value"]["event"]
                for post in it.receiver.posts
                for change in post.changes
                if change["field"] == "message_template_status_update"
            ]
            return said, events, await answer_of(it, people(1)[0])

    said, events, afterwards = asyncio.run(scene())
    assert said == ["200 ", "200 ", "400 132015", "400 132015"]
    assert events[0] == "PAUSED"
    assert len(events) == 2
    assert afterwards == "200 "


def test_the_token_expires_by_the_plan_and_is_good_again_under_another():
    async def scene() -> list[str]:
        async with running() as it:
            await it.ask("POST", FAULTS, {"token_expires_after_s": 10})
            said = [await answer_of(it, person) for person in people(1)]
            await it.clock.turn(11)
            answer = await it.ask("GET", f"/v25.0/{WABA}")
            said.append(f"{answer.status} {answer.json['error'].get('error_subcode')}")
            await it.ask("POST", FAULTS, {})
            return [*said, await answer_of(it, people(2)[1])]

    assert asyncio.run(scene()) == ["200 ", "401 463", "200 "]


def test_a_plan_goes_on_from_a_snapshot_as_it_would_have():
    plan = {**MIXED, "refuse": {"code": 131000, "count": 5, "share": 0.5}}
    persons = people(30)

    async def whole() -> tuple[list[str], dict[str, list[str]]]:
        async with running() as it:
            await it.ask("POST", FAULTS, plan)
            said = [await answer_of(it, person) for person in persons]
            await it.clock.turn(60)
            return said, told(it)

    async def halves() -> tuple[list[str], dict[str, list[str]]]:
        async with running() as first:
            await first.ask("POST", FAULTS, plan)
            said = [await answer_of(first, person) for person in persons[:15]]
            await first.clock.turn(0.4)
            kept = json.loads(json.dumps(first.emulator.snapshot()))
            await asyncio.sleep(0)
            before = told(first)
        async with running() as second:
            second.emulator.restore(kept)
            said += [await answer_of(second, person) for person in persons[15:]]
            await second.clock.turn(60)
            after = told(second)
        return said, {
            person: before.get(person, []) + after.get(person, []) for person in {*before, *after}
        }

    said, heard = asyncio.run(whole())
    said_in_halves, heard_in_halves = asyncio.run(halves())
    assert said_in_halves == said
    assert {one: Counter(all_of) for one, all_of in heard_in_halves.items()} == {
        one: Counter(all_of) for one, all_of in heard.items()
    }


def test_a_plan_of_the_settings_is_in_force_from_the_start_and_after_a_reset():
    async def scene() -> list[str]:
        async with running(faults=Faults(drop=1.0)) as it:
            said = [await answer_of(it, people(1)[0])]
            await it.ask("POST", FAULTS, {})
            said.append(await answer_of(it, people(1)[0]))
            assert (await it.ask("POST", "/_emulator/reset")).status == 200
            return [*said, await answer_of(it, people(1)[0])]

    assert asyncio.run(scene()) == ["503 ", "200 ", "503 "]


def test_a_seed_has_a_plan():
    raw = default_seed_bytes().replace(b"{", b'{"faults": {"drop": 1},', 1)
    it = emulated(parse_seed(raw))
    assert asyncio.run(answer_of(it, people(1)[0])) == "503 "


@pytest.mark.parametrize(
    ("raw", "sentence"),
    [
        (b'{"dorp": 1}', "unknown field `dorp`; there are seed, lose_answers, drop"),
        (b'{"drop": 2}', "Expected `float` <= 1.0 - at `$.drop`"),
        (b'{"batch": {"most": 1001}}', "Expected `int` <= 1000 - at `$.batch.most`"),
        (b'{"batch": {"least": 9, "most": 2}}', "`batch`: `least` is more than `most`"),
        (b'{"delay_webhooks": {"min_ms": 9, "max_ms": 2}}', "`min_ms` is more than `max_ms`"),
        (b'{"outages": [{"codes": []}]}', "at `$.outages[0].codes`"),
        (b"{", "Input data was truncated"),
    ],
)
def test_a_plan_that_cannot_be_is_refused_with_its_place(raw, sentence):
    with pytest.raises(FaultsError) as refused:
        parse_faults(raw)
    assert sentence in str(refused.value)


def test_a_plan_is_read_from_text_from_json_and_from_toml(tmp_path):
    (tmp_path / "plan.json").write_text('{"drop": 0.5}')
    (tmp_path / "plan.toml").write_text("drop = 0.5\n")
    texts = ['{"drop": 0.5}', str(tmp_path / "plan.json"), str(tmp_path / "plan.toml")]
    assert [read_faults(text) for text in texts] == [Faults(drop=0.5)] * 3
    with pytest.raises(FaultsError, match="cannot be read: No such file"):
        read_faults(str(tmp_path / "none.json"))
