"""The same seed gives the same run: by any plan, in any order of senders, and over a snapshot."""

import asyncio
import json
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from meta_emulator.emulator import Emulator
from meta_emulator.faults import Faults
from meta_emulator.runtime.chance import SeededChance
from meta_emulator.runtime.clock import VirtualClock
from meta_emulator.seed import default_seed
from meta_emulator.settings import LIMITS, Settings
from support.emulated import SECRET, TOKEN, Emulated, Receiver, order_update
from support.turned_clock import START

WAMID = re.compile(r"wamid[\w.+/=-]+")
ENDINGS = ("101", "104", "105", "106", "108", "109", "112", "201", "202", "204", "206", "303")
PEOPLE = [f"+9198765{nth:05}" for nth in range(8)]
PEOPLE += [f"+919555900{ending}" for ending in ENDINGS]
GAP_S = 5
SECONDS_AT_THE_END = 3 * 3600

SHARES = st.sampled_from([0.0, 0.3, 0.7])
SPANS = st.integers(0, 3000)


def some(**parts: Any) -> Any:
    return st.none() | st.fixed_dictionaries(parts)


WITHOUT_ORDER = {
    "seed": st.integers(0, 1000),
    "lose_answers": SHARES,
    "drop": SHARES,
    "refuse": some(code=st.just(131000), count=st.none(), share=SHARES),
    "fail": some(code=st.just(131026), count=st.none(), share=SHARES),
    "throttle": some(every_ms=st.just(7000), for_ms=SPANS),
    "outages": st.lists(
        st.fixed_dictionaries(
            {
                "start_ms": SPANS,
                "for_ms": SPANS,
                "every_ms": st.sampled_from([0, 8000]),
                "codes": st.just([131016, 2]),
                "share": SHARES,
            }
        ),
        max_size=2,
    ),
    "delay_ms": st.sampled_from([0, 250]),
    "late_ms": st.sampled_from([0, 800]),
    "late_share": SHARES,
    "status_before_answer": SHARES,
    "duplicate": some(share=SHARES, most=st.integers(1, 3), within_ms=SPANS),
    "reorder": some(share=SHARES, within_ms=SPANS),
    "delay_webhooks": some(share=SHARES, min_ms=st.just(0), max_ms=SPANS),
    "batch": some(least=st.just(1), most=st.integers(1, 9)),
    "lose_webhooks": SHARES,
    "repeat_after_200": some(share=SHARES, after_ms=SPANS),
    "skip_delivered": SHARES,
    "read_before_delivered": SHARES,
    "never_delivered": SHARES,
    "late_failure": some(share=SHARES, codes=st.just([131026, 131049]), after_ms=SPANS),
}
BY_ORDER = {
    "refuse": some(code=st.just(131000), count=st.integers(0, 3), share=SHARES),
    "fail": some(code=st.just(131026), count=st.integers(0, 3), share=SHARES),
    "pause_template": some(
        name=st.just("order_update"), after_sends=st.integers(1, 9), for_s=st.just(7.0)
    ),
    "token_expires_after_s": st.none() | st.just(21.0),
}
"""Whom these hit depends on who comes first."""

TRAFFIC = st.lists(
    st.lists(st.sampled_from(PEOPLE), min_size=1, max_size=10, unique=True), min_size=2, max_size=5
)
"""At each moment these are written to, each once."""


