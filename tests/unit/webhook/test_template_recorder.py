"""What Meta tells of a template is kept at once, for every account that has the WABA."""

import pytest
from prometheus_client import CollectorRegistry

from support.nouns import ACCOUNT, NOW, WABA_ID, account, later, template, waba
from support.stored import opened
from waypost.meta.template_events import TemplateEvent, TemplateEventKind
from waypost.model.template import TemplateChangeKind
from waypost.runtime.clock import TestClock
from waypost.runtime.metrics import Metrics
from waypost.webhook.template_recorder import TemplateRecorder

KINDS = TemplateEventKind


def event(kind=KINDS.STATUS, value="PAUSED", **changes):
    given = {
        "waba_id": WABA_ID,
        "template_id": "77",
        "name": "order_update",
        "language": "en_US",
        "reason": "",
        **changes,
    }
    return TemplateEvent(kind=kind, value=value, **given)


class Desk:
    """A recorder at a store with one account, whose WABA was read a moment ago."""

    def __init__(self, stored):
        self.stored = stored
        self.metrics = Metrics(CollectorRegistry())
        self.clock = TestClock(NOW)
        numbers = iter(range(1, 100))
        self.recorder = TemplateRecorder(self.clock, lambda: next(numbers), self.metrics)
        stored.furnish()
        stored.do(lambda t: t.templates.save(ACCOUNT, WABA_ID, [template()], NOW))
        stored.do(lambda t: t.directory.record_sync(waba(), NOW, NOW, later(900)))

    def apply(self, *events):
        self.stored.do(lambda t: self.recorder.apply(t, events))

    def known(self, account_id=ACCOUNT):
        return self.stored.ask(lambda t: t.templates.of_waba(account_id, WABA_ID))

    def changes(self, account_id=ACCOUNT):
        listed = self.stored.ask(lambda t: t.templates.changes(account_id, WABA_ID, 99, None))
        return [(one.what, one.before, one.after, one.reason) for one in reversed(listed)]

    def version(self):
        return self.stored.ask(lambda t: t.directory.account_version(ACCOUNT))

    def due(self):
        return self.stored.ask(lambda t: t.directory.wabas_due(self.clock.now()))

    def counted(self, result):
        return self.metrics.template_events[result]._value.get()


@pytest.fixture
def desk(tmp_path):
    with opened(tmp_path) as stored:
        yield Desk(stored)


def test_events_are_applied_in_their_order_and_leave_the_rest(desk):
    version = desk.version()

    desk.apply(
        event(value="PAUSED", reason="FIRST_PAUSE"),
        event(KINDS.QUALITY, "RED"),
        event(KINDS.CATEGORY, "MARKETING"),
        event(value="APPROVED"),
    )

    assert desk.known() == [template(quality="RED", category="MARKETING")]
    assert desk.changes() == [
        (TemplateChangeKind.STATUS, "APPROVED", "PAUSED", "FIRST_PAUSE"),
        (TemplateChangeKind.QUALITY, None, "RED", ""),
        (TemplateChangeKind.CATEGORY, "UTILITY", "MARKETING", ""),
        (TemplateChangeKind.STATUS, "PAUSED", "APPROVED", ""),
    ]
    assert desk.version() == version + 1
    assert len(desk.due()) == 1
    assert desk.counted("recorded") == 4


def test_an_event_that_comes_twice_is_one_change(desk):
    desk.apply(event())
    version = desk.version()
    desk.apply(event())

    assert len(desk.changes()) == 1
    assert desk.version() == version


@pytest.mark.parametrize(
    "told",
    [
        event(name="made_elsewhere"),
        event(KINDS.COMPONENTS, ""),
        event(value="", reason="FLAGGED"),
    ],
    ids=["unknown-template", "components", "flagged"],
)
def test_what_a_webhook_does_not_say_in_full_is_left_to_the_reading(desk, told):
    version = desk.version()
    assert desk.due() == []

    desk.apply(told)

    assert (desk.known(), desk.changes(), desk.version()) == ([template()], [], version)
    assert len(desk.due()) == 1


def test_an_announced_category_is_noted_and_not_taken(desk):
    desk.apply(
        event(KINDS.CATEGORY_ANNOUNCED, "MARKETING", reason="at 1746169200"),
        event(KINDS.CATEGORY_ANNOUNCED, "UTILITY"),
    )

    assert desk.known() == [template()]
    assert desk.changes() == [
        (TemplateChangeKind.CATEGORY_ANNOUNCED, "UTILITY", "MARKETING", "at 1746169200")
    ]


def test_a_waba_that_is_not_ours_is_counted(desk):
    desk.apply(event(waba_id="404"), event())

    assert (desk.counted("unknown_waba"), desk.counted("recorded")) == (1, 1)
    assert desk.known() == [template(status="PAUSED")]


def test_every_account_of_a_waba_learns_of_it(desk):
    other = desk.stored.do(
        lambda t: t.directory.insert_account(account(sid="HXIN2", name="Two"), NOW)
    )
    desk.stored.do(lambda t: t.directory.save_waba(waba(account_id=other), NOW))
    desk.stored.do(lambda t: t.templates.save(other, WABA_ID, [template()], NOW))

    desk.apply(event())

    for account_id in (ACCOUNT, other):
        assert desk.known(account_id) == [template(status="PAUSED")]
        assert len(desk.changes(account_id)) == 1
