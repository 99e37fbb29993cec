"""Callback profiles and events in the hands of accounts, on every engine."""

from datetime import timedelta

import pytest
from msgspec.structs import replace

from support.nouns import (
    ACCOUNT,
    NOW,
    PROFILE_ID,
    SENDER_ID,
    VAULT,
    WABA_ID,
    callback_profile,
    callback_row,
    later,
)
from waypost.callback.publisher import Publisher
from waypost.directory.event_desk import EventDesk, EventFilter, Replay
from waypost.directory.profile_changes import ProfileChange
from waypost.directory.profile_desk import ProfileDesk
from waypost.directory.profiles import ProfileKeeper
from waypost.model.alarm import Alarm, AlarmKind
from waypost.model.audit import Actor
from waypost.model.callback import BasicAuth, EventKind, ProfileState
from waypost.model.errors import DirectoryError, NotFoundError
from waypost.model.outbox import CallbackAttempt, CallbackSettlement, CallbackState
from waypost.model.work import LaneKey, Priority, QueueItem, QueueName
from waypost.runtime.clock import TestClock
from waypost.runtime.entropy import SeededEntropy
from waypost.runtime.ids import IdMaker

CHIEF = Actor("operator:chief")
WANTED = ProfileChange(
    title="Shop", events=(EventKind.MESSAGE_STATUS,), url="https://shop.example.com/a?k=<ref>"
)
DAY = timedelta(days=1)


class Desk:
    """A store with an account, and the two desks at it."""

    def __init__(self, stored):
        self.stored = stored
        self.clock = TestClock(NOW)
        entropy = SeededEntropy(7)
        keeper = ProfileKeeper(stored.store, self.clock, entropy, "IN", VAULT)
        ids = IdMaker(self.clock, entropy)
        self.profiles = ProfileDesk(stored.store, keeper, Publisher(), ids)
        self.events = EventDesk(stored.store, self.clock, entropy)

    @property
    def account(self):
        sid = "HXIN1234567890IN"
        return self.stored.ask(lambda t: t.directory.account_by_sid(sid))

    def do(self, act, *given, **named):
        return self.stored.run(act(self.account, *given, **named))

    def made(self):
        return self.do(self.profiles.make, WANTED, CHIEF).known.profile.profile_id

    def acts(self):
        entries = self.stored.ask(lambda t: t.audit.entries(ACCOUNT, 100, None))
        return [(one.act, dict(one.detail)) for one in reversed(entries)]

    def settle(self, event_id, state, at, attempts=1):
        one = CallbackSettlement(ACCOUNT, event_id, state, attempts, "HTTP 503", at)
        self.stored.do(lambda t: t.callbacks.settle([one]))

    def waiting(self):
        lane = LaneKey(ACCOUNT, PROFILE_ID)
        found = self.stored.ask(
            lambda t: t.queue.find(QueueName.CALLBACK, lane, Priority.NORMAL, later(10**6), 100)
        )
        return {one.item_id: (one.due_at, one.attempt) for one in found}


@pytest.fixture
def desk(furnished):
    return Desk(furnished)


def told(event_id, at=NOW, **changes):
    return callback_row(event_id=event_id, created_at=at, **changes)


# ---- profiles ---------------------------------------------------------------------------------


def test_a_profile_is_made_with_a_secret_and_known_to_its_account(desk):
    version = desk.account.version
    made = desk.do(desk.profiles.make, WANTED, CHIEF)

    assert made.secret.startswith("whsec_")
    assert desk.account.callback_profiles[made.known.profile.profile_id] == ()
    assert desk.account.version > version
    assert made.known in desk.do(desk.profiles.list)


def test_no_entry_holds_a_secret_or_what_a_url_may_hide(desk):
    change = ProfileChange(auth=BasicAuth("shop", "hunter2"), headers={"X-Key": "hunter3"})
    made = desk.do(desk.profiles.make, WANTED, CHIEF)
    id_ = made.known.profile.profile_id
    changed = desk.do(desk.profiles.change, id_, change, CHIEF)
    (new, old) = desk.do(desk.profiles.rotate, id_, DAY, CHIEF)

    assert (changed.auth, changed.header_names) == ("basic", ("X-Key",))
    said = str(desk.acts())
    for secret in ("hunter2", "hunter3", "k=", new.secret, old.secret):
        assert secret not in said
    kept = str(desk.stored.ask(lambda t: t.profiles.of_account(ACCOUNT)))
    assert "hunter" not in kept
    assert new.secret not in kept


