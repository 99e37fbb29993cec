"""Words become a question about figures, or faults that say how to mend them."""

import zoneinfo
from datetime import UTC, datetime

import pytest

from waypost.model.usage_query import Group
from waypost.report.filters import FilterError
from waypost.report.usage_question import read_question

NOW = datetime(2026, 11, 20, 12, 34, tzinfo=UTC)


def at(text):
    return datetime.fromisoformat(text).astimezone(UTC)


def test_nothing_asked_is_the_last_seven_days_by_day():
    question = read_question({}, NOW)

    assert (question.since, question.until) == (at("2026-11-14T00:00Z"), at("2026-11-20T13:00Z"))
    assert (question.by, question.zone) == ((Group.DAY,), "UTC")


@pytest.mark.parametrize(
    ("zone", "since"),
    [
        ("Europe/Berlin", "2026-11-13T23:00Z"),
        ("America/New_York", "2026-11-14T05:00Z"),
        ("Asia/Kolkata", "2026-11-13T19:00Z"),
    ],
)
def test_days_begin_where_the_customer_is(zone, since):
    """Of a zone that is off by half an hour, with the first hour that begins in it."""
    question = read_question({"tz": zone}, NOW)

    assert question.since == at(since)


def test_a_day_is_its_midnight_and_the_end_is_left_out():
    question = read_question({"from": "2026-11-01", "to": "2026-11-03"}, NOW)

    assert question.wanted.until - question.wanted.since == 48


def test_a_day_that_is_an_hour_shorter_has_an_hour_less():
    words = {"from": "2026-03-29", "to": "2026-03-30", "tz": "Europe/Berlin"}

    question = read_question(words, NOW)

    assert question.wanted.until - question.wanted.since == 23


@pytest.mark.parametrize("text", ["2026-11-20T10:00:00 05:00", "2026-11-20T10:00:00+05:00"])
def test_a_plus_that_the_query_took_is_given_back(text):
    assert read_question({"from": text}, NOW).since == at("2026-11-20T05:00Z")


def test_filters_are_taken_as_they_are_meant():
    words = {"sender": "+919800000001", "country": "in", "ref": " order-1 ", "by": "Sender, REF"}

    question = read_question(words, NOW)

    wanted = question.wanted
    assert (wanted.sender_id, wanted.country, wanted.ref) == ("919800000001", "IN", "order-1")
    assert (question.by, question.is_of_history) == ((Group.SENDER, Group.REF), True)


def test_all_that_is_wrong_is_told_at_once():
    words = {"from": "soon", "by": "week", "tz": "Mars", "country": "India", "colour": "red"}

    with pytest.raises(FilterError) as refused:
        read_question(words, NOW)

    assert set(refused.value.faults) == set(words)


def test_a_machine_without_time_zones_knows_utc():
    zoneinfo.reset_tzpath([])
    zoneinfo.ZoneInfo.clear_cache()
    try:
        question = read_question({"from": "2026-11-18"}, NOW)
        with pytest.raises(FilterError, match="tz is 'Asia/Kolkata'"):
            read_question({"tz": "Asia/Kolkata"}, NOW)
    finally:
        zoneinfo.reset_tzpath()

    assert (question.zone, question.since) == ("UTC", at("2026-11-18T00:00Z"))
