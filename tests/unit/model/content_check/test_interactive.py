"""What an interactive message of each type may say."""

import pytest

from support.broken_interactive import BROKEN_INTERACTIVE, WHOLE_INTERACTIVE
from waypost.model.content_check.check import check_content

BASE = "/messaging_object/interactive"


def findings(message):
    found = check_content("interactive", message, "/messaging_object")
    for finding in found:
        assert finding.path.startswith(BASE)
        assert finding.message
        assert finding.mend
    return [(one.path.removeprefix(BASE), one.code) for one in found]


@pytest.mark.parametrize(
    ("message", "expected"),
    BROKEN_INTERACTIVE,
)
def test_what_breaks_a_rule_is_found_where_it_stands(message, expected):
    assert findings(message) == expected


@pytest.mark.parametrize(
    "message",
    WHOLE_INTERACTIVE,
)
def test_what_is_just_within_a_rule_has_no_finding(message):
    assert findings(message) == []
