"""Units of work as spans: one trace for a request, the fields of the log line, nothing to hide."""

import sys
from uuid import UUID

import pytest
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import StatusCode

from support.nouns import NOW
from waypost.runtime.clock import TestClock
from waypost.runtime.config import ConfigError
from waypost.runtime.ids import trace_id_of
from waypost.runtime.logs import (
    CallbackAttempted,
    DispatchAttempted,
    SendAnswered,
    WebhookReceived,
    is_wanted,
    log_work,
    watch_work,
)
from waypost.runtime.redaction import Masked
from waypost.runtime.tracing import Tracing, open_tracing

REQUEST = "A0LKQ1PCV00000000001"
ANSWERED = SendAnswered(duration_ms=12.5, sid="HXIN1", code="WA202", submission_id=REQUEST, count=2)


def attempted(message_id=REQUEST, outcome="taken"):
    return DispatchAttempted(
        duration_ms=90,
        message_id=message_id,
        account_id="1",
        sender_id="919800000001",
        recipient=Masked("+919876543210"),
        attempt=1,
        outcome=outcome,
    )


def called_back(event_id):
    return CallbackAttempted(
        duration_ms=3, callback_id=event_id, account_id="1", attempt=1, result="delivered"
    )


def spans_of(*lines, share=1.0):
    exporter = InMemorySpanExporter()
    tracing = Tracing(exporter, share, TestClock(NOW), {"service.name": "waypost"})
    watch_work(tracing.record)
    try:
        for line in lines:
            log_work(line)
    finally:
        watch_work(None)
        tracing.close()
    return exporter.get_finished_spans()


def test_all_work_of_a_request_is_one_trace_whose_id_the_customer_knows():
    spans = spans_of(
        ANSWERED,
        attempted(f"{REQUEST}:0"),
        attempted(f"{REQUEST}:1"),
        called_back(f"{REQUEST}:1.sent.3c4d5e6f7a8b"),
    )

    assert [one.name for one in spans] == [
        "send.answered",
        "dispatch.attempted",
        "dispatch.attempted",
        "callback.attempted",
    ]
    assert {one.context.trace_id for one in spans} == {UUID(trace_id_of(REQUEST)).int}
    assert len({one.context.span_id for one in spans}) == 4


def test_what_has_no_id_is_a_trace_of_its_own():
    """Else all refusals and all webhooks of all time would be one trace, kept or dropped as one."""
    refused = SendAnswered(duration_ms=1, sid="HXIN1", code="WA400")
    received = WebhookReceived(duration_ms=1, result="kept", size_bytes=2)

    spans = spans_of(refused, received, ANSWERED, refused, received)

    assert len({one.context.trace_id for one in spans}) == 5
    assert spans[2].context.trace_id == UUID(trace_id_of(REQUEST)).int


def test_a_span_lasts_as_long_as_its_work_and_has_its_fields_masked():
    (span,) = spans_of(attempted())

    assert span.end_time == int(NOW.timestamp() * 1e9)
    assert span.end_time - span.start_time == 90_000_000
    assert span.attributes["waypost.recipient"] == "+91****10"
    assert span.attributes["waypost.outcome"] == "taken"
    assert "waypost.wamid" not in span.attributes
    assert span.status.status_code is StatusCode.UNSET


def test_trouble_is_marked():
    (span,) = spans_of(attempted(outcome="lost"))

    assert span.status.status_code is StatusCode.ERROR


def test_a_share_of_nothing_is_nothing():
    assert spans_of(ANSWERED, attempted(), share=0.0) == ()


def test_without_anybody_to_tell_work_that_went_well_is_not_described():
    assert not is_wanted()


def test_what_is_not_installed_is_said(monkeypatch):
    monkeypatch.setitem(sys.modules, "opentelemetry.sdk.trace", None)

    with pytest.raises(ConfigError, match=r"install waypost\[tracing\]"):
        open_tracing("http://127.0.0.1:4318/v1/traces", 1.0, TestClock(NOW), "1")
