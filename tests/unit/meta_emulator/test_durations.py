"""Durations as people write them, and a sentence for what is none."""

import pytest

from meta_emulator.runtime.durations import parse_duration


@pytest.mark.parametrize(
    ("given", "seconds"),
    [
        ("90s", 90),
        ("24h", 86400),
        ("7d", 604800),
        ("1h30m", 5400),
        ("1h 30m", 5400),
        ("2w", 1209600),
        ("250ms", 0.25),
        ("1.5h", 5400),
        ("3600", 3600),
        (90, 90),
        (0.5, 0.5),
        (0, 0),
        ("24H", 86400),
    ],
)
def test_a_duration_is_read(given, seconds):
    assert parse_duration(given) == pytest.approx(seconds)


@pytest.mark.parametrize("given", ["", "h", "a day", "1x", "-1h", "1h-30m", "\u0661h", "1e9d"])
def test_what_is_no_duration_gets_a_sentence_that_shows_how_to_write_one(given):
    with pytest.raises(ValueError, match="24h, 7d or 1h30m"):
        parse_duration(given)


@pytest.mark.parametrize("given", [-1, -0.001, float("nan"), float("-inf")])
def test_time_only_goes_forward(given):
    with pytest.raises(ValueError, match="only goes forward"):
        parse_duration(given)


@pytest.mark.parametrize("given", ["9999999d", 1e12, float("inf")])
def test_more_than_ten_years_is_refused(given):
    with pytest.raises(ValueError, match="ten years"):
        parse_duration(given)


def test_a_truth_value_is_no_number_of_seconds():
    with pytest.raises(ValueError, match="written like"):
        parse_duration(True)
