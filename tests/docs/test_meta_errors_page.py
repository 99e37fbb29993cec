"""The page of Meta's errors says what the table says."""

import pytest
from tools.marked import read_generated
from tools.write_reference import ERRORS_PAGE, render_errors

from waypost.model.meta_error import RetryRule

PAGE = ERRORS_PAGE.read_text(encoding="utf-8")


def test_the_page_holds_the_rows_of_the_table():
    assert read_generated(PAGE) == render_errors(), "run: python -m tools.write_reference"


@pytest.mark.parametrize("rule", RetryRule)
def test_every_rule_is_explained(rule):
    explained = PAGE.partition("<!-- generated: begin -->")[0]

    assert f"`{rule.value}`" in explained
