"""One line per unit of work, with the same fields every time and nothing to hide."""

import io
import json

import pytest
import structlog

from waypost.runtime.logs import (
    CallbackAttempted,
    DispatchAttempted,
    WebhookReceived,
    configure_logs,
    log_work,
)
from waypost.runtime.redaction import Masked


@pytest.fixture
def stream():
    yield io.StringIO()
    structlog.reset_defaults()


def lines_of(stream: io.StringIO) -> list[dict[str, object]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def attempted(outcome: str) -> DispatchAttempted:
    return DispatchAttempted(
        message_id="A0001",
        account_id="HXIN1",
        sender_id="106540352242922",
        recipient=Masked("+919876543210"),
        attempt=1,
        outcome=outcome,
        duration_ms=12.3456,
    )


def called_back(result: str) -> CallbackAttempted:
    return CallbackAttempted(
        callback_id="A0001.sent", account_id="1", attempt=1, result=result, duration_ms=1
    )


def test_a_unit_of_work_is_one_object_with_its_facts(stream):
    configure_logs("debug", "json", stream)
    log_work(attempted("taken"))
    (line,) = lines_of(stream)
    assert line.pop("at").endswith("Z")
    assert line == {
        "event": "dispatch.attempted",
        "level": "debug",
        "message_id": "A0001",
        "account_id": "HXIN1",
        "sender_id": "106540352242922",
        "recipient": "+91****10",
        "attempt": 1,
        "outcome": "taken",
        "duration_ms": 12.35,
    }


def test_ordinary_work_is_silent_at_the_default_level_and_trouble_is_not(stream):
    configure_logs("info", "json", stream)
    log_work(attempted("taken"))
    log_work(called_back("delivered"))
    log_work(WebhookReceived(result="kept", size_bytes=2, duration_ms=1))
    assert lines_of(stream) == []
    log_work(attempted("lost"))
    log_work(called_back("postponed"))
    log_work(WebhookReceived(result="unsigned", size_bytes=2, duration_ms=1))
    assert [(line["event"], line["level"]) for line in lines_of(stream)] == [
        ("dispatch.attempted", "warning"),
        ("callback.attempted", "warning"),
        ("webhook.received", "warning"),
    ]


@pytest.mark.parametrize(
    ("level", "count"), [("debug", 4), ("info", 3), ("warning", 2), ("error", 1)]
)
def test_what_is_below_the_level_is_not_written(stream, level, count):
    configure_logs(level, "json", stream)
    logger = structlog.get_logger()
    for write in (logger.debug, logger.info, logger.warning, logger.error):
        write("gateway.started")
    assert len(lines_of(stream)) == count


@pytest.mark.parametrize("log_format", ["json", "console"])
def test_a_traceback_shows_no_recipient(stream, log_format):
    configure_logs("info", log_format, stream)
    try:
        {}["+919876543210"]
    except KeyError:
        structlog.get_logger().exception("work.failed", api_key="horse")
    written = stream.getvalue()
    assert "KeyError" in written
    assert "+91****10" in written
    assert "98765" not in written
    assert "horse" not in written


def test_a_line_for_a_person_is_no_json_and_has_the_same_facts(stream):
    configure_logs("info", "console", stream)
    log_work(attempted("refused"))
    written = stream.getvalue()
    assert "dispatch.attempted" in written
    assert "outcome=refused" in written
    assert "+91****10" in written
    assert written.count("\n") == 1


def test_what_json_does_not_know_is_written_as_text(stream):
    configure_logs("info", "json", stream)
    structlog.get_logger().info("gateway.started", ports=(1, 2), cause=ValueError("full"))
    (line,) = lines_of(stream)
    assert line["ports"] == [1, 2]
    assert line["cause"] == "full"
