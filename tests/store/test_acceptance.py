"""What is accepted is kept with its money, once, however many processes accept it."""

import pytest
from msgspec.structs import replace

from support.desk import SHOP, Desk, Twice, all_of
from support.nouns import ACCOUNT, NOW
from waypost.accept.idempotency import Accepted
from waypost.model.ledger import EntryKind, LedgerEntry
from waypost.model.lifecycle import Fact, State
from waypost.model.refusal import Reason, Refusal

LIMITED = replace(SHOP, daily_limit=5)


@pytest.fixture
def desks(furnished, engine, tmp_path):
    """Two processes on one database."""
    other = furnished.run(engine.open(tmp_path, is_gateway=False))
    yield Desk(furnished.store, 1), Desk(other, 2)
    furnished.run(other.close())


def top_up(stored, amount):
    entry = LedgerEntry(ACCOUNT, f"top-up {amount}", EntryKind.TOP_UP, amount, NOW)
    stored.do(lambda t: Desk(stored.store).bookkeeper.append(t, [entry]))


def wallet(stored):
    assert stored.ask(lambda t: t.wallets.audit()) == []
    return stored.ask(lambda t: t.wallets.load([ACCOUNT]))[ACCOUNT]


def count(stored, state):
    return stored.ask(lambda t: t.reports.states()).get(state.value, 0)


def test_200_equal_requests_at_once_are_one_message_and_one_hold(furnished, desks):
    top_up(furnished, 100_000)

    answers = furnished.run(
        all_of(*(desks[number % 2].accept(key="order-17") for number in range(200)))
    )

    assert len({answer.messages for answer in answers}) == 1
    assert wallet(furnished).held_minor == 100
    assert count(furnished, State.ACCEPTED) == 1


def test_requests_of_two_processes_never_hold_more_than_there_is(furnished, desks):
    top_up(furnished, 1000)

    answers = furnished.run(all_of(*(desks[number % 2].accept() for number in range(60))))

    taken = [answer for answer in answers if isinstance(answer, Accepted)]
    refused = [answer for answer in answers if answer == Refusal(Reason.BALANCE)]
    assert (len(taken), len(refused)) == (10, 50)
    assert wallet(furnished).spendable_minor == 0


def test_a_step_that_is_done_again_holds_once(furnished):
    top_up(furnished, 1000)
    desk = Desk(Twice(furnished.store))

    accepted = furnished.run(desk.accept(count=3))

    assert isinstance(accepted, Accepted)
    assert wallet(furnished).held_minor == 300


def test_a_delivery_told_by_two_processes_is_captured_once(furnished, desks):
    top_up(furnished, 1000)
    ((_, message_id),) = furnished.run(desks[0].accept()).messages

    furnished.run(
        all_of(
            *(
                desk.tell(message_id, fact, category="marketing")
                for desk in desks
                for fact in (Fact.DELIVERED, Fact.READ, Fact.DELIVERED)
            )
        )
    )

    after = wallet(furnished)
    assert (after.balance_minor, after.held_minor) == (900, 0)


def test_messages_beyond_the_days_number_are_accepted_and_not_sent(furnished):
    top_up(furnished, 100_000)
    desk = Desk(furnished.store)

    accepted = furnished.run(desk.accept(count=7, of=LIMITED))

    assert len(accepted.messages) == 7
    assert wallet(furnished).held_minor == 500
    assert (count(furnished, State.ACCEPTED), count(furnished, State.NOT_SENT)) == (5, 2)
    assert len(furnished.ask(lambda t: t.queue.backlog())) >= 1
    last = accepted.messages[-1][1]
    report = furnished.ask(lambda t: t.reports.find_message(last))
    assert (report.state, report.failure.code, report.failure.title) == (
        State.NOT_SENT,
        "WAV2101",
        "Account daily limit reached",
    )
    told = furnished.ask(lambda t: t.callbacks.of_message(ACCOUNT, last))
    assert len(told) == 1


def test_two_processes_share_one_day(furnished, desks):
    top_up(furnished, 100_000)

    furnished.run(all_of(*(desks[number % 2].accept(of=LIMITED) for number in range(20))))

    assert (count(furnished, State.ACCEPTED), count(furnished, State.NOT_SENT)) == (5, 15)
    assert [
        (one.kind.value, one.subject) for one in furnished.ask(lambda t: t.alarms.open(ACCOUNT, 9))
    ] == [("daily_limit", "2026-11-20")]


def test_the_next_day_has_room_again_and_ends_the_alarm(furnished):
    top_up(furnished, 100_000)
    desk = Desk(furnished.store)
    furnished.run(desk.accept(count=6, of=LIMITED))

    desk.clock.advance(86_400)
    furnished.run(desk.accept(count=5, of=LIMITED))

    assert (count(furnished, State.ACCEPTED), count(furnished, State.NOT_SENT)) == (10, 1)
    assert furnished.ask(lambda t: t.alarms.open(ACCOUNT, 9)) == []


def test_a_request_refused_for_its_money_uses_nothing_of_the_day(furnished):
    desk = Desk(furnished.store)
    refused = furnished.run(desk.accept(count=5, of=LIMITED))
    top_up(furnished, 500)

    accepted = furnished.run(desk.accept(count=5, of=LIMITED))

    assert refused == Refusal(Reason.BALANCE)
    assert isinstance(accepted, Accepted)
    assert count(furnished, State.NOT_SENT) == 0


def test_credit_that_is_nearly_used_up_raises_an_alarm_once_for_each_mark(furnished, desks):
    furnished.do(lambda t: t.wallets.set_credit_limit(ACCOUNT, 10_000))

    furnished.run(all_of(*(desks[number % 2].accept() for number in range(80))))

    alarms = furnished.ask(lambda t: t.alarms.open(ACCOUNT, 9))
    assert sorted(one.subject for one in alarms) == ["70", "75"]
    top_up(furnished, 5000)
    assert furnished.ask(lambda t: t.alarms.open(ACCOUNT, 9)) == []
