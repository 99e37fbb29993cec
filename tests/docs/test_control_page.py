"""The page of the emulator's control API has every call and every shape."""

from tools.control_reference import render_control
from tools.marked import read_generated
from tools.write_reference import CONTROL_PAGE


def test_the_page_holds_the_calls_of_the_document():
    page = CONTROL_PAGE.read_text(encoding="utf-8")
    assert read_generated(page) == render_control(), "run: python -m tools.write_reference"


def test_no_call_and_no_shape_is_without_a_sentence():
    for part in render_control().split("\n## ")[1:]:
        sentence = part.splitlines()[2]
        assert sentence.endswith((".", "?")) or part.startswith("Shapes"), part
