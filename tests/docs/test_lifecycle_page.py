"""The page of the lifecycle says what the table says."""

import pytest
from tools.draw_lifecycle import PAGE, SENTENCES, draw
from tools.marked import read_generated, replace_generated

from waypost.model.lifecycle import TABLE, State


def test_the_page_holds_the_drawing_of_the_table():
    page = PAGE.read_text(encoding="utf-8")
    assert read_generated(page) == draw(), "run: python -m tools.draw_lifecycle --write"


def test_every_step_has_a_sentence_and_no_sentence_is_without_a_step():
    steps = {(state, fact) for state, row in TABLE.items() for fact in row}
    assert set(SENTENCES) == steps
    assert len(set(SENTENCES.values())) == len(steps)
    assert all(sentence.endswith(".") for sentence in SENTENCES.values())


def test_every_step_is_an_arrow_of_the_diagram_and_a_row():
    drawing = draw()
    for state, row in TABLE.items():
        for fact, after in row.items():
            assert f"    {state} --> {after}: {fact}\n" in drawing
            assert f"| `{state}` | `{fact}` | `{after}` |" in drawing


def test_only_the_ends_lead_out_of_the_diagram():
    ends = [state for state in State if f"    {state} --> [*]" in draw()]
    assert ends == [State.NOT_SENT, State.READ]


def test_a_page_without_markers_is_refused():
    with pytest.raises(ValueError, match="no markers"):
        replace_generated("# A page\n", "text")
