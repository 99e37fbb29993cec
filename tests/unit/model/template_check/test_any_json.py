"""Whatever is sent, and whatever is defined, the check answers and does not raise."""

import copy
import json
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from support.template_grammar import samples
from waypost.model.template_check.check import check_template
from waypost.model.template_check.form import compile_form

ODD: list[Any] = [
    None,
    True,
    0,
    -1,
    10**5000,
    1.5,
    float("inf"),
    float("nan"),
    "",
    "\ud800",
    "{{1}}",
    "x" * 3000,
    [],
    {},
    [None],
    [[[]]],
    [{"type": []}],
    {"type": {}},
    {"type": "text"},
]
json_values = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text()),
    lambda inner: st.one_of(st.lists(inner), st.dictionaries(st.text(), inner)),
    max_leaves=8,
)
odd = st.one_of(st.sampled_from(ODD), json_values)
quick = settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))


def places(value: Any) -> list[tuple[Any, Any]]:
    """Every container within `value`, with each of its keys."""
    keys = value.keys() if isinstance(value, dict) else range(len(value))
    found = [(value, key) for key in keys]
    for key in list(keys):
        if isinstance(value[key], dict | list):
            found += places(value[key])
    return found


def check(components, template, parameter_format="POSITIONAL", category=""):
    found = check_template(compile_form(components, parameter_format, category), template, "/t")
    assert all(fault.path.startswith("/t") and fault.meta_code for fault in found)
    json.dumps([fault.message + (fault.mend or "") for fault in found]).encode()
    return found


@quick
@given(samples(), odd, st.data())
def test_a_send_with_something_odd_in_it_is_answered(sample, value, data):
    definition, template = sample.definition, copy.deepcopy(sample.template)
    holder, key = data.draw(st.sampled_from(places(template)))
    holder[key] = value
    check(definition.components, template, definition.parameter_format, definition.category)


@quick
@given(samples(), odd, st.data())
def test_a_definition_with_something_odd_in_it_is_compiled(sample, value, data):
    definition = copy.deepcopy(sample.definition)
    holder, key = data.draw(st.sampled_from(places(definition.components)))
    holder[key] = value
    check(definition.components, sample.template, definition.parameter_format, definition.category)


@quick
@given(odd, odd, odd, odd)
def test_arbitrary_json_is_answered(components, sent, parameter_format, category):
    check(components, {"components": sent}, parameter_format, category)


@quick
@given(samples(), samples())
def test_a_send_of_another_template_is_answered(sample, other):
    definition = sample.definition
    found = check(
        definition.components, other.template, definition.parameter_format, definition.category
    )
    assert len({(fault.path, fault.message) for fault in found}) == len(found)
