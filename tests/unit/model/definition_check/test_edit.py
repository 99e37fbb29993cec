"""A change of a template that exists."""

import pytest

from support.definitions import OTP, body, buttons, carousel, defined
from waypost.model.definition_check.check import check_edit


def existing(status="APPROVED", **fields):
    return defined() | {"status": status, "parameter_format": "POSITIONAL"} | fields


def found(change, current=None):
    faults = check_edit(change, existing() if current is None else current)
    return [(fault.path, fault.code, fault.meta_code) for fault in faults]


@pytest.mark.parametrize("status", ["APPROVED", "rejected", "PAUSED"])
@pytest.mark.parametrize(
    "change",
    [
        {"components": [body("Hi {{1}}, welcome.", "Pablo")]},
        {"message_send_ttl_seconds": 43_200},
        {"category": "marketing"},
        {"components": [body()], "message_send_ttl_seconds": 43_200},
        {"components": [body()], "name": "spring_sale", "language": "en_US"},
    ],
)
def test_a_sound_change_has_no_finding(status, change):
    assert found(change, existing(status)) == []


@pytest.mark.parametrize("status", ["PENDING", "DISABLED", "IN_APPEAL", "DELETED", None])
def test_only_approved_rejected_and_paused_templates_may_be_edited(status):
    assert found({"components": [body()]}, existing(status)) == [("", "edit_not_allowed", 100)]


def test_the_category_of_an_approved_template_stays():
    assert found({"category": "UTILITY"}) == [("/category", "edit_fixed_field", 100)]


@pytest.mark.parametrize("status", ["REJECTED", "PAUSED"])
def test_the_category_of_another_template_may_change(status):
    assert found({"category": "UTILITY"}, existing(status)) == []


def test_a_category_that_does_not_exist_is_named():
    assert found({"category": "TRANSACTIONAL"}) == [("/category", "wrong_value", 100)]


def test_category_and_components_are_changed_in_two_calls():
    change = {"category": "MARKETING", "components": [body()]}

    assert found(change) == [("/category", "edit_mixed", 100)]


@pytest.mark.parametrize("change", [{}, {"name": "spring_sale"}, {"parameter_format": "NAMED"}])
def test_a_change_that_changes_nothing_is_named(change):
    assert found(change) == [("", "edit_empty", 100)]


@pytest.mark.parametrize(("key", "value"), [("name", "summer_sale"), ("language", "de")])
def test_name_and_language_never_change(key, value):
    assert found({"components": [body()], key: value}) == [(f"/{key}", "edit_fixed_field", 100)]


def test_new_components_are_checked_like_those_of_a_creation():
    change = {"components": [body("Hi {{2}}, welcome.", "Pablo"), {"type": "FOOTER"}]}

    assert found(change) == [
        ("/components/1/text", "required", 2388073),
        ("/components/0/text", "placeholder_gap", 2388072),
    ]


def test_new_components_are_for_the_category_there_is():
    assert found({"components": [body(), carousel()]}, existing(category="UTILITY")) == [
        ("/components/1", "definition_category_mismatch", 100)
    ]
    assert found({"components": [body(), buttons(OTP)]}, existing(category="AUTHENTICATION")) == []


def test_new_components_have_the_parameter_format_there_is():
    change = {"components": [body("Hi {{1}}, welcome.", "Pablo")]}

    assert found(change, existing(parameter_format="NAMED")) == [
        ("/components/0/text", "placeholder_malformed", 2388072)
    ]
    assert found(change | {"parameter_format": "positional"}, existing()) == []


def test_a_category_that_is_not_known_asks_for_none():
    assert found({"components": [body(), carousel()]}, existing(category="FUTURE")) == []


@pytest.mark.parametrize(
    ("category", "ttl", "count"), [("UTILITY", 60, 0), ("MARKETING", 60, 1), ("FUTURE", 60, 0)]
)
def test_a_new_time_to_live_fits_the_category_there_is(category, ttl, count):
    change = {"message_send_ttl_seconds": ttl}

    assert len(found(change, existing(category=category))) == count


def test_empty_components_replace_nothing():
    assert found({"components": []}) == [("/components", "required", 100)]


@pytest.mark.parametrize("change", [None, [], "x", 7])
def test_a_change_that_is_no_object_is_one_finding(change):
    assert found(change) == [("", "wrong_type", 100)]