def test_all_that_is_wrong_is_told_and_nothing_is_kept(desk):
    before = desk.account.callback_profiles
    change = ProfileChange(title="a/b", events=(), url="https://shop.example.com/?a=<nope>")

    faults = desk.do(desk.profiles.make, change, CHIEF)

    assert [fault.path for fault in faults] == ["/title", "/events", "/url"]
    assert desk.account.callback_profiles == before
    assert desk.acts() == []


def test_what_changes_nothing_is_no_act(desk):
    id_ = desk.made()
    before = desk.acts(), desk.account.version

    desk.do(desk.profiles.change, id_, ProfileChange(title="Shop"), CHIEF)

    assert (desk.acts(), desk.account.version) == before


def test_a_profile_goes_by_the_end_of_its_id(desk):
    id_ = desk.made()

    assert desk.do(desk.profiles.show, id_[-12:]).profile.profile_id == id_
    with pytest.raises(NotFoundError, match=f"{id_} \\(Shop\\)"):
        desk.do(desk.profiles.show, "IN_none")


@pytest.mark.parametrize(
    ("target", "kept"),
    [
        (f"sender/+{SENDER_ID}", f"sender/{SENDER_ID}"),
        (f"waba/{WABA_ID}", f"waba/{WABA_ID}"),
        ("account", "account"),
    ],
)
def test_a_profile_is_attached_to_what_the_account_has(desk, target, kept):
    id_ = desk.made()

    desk.do(desk.profiles.attach, id_, target, CHIEF)
    desk.do(desk.profiles.attach, id_, target, CHIEF)

    assert desk.account.callback_profiles[id_] == (kept,)
    assert id_ in desk.account.profiles_of(desk.account.senders[SENDER_ID])
    assert [act for act, _ in desk.acts()].count("callback_profile.attached") == 1
    desk.do(desk.profiles.attach, id_, target, CHIEF, is_attached=False)
    assert desk.account.callback_profiles[id_] == ()


@pytest.mark.parametrize("target", ["sender/4917000", "waba/1", "shop", "sender/", ""])
def test_a_profile_is_attached_to_nothing_else(desk, target):
    id_ = desk.made()

    with pytest.raises(DirectoryError) as refused:
        desk.do(desk.profiles.attach, id_, target, CHIEF)
    assert refused.value.place == "/target"


def test_secrets_overlap_and_three_at_most_sign(desk):
    id_ = desk.made()
    desk.do(desk.profiles.rotate, id_, DAY, CHIEF)
    signing = desk.do(desk.profiles.rotate, id_, 2 * DAY, CHIEF)

    assert [one.expires_at for one in signing] == [None, NOW + 2 * DAY, NOW + DAY]
    with pytest.raises(DirectoryError, match="3 secrets sign already"):
        desk.do(desk.profiles.rotate, id_, DAY, CHIEF)
    assert desk.do(desk.profiles.secrets, id_, CHIEF) == signing
    desk.clock.advance(DAY.total_seconds())
    assert desk.do(desk.profiles.secrets, id_, CHIEF) == signing[:2]
    alone = desk.do(desk.profiles.rotate, id_, timedelta(0), CHIEF)
    assert len(alone) == 1
    assert [act for act, _ in desk.acts()].count("callback_profile.secret_read") == 2


def test_a_profile_whose_endpoint_is_gone_is_resumed_with_what_waits(desk):
    failing = callback_profile(
        state=ProfileState.GONE, failing_since=NOW, warned_at=NOW, probe_at=NOW, probes=3
    )
    alarm = Alarm(ACCOUNT, AlarmKind.CALLBACKS_GONE, PROFILE_ID, "gone", "mend it", NOW)
    item = QueueItem(ACCOUNT, QueueName.CALLBACK, PROFILE_ID, "e", later(9000), attempt=2)
    desk.stored.do(lambda t: t.profiles.save(failing))
    desk.stored.do(lambda t: t.alarms.raise_all([alarm]))
    desk.stored.do(lambda t: t.queue.put([item]))

    known = desk.do(desk.profiles.resume, PROFILE_ID, CHIEF)

    assert known.profile == callback_profile()
    assert desk.stored.ask(lambda t: t.alarms.open(ACCOUNT, 10)) == []
    assert desk.waiting() == {"e": (NOW, 2)}


