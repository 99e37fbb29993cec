"""Figures by the hour are right after every commit, whatever happened to the messages."""

from contextlib import suppress
from dataclasses import replace as renewed
from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from support.desk import Desk, Twice, all_of, order, status
from support.nouns import ACCOUNT, NOW, SENDER_ID, UNDELIVERABLE, content, later
from support.old_messages import HastyClock
from support.stored import ENGINES, opened
from waypost.accept.idempotency import Accepted
from waypost.directory.treasurer import Treasurer
from waypost.model.audit import Actor
from waypost.model.errors import DirectoryError, NotFoundError
from waypost.model.lifecycle import Fact
from waypost.model.rate import Rate
from waypost.model.submission import References
from waypost.model.usage import UsageCounts, UsageDeltas, UsageKey, hour_of
from waypost.model.usage_query import Group, UsageFilter
from waypost.report.usage_audit import find_differences
from waypost.retention.trimmer import Trimmer
from waypost.runtime.clock import TestClock
from waypost.runtime.entropy import SeededEntropy
from waypost.status.canceller import Asked, Canceller

HOUR = hour_of(NOW)
DAY = UsageFilter(HOUR - 1, HOUR + 2)
CHANCE = st.integers(0, 10_000)
FACTS = st.sampled_from(list(Fact))
CODES = st.sampled_from(["131026", "131049", None])
OPERATIONS = st.one_of(
    st.tuples(st.just("accept"), st.integers(1, 3), st.sampled_from([0, 100])),
    st.tuples(FACTS, CHANCE, CODES),
    st.tuples(FACTS, CHANCE, CODES),
    st.tuples(FACTS, CHANCE, CODES),
    st.tuples(st.just("refund"), CHANCE, st.just(0)),
    st.tuples(st.just("refund"), CHANCE, st.just(0)),
    st.tuples(st.just("cancel"), CHANCE, st.just(0)),
)
GROUPS = st.lists(
    st.lists(st.tuples(OPERATIONS, st.booleans(), st.booleans()), min_size=1, max_size=4),
    min_size=2,
    max_size=12,
)
RATES = [Rate("IN", "marketing", date(2026, 1, 1), 130), Rate("", "", date(2026, 1, 1), 20)]


class Shop:
    """Two processes on one database, each with its shard, and the messages they accepted."""

    def __init__(self, stores, first=1):
        self.desks = [desk(store, number) for number, store in enumerate(stores, first)]
        self.shaky = [desk(Twice(store), number) for number, store in enumerate(stores, 11)]
        self.money = Treasurer(stores[0], TestClock(NOW), SeededEntropy(20 + first))
        self.messages = []
        self.sid = ""

    async def do(self, operation, is_second, is_shaky):
        kind, amount, what = operation
        at = (self.shaky if is_shaky else self.desks)[is_second]
        if kind == "accept":
            await self.accept(at, amount, what)
        elif self.messages:
            message_id = self.messages[-1 - amount % min(3, len(self.messages))]
            if isinstance(kind, Fact):
                await at.recorder.record(observation(message_id, kind, amount, what))
            elif kind == "refund":
                with suppress(DirectoryError, NotFoundError):  # it cost nothing, or was refunded
                    await self.money.refund(self.sid, message_id, None, "ours")
            else:
                canceller = Canceller(at.store, at.recorder, at.clock, SeededEntropy(1))
                await canceller.cancel(Asked(ACCOUNT, message_id, Actor("operator", "")))

    async def accept(self, at, count, price):
        answer = await at.acceptor.accept(order(count=count, price=price))
        if isinstance(answer, Accepted):
            self.messages += [message_id for _, message_id in answer.messages]


def desk(store, number):
    made = Desk(store, number)
    made.recorder = renewed(made.recorder, shard=number)
    made.acceptor = renewed(made.acceptor, recorder=made.recorder)
    return made


def observation(message_id, fact, amount, code):
    """A fact as a webhook or an answer tells it; some come late, some of another attempt."""
    failure = None if code is None else replace(UNDELIVERABLE, code=code)
    category = ("marketing", "marketing", "free", None)[amount % 4]
    made = status(message_id, fact, category, at=later(amount % 7))
    return replace(
        made,
        failure=failure,
        wamid=f"{message_id}.{amount % 5 == 4}",
        retry_at=later(60) if fact is Fact.RETURNED else None,
        attempt=None if fact in (Fact.DELIVERED, Fact.READ) else 1 + amount % 3,
    )


@pytest.fixture(params=ENGINES, ids=[engine.name for engine in ENGINES], scope="module")
def place(request, tmp_path_factory):
    folder = tmp_path_factory.mktemp("figures")
    with opened(folder, request.param) as stored:
        stored.furnish()
        other = stored.run(request.param.open(folder, is_gateway=False))
        shop = Shop([stored.store, other])
        shop.sid = stored.ask(lambda t: t.directory.accounts())[0].sid
        stored.do(lambda t: t.wallets.save_rates(0, "USD", RATES, NOW))
        yield stored, shop
        stored.run(other.close())
    request.param.drop(folder)


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(GROUPS)
def test_figures_are_what_a_recount_says_after_anything(place, groups):
    stored, shop = place
    shop.messages.clear()
    stored.run(shop.money.top_up(shop.sid, 350, "cash"))
    stored.run(shop.accept(shop.desks[0], 3, 100))

    for group in groups:
        stored.run(all_of(*(shop.do(*one) for one in group)))

        assert stored.run(find_differences(stored.store)) == []


