"""However Meta orders, repeats and batches statuses: one end, one price, each told once.

Each message has a twin of whom Meta tells the same in its natural order, a webhook for each; both
must come to the same. What one twin is told is all that a receiver has to know the end by.
"""

from datetime import date
from itertools import count

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from support.desk import Desk
from support.nouns import ACCOUNT, NOW, PHONE_NUMBER_ID
from support.receiver import STEPS
from support.stored import ENGINES, SQLITE, opened
from support.webhook_desk import WebhookDesk, change
from waypost.directory.treasurer import Treasurer
from waypost.model.ledger import EntryKind
from waypost.model.lifecycle import Fact
from waypost.model.message import Observation
from waypost.model.rate import Rate
from waypost.report.usage_audit import find_differences
from waypost.runtime.clock import TestClock
from waypost.runtime.entropy import SeededEntropy
from waypost.webhook.processor import Processor

RATES = [
    Rate("IN", "marketing", date(2026, 1, 1), 100),
    Rate("IN", "utility", date(2026, 1, 1), 20),
    Rate("", "", date(2026, 1, 1), 0),
]
FAILURE = {"code": 131026, "title": "Message undeliverable", "message": "Message undeliverable"}
TOLD_ONCE = {"sent", "delivered", "read"}

# What Meta tells of one message. `pricing` is in `sent` and in one of `delivered` and `read`; a
# bill by another category than the estimate's is known to whoever gets it before the end.
STORIES = st.one_of(
    st.tuples(st.just(("sent", "delivered", "read")), st.just("marketing")),
    st.tuples(
        st.sampled_from([("sent",), ("sent", "delivered"), ("sent", "read")]),
        st.sampled_from(["marketing", "utility", "free"]),
    ),
    st.tuples(st.sampled_from([("sent", "failed"), ("failed",)]), st.just("marketing")),
)
ANY_STORY = st.one_of(
    STORIES,
    st.tuples(
        st.sampled_from([("sent", "delivered", "failed"), ("delivered", "failed", "read")]),
        st.just("marketing"),
    ),
)
COPIES = st.integers(1, 3)


@st.composite
def deliveries(draw, stories):
    """Stories, and all that is learned of them in some order, some of it twice, in batches.

    Each piece is the message's place, a status or `taken` (Meta's answer to the send, which the
    statuses may overtake), and whether Meta gives our mark back.
    """
    told = draw(st.lists(stories, min_size=1, max_size=3))
    pieces = []
    for place, (words, _) in enumerate(told):
        pieces.append((place, "taken", False))
        for word in words:
            pieces += [(place, word, draw(st.booleans())) for _ in range(draw(COPIES))]
    order = draw(st.permutations(pieces))
    cuts = draw(st.lists(st.booleans(), min_size=len(order), max_size=len(order)))
    batches = [[]]
    for piece, is_cut in zip(order, cuts, strict=True):
        if piece[1] == "taken" or (batches[-1] and (is_cut or batches[-1][-1][1] == "taken")):
            batches.append([])
        batches[-1].append(piece)
    return told, [batch for batch in batches if batch]


class Books:
    """A process that accepts messages and works off what Meta tells of them."""

    def __init__(self, stored):
        self.stored, self.desk = stored, Desk(stored.store)
        self.webhooks = WebhookDesk(stored)
        known = self.webhooks.processor
        self.webhooks.processor = Processor(
            stored.store,
            self.desk.recorder,
            known.templates,
            known.clock,
            known.metrics,
            known.ids,
        )
        self.number = count()

    def accept(self, how_many):
        """So many messages, each of 100 by the estimate; our ids with Meta's to be."""
        accepted = self.stored.run(self.desk.accept(count=how_many))
        return [(id_, f"wamid.{next(self.number)}") for _, id_ in accepted.messages]

    def take(self, message):
        """Meta's answer to a send is recorded."""
        id_, wamid = message
        taken = Observation(ACCOUNT, id_, Fact.TAKEN, NOW, wamid=wamid, attempt=1)
        self.stored.run(self.desk.recorder.record(taken))

    def tell(self, *statuses):
        """One webhook."""
        metadata = {"display_phone_number": "919800000001", "phone_number_id": PHONE_NUMBER_ID}
        self.webhooks.work_off(change({"metadata": metadata, "statuses": list(statuses)}))

    def told(self, message):
        """Sequence, status and id of every callback of a message, the oldest first."""
        rows = self.stored.ask(lambda t: t.callbacks.of_message(ACCOUNT, message[0]))
        keys = [(ACCOUNT, row.event_id) for row in rows]
        loaded = self.stored.ask(lambda t: t.callbacks.load(keys))
        found = [(one.row.sequence, one.row.status, one.row.event_id) for one in loaded.values()]
        return sorted(found)

    def end(self, message):
        """State, failure and money of a message."""
        found = self.stored.ask(lambda t: t.reports.find_message(message[0]))
        entries = self.stored.ask(lambda t: t.wallets.entries(ACCOUNT, message[0]))
        spent = sum(
            entry.amount_minor
            for entry in entries
            if entry.kind in {EntryKind.CAPTURE, EntryKind.SURCHARGE}
        )
        code = found.failure.code if found.failure else ""
        return found.state.value, code, found.payment.value, spent


