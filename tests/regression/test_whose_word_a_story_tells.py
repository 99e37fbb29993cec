"""A message's story says who settled an unknown outcome, and what a person can do about one.

It told an operator's word as Meta's ("Meta refused it for good"), and that there was nothing to do
about a message that waited for a person.
"""

import pytest

from support.nouns import MESSAGE_ID, fact_row, later, message_change, queue_item
from support.stored import opened
from waypost.model.failure import Failure
from waypost.model.lifecycle import Fact, State
from waypost.model.withheld import WithheldCode, withheld
from waypost.model.work import PARKED_AT
from waypost.report.timeline import tell

LOST = Failure("0", "Meta's answer was lost", "timed out", "Nothing: a status settles it.")
ENDED = withheld(WithheldCode.RESOLVED)


@pytest.fixture
def stored(tmp_path):
    with opened(tmp_path) as stored:
        stored.furnish()
        stored.keep_message(MESSAGE_ID)
        yield stored


def story(stored, *facts, state):
    rows = [
        fact_row(fact_id=n, fact=fact, occurred_at=later(n), recorded_at=later(n), **more)
        for n, (fact, more) in enumerate(facts, start=1)
    ]
    stored.do(lambda transaction: transaction.messages.insert_facts(rows))
    changed = message_change(state=state, wamid=None)
    stored.do(lambda transaction: transaction.messages.update_states([changed]))
    return stored.ask(lambda transaction: tell(transaction, MESSAGE_ID))


LOST_FACT = (Fact.LOST, {"attempt": 1, "failure": LOST})


@pytest.mark.parametrize(
    ("fact", "failure", "state", "said"),
    [
        (Fact.TAKEN, None, State.SUBMITTED, "settled by the operator: Meta took it"),
        (
            Fact.REFUSED,
            ENDED,
            State.FAILED,
            f"settled by the operator: Meta did not take it; WAV2105: {ENDED.title}",
        ),
    ],
)
def test_an_operator_s_word_is_told_as_the_operator_s(stored, fact, failure, state, said):
    settled = (fact, {"attempt": None, "wamid": None, "failure": failure})

    told = story(stored, LOST_FACT, settled, state=state)

    assert said in [line.text for line in told.lines]


def test_what_meta_answered_is_told_as_meta_s(stored):
    taken = (Fact.TAKEN, {"attempt": 1, "wamid": "wamid.1", "failure": None})

    told = story(stored, taken, state=State.SUBMITTED)

    assert "attempt 1: Meta took it; as wamid.1" in [line.text for line in told.lines]


@pytest.mark.parametrize(
    ("due_at", "step"),
    [
        (PARKED_AT, f"Operator: say what is true with `waypost unknown resolve {MESSAGE_ID}`."),
        (later(120), LOST.next_step),
    ],
)
def test_what_waits_for_a_person_says_so_where_it_says_what_to_do(stored, due_at, step):
    waiting = queue_item(due_at=due_at, attempt=1)
    stored.do(lambda transaction: transaction.queue.put([waiting]))

    assert story(stored, LOST_FACT, state=State.UNKNOWN).trouble.next_step == step
