"""Who asks for the last no bytes of a medium is told that this is no range (RFC 9110, 14.1.2)."""

import pytest

from waypost.api.problem import ProblemError
from waypost.api.received_media import range_of


@pytest.mark.parametrize(("asked", "size"), [("bytes=-0", 10), ("bytes=10-", 10), ("bytes=-5", 0)])
def test_a_range_without_bytes_is_refused(asked, size):
    with pytest.raises(ProblemError, match=f"{size} bytes"):
        range_of(asked, size)


@pytest.mark.parametrize(
    ("asked", "found"),
    [("bytes=-3", (7, 10)), ("bytes=-99", (0, 10)), ("bytes=9-", (9, 10)), ("bytes=5-2", (0, 10))],
)
def test_a_range_with_bytes_is_served(asked, found):
    assert range_of(asked, 10) == found
