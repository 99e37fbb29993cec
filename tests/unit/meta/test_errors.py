"""Each of Meta's codes says what it asks of us; an unknown one is judged by its answer."""

import pytest

from waypost.meta.errors import TABLE, ErrorClass, classify


@pytest.mark.parametrize("code", TABLE)
def test_every_code_is_told_in_words_with_whose_turn_it_is(code):
    row = classify(code, 400)

    assert row is TABLE[code]
    assert row.title
    assert row.next_step.startswith(
        ("Nothing:", "Customer:", "Operator:", "Account owner:", "Nobody")
    )


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        (130429, ErrorClass.THROTTLE),
        (131056, ErrorClass.THROTTLE),
        (131016, ErrorClass.TRANSIENT),
        (190, ErrorClass.ACCOUNT),
        (132001, ErrorClass.TEMPLATE),
        (131026, ErrorClass.RECIPIENT),
        (100, ErrorClass.PERMANENT),
    ],
)
def test_a_code_decides_whatever_the_http_status(code, expected):
    assert {classify(code, status).error_class for status in (200, 400, 429, 500)} == {expected}


@pytest.mark.parametrize("code", [201, 250, 299])
def test_metas_hundred_of_permissions_is_one_row(code):
    assert classify(code, 400) is TABLE[200]


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        (400, ErrorClass.PERMANENT),
        (403, ErrorClass.PERMANENT),
        (429, ErrorClass.TRANSIENT),
        (500, ErrorClass.TRANSIENT),
        (503, ErrorClass.TRANSIENT),
    ],
)
def test_an_unknown_code_is_judged_by_its_http_status(status, expected):
    row = classify(999_999, status)

    assert row.error_class is expected
    assert "999999" in row.title