def status(message, story, word, *, is_marked):
    """A status as Meta tells it."""
    words, category = story
    made = {"id": message[1], "status": word, "timestamp": str(int(NOW.timestamp()))}
    made["recipient_id"] = "919876500000"
    if is_marked:
        made["biz_opaque_callback_data"] = message[0]
    if word == "failed":
        made["errors"] = [FAILURE]
    elif word != "read" or "delivered" not in words:
        billed = {"billable": category != "free", "pricing_model": "PMP"}
        billed["category"] = "marketing" if category == "free" else category
        made["pricing"] = billed
    return made


def live_through(books, told, batches):
    """The messages of a delivery, told of as it says; sequences never fell meanwhile."""
    messages = books.accept(len(told))
    latest = dict.fromkeys(messages, 0)
    known = {message: set() for message in messages}
    for batch in batches:
        if batch[0][1] == "taken":
            books.take(messages[batch[0][0]])
        else:
            books.tell(
                *(
                    status(messages[place], told[place], word, is_marked=is_marked)
                    for place, word, is_marked in batch
                )
            )
        for message in messages:
            fresh = [one for one in books.told(message) if one[2] not in known[message]]
            assert all(sequence > latest[message] for sequence, _, _ in fresh)
            latest[message] = max([latest[message], *(one[0] for one in fresh)])
            known[message] |= {event_id for _, _, event_id in fresh}
    return messages


def natural(told):
    """The same stories as Meta tells them on a good day."""
    return [
        [(place, word, True)] for place, (words, _) in enumerate(told) for word in ("taken", *words)
    ]


def known_end(words):
    """What a receiver takes for the end, by what it was told, in its sequence."""
    end = "submitted"
    for word in words:
        if end not in STEPS or STEPS.index(word) > STEPS.index(end):
            end = word
    return end


@pytest.fixture(params=ENGINES, ids=[engine.name for engine in ENGINES], scope="module")
def place(request, tmp_path_factory):
    folder = tmp_path_factory.mktemp("statuses")
    with opened(folder, request.param) as stored:
        stored.furnish()
        stored.do(lambda t: t.wallets.save_rates(0, "USD", RATES, NOW))
        money = Treasurer(stored.store, TestClock(NOW), SeededEntropy(3))
        sid = stored.ask(lambda t: t.directory.accounts())[0].sid
        stored.run(money.top_up(sid, 10**9, "cash"))
        yield Books(stored), settings(max_examples=40 if request.param is SQLITE else 6)
    request.param.drop(folder)


LENIENT = {"deadline": None, "suppress_health_check": [HealthCheck.function_scoped_fixture]}


def check(books, delivery, *, is_money_equal):
    told, batches = delivery
    messages = live_through(books, told, batches)
    twins = live_through(books, told, natural(told))

    for (words, _), message, twin in zip(told, messages, twins, strict=True):
        mine, theirs = books.end(message), books.end(twin)
        assert mine[:2] == theirs[:2]
        if is_money_equal:
            assert mine == theirs
        events = books.told(message)
        heard = [word for _, word, _ in events]
        assert len({event_id for _, _, event_id in events}) == len(events)
        assert len(heard) == len(set(heard)), "a status was told as two events"
        assert TOLD_ONCE & set(words) == TOLD_ONCE & set(heard)
        assert known_end(heard) == mine[0]
    assert books.stored.ask(lambda t: t.messages.has_parked()) is False
    assert books.stored.ask(lambda t: t.wallets.audit()) == []
    assert books.stored.run(find_differences(books.stored.store)) == []


def test_any_order_repetition_and_batching_comes_to_the_same(place):
    books, of_engine = place

    @settings(of_engine, **LENIENT)
    @given(deliveries(STORIES))
    def run(delivery):
        check(books, delivery, is_money_equal=True)

    run()


def test_where_meta_contradicts_itself_the_end_is_the_same_and_the_books_balance(place):
    books, of_engine = place

    @settings(of_engine, **LENIENT)
    @given(deliveries(ANY_STORY))
    def run(delivery):
        check(books, delivery, is_money_equal=False)

    run()
