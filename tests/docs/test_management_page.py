"""The page of the management API has every operation, and every code of a problem."""

import pytest
from tools.marked import read_generated
from tools.write_reference import OPERATIONS_PAGE, render_operations

from waypost.api.problem import KINDS

PAGE = OPERATIONS_PAGE.read_text(encoding="utf-8")


def test_the_page_holds_the_operations_of_the_document():
    assert read_generated(PAGE) == render_operations(), "run: python -m tools.write_reference"


@pytest.mark.parametrize("code", KINDS)
def test_every_code_of_a_problem_is_on_the_page_with_its_status(code):
    (row,) = [line for line in PAGE.splitlines() if line.startswith("|") and f"`{code}`" in line]

    assert row.startswith(f"| {KINDS[code].status} |")
