"""What the door refuses Meta would refuse, and what it lets through Meta takes: two programs agree.

The gateway's checks and the emulator's were written apart from the same documents. Where they
differ, one of them is wrong, or the documents say too little; the latter are listed, each with
its reason, in docs/checks.md, and no other difference is allowed.
"""

import asyncio

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from support.agreement import (
    TAKES,
    allowed_differences,
    approve,
    created,
    furnished,
    sent,
    verdicts,
)
from support.broken_definitions import BROKEN, SOUND, UNKNOWN
from support.broken_interactive import BROKEN_INTERACTIVE, WHOLE_INTERACTIVE
from support.broken_kinds import BROKEN_KINDS, WHOLE_KINDS
from support.kinds import FREE_FORM
from support.template_grammar import samples
from support.template_mutations import MUTATIONS, broken, samples_for
from waypost.model.content_check.check import check_content
from waypost.model.definition_check.check import check_definition
from waypost.model.template_check.check import check_template
from waypost.model.template_check.form import compile_form

ALLOWED = allowed_differences()
RULES = {
    "deadline": None,
    "derandomize": True,
    "database": None,
    "suppress_health_check": list(HealthCheck),
}


def door(definition, template):
    """What the door finds in a send of this definition."""
    form = compile_form(definition.components, definition.parameter_format, definition.category)
    return check_template(form, template, "/template")


def answer_to(emulator, definition, template):
    """What the emulator answers to the same send."""
    approve(emulator, definition)
    message = {"to": "+919876543210", "type": "template", "template": template}
    return asyncio.run(sent(emulator, message))


def assert_as_listed(name, found):
    """They agree, or the page says that they do not, and how."""
    if name in ALLOWED:
        assert found == ALLOWED[name], f"docs/checks.md says otherwise of {name}"
    else:
        assert found.agree, f"{name}: the door {found.door}, the emulator {found.emulator}"


@settings(max_examples=120, **RULES)
@given(samples())
def test_both_take_a_send_that_fits_its_template(sample):
    found = verdicts(
        door_found=door(sample.definition, sample.template),
        answer=answer_to(furnished(), sample.definition, sample.template),
    )

    assert (found.door, found.emulator) == (TAKES, TAKES), sample


@pytest.mark.parametrize("mutation", MUTATIONS, ids=lambda mutation: mutation.name)
def test_both_refuse_a_send_that_does_not_fit_with_the_same_code_of_metas(mutation):
    emulator = furnished()
    tried = 0

    @settings(max_examples=8, **RULES)
    @given(samples_for(mutation), st.data())
    def try_it(sample, data):
        nonlocal tried
        made = broken(mutation, sample, lambda choices: data.draw(st.sampled_from(choices)))
        assume(made is not None)
        tried += 1
        found = [
            fault
            for fault in door(sample.definition, made.template)
            if fault.meta_code in mutation.codes and fault.path.startswith(f"/template{made.place}")
        ]
        answer = answer_to(emulator, sample.definition, made.template)
        assert_as_listed(mutation.name, verdicts(door_found=found, answer=answer))
        if answer.status != 200:
            assert answer.json["error"]["code"] in mutation.codes, (made, answer.body)

    try_it()
    assert tried > 3


def contents():
    """Free-form messages, whole and broken, each with the name of what it is."""
    named = {f"whole {name}": message for name, message in FREE_FORM.items()}
    for number, message in enumerate([*WHOLE_KINDS, *WHOLE_INTERACTIVE]):
        named[f"whole {number}"] = message
    for message, (path, code, _) in BROKEN_KINDS:
        named[f"{path[1:]} {code}"] = message
    for message, findings in BROKEN_INTERACTIVE:
        path, code = findings[0]
        name = f"interactive{path} {code}"
        named[name if name not in named else f"{name} {len(named)}"] = message
    return [pytest.param(name, message, id=name) for name, message in named.items()]


@pytest.mark.parametrize(("name", "message"), contents())
def test_both_judge_a_free_form_message_alike(name, message):
    found = verdicts(
        door_found=check_content(message["type"], message, ""),
        answer=asyncio.run(sent(furnished(), message)),
    )

    assert_as_listed(name, found)
    if name.startswith("whole "):
        assert found.door == TAKES


@pytest.mark.parametrize(("name", "definition"), SOUND.items(), ids=SOUND)
def test_both_take_a_sound_definition(name, definition):
    found = verdicts(
        door_found=check_definition(definition), answer=asyncio.run(created(definition))
    )

    assert (found.door, found.emulator) == (TAKES, TAKES)


@pytest.mark.parametrize(("name", "definition"), BROKEN.items(), ids=BROKEN)
def test_both_refuse_a_definition_that_breaks_a_rule(name, definition):
    found = verdicts(
        door_found=check_definition(definition), answer=asyncio.run(created(definition))
    )

    assert found.door != TAKES
    assert_as_listed(name, found)


@pytest.mark.parametrize(("name", "definition"), UNKNOWN.items(), ids=UNKNOWN)
def test_of_a_definition_that_no_document_judges_the_page_says_what_each_does(name, definition):
    found = verdicts(
        door_found=check_definition(definition), answer=asyncio.run(created(definition))
    )

    assert found == ALLOWED[name]


def test_the_page_lists_nothing_that_is_not_tried():
    tried = {mutation.name for mutation in MUTATIONS}
    tried |= {str(parameter.values[0]) for parameter in contents()}
    tried |= BROKEN.keys() | UNKNOWN.keys()

    assert ALLOWED.keys() <= tried
    assert all(not found.agree for found in ALLOWED.values())
