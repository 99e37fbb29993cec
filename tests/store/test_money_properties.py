"""Whatever happens to messages, in whatever order and however often: the books balance.

Operations come in groups; those of a group happen at the same time, on two processes, and any of
them may have its step done in vain first, as when a process is lost in the middle of it.
"""

from contextlib import suppress
from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from support.desk import Desk, Twice, all_of
from support.nouns import ACCOUNT, NOW
from support.stored import ENGINES, opened
from waypost.accept.idempotency import Accepted
from waypost.directory.treasurer import Treasurer
from waypost.model.errors import DirectoryError
from waypost.model.lifecycle import Fact
from waypost.model.rate import Rate
from waypost.runtime.clock import TestClock
from waypost.runtime.entropy import SeededEntropy

CATEGORIES = ("marketing", "utility", "authentication", "service", "free", None)
RATES = [
    Rate("IN", "marketing", date(2026, 1, 1), 100),
    Rate("IN", "utility", date(2026, 1, 1), 20),
    Rate("IN", "authentication", date(2026, 1, 1), 170),
    Rate("", "", date(2026, 1, 1), 0),
]
CHANCE = st.integers(0, 10_000)
OPERATIONS = st.one_of(
    st.tuples(st.just("accept"), st.integers(1, 3), st.sampled_from([0, 20, 100])),
    st.tuples(st.just("again"), st.integers(0, 3), st.just(0)),
    st.tuples(
        st.sampled_from([Fact.SENT, Fact.DELIVERED, Fact.READ, Fact.FAILED, Fact.WITHHELD]),
        CHANCE,
        st.sampled_from(CATEGORIES),
    ),
    st.tuples(st.just("top_up"), st.integers(1, 300), st.just(0)),
    st.tuples(st.just("take"), st.integers(1, 300), st.just(0)),
    st.tuples(st.just("refund"), CHANCE, st.just(0)),
    st.tuples(st.just("limit"), st.integers(0, 400), st.just(0)),
)
GROUPS = st.lists(
    st.lists(st.tuples(OPERATIONS, st.booleans(), st.booleans()), min_size=1, max_size=6),
    min_size=1,
    max_size=6,
)


class Books:
    """Two processes on one database, and the messages that they accepted."""

    def __init__(self, stores):
        self.desks = [Desk(store, number) for number, store in enumerate(stores, 1)]
        self.shaky = [Desk(Twice(store), number) for number, store in enumerate(stores, 11)]
        self.treasurers = [
            Treasurer(store, TestClock(NOW), SeededEntropy(number))
            for number, store in enumerate(stores, 21)
        ]
        self.messages = []
        self.sid = ""

    async def do(self, operation, is_second, is_shaky):
        kind, amount, what = operation
        desk = (self.shaky if is_shaky else self.desks)[is_second]
        money = self.treasurers[is_second]
        if kind in ("accept", "again"):
            key = f"key-{amount}" if kind == "again" else None
            count, price = (amount, what) if kind == "accept" else (1, 100)
            answer = await desk.accept(count=count, price=price, key=key)
            if isinstance(answer, Accepted):
                self.messages += [message_id for _, message_id in answer.messages]
        elif isinstance(kind, Fact):
            if self.messages:
                await desk.tell(self.messages[amount % len(self.messages)], kind, category=what)
        else:
            with suppress(DirectoryError):  # it could not be: nothing of it was done
                await self._by_hand(money, kind, amount)

    async def _by_hand(self, money, kind, amount):
        if kind == "top_up":
            await money.top_up(self.sid, amount, "cash")
        elif kind == "take":
            await money.adjust(self.sid, -amount, "booked twice")
        elif kind == "refund" and self.messages:
            message_id = self.messages[amount % len(self.messages)]
            await money.refund(self.sid, message_id, None, "ours")
        elif kind == "limit":
            await money.store.write(limit_step, (money, amount))


async def limit_step(transaction, items):
    for money, amount in items:
        try:
            await money.set_credit_limit(transaction, ACCOUNT, amount)
        except DirectoryError:
            continue
    return [None] * len(items)


@pytest.fixture(params=ENGINES, ids=[engine.name for engine in ENGINES], scope="module")
def place(request, tmp_path_factory):
    folder = tmp_path_factory.mktemp("books")
    with opened(folder, request.param) as stored:
        stored.furnish()
        other = stored.run(request.param.open(folder, is_gateway=False))
        stored.do(lambda t: t.wallets.save_rates(0, "USD", RATES, NOW))
        books = Books([stored.store, other])
        books.sid = stored.ask(lambda t: t.directory.accounts())[0].sid
        yield stored, books
        stored.run(other.close())
    request.param.drop(folder)


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(GROUPS)
def test_the_books_balance_after_anything(place, groups):
    stored, books = place
    books.messages.clear()

    for group in groups:
        stored.run(all_of(*(books.do(*one) for one in group)))

        assert stored.ask(lambda t: t.wallets.audit()) == []
    for message_id in set(books.messages):
        entries = stored.ask(lambda t, id_=message_id: t.wallets.entries(ACCOUNT, id_))
        kinds = [entry.kind.value for entry in entries]
        assert kinds.count("capture") + kinds.count("release") <= kinds.count("hold") <= 1
