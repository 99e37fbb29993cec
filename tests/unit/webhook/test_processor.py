"""A kept webhook is worked off in one commit: recorded, parked, marked and done."""

import json

import pytest
from prometheus_client import CollectorRegistry

from support.nouns import (
    ACCOUNT,
    MESSAGE_ID,
    NOW,
    PHONE_NUMBER_ID,
    PROFILE_ID,
    SENDER_ID,
    WABA_ID,
    WAMID,
    account,
    later,
    lease,
    message_change,
    queue_item,
    sender,
    waba,
)
from support.stored import opened
from support.watching import watched
from waypost.callback.publisher import Publisher
from waypost.model.messaging_limit import MessagingLimit
from waypost.model.work import LaneKey, QueueItem, QueueName
from waypost.runtime.clock import TestClock
from waypost.runtime.entropy import SeededEntropy
from waypost.runtime.ids import IdMaker
from waypost.runtime.metrics import Metrics
from waypost.status.recorder import Recorder
from waypost.wallet.bookkeeper import Bookkeeper
from waypost.webhook.processor import MOST_ATTEMPTS, Processor, load_webhooks
from waypost.webhook.receiver import DEPLOYMENT, LANE
from waypost.webhook.template_recorder import TemplateRecorder

WEBHOOK = QueueName.WEBHOOK


def webhook(*statuses, phone_number_id=PHONE_NUMBER_ID):
    value = {"metadata": {"phone_number_id": phone_number_id}, "statuses": list(statuses)}
    change = {"field": "messages", "value": value}
    return json.dumps({"entry": [{"id": "1", "changes": [change]}]}).encode()


def status(name="sent", **changes):
    return {"id": WAMID, "status": name, "timestamp": "1795176000", **changes}


class Desk:
    """A processor at a store with one message, and webhooks that it has on lease."""

    def __init__(self, stored):
        self.stored, self.woken, self.count = stored, [], 0
        clock = TestClock(NOW)
        ids = IdMaker(clock, SeededEntropy(1))
        recorder = Recorder(
            stored.store, clock, Publisher(), Bookkeeper(), ids.number, self.woken.append
        )
        metrics = Metrics(CollectorRegistry())
        self.processor = Processor(
            stored.store,
            recorder,
            TemplateRecorder(clock, ids.number, metrics),
            clock,
            metrics,
            ids,
        )
        stored.furnish()
        stored.keep_message(MESSAGE_ID)

    def work_off(self, body, *, is_handed_over=True, **changes):
        self.count += 1
        webhook_id = f"w{self.count}"
        item = QueueItem(
            DEPLOYMENT, WEBHOOK, LANE.name, webhook_id, later(60), 1, lease_token="t:1"
        )
        self.stored.do(lambda t: t.webhooks.keep([(webhook_id, body, NOW)]))
        self.stored.do(lambda t: t.queue.put([item]))
        taken = lease(
            account_id=DEPLOYMENT,
            queue=WEBHOOK,
            lane=LANE,
            item_id=webhook_id,
            cargo=body if is_handed_over else self.loaded(webhook_id),
            **changes,
        )
        return self.stored.run(self.processor.handle(taken))

    def loaded(self, webhook_id):
        key = (DEPLOYMENT, webhook_id)
        return self.stored.ask(lambda t: load_webhooks(t, [key]))[key]

    def facts(self):
        facts = self.stored.ask(lambda t: t.reports.facts(ACCOUNT, MESSAGE_ID))
        return [fact.fact.value for fact in facts]

    def backlog(self):
        return self.stored.ask(lambda t: t.queue.backlog())

    def has_parked(self):
        return self.stored.ask(lambda t: t.messages.has_parked())


@pytest.fixture
def desk(tmp_path):
    with opened(tmp_path) as stored:
        yield Desk(stored)


@pytest.mark.parametrize("is_handed_over", [True, False])
def test_a_status_is_matched_by_our_own_id(desk, is_handed_over):
    body = webhook(status(biz_opaque_callback_data=MESSAGE_ID))

    assert desk.work_off(body, is_handed_over=is_handed_over) is None
    assert desk.facts() == ["sent"]
    assert desk.backlog() == {"callback": 1}, "the webhook is done, the customer is told"
    assert desk.woken == [LaneKey(ACCOUNT, PROFILE_ID)]


def test_a_status_is_matched_by_metas_id_second(desk):
    desk.stored.do(lambda t: t.messages.update_states([message_change()]))

    desk.work_off(webhook(status(), status("read", biz_opaque_callback_data="theirs")))

    assert desk.facts() == ["sent", "read"]
    assert not desk.has_parked()


@pytest.mark.parametrize(
    "body",
    [
        webhook(status()),
        webhook(status(biz_opaque_callback_data="theirs")),
        webhook(status(biz_opaque_callback_data=MESSAGE_ID), phone_number_id="another"),
    ],
)
def test_a_status_that_nobody_here_knows_is_parked(desk, body):
    desk.work_off(body)

    assert desk.has_parked()
    assert desk.facts() == []
    assert desk.backlog() == {}
    desk.work_off(webhook(status(biz_opaque_callback_data=MESSAGE_ID)))
    assert desk.facts() == ["sent"]


