"""Meta's template objects are read whatever their shape, and asked for in Meta's words."""

import pytest

from waypost.meta.templates import (
    create_call,
    delete_call,
    edit_call,
    join_pages,
    list_call,
    read_created,
    read_template,
    read_templates,
    unpause_call,
)
from waypost.model.template import Template

BODY = {"type": "BODY", "text": "Hello"}
LISTED = {
    "id": "546151681022936",
    "name": "seasonal",
    "language": "en_US",
    "category": "MARKETING",
    "status": "APPROVED",
    "parameter_format": "NAMED",
    "components": [BODY],
    "quality_score": {"score": "GREEN", "date": 1758754645},
    "rejected_reason": "NONE",
}


def test_a_listed_template_is_read_whole():
    assert read_template(LISTED) == Template(
        "seasonal", "en_US", "MARKETING", "APPROVED", (BODY,), "546151681022936", "NAMED", "GREEN"
    )


@pytest.mark.parametrize(
    ("change", "read"),
    [
        ({"rejected_reason": "INVALID_FORMAT"}, {"rejected_reason": "INVALID_FORMAT"}),
        ({"rejected_reason": None}, {"rejected_reason": ""}),
        ({"category": "marketing", "status": "paused"}, {"status": "PAUSED"}),
        ({"parameter_format": "named"}, {"parameter_format": "NAMED"}),
        ({"parameter_format": None}, {"parameter_format": "POSITIONAL"}),
        ({"quality_score": "RED"}, {"quality": "RED"}),
        ({"quality_score": None}, {"quality": ""}),
        ({"quality_score": {"score": 7}}, {"quality": ""}),
        ({"id": 546151681022936}, {"template_id": "546151681022936"}),
        ({"id": True}, {"template_id": ""}),
    ],
)
def test_each_part_is_read_in_the_shapes_it_comes_in(change, read):
    template = read_template({**LISTED, **change})

    assert {name: getattr(template, name) for name in read} == read


@pytest.mark.parametrize(
    "odd",
    [
        None,
        "seasonal",
        [],
        {},
        {**LISTED, "name": ""},
        {**LISTED, "name": 7},
        {**LISTED, "language": None},
        {**LISTED, "components": "none"},
        {**LISTED, "components": [BODY, None]},
    ],
)
def test_what_is_no_template_is_counted_and_costs_its_neighbours_nothing(odd):
    read = read_templates([odd, LISTED])

    assert ([one.name for one in read.templates], read.skipped) == (["seasonal"], 1)


def test_of_two_with_one_name_and_language_the_last_counts():
    read = read_templates([LISTED, {**LISTED, "status": "PAUSED"}])

    assert [one.status for one in read.templates] == ["PAUSED"]


def test_pages_are_joined_and_a_template_on_two_of_them_stands_once():
    first = read_templates([LISTED, None])
    second = read_templates([{**LISTED, "status": "PAUSED"}, {**LISTED, "language": "hi"}])

    joined = join_pages([first, second])

    assert [(one.language, one.status) for one in joined.templates] == [
        ("en_US", "PAUSED"),
        ("hi", "APPROVED"),
    ]
    assert joined.skipped == 1


def test_calls_are_worded_as_meta_documents_them():
    listed = list_call("1", "sealed")
    assert (listed.method, listed.path, listed.query["limit"]) == (
        "GET",
        "1/message_templates",
        "100",
    )
    assert "quality_score" in listed.query["fields"]

    made = create_call("1", "sealed", LISTED)
    assert (made.method, made.path, made.body) == ("POST", "1/message_templates", LISTED)

    edited = edit_call("77", "sealed", {"name": "seasonal", "components": [BODY]})
    assert (edited.method, edited.path, edited.body) == ("POST", "77", {"components": [BODY]})

    assert delete_call("1", "sealed", "seasonal", None).query == {"name": "seasonal"}
    one = delete_call("1", "sealed", "seasonal", "77")
    assert (one.method, one.query) == ("DELETE", {"name": "seasonal", "hsm_id": "77"})
    assert unpause_call("77", "sealed").path == "77/unpause"


def test_what_was_created_is_read_as_far_as_it_was_told():
    told = {"id": "546151681022936", "status": "PENDING", "category": "MARKETING"}

    assert read_created(told) == ("546151681022936", "PENDING", "MARKETING")
    assert read_created({}) == ("", "", "")