def test_a_paused_profile_is_not_tried_out(desk):
    id_ = desk.made()
    desk.do(desk.profiles.pause, id_, CHIEF)

    with pytest.raises(DirectoryError, match="is paused"):
        desk.do(desk.profiles.test, id_, CHIEF)
    desk.do(desk.profiles.resume, id_, CHIEF)
    event_id = desk.do(desk.profiles.test, id_, CHIEF)
    assert desk.do(desk.events.show, event_id).summary.kind is EventKind.TEST


def test_a_profile_that_is_attached_is_removed_only_by_force(desk):
    id_ = desk.made()
    desk.do(desk.profiles.attach, id_, "account", CHIEF)
    event_id = desk.do(desk.profiles.test, id_, CHIEF)

    with pytest.raises(DirectoryError, match="The events of account go to"):
        desk.do(desk.profiles.remove, id_, CHIEF)
    assert desk.do(desk.profiles.remove, id_, CHIEF, is_forced=True) == 1

    assert id_ not in desk.account.callback_profiles
    found = desk.do(desk.events.show, event_id).summary
    assert (found.state, found.last_answer) == (CallbackState.GIVEN_UP, "the profile was removed")
    assert id_ not in str(desk.stored.ask(lambda t: t.profiles.attachments(ACCOUNT)))


# ---- events -----------------------------------------------------------------------------------


@pytest.fixture
def events(desk):
    """Five events of one profile, three of them given up."""
    desk.stored.do(lambda t: t.profiles.save(callback_profile()))
    rows = [
        told(f"A{number}.sent.x", later(number), message_id=f"A{number}") for number in range(5)
    ]
    desk.stored.do(lambda t: t.callbacks.insert(rows))
    for number in (0, 1, 2):
        desk.settle(f"A{number}.sent.x", CallbackState.GIVEN_UP, later(100 + number))
    desk.settle("A3.sent.x", CallbackState.DELIVERED, later(100))
    return desk


def found(desk, limit=100, after="", **wanted):
    page = desk.do(desk.events.page, EventFilter(**wanted), after, limit)
    return [one.event_id[:2] for one in page.events], page.after


def test_events_are_listed_newest_first_in_pages(events):
    first, after = found(events, 2)
    second, further = found(events, 2, after)

    assert (first, second) == (["A4", "A3"], ["A2", "A1"])
    assert found(events, 2, further) == (["A0"], None)


@pytest.mark.parametrize(
    ("wanted", "ids"),
    [
        ({"state": CallbackState.GIVEN_UP}, ["A2", "A1", "A0"]),
        ({"state": CallbackState.PENDING}, ["A4"]),
        ({"kind": EventKind.ACCOUNT}, []),
        ({"profile_id": PROFILE_ID}, ["A4", "A3", "A2", "A1", "A0"]),
        ({"message_id": "A3"}, ["A3"]),
        ({"message_id": "A3", "state": CallbackState.PENDING}, []),
    ],
)
def test_events_are_found_by_what_they_are(events, wanted, ids):
    assert found(events, **wanted) == (ids, None)


def test_a_profile_of_nobody_is_not_found(events):
    with pytest.raises(NotFoundError):
        found(events, profile_id="IN_none")
    with pytest.raises(NotFoundError):
        events.do(events.events.show, "A9.sent.x")


def test_an_event_is_shown_with_every_attempt(events):
    attempts = [
        CallbackAttempt(
            ACCOUNT, "A0.sent.x", 7, PROFILE_ID, 1, "https://shop/", 12, 503, "", b"no"
        ),
        CallbackAttempt(
            ACCOUNT, "A0.sent.x", 9, PROFILE_ID, 2, "https://shop/", 3, None, "refused"
        ),
    ]
    events.stored.do(lambda t: t.callbacks.insert_attempts(attempts))

    assert events.do(events.events.show, "A0.sent.x").attempts == attempts


def replay(desk, **wanted):
    return desk.do(desk.events.replay, Replay(**wanted), CHIEF)


def test_one_event_is_told_once_more_and_not_twice(events):
    assert replay(events, event_id="A3.sent.x") == 1
    assert replay(events, event_id="A3.sent.x") == 0

    assert events.waiting() == {"A3.sent.x": (NOW, 0)}
    shown = events.do(events.events.show, "A3.sent.x").summary
    assert (shown.state, shown.settled_at, shown.attempts) == (CallbackState.PENDING, None, 1)
    assert events.acts()[0][1]["events"] == 1


