"""The `template` object of a send: name, language and components.

Law: the name is looked up and its characters are not judged; a component of a type nobody here
knows is passed on. Whether a send fits its template is another's question (the template check);
here stands only what holds for every template.
Source: the documents' tables; reference/meta-cloud-api.md 1.3.
"""

from typing import Any

from waypost.model.template import Template, TemplateBook
from waypost.wire.buttons import Noted, check_button
from waypost.wire.carousel import CarouselReader
from waypost.wire.faults import ABSENT, FaultCode, Faults
from waypost.wire.fields import looked_up_field, object_field, word_field
from waypost.wire.parameters import check_parameters


def check_template(
    template: dict[str, Any], path: str, templates: TemplateBook, noted: Noted, faults: Faults
) -> tuple[str, str] | None:
    """A template object, in place; its name and language code, None if it lacks one."""
    name = looked_up_field(template, "name", path, faults)
    language = object_field(template, "language", path, faults)
    code = (
        None if language is None else looked_up_field(language, "code", f"{path}/language", faults)
    )
    names = None if name is None or code is None else (name, code)
    known = None if names is None else templates.find(*names)
    components = template.get("components", ABSENT)
    _check_components(components, f"{path}/components", known, noted, faults)
    return names


def _check_components(
    value: Any, path: str, template: Template | None, noted: Noted, faults: Faults
) -> None:
    if isinstance(value, list):
        carousel = CarouselReader(template, noted, faults)
        for position, component in enumerate(value):
            if faults.is_full:
                return
            _check_component(component, f"{path}/{position}", carousel, noted, faults)
    elif value is not ABSENT:
        faults.wrong_kind(path, value, "an array of components")
        return
    for where in noted.mpm_buttons[1:]:
        faults.add(where, FaultCode.TOO_MANY, "there is more than one MPM button; give exactly one")


def _check_component(
    component: Any, path: str, carousel: CarouselReader, noted: Noted, faults: Faults
) -> None:
    if not isinstance(component, dict):
        faults.wrong_kind(path, component, "an object with a type")
        return
    kind = word_field(component, "type", path, faults)
    if kind in {"header", "body"}:
        check_parameters(component.get("parameters", ABSENT), f"{path}/parameters", faults)
    elif kind == "button":
        check_button(component, path, noted, faults)
    elif kind == "carousel":
        carousel.check(component, path)
