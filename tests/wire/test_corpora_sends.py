"""Meta's own examples of sends go through the door as they are written.

They are not part of the project: the folder that holds them is named by CORPORA_DIR, with
`openapi/examples.json` (the examples of Meta's OpenAPI file).
"""

import json
import os
import re
from pathlib import Path
from typing import Any

import pytest

from support.sends import NUMBER, accepted, without
from waypost.model.content_check.check import check_content
from waypost.model.refusal import Fault

FOLDER = os.environ.get("CORPORA_DIR")
OPERATION = "POST /{Version}/{Phone-Number-ID}/messages"

pytestmark = pytest.mark.skipif(
    FOLDER is None, reason="CORPORA_DIR does not name a folder with recorded sends"
)

_LINK = re.compile(r"<?http\(s\)://([a-z-]+)>?")
_PLACEHOLDER = re.compile(r"<(.+)>|\{\{(.+)\}\}")


def corpus() -> list[Any]:
    """Every example with its name, as parameters."""
    examples = json.loads((Path(FOLDER or ".") / "openapi" / "examples.json").read_text())
    requests = examples[OPERATION]["requests"]
    return [pytest.param(filled(given), id=name) for name, given in requests.items()]


def filled(value: Any) -> Any:
    """An example with values in the place of its placeholders."""
    if isinstance(value, dict):
        return {filled(key): filled(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [filled(inner) for inner in value]
    return filled_text(value) if isinstance(value, str) else value


def filled_text(text: str) -> str:
    if link := _LINK.fullmatch(text):
        return f"https://example.com/{link[1]}"
    if text == "<HEADER_TYPE>":
        return "text"
    found = _PLACEHOLDER.fullmatch(text)
    name = text if found is None else found[1] or found[2]
    return NUMBER if name.endswith("Phone-Number") else name


def normalised(value: Any) -> Any:
    """What the contract makes of words and indexes on their way."""
    if isinstance(value, list):
        return [normalised(inner) for inner in value]
    if not isinstance(value, dict):
        return value
    made = {key: normalised(inner) for key, inner in value.items()}
    if isinstance(made.get("index"), str):
        made["index"] = int(made["index"])
    if "sub_type" in made:
        made["sub_type"] = made["sub_type"].lower()
    return made


def test_there_are_examples_of_every_kind():
    assert len(corpus()) == 50


@pytest.mark.parametrize("given", corpus() if FOLDER else [{}])
def test_an_example_of_metas_goes_on_with_equal_json(given):
    submission = accepted({"messaging_object": given})

    expected = normalised(without(given, "to"))
    if "type" not in given and "status" not in given:
        # Two of them leave it out; it is taken from the content that is there.
        expected["type"] = "text" if "text" in given else "interactive"
    assert json.loads(submission.content.json) == expected
    assert submission.message == expected


@pytest.mark.parametrize("given", corpus() if FOLDER else [{}])
def test_an_example_of_metas_has_no_finding_in_its_content(given):
    submission = accepted({"messaging_object": given})

    found: tuple[Fault, ...] = check_content(
        submission.content.kind, submission.message, submission.pointer
    )
    assert found == ()
