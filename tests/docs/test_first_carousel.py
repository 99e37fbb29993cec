"""The guide's templates are ones that Meta should take, and its sends are what they ask for."""

import json
import re
from pathlib import Path
from typing import Any

from waypost.model.definition_check.check import check_definition
from waypost.model.template_check.check import check_template
from waypost.model.template_check.form import compile_form

PAGE = (Path(__file__).parents[2] / "docs" / "first-carousel.md").read_text(encoding="utf-8")


def file_of(name: str) -> Any:
    """A JSON file as the guide's commands write it, its variables filled in."""
    (text,) = re.findall(rf"^cat > {name} <<'?END'?\n(.*?)^END$", PAGE, re.DOTALL | re.MULTILINE)
    return json.loads(re.sub(r"\$[A-Z_]+", "4::aW1hZ2UvcG5n:ARw", text))


def findings_of(definition: Any, send: Any) -> list[str]:
    form = compile_form(tuple(definition["components"]), "POSITIONAL", definition["category"])
    found = check_template(form, send["messaging_object"]["template"], "")
    return [f"{one.path} {one.code}" for one in found]


def test_both_templates_could_be_created():
    assert check_definition(file_of("template.json")) == ()
    assert check_definition(file_of("mpm-template.json")) == ()


def test_both_sends_are_what_their_templates_ask_for():
    assert findings_of(file_of("template.json"), file_of("send.json")) == []
    assert findings_of(file_of("mpm-template.json"), file_of("mpm.json")) == []


def test_the_mistakes_that_the_guide_shows_are_found_as_it_says():
    send = file_of("send.json")
    cards = send["messaging_object"]["template"]["components"][1]["cards"]
    cards.pop()
    cards[0]["components"][3]["index"] = 0

    found = findings_of(file_of("template.json"), send)

    assert found == [
        "/components/1/cards card_count",
        "/components/1/cards/0/components/3/index button_misplaced",
    ]
    assert all(f"/messaging_object/template{one.split()[0]}:" in PAGE for one in found)