@dataclass
class Run:
    """An emulator whose clock stands still, and what came of the sends so far."""

    it: Emulated
    answers: dict[str, list[str]] = field(default_factory=dict)
    under_way: list[asyncio.Task[None]] = field(default_factory=list)
    waiting: list[str] = field(default_factory=list)
    """Whose answer is still to come."""
    unsure: set[str] = field(default_factory=set)

    def begin(self, person: str) -> None:
        self.waiting.append(person)
        self.under_way.append(asyncio.ensure_future(self._send(person)))

    async def _send(self, person: str) -> None:
        try:
            answer = await self.it.send(order_update(to=person))
            code = json.loads(answer.body or b"{}").get("error", {}).get("code", "")
            said = f"{answer.status} {code}"
        except ConnectionResetError:
            said = "lost"
        self.answers.setdefault(person, []).append(said)
        self.waiting.remove(person)

    def heard(self, posts: Sequence[Any]) -> Counter[str]:
        """Every change that came, with names in place of ids, and the second when it came."""
        names: dict[str, str] = {}
        nth: Counter[str] = Counter()
        state = self.it.emulator.state
        for _, message in state.messages.after(0):
            nth[message.to] += 1
            names[message.id] = f"to {message.to} {nth[message.to]}"
        for _, inbound in state.inbound.after(0):
            nth[inbound.sender] += 1
            names[str(inbound.message["id"])] = f"from {inbound.sender} {nth[inbound.sender]}"
        return Counter(
            f"{post.at:.2f} " + WAMID.sub(lambda found: names[found[0]], told)
            for post in posts
            for told in map(json.dumps, post.changes)
        )


def begun() -> Run:
    clock = VirtualClock(is_frozen=True, start=START)
    receiver = Receiver(clock)  # type: ignore[arg-type]  # it asks for the seconds alone
    chosen = Settings(
        TOKEN, SECRET, "verify", "http://receiver/hook", limits=frozenset(LIMITS), marketing_cap=9
    )
    emulator = Emulator(default_seed(), chosen, clock, SeededChance(1), receiver)
    return Run(Emulated(emulator, clock, receiver))  # type: ignore[arg-type]


async def run_of(
    plan: dict[str, Any],
    traffic: Sequence[Sequence[str]],
    kept_after: int | None = None,
) -> tuple[dict[str, list[str]], Counter[str]]:
    """Answers by recipient, and all that was heard.

    kept_after  after so many moments a new emulator goes on from a snapshot
    """
    run = begun()
    before: list[Any] = []
    running = asyncio.ensure_future(run.it.emulator.run())
    assert (await run.it.ask("POST", "/_emulator/faults", plan)).status == 200
    for place, people in enumerate(traffic):
        for person in people:
            run.begin(person)
        await run.it.emulator.advance(GAP_S)
        if place == kept_after:
            snapshot = json.loads(json.dumps(run.it.emulator.snapshot()))
            running.cancel()
            before, answers, waiting = run.it.receiver.posts, run.answers, run.waiting
            for task in run.under_way:
                task.cancel()
            run = begun()
            run.answers, run.unsure = answers, set(waiting)
            run.it.emulator.restore(snapshot)
            running = asyncio.ensure_future(run.it.emulator.run())
    await run.it.emulator.advance(SECONDS_AT_THE_END)
    await asyncio.gather(*run.under_way)
    running.cancel()
    answers = {person: said for person, said in run.answers.items() if person not in run.unsure}
    return answers, run.heard([*before, *run.it.receiver.posts])


@given(st.fixed_dictionaries(WITHOUT_ORDER), TRAFFIC, st.randoms(use_true_random=False))
@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
def test_everybody_hears_the_same_in_whatever_order_sends_come(
    plan: dict[str, Any], traffic: list[list[str]], random: Random
):
    shuffled = [random.sample(people, len(people)) for people in traffic]
    assert asyncio.run(run_of(plan, shuffled)) == asyncio.run(run_of(plan, traffic))


@given(st.fixed_dictionaries(WITHOUT_ORDER | BY_ORDER), TRAFFIC, st.integers(0, 4))
@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
def test_a_run_that_goes_on_from_a_snapshot_goes_on_as_it_would_have(
    plan: dict[str, Any], traffic: list[list[str]], place: int
):
    answers, heard = asyncio.run(run_of(plan, traffic, place % len(traffic)))
    usual, heard_usually = asyncio.run(run_of(plan, traffic))
    assert heard == heard_usually
    assert answers == {person: usual[person] for person in answers}


def test_the_plans_that_are_tried_have_every_part_of_a_plan():
    assert {*WITHOUT_ORDER, *BY_ORDER} == set(Faults.__struct_fields__)