def test_what_was_given_up_since_then_is_told_once_more(events):
    assert replay(events, given_up_since=later(101)) == 2
    assert events.waiting().keys() == {"A1.sent.x", "A2.sent.x"}
    assert replay(events, given_up_since=NOW, profile_id=PROFILE_ID) == 1
    assert replay(events, given_up_since=NOW) == 0


def test_what_was_attempted_in_a_time_is_told_once_more_whatever_came_of_it(events):
    start = int(NOW.timestamp() * 1_000_000)
    attempts = [
        CallbackAttempt(
            ACCOUNT,
            f"A{number}.sent.x",
            start + number * 1_000_000,
            PROFILE_ID,
            1,
            "https://shop/",
            12,
            200,
        )
        for number in range(5)
    ]
    again = replace(attempts[2], attempt_id=start + 2_500_000, attempt=2)
    events.stored.do(lambda t: t.callbacks.insert_attempts([*attempts, again]))

    events.clock.advance(200)
    assert replay(events, attempted_from=later(2), attempted_until=later(5)) == 2
    assert events.waiting().keys() == {"A2.sent.x", "A3.sent.x"}


def attempts_at(event_id, *seconds):
    start = int(NOW.timestamp() * 1_000_000)
    return [
        CallbackAttempt(ACCOUNT, event_id, start + s * 1_000_000, PROFILE_ID, 1, "u", 1, 500)
        for s in seconds
    ]


class Eager(EventDesk):
    """Between two pages of a replay all that waits is attempted once more, and given up."""

    desk: Desk
    rounds = 0

    async def _restart(self, account, event_ids, until=None):
        count = await super()._restart(account, event_ids, until)
        Eager.rounds += 1
        assert Eager.rounds < 20, "it goes on and on"
        self.clock.advance(1)
        now = self.clock.now()
        new = [
            replace(one, attempt_id=one.attempt_id + Eager.rounds)
            for event_id in dict.fromkeys(event_ids)
            for one in attempts_at(event_id, int((now - NOW).total_seconds()))
        ]
        over = [
            CallbackSettlement(ACCOUNT, one, CallbackState.GIVEN_UP, 2, "HTTP 500", now)
            for one in event_ids
        ]

        async def attempt(transaction, items):
            await transaction.callbacks.insert_attempts(new)
            await transaction.callbacks.settle(over)
            return items

        await self.store.write(attempt, None)
        return count


def test_a_replay_tells_each_event_once_though_they_are_attempted_meanwhile(events, monkeypatch):
    monkeypatch.setattr("waypost.directory.event_desk.BATCH", 2)
    log = [*attempts_at("A0.sent.x", 1, 4, 7), *attempts_at("A1.sent.x", 2, 5)]
    events.stored.do(lambda t: t.callbacks.insert_attempts(log))
    events.clock.advance(200)
    eager = Eager(events.stored.store, events.clock, SeededEntropy(7))
    Eager.rounds = 0

    wanted = Replay(attempted_from=NOW, attempted_until=later(9000))
    assert events.do(eager.replay, wanted, CHIEF) == 2


def test_more_than_one_batch_is_told_once_more(desk):
    desk.stored.do(lambda t: t.profiles.save(callback_profile()))
    rows = [told(f"A{number:04}", later(number), message_id=f"A{number}") for number in range(1100)]
    desk.stored.do(lambda t: t.callbacks.insert(rows))
    settled = [
        CallbackSettlement(ACCOUNT, row.event_id, CallbackState.GIVEN_UP, 10, "", later(5000))
        for row in rows
    ]
    desk.stored.do(lambda t: t.callbacks.settle(settled))

    assert replay(desk, given_up_since=NOW) == 1100


def test_a_replay_that_names_nothing_is_refused(events):
    with pytest.raises(DirectoryError, match="Say what"):
        replay(events)


def test_an_event_whose_profile_is_gone_is_not_told_again(events):
    events.stored.do(lambda t: t.profiles.remove(ACCOUNT, PROFILE_ID))

    with pytest.raises(DirectoryError, match="nowhere to tell it"):
        replay(events, event_id="A0.sent.x")
