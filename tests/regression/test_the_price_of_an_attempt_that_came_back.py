"""A failed attempt that Meta calls free once made the whole message free, although it went again.

Its hold was released with that attempt; what Meta billed for the next one was charged to nobody.
"""

import pytest

from support.dispatching import Desk
from support.nouns import ACCOUNT, refused
from support.stored import opened
from waypost.model.lifecycle import Fact
from waypost.model.message import Pricing

NOT_BILLED = Pricing(is_billable=False, kind="regular", category="utility")
BILLED = Pricing(kind="regular", category="utility")
DOWN = refused(131016).failure


@pytest.fixture
def desk(tmp_path):
    with opened(tmp_path) as stored:
        made = Desk(stored)
        made.tell(Fact.TAKEN, wamid="wamid.1", attempt=1)
        yield made


def wallet(desk):
    found = desk.stored.ask(lambda t: t.wallets.load([ACCOUNT]))[ACCOUNT]
    return found.balance_minor, found.held_minor


def goes_again_and_arrives(desk):
    desk.tell(Fact.TAKEN, wamid="wamid.2", attempt=2)
    desk.tell(Fact.DELIVERED, wamid="wamid.2", pricing=BILLED)
    assert desk.state() == "delivered"


def test_the_hold_stays_while_the_message_goes_again(desk):
    desk.tell(Fact.FAILED, wamid="wamid.1", failure=DOWN, pricing=NOT_BILLED)
    assert wallet(desk) == (0, 100)

    goes_again_and_arrives(desk)

    assert wallet(desk) == (-100, 0)


def test_nor_does_a_late_status_of_that_attempt_release_it(desk):
    desk.tell(Fact.FAILED, wamid="wamid.1", failure=DOWN)
    desk.tell(Fact.SENT, wamid="wamid.1", pricing=NOT_BILLED)
    assert wallet(desk) == (0, 100)

    goes_again_and_arrives(desk)

    assert wallet(desk) == (-100, 0)


def test_a_failure_that_ends_the_message_releases_it(desk):
    desk.tell(Fact.FAILED, wamid="wamid.1", failure=refused(131026).failure, pricing=NOT_BILLED)

    assert wallet(desk) == (0, 0)
