"""What the grammar calls valid has no finding; each of its mutations has the expected one."""

import copy
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from support.template_grammar import Sample, samples
from support.template_mutations import MUTATIONS, broken, samples_for
from waypost.model.refusal import Fault
from waypost.model.template_check.check import check_template
from waypost.model.template_check.form import compile_form

PATH = "/messaging_object/template"


def findings(sample: Sample, template: Any) -> tuple[Fault, ...]:
    definition = sample.definition
    form = compile_form(definition.components, definition.parameter_format, definition.category)
    return check_template(form, template, PATH)


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(samples())
def test_a_valid_send_has_no_finding(sample):
    before = copy.deepcopy(sample.template)
    assert findings(sample, sample.template) == ()
    assert sample.template == before


@pytest.mark.parametrize("mutation", MUTATIONS, ids=lambda mutation: mutation.name)
def test_each_mutation_is_found_where_it_was_made(mutation):
    tried = 0

    @settings(
        max_examples=8,
        deadline=None,
        derandomize=True,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(samples_for(mutation), st.data())
    def try_it(sample, data):
        nonlocal tried
        made = broken(mutation, sample, lambda choices: data.draw(st.sampled_from(choices)))
        assume(made is not None)
        tried += 1
        found = findings(sample, made.template)
        assert any(
            fault.meta_code in mutation.codes and fault.path.startswith(PATH + made.place)
            for fault in found
        ), (sample.definition, made, found)
        assert all(fault.message and fault.mend for fault in found)

    try_it()
    assert tried > 3, "the grammar makes hardly any send that this could break"
