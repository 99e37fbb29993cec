"""The page of the API names every code that a customer can meet."""

from pathlib import Path

import pytest

from waypost.wire.codes import ACCEPTED, PROCESSED, REFUSED
from waypost.wire.faults import FaultCode

PAGE = (Path(__file__).parents[2] / "docs" / "api.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("wording", [ACCEPTED, PROCESSED, *REFUSED.values()], ids=lambda w: w.code)
def test_every_code_of_an_answer_is_on_the_page(wording):
    rows = [line for line in PAGE.splitlines() if f"`{wording.code}`" in line]

    assert any(line.startswith(f"| {wording.status} ") for line in rows)


@pytest.mark.parametrize("code", FaultCode)
def test_every_fault_of_a_body_is_on_the_page(code):
    assert f"`{code}`" in PAGE
