"""What is typed beside names: durations, moments, words, counts and JSON files."""

from datetime import UTC, datetime, timedelta

import pytest

from waypost.cli.output import MisusedError
from waypost.cli.typed import (
    LONGEST_DURATION,
    read_bytes,
    read_count,
    read_duration,
    read_end,
    read_moment,
    read_object,
    read_words,
)


@pytest.mark.parametrize(
    ("text", "duration"),
    [
        ("0", timedelta(0)),
        ("90s", timedelta(seconds=90)),
        ("30m", timedelta(minutes=30)),
        ("24H", timedelta(days=1)),
        (" 7d ", timedelta(days=7)),
        ("999999999d", LONGEST_DURATION),
    ],
)
def test_a_duration_is_a_number_and_its_unit(text, duration):
    assert read_duration("--overlap", text) == duration


@pytest.mark.parametrize("text", ["", "24", "h", "-1h", "1.5h", "1 day", "٣h"])
def test_what_is_no_duration_is_told_how_to_write_one(text):
    with pytest.raises(MisusedError, match="write it like 30m, 24h or 7d"):
        read_duration("--overlap", text)


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2027-01-31", datetime(2027, 1, 31, tzinfo=UTC)),
        ("2027-01-31T18:00Z", datetime(2027, 1, 31, 18, tzinfo=UTC)),
        ("2027-01-31T18:00+02:00", datetime(2027, 1, 31, 16, tzinfo=UTC)),
        ("never", None),
    ],
)
def test_a_moment_without_a_zone_is_in_utc(text, moment):
    assert read_end("--expires", text) == moment


def test_what_is_no_moment_is_told_how_to_write_one():
    with pytest.raises(MisusedError, match="--expires: tomorrow is no moment"):
        read_end("--expires", "tomorrow")


def test_what_never_ends_is_no_beginning():
    with pytest.raises(MisusedError, match=r"--from: never is no moment; .* 2027-01-31T18:00Z\.$"):
        read_moment("--from", "never")


@pytest.mark.parametrize(
    ("text", "words"),
    [("stop, leave me", ("stop", "leave me")), ("", ()), ("default", None), ("a,", ("a", ""))],
)
def test_words_stand_between_commas(text, words):
    assert read_words(text) == words


def test_a_count_may_be_unlimited():
    assert (read_count("--n", "50"), read_count("--n", "unlimited")) == (50, None)


@pytest.mark.parametrize("text", ["0", "-1", "many", "1.5"])
def test_what_is_no_count_is_refused(text):
    with pytest.raises(MisusedError, match="from 1, or unlimited"):
        read_count("--n", text)


def test_a_file_that_is_not_there_is_said():
    with pytest.raises(MisusedError, match=r"nowhere\.json cannot be read: No such file"):
        read_bytes("nowhere.json")


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ('{"name": }', "is no JSON: .*byte 9"),
        ("[]", "must hold a JSON object"),
        ("[" * 5000, "is no JSON"),
        ('"\\ud800"', "is no JSON|must hold a JSON object"),
    ],
)
def test_what_is_no_object_is_said(tmp_path, text, sentence):
    file = tmp_path / "template.json"
    file.write_text(text)

    with pytest.raises(MisusedError, match=sentence):
        read_object(str(file))
