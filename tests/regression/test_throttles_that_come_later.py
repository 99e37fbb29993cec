"""A message that Meta took and failed for its pace, time after time, once went again each second.

A throttled attempt uses up nothing, and the gap was made of the attempts that were used up.
"""

import pytest

from support.dispatching import Desk
from support.nouns import NOW, refused
from support.stored import opened
from waypost.model.lifecycle import Fact


@pytest.mark.parametrize(
    ("code", "gaps"),
    [
        (131056, [1, 4, 16, 64, 256, 1024, 1024]),
        (130429, [1, 2, 4, 8, 16, 32, 60]),
        (80007, [1, 2, 4, 8, 16, 32, 60]),
    ],
)
def test_the_gap_grows_with_each_of_them(tmp_path, code, gaps):
    with opened(tmp_path) as stored:
        desk, waited = Desk(stored), []
        for number in range(len(gaps)):
            wamid = f"wamid.{number}"
            desk.tell(Fact.TAKEN, wamid=wamid, attempt=1)
            desk.tell(Fact.FAILED, wamid=wamid, failure=refused(code).failure)
            waited.append((desk.item().due_at - NOW).total_seconds())

        assert waited == gaps
        assert desk.item().attempt == 0


def test_another_failure_begins_with_the_attempts_it_used_up(tmp_path):
    with opened(tmp_path) as stored:
        desk = Desk(stored)
        for number, code in enumerate((131056, 131056, 131000)):
            desk.tell(Fact.TAKEN, wamid=f"wamid.{number}", attempt=1)
            desk.tell(Fact.FAILED, wamid=f"wamid.{number}", failure=refused(code).failure)

        assert (desk.item().due_at - NOW).total_seconds() == 1
