"""Every failure says whose turn it is, and where the documents say more of it."""

from pathlib import Path

import pytest

from waypost.model.failure import Failure
from waypost.model.meta_error import Party
from waypost.model.meta_error_table import TABLE, classify
from waypost.model.turn import REASONS, TRIED_ENOUGH, link_of, turn_of, when_over
from waypost.model.usage_report import failure_line
from waypost.model.withheld import WithheldCode, withheld

ROOT = Path(__file__).resolve().parents[3]
PAGE = (ROOT / "docs" / "reference" / "meta-errors.md").read_text(encoding="utf-8")
API = (ROOT / "docs" / "api.md").read_text(encoding="utf-8")


def of_row(code):
    row = TABLE[code]
    return Failure(str(code), row.title, "", row.next_step)


@pytest.mark.parametrize("code", TABLE)
def test_every_code_of_metas_has_its_turn_in_the_words_of_its_next_step(code):
    failure = of_row(code)
    first = failure.next_step.split(":")[0].removesuffix(" for 24 hours")

    turn = turn_of(failure)

    if first == "Nothing":
        assert turn is (Party.META if TABLE[code].fault is Party.META else Party.NOBODY)
    else:
        assert turn.value == first[0].lower() + first[1:]


@pytest.mark.parametrize("code", [code for code in TABLE if code])
def test_every_code_of_metas_has_its_place_on_the_page(code):
    path, _, anchor = link_of(str(code)).partition("#")

    assert path == "docs/reference/meta-errors.md"
    assert f'<a id="{anchor}"></a>' in PAGE


@pytest.mark.parametrize("code", WithheldCode)
def test_every_reason_of_ours_has_its_turn_and_its_place(code):
    failure = withheld(code)

    assert turn_of(failure).value == failure.next_step.split(":")[0].lower()
    assert link_of(failure.code) == REASONS
    assert "### Reasons of our own" in API
    assert f"`{code}`" in API


@pytest.mark.parametrize(
    ("code", "anchor"), [("210", "#200"), ("138013", "#138000"), ("999999", ""), ("131026", None)]
)
def test_a_range_has_the_place_of_its_row_and_a_stranger_the_page(code, anchor):
    place = f"#{code}" if anchor is None else anchor

    assert link_of(code) == f"docs/reference/meta-errors.md{place}"


@pytest.mark.parametrize("code", ["", "0", "WAV9999", "surprise"])
def test_what_is_no_code_has_no_page(code):
    assert link_of(code) == ""


def test_a_server_s_error_that_nobody_knows_is_metas_turn():
    row = classify(987654, 500)

    assert turn_of(Failure("987654", row.title, "", row.next_step)) is Party.META


def test_a_step_that_names_nobody_is_judged_by_the_table():
    assert turn_of(Failure("131026", "", "", "reach it otherwise")) is Party.RECIPIENT
    assert turn_of(Failure("0", "Meta's answer was lost", "", "Nothing: it is settled.")) is (
        Party.NOBODY
    )


def test_of_a_message_that_is_over_nothing_follows_by_itself():
    busy, undeliverable = of_row(131016), of_row(131026)

    assert when_over(busy).next_step == TRIED_ENOUGH
    assert turn_of(when_over(busy)) is Party.CUSTOMER
    assert when_over(undeliverable) is undeliverable


@pytest.mark.parametrize("code", [str(code) for code in TABLE])
def test_a_report_of_failures_promises_no_further_attempt(code):
    """All that it counts are over."""
    line = failure_line((), code, 1)

    assert not line.next_step.startswith("Nothing:")
    assert line.title
    assert line.next_step


def test_a_failure_without_a_code_of_metas_blames_no_token():
    """Under 0 stand lost answers and statuses without a reason; Meta's own 0 ends no message."""
    line = failure_line((), "0", 1)

    assert "token" not in line.next_step
    assert line.turn is Party.OPERATOR