def test_a_status_settles_work_that_still_waits_to_be_sent(desk):
    desk.stored.do(lambda t: t.queue.put([queue_item(lease_token="other:1", attempt=1)]))

    desk.work_off(webhook(status(biz_opaque_callback_data=MESSAGE_ID)))

    assert desk.backlog() == {"callback": 1}


@pytest.mark.parametrize("body", [b"", b"no JSON", b"\xff", b"{}", webhook({"id": "only"})])
def test_a_webhook_that_says_nothing_is_done(desk, body):
    desk.work_off(body)

    assert desk.backlog() == {}
    desk.work_off(webhook(status(biz_opaque_callback_data=MESSAGE_ID)))
    assert desk.facts() == ["sent"]


def test_a_webhook_that_defied_every_attempt_is_set_aside(desk):
    body = webhook(status(biz_opaque_callback_data=MESSAGE_ID))

    desk.work_off(body, attempt=MOST_ATTEMPTS + 1)
    assert (desk.facts(), desk.backlog()) == ([], {})

    desk.work_off(body, attempt=MOST_ATTEMPTS)
    assert desk.facts() == ["sent"]


def limits_told(field, **value):
    change = {"field": field, "value": value}
    return json.dumps({"entry": [{"id": WABA_ID, "time": 1, "changes": [change]}]}).encode()


def test_a_limit_that_meta_tells_is_kept_and_the_waba_is_read_again(desk):
    desk.stored.do(lambda t: t.directory.record_sync(waba(), NOW, NOW, later(900)))
    told = {"max_daily_conversations_per_business": "TIER_2K"}
    desk.work_off(limits_told("business_capability_update", **told))
    key = ACCOUNT, WABA_ID
    found = desk.stored.ask(lambda t: t.portfolios.find([key]))
    assert found == {key: MessagingLimit(*key, 2000, NOW)}
    assert len(desk.stored.ask(lambda t: t.directory.wabas_due(NOW))) == 1


def test_a_number_that_meta_upgraded_is_faster_with_the_commit(desk):
    made = sender(is_throughput_pinned=False)
    desk.stored.do(lambda t: t.directory.save_sender(ACCOUNT, made, NOW))
    version = desk.stored.ask(lambda t: t.directory.account_version(ACCOUNT))
    told = {"display_phone_number": f"+{SENDER_ID}", "event": "THROUGHPUT_UPGRADE"}
    desk.work_off(limits_told("phone_number_quality_update", **told))
    known = desk.stored.ask(lambda t: t.directory.account_by_sid(account().sid))
    assert known.senders[SENDER_ID].throughput == 1000
    assert known.version == version + 1
    assert desk.stored.ask(lambda t: t.portfolios.find([(ACCOUNT, WABA_ID)])) == {}


def test_when_meta_last_told_of_a_number_is_noted(desk):
    def heard_at():
        known = desk.stored.ask(lambda t: t.directory.account_by_sid(account().sid))
        return known.senders[SENDER_ID].heard_at

    seconds = int(NOW.timestamp())
    desk.work_off(webhook(status(timestamp=str(seconds - 60))))
    assert heard_at() == later(-60)  # Meta's own time: a backlog is no news
    desk.work_off(webhook(status(timestamp=str(seconds - 90))))
    assert heard_at() == later(-60)
    written = {"id": "w", "from": "919876543210", "timestamp": str(seconds + 999), "type": "text"}
    value = {"metadata": {"phone_number_id": PHONE_NUMBER_ID}, "messages": [written]}
    change = {"field": "messages", "value": value}
    desk.work_off(json.dumps({"entry": [{"id": "1", "changes": [change]}]}).encode())
    assert heard_at() == NOW


@pytest.mark.parametrize(("age_s", "lag_s"), [(90, 90.0), (-5, 0.0)])
def test_how_long_a_status_was_under_way_is_measured_and_never_less_than_nothing(
    desk, age_s, lag_s
):
    happened = int(NOW.timestamp()) - age_s

    desk.work_off(webhook(status("sent", timestamp=str(happened)), status("weird")))

    registry = desk.processor.metrics._registry
    assert registry.get_sample_value("waypost_webhook_lag_seconds_count") == 1
    assert registry.get_sample_value("waypost_webhook_lag_seconds_sum") == lag_s


def test_whoever_watches_is_told_of_a_webhook_that_was_understood(desk):
    with watched() as lines:
        ours = status("sent", biz_opaque_callback_data=MESSAGE_ID)
        desk.work_off(webhook(ours, status("sent", id="wamid.unknown")))

    (line,) = lines
    assert (line.recorded, line.parked, line.dropped, line.is_trouble) == (1, 1, 0, False)
