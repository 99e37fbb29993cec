"""The page of the fault scenarios says what the last results say, and those say that all held."""

import json

from tools.marked import read_generated
from tools.write_reliability import PAGE, RESULTS, merge, render


def records():
    return json.loads(RESULTS.read_text(encoding="utf-8"))


def test_the_page_holds_the_last_results():
    page = PAGE.read_text(encoding="utf-8")
    assert read_generated(page) == render(records()), "run: python -m tools.write_reliability"


def test_in_no_result_is_a_message_lost_or_sent_twice():
    for record in records():
        figures = record["figures"]
        assert figures.get("twice", 0) == 0, record["scenario"]
        assert figures.get("unknown", 0) == 0, record["scenario"]
        if "accepted" in figures:
            assert figures["accepted"] <= figures["kept"], record["scenario"]


def test_a_newer_result_takes_the_place_of_the_same_scenario_on_the_same_database():
    old = [
        {"scenario": "one", "engine": "sqlite", "figures": {"sent": 1}},
        {"scenario": "two", "engine": "sqlite", "figures": {"sent": 2}},
    ]
    new = [
        {"scenario": "one", "engine": "sqlite", "figures": {"sent": 3}},
        {"scenario": "one", "engine": "postgres", "figures": {"sent": 4}},
    ]
    assert [record["figures"]["sent"] for record in merge(old, new)] == [3, 2, 4]
