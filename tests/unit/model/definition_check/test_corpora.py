"""Definitions that others published, and those of the demonstration, have no finding.

The published ones are not part of the project: the folder that holds them is named by
CORPORA_DIR, with `pywa/templates/*.json` (test data of david-lev/pywa) and `openapi/examples.json`
(Meta's examples).
"""

import json
import os
from pathlib import Path
from typing import Any

import pytest

from waypost.model.definition_check.check import check_definition

FOLDER = os.environ.get("CORPORA_DIR")
CREATION = "POST /{Version}/{WABA-ID}/message_templates"
BLANK_NAME = "<TEMPLATE_NAME>"
"""Three of Meta's examples leave the name to their reader."""
DEMO = Path(__file__).parents[4] / "src" / "meta_emulator" / "demo.json"


def published() -> list[Any]:
    """Every definition with its name, as parameters."""
    folder = Path(FOLDER or ".")
    named = {
        f"{file.stem} {name}": definition
        for file in sorted(folder.glob("pywa/templates/*.json"))
        for name, definition in json.loads(file.read_text()).items()
    }
    examples = folder / "openapi" / "examples.json"
    if examples.exists():
        named |= json.loads(examples.read_text())[CREATION]["requests"]
    return [pytest.param(definition, id=name) for name, definition in named.items()]


def demonstrated() -> list[Any]:
    """The demonstration's templates, but for those whose note says that Meta has none such."""
    templates = json.loads(DEMO.read_text())["wabas"][0]["templates"]
    return [
        pytest.param(template, id=template["name"])
        for template in templates
        if "Meta would create neither" not in template.get("note", "")
    ]


@pytest.mark.skipif(
    FOLDER is None, reason="CORPORA_DIR does not name a folder with published definitions"
)
@pytest.mark.parametrize("definition", published() if FOLDER else [None])
def test_a_published_definition_has_no_finding(definition):
    if definition["name"] == BLANK_NAME:
        definition = definition | {"name": "template_name"}

    assert check_definition(definition) == ()


@pytest.mark.parametrize("definition", demonstrated())
def test_a_definition_of_the_demonstration_has_no_finding(definition):
    assert check_definition(definition) == ()


def test_what_the_demonstration_says_of_its_odd_template_is_found():
    (odd,) = (
        template
        for template in json.loads(DEMO.read_text())["wabas"][0]["templates"]
        if template["name"] == "Carousel Template"
    )

    assert [fault.path for fault in check_definition(odd)] == ["/name", "/components/1/cards"]
