"""Two braces and four thousand blanks once took a minute to read: the time grew as their cube."""

import pytest

from waypost.model.placeholders import fill_in, placeholders


@pytest.mark.timeout(10)
@pytest.mark.parametrize("text", ["{{" + " " * 100_000, "{{ " * 50_000, "{{ 1 " * 50_000])
def test_a_placeholder_left_open_is_read_in_time_that_grows_with_the_text(text):
    assert placeholders(text) == []
    assert fill_in(text, {"1": "x"}) == text


def test_the_blanks_within_the_braces_are_not_part_of_the_name():
    assert placeholders("{{ 1 }} {{name\t}} {{}}") == ["1", "name", ""]
    assert fill_in("Hi {{ 1 }} {{2}}", {"1": "x"}) == "Hi x {{2}}"