def keep_and_tell(stored, *facts, number=1, price=100, **submission):
    """One message, and what was learned of it; its shop, whose `number` its ids are made of."""
    shop = Shop([stored.store, stored.store], number)
    shop.sid = stored.ask(lambda t: t.directory.accounts())[0].sid
    stored.run(shop.money.top_up(shop.sid, 1000, "cash"))
    answer = stored.run(shop.desks[0].acceptor.accept(order(price=price, **submission)))
    shop.messages = [message_id for _, message_id in answer.messages]
    for step, fact in enumerate(facts):
        told = observation(shop.messages[0], fact, 0, "131026" if fact is Fact.FAILED else None)
        stored.run(shop.desks[step % 2].recorder.record(told))
    return shop


def total(stored, *by):
    return stored.ask(lambda t: t.usage.totals(ACCOUNT, DAY, by))


def test_what_was_read_was_delivered_and_what_it_cost_is_its_spend(furnished):
    keep_and_tell(furnished, Fact.TAKEN, Fact.READ)

    (only,) = total(furnished)

    assert only.counts == UsageCounts(
        accepted=1, submitted=1, sent=1, delivered=1, read=1, spend_minor=100
    )


def test_a_message_that_goes_to_meta_again_counts_as_accepted_alone(furnished):
    keep_and_tell(furnished, Fact.TAKEN, Fact.SENT, Fact.RETURNED)

    (only,) = total(furnished)

    assert only.counts == UsageCounts(accepted=1)
    assert furnished.run(find_differences(furnished.store)) == []


def test_a_failure_that_a_delivery_contradicts_is_counted_no_more(furnished):
    keep_and_tell(furnished, Fact.TAKEN, Fact.FAILED, Fact.DELIVERED)

    (only,) = total(furnished)

    assert (only.counts.failed, only.counts.delivered) == (0, 1)
    assert furnished.ask(lambda t: t.usage.failures(ACCOUNT, DAY, ())) == []


def test_a_failure_is_counted_by_its_code(furnished):
    keep_and_tell(furnished, Fact.TAKEN, Fact.FAILED)

    (failed,) = furnished.ask(lambda t: t.usage.failures(ACCOUNT, DAY, (Group.COUNTRY,)))

    assert (failed.country, failed.code, failed.failures) == ("IN", "131026", 1)


def test_a_refund_takes_from_the_spend_of_the_hour_of_its_message(furnished):
    shop = keep_and_tell(furnished, Fact.TAKEN, Fact.DELIVERED)
    furnished.run(shop.money.refund(shop.sid, shop.messages[0], 40, "ours"))

    (only,) = total(furnished, Group.HOUR)

    assert (only.hour, only.counts.spend_minor) == (HOUR, 60)


def test_figures_are_told_apart_by_what_is_asked_for(furnished):
    keep_and_tell(furnished, Fact.TAKEN, Fact.DELIVERED)
    sent = content(kind="template", template_name="order_update")
    keep_and_tell(furnished, Fact.TAKEN, number=3, content=sent)

    rows = total(furnished, Group.DAY, Group.TEMPLATE)

    assert [(one.hour % 24, one.template, one.counts.delivered) for one in rows] == [
        (0, "", 1),
        (0, "order_update", 0),
    ]


@pytest.mark.parametrize(
    ("changes", "found"),
    [
        ({"country": "IN"}, 1),
        ({"country": "DE"}, 0),
        ({"sender_id": "1"}, 0),
        ({"since": HOUR + 1}, 0),
        ({"until": HOUR}, 0),
    ],
)
def test_a_filter_lets_through_what_it_names(furnished, changes, found):
    keep_and_tell(furnished, Fact.TAKEN)
    wanted = replace(DAY, **changes)

    rows = furnished.ask(lambda t: t.usage.totals(ACCOUNT, wanted, ()))

    assert sum(one.counts.accepted for one in rows) == found


@pytest.mark.parametrize(
    ("changes", "found"),
    [
        ({"ref": "order-1"}, 1),
        ({"ref1": "diwali"}, 1),
        ({"ref2": "vip"}, 1),
        ({"ref": "order-1", "ref1": "diwali", "ref2": "vip"}, 1),
        ({"ref": "order-1", "ref1": "holi"}, 0),
        ({"ref2": "order-1"}, 0),
    ],
)
def test_messages_are_counted_by_the_words_of_their_request(furnished, changes, found):
    references = References("order-1", "diwali", "vip")
    keep_and_tell(furnished, Fact.TAKEN, Fact.DELIVERED, references=references)
    keep_and_tell(furnished, Fact.TAKEN, number=3)
    wanted = replace(DAY, **changes)

    rows = furnished.ask(lambda t: t.usage.recount(ACCOUNT, wanted, (Group.REF1,)))

    assert [(one.ref1, one.messages, one.spend_minor) for one in rows] == [
        ("diwali", 1, 100)
    ] * found


def test_a_difference_is_named(furnished):
    keep_and_tell(furnished, Fact.TAKEN)
    key = UsageKey(ACCOUNT, HOUR, SENDER_ID, "", "IN", "marketing")
    furnished.do(lambda t: t.usage.add(UsageDeltas({key: UsageCounts(sent=2)}, {}), 5))

    (difference,) = furnished.run(find_differences(furnished.store))

    assert difference == (
        "account 1: 2026-11-20T12:00Z 919800000001 - IN marketing: "
        "sent: the figures say 2, the messages 0"
    )


def test_figures_stay_when_history_lets_messages_go(furnished):
    keep_and_tell(furnished, Fact.TAKEN, price=0)
    before = total(furnished, Group.SENDER)
    keeper = Trimmer(
        furnished.store, HastyClock(NOW + timedelta(days=9)), timedelta(days=8), timedelta(days=1)
    )
    furnished.run(keeper.tidy())

    assert furnished.ask(lambda t: t.usage.recount(ACCOUNT, DAY)) == []
    assert total(furnished, Group.SENDER) == before
    assert furnished.run(find_differences(furnished.store)) == []
