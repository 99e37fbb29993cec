"""Each of Meta's codes says what it asks of us; an unknown one is judged by its answer."""

import pytest

from waypost.model.meta_error import ErrorClass, RetryRule
from waypost.model.meta_error_table import TABLE, classify

PARTIES = ("Customer", "Operator", "Account owner", "Recipient")

CODES = """
0 1 2 3 4 10 33 100 104 190 200 368 80007 80008
130403 130429 130472 130497
131000 131005 131008 131009 131016 131020 131021 131026 131030 131031 131037 131041 131042 131044
131045 131047 131048 131049 131050 131051 131052 131053 131055 131056 131057 131059 131062 131063
131064
131201 131202 131203 131204 131205 131206 131207 131208 131209 131210 131211 131212 131213 131214
131215
132000 132001 132005 132007 132008 132012 132015 132016 132018 132068 132069
133000 133004 133005 133006 133008 133009 133010 133015 133016
134011 134100 134101 134102 135000 137000 138000
139100 139101 139102 139103
147001 147002 147003 147004 147005
1752041 2388019 2388039 2388040 2388047 2388072 2388073 2388293 2388299 2494100
"""
"""Every code that Meta names (`reference` 3.3)."""


def test_the_table_has_every_code_that_meta_names_and_no_other():
    assert sorted(TABLE) == sorted(int(code) for code in CODES.split())


@pytest.mark.parametrize("code", TABLE)
def test_every_code_is_told_in_words_with_whose_turn_it_is(code):
    row = classify(code, 400)

    assert row is TABLE[code]
    assert row.title
    assert row.next_step.startswith(("Nothing:", "Nobody", *(f"{one}:" for one in PARTIES)))
    assert row.next_step.endswith(".")


@pytest.mark.parametrize("code", TABLE)
def test_a_class_and_its_rule_go_together(code):
    allowed = {
        ErrorClass.THROTTLE: {
            RetryRule.SLOW_SENDER,
            RetryRule.SLOW_WABA,
            RetryRule.SLOW_APP,
            RetryRule.SLOW_PAIR,
            RetryRule.RETRY_SLOWLY,
            RetryRule.HOLD_SENDER,
        },
        ErrorClass.TRANSIENT: {
            RetryRule.RETRY,
            RetryRule.RETRY_FEW,
            RetryRule.RETRY_LINK,
            RetryRule.RETRY_SLOWLY,
        },
        ErrorClass.ACCOUNT: {RetryRule.HOLD_SENDER},
        ErrorClass.TEMPLATE: {RetryRule.HOLD_TEMPLATE, RetryRule.END},
        ErrorClass.RECIPIENT: {RetryRule.WAIT_A_DAY, RetryRule.END},
        ErrorClass.PERMANENT: {RetryRule.END},
    }
    row = TABLE[code]

    assert row.rule in allowed[row.error_class]


@pytest.mark.parametrize(
    ("code", "error_class", "rule"),
    [
        (130429, ErrorClass.THROTTLE, RetryRule.SLOW_SENDER),
        (80007, ErrorClass.THROTTLE, RetryRule.SLOW_WABA),
        (80008, ErrorClass.THROTTLE, RetryRule.SLOW_WABA),
        (4, ErrorClass.THROTTLE, RetryRule.SLOW_APP),
        (131056, ErrorClass.THROTTLE, RetryRule.SLOW_PAIR),
        (131016, ErrorClass.TRANSIENT, RetryRule.RETRY),
        (1, ErrorClass.TRANSIENT, RetryRule.RETRY_FEW),
        (131053, ErrorClass.TRANSIENT, RetryRule.RETRY_LINK),
        (190, ErrorClass.ACCOUNT, RetryRule.HOLD_SENDER),
        (131042, ErrorClass.ACCOUNT, RetryRule.HOLD_SENDER),
        (131048, ErrorClass.THROTTLE, RetryRule.HOLD_SENDER),
        (131064, ErrorClass.THROTTLE, RetryRule.HOLD_SENDER),
        (132015, ErrorClass.TEMPLATE, RetryRule.HOLD_TEMPLATE),
        (132001, ErrorClass.TEMPLATE, RetryRule.HOLD_TEMPLATE),
        (131049, ErrorClass.RECIPIENT, RetryRule.WAIT_A_DAY),
        (131026, ErrorClass.RECIPIENT, RetryRule.END),
        (100, ErrorClass.PERMANENT, RetryRule.END),
    ],
)
def test_a_code_decides_whatever_the_http_status(code, error_class, rule):
    rows = {classify(code, status) for status in (200, 400, 429, 500)}

    assert {(row.error_class, row.rule) for row in rows} == {(error_class, rule)}


@pytest.mark.parametrize("code", [201, 250, 299])
def test_metas_hundred_of_permissions_is_one_row(code):
    assert classify(code, 400) is TABLE[200]


@pytest.mark.parametrize("code", [138001, 138999])
def test_metas_thousand_of_calls_is_one_row(code):
    assert classify(code, 400) is TABLE[138000]


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
