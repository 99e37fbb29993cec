"""Messages looked for: by every index, in pages that neither repeat nor leave out."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from support.nouns import ACCOUNT, SENDER_ID, later, message_change, new_message, new_submission
from support.stored import SQLITE, opened
from waypost.model.failure import Failure
from waypost.model.lifecycle import State
from waypost.model.search import MessageFilters
from waypost.model.submission import References
from waypost.report import search
from waypost.report.filters import FilterError
from waypost.report.search import find_page
from waypost.runtime.ids import first_message_id


def id_of(number):
    """An id as they are made, so many seconds after NOW."""
    return first_message_id(later(number)) + "0000000000"


def keep(stored, number, recipients=1, **changes):
    """A request that was accepted so many seconds after NOW, and its messages."""
    submission_id = id_of(number)
    references = changes.pop("references", References("order-1", None, None))
    content = changes.pop("content", None)
    submission = new_submission(
        submission_id=submission_id, references=references, accepted_at=later(number)
    )
    if content is not None:
        submission = replace(submission, content=content)
    ids = (
        [submission_id] if recipients == 1 else [f"{submission_id}:{n}" for n in range(recipients)]
    )
    messages = [
        new_message(
            message_id=one, submission_id=submission_id, accepted_at=later(number), **changes
        )
        for one in ids
    ]

    async def put(transaction):
        await transaction.messages.insert_submissions([submission])
        await transaction.messages.insert(messages)

    stored.do(put)
    return ids


def move(stored, message_id, state, code=None):
    failure = None if code is None else Failure(code, "It failed", "", "Do something.")
    change = message_change(message_id=message_id, state=state, failure=failure, wamid=None)
    stored.do(lambda t: t.messages.update_states([change]))


def page(stored, filters=None, limit=500, cursor=""):
    return stored.ask(lambda t: find_page(t, ACCOUNT, filters or MessageFilters(), limit, cursor))


def ids(stored, **filters):
    return [one.message_id for one in page(stored, MessageFilters(**filters)).messages]


def all_pages(stored, filters, limit):
    """The ids of all pages, one list for each."""
    cursor, told = "", []
    while True:
        found = page(stored, filters, limit, cursor)
        told.append([one.message_id for one in found.messages])
        if found.next is None:
            return told
        cursor = found.next


def test_messages_are_found_newest_first_by_what_they_are(furnished):
    (first,) = keep(furnished, 1, recipient="+911111111111", references=References("a", "b", "c"))
    (second,) = keep(furnished, 2, recipient="+912222222222", references=References("a", "x"))
    third = keep(furnished, 3, recipients=2, references=References(None, "b"))
    move(furnished, first, State.FAILED, "131026")
    move(furnished, second, State.DELIVERED)

    assert ids(furnished) == [*reversed(third), second, first]
    assert ids(furnished, recipient="+911111111111") == [first]
    assert ids(furnished, references=References("a")) == [second, first]
    assert ids(furnished, references=References(None, "b")) == [*reversed(third), first]
    assert ids(furnished, references=References(None, None, "c")) == [first]
    assert ids(furnished, references=References("a", "b")) == [first]
    assert ids(furnished, failure_code="131026") == [first]
    assert ids(furnished, states=(State.FAILED, State.DELIVERED)) == [second, first]
    assert ids(furnished, sender_id=SENDER_ID, states=(State.ACCEPTED,)) == [*reversed(third)]
    assert ids(furnished, sender_id="15550001111") == []
    assert ids(furnished, since=later(2), until=later(3)) == [second]


def test_nothing_of_another_account_is_found(furnished):
    keep(furnished, 1)

    found = furnished.ask(
        lambda t: t.search.ids(2, MessageFilters(), search.stretch_of(MessageFilters()), 9)
    )

    assert found.ids == ()


@pytest.mark.parametrize(
    "filters",
    [
        MessageFilters(),
        MessageFilters(recipient="+919876543210"),
        MessageFilters(references=References("order-1")),
        MessageFilters(sender_id=SENDER_ID, states=(State.ACCEPTED,)),
    ],
)
@pytest.mark.parametrize("limit", [1, 2, 3, 7])
def test_pages_end_within_a_request_and_go_on_there(furnished, filters, limit):
    kept = [one for number in range(4) for one in keep(furnished, number, recipients=1 + number)]

    told = all_pages(furnished, filters, limit)

    assert [one for part in told for one in part] == sorted(kept, reverse=True)
    assert {len(part) for part in told[:-1]} == {limit}


def test_a_page_that_looked_at_enough_says_how_far_it_came(furnished, monkeypatch):
    monkeypatch.setattr(search, "SCANNED", 10)
    kept = [one for number in range(25) for one in keep(furnished, number)]
    move(furnished, kept[0], State.READ)
    filters = MessageFilters(states=(State.READ,))

    first = page(furnished, filters, 5)
    second = page(furnished, filters, 5, first.next)
    last = page(furnished, filters, 5, second.next)

    assert (first.messages, first.scanned_to) == ((), later(15))
    assert (second.messages, second.scanned_to) == ((), later(5))
    assert [one.message_id for one in last.messages] == [kept[0]]
    assert (last.next, last.scanned_to) == (None, None)


@pytest.mark.parametrize("cursor", ["x", "####", "AAAAAAAAAAAA"])
def test_a_cursor_that_is_none_is_refused(furnished, cursor):
    with pytest.raises(FilterError, match="none of this search"):
        page(furnished, cursor=cursor)


def test_a_cursor_of_another_search_is_refused(furnished):
    keep(furnished, 1)
    keep(furnished, 2)
    cursor = page(furnished, limit=1).next

    with pytest.raises(FilterError, match="same filters"):
        page(furnished, MessageFilters(sender_id=SENDER_ID), cursor=cursor)


def test_times_are_those_of_the_newest_attempt(furnished):
    (message_id,) = keep(furnished, 1)

    found = page(furnished).messages[0]

    assert (found.message_id, found.stations.sent_at) == (message_id, None)
    assert (found.accepted_at, found.waba_id) == (later(1), "102290129340398")


class NotedSearch:
    """The search of a transaction, and how many ids it gave."""

    def __init__(self, transaction):
        self.search = self
        self._real, self.given = transaction.search, 0

    async def ids(self, *asked):
        found = await self._real.ids(*asked)
        self.given += len(found.ids)
        return found


def test_a_page_of_large_requests_reads_few_more_messages_than_it_shows(furnished):
    """Else an export of a campaign of large requests would read each message a hundred times."""
    kept = [one for number in range(30) for one in keep(furnished, number, recipients=20)]
    filters = MessageFilters(references=References("order-1"))

    async def read(transaction):
        noted = NotedSearch(transaction)
        stretch = search.stretch_of(filters)
        found, _ = await search.find_ids(noted, ACCOUNT, filters, stretch, 20)
        return found, noted.given

    found, given_ids = furnished.ask(read)

    assert found == sorted(kept, reverse=True)[:21]
    assert given_ids == 20 * search.FIRST_REQUESTS


@settings(max_examples=25, deadline=None)
@given(
    old=st.lists(st.integers(1, 4), min_size=1, max_size=12),
    new=st.lists(st.integers(1, 3), max_size=12),
    limit=st.integers(1, 6),
    by_reference=st.booleans(),
)
def test_pages_under_new_rows_repeat_and_leave_out_nothing(
    tmp_path_factory, old, new, limit, by_reference
):
    filters = MessageFilters(references=References("order-1" if by_reference else None))
    with opened(tmp_path_factory.mktemp("pages"), SQLITE) as stored:
        stored.furnish()
        kept = [one for at, number in enumerate(old) for one in keep(stored, at, number)]
        coming = list(enumerate(new, len(old)))
        cursor, told = "", []
        while True:
            found = page(stored, filters, limit, cursor)
            told += [one.message_id for one in found.messages]
            if found.next is None:
                break
            cursor = found.next
            if coming:
                at, number = coming.pop(0)
                keep(stored, at, number)

    assert told == sorted(kept, reverse=True)
