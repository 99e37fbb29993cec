"""When a message is to go, for how long, and before whom: the keys of `extra_info` of our own."""

from datetime import UTC, datetime

import pytest

from support.sends import accepted, message, parse, refused, template, text, wrap
from waypost.model.work import Priority

AT = datetime(2027, 1, 31, 12, 30, tzinfo=UTC)
UNIX = 1_801_398_600


@pytest.mark.parametrize(
    "given",
    [
        UNIX,
        str(UNIX),
        f" {UNIX} ",
        "2027-01-31T12:30:00Z",
        "2027-01-31T12:30Z",
        "2027-01-31 12:30:00.000z",
        "2027-01-31T18:00:00+05:30",
        "2027-01-31T18:00:00+0530",
        "2027-01-31T07:30:00-05",
    ],
)
def test_a_moment_is_understood_in_each_of_its_forms(given):
    assert accepted(wrap(text(), send_at=given)).send_at == AT


@pytest.mark.parametrize(
    ("given", "code", "said"),
    [
        ("2027-01-31T12:30:00", "wrong_value", "has no time zone"),
        ("2027-01-31", "wrong_value", 'is "2027-01-31"'),
        ("2027-02-31T12:30:00Z", "wrong_value", "ISO 8601 with a time zone"),
        ("tomorrow", "wrong_value", "Unix seconds"),
        ("", "wrong_value", 'is ""'),
        (-1, "wrong_value", "is -1"),
        (10**15, "wrong_value", "is 1000000000000000"),
        (1801398600.5, "wrong_type", "whole Unix seconds"),
        (True, "wrong_type", "is a boolean"),
        ({"at": 1}, "wrong_type", "is an object"),
        (10**30, "wrong_type", "is a number"),
    ],
)
def test_what_names_no_moment_is_told_with_what_would(given, code, said):
    (fault,) = parse(wrap(text(), send_at=given))

    assert (fault.path, fault.code) == ("/extra_info/send_at", code)
    assert said in fault.message
    assert "2027-01-31T18:00:00+05:30" in fault.message


@pytest.mark.parametrize("given", [30, "30", 3600, 2_592_000])
def test_a_validity_is_whole_seconds(given):
    assert accepted(wrap(text(), validity_period=given)).validity_s == int(given)


@pytest.mark.parametrize(
    ("given", "code"),
    [
        (29, "out_of_range"),
        (2_592_001, "out_of_range"),
        ("1h", "wrong_value"),
        (60.5, "wrong_type"),
        (False, "wrong_type"),
        ([60], "wrong_type"),
    ],
)
def test_a_validity_that_is_none_is_told(given, code):
    (fault,) = parse(wrap(text(), validity_period=given))

    assert (fault.path, fault.code) == ("/extra_info/validity_period", code)
    assert "30 to 2592000" in fault.message


@pytest.mark.parametrize("given", ["high", "HIGH", " High "])
def test_a_priority_is_taken_in_any_case(given):
    assert accepted(wrap(text(), priority=given)).priority is Priority.HIGH


@pytest.mark.parametrize(
    ("given", "code"), [("urgent", "wrong_value"), (0, "wrong_type"), (["high"], "wrong_type")]
)
def test_a_priority_that_is_none_is_told_with_those_there_are(given, code):
    (fault,) = parse(wrap(text(), priority=given))

    assert (fault.path, fault.code) == ("/extra_info/priority", code)
    assert '"high", "normal" or "bulk"' in fault.message


def test_without_the_keys_nothing_is_asked():
    submission = accepted(wrap(message(template())))

    assert (submission.send_at, submission.validity_s, submission.priority) == (None, None, None)


def test_a_body_that_is_meta_s_own_message_may_carry_them_too():
    given = {**text(), "extra_info": {"send_at": UNIX, "priority": "bulk"}}
    submission = accepted(given)

    assert (submission.send_at, submission.priority) == (AT, Priority.BULK)
    assert b"send_at" not in submission.content.json


def test_each_of_them_that_is_wrong_is_told_at_once():
    assert refused(wrap(text(), send_at="soon", validity_period=1, priority="now")) == [
        ("/extra_info/send_at", "wrong_value"),
        ("/extra_info/validity_period", "out_of_range"),
        ("/extra_info/priority", "wrong_value"),
    ]
