"""Variables of bodies and text headers: how many, which names, which values."""

import pytest

from support.checked import body, body_of, check, found, header, header_of, media, text

CURRENCY = {"type": "currency", "currency": {"fallback_value": "$9", "code": "USD"}}
NAMED = [header_of(text="{{season}} sale"), body_of("Hi {{first_name}}, {{discount}} off.")]


def named(**values):
    return [text(value, parameter_name=name) for name, value in values.items()]


def test_values_for_all_variables_are_right():
    assert found([body_of()], body("Pablo", "20%")) == []


def test_a_variable_that_stands_twice_is_filled_once():
    assert found([body_of("{{1}}, dear {{1}}, {{2}}")], body("Pablo", "20%")) == []


def test_a_template_without_variables_needs_no_components():
    assert check([body_of("Hello.")]) == ()


@pytest.mark.parametrize(
    ("sent", "place"),
    [
        ([body("Pablo")], "/0/parameters"),
        ([body("a", "b", "c")], "/0/parameters"),
        ([body()], "/0/parameters"),
        ([{"type": "body"}], "/0"),
        ([], ""),
    ],
)
def test_a_wrong_number_of_values_is_counted(sent, place):
    assert found([body_of()], *sent) == [(place, "variable_count", 132000)]


def test_too_few_values_are_told_with_what_to_add():
    (fault,) = check([body_of()], body("Pablo"))
    assert fault.message == "The body has 2 variables, {{1}} and {{2}}, and 1 parameter is sent."
    assert fault.mend == (
        'Add {"type":"text","text":"<value of {{2}}>"} at the end of its parameters.'
    )


def test_without_components_the_finding_points_at_the_template():
    form_of = [body_of("Hello {{1}}.")]
    assert [fault.path for fault in check(form_of)] == ["/components"]


def test_values_for_a_text_without_variables_are_too_many():
    assert found([body_of("Hello.")], body("x")) == [("/0/parameters", "variable_count", 132000)]


def test_values_for_a_part_that_is_not_there_are_unexpected():
    assert found([body_of("Hello.")], header("x")) == [("/0", "component_unexpected", 132000)]


def test_a_header_variable_left_out_is_counted():
    defined = [header_of(text="Hi {{1}}"), body_of("Hello.")]
    assert found(defined) == [("", "variable_count", 132000)]


def test_a_second_body_is_one_too_many():
    assert found([body_of()], body("a", "b"), body("a", "b")) == [("/1", "component_repeated", 100)]


@pytest.mark.parametrize(
    ("value", "code", "meta_code"),
    [
        ("a\nb", "variable_characters", 132018),
        ("a\rb", "variable_characters", 132018),
        ("a\tb", "variable_characters", 132018),
        ("a     b", "variable_characters", 132018),
        ("", "variable_empty", 131008),
    ],
)
def test_values_that_no_variable_may_have(value, code, meta_code):
    assert found([body_of()], body("x", value)) == [("/0/parameters/1/text", code, meta_code)]


def test_four_spaces_are_allowed():
    assert found([body_of()], body("x", "a    b")) == []


def test_every_value_that_is_wrong_is_told():
    assert len(check([body_of()], body("a\nb", ""), header(media()))) == 3


@pytest.mark.parametrize("kind", ["image", "payload", "action", "txt"])
def test_a_body_takes_texts_alone(kind):
    sent = body("x", {"type": kind, kind: {}})
    assert found([body_of()], sent) == [("/0/parameters/1/type", "variable_kind", 132012)]


@pytest.mark.parametrize(
    ("limit", "defined"),
    [
        (1024, [body_of("{{1}}")]),
        (60, [header_of(text="{{1}}")]),
        (600, [body_of("{{1}}"), {"type": "LIMITED_TIME_OFFER", "limited_time_offer": {}}]),
        (160, [body_of("{{1}}"), {"type": "BUTTONS", "buttons": [{"type": "SPM"}]}]),
    ],
)
def test_a_filled_text_has_a_longest_length(limit, defined):
    part = header if limit == 60 else body
    codes = [code for _, code, _ in found(defined, part("x" * limit))]
    assert "text_too_long" not in codes
    assert ("/0/parameters", "text_too_long", 132005) in found(defined, part("x" * (limit + 1)))


def test_a_length_counts_the_templates_own_text_and_every_use():
    defined = [body_of("ab{{1}}cd{{ 1 }}")]
    assert found(defined, body("x" * 510)) == []
    (fault,) = check(defined, body("x" * 511))
    assert "1026 characters" in fault.message
    assert "4 of the template and 1022 of the values" in fault.message
    assert fault.mend == "Shorten the values of {{1}} by 2 characters in all."


def test_the_shown_text_of_an_amount_and_a_date_counts():
    amount = {"fallback_value": "x" * 1000, "code": "USD", "amount_1000": 1}
    date = {"type": "date_time", "date_time": {"fallback_value": "y" * 100}}
    assert found([body_of()], body({"type": "currency", "currency": amount}, date)) == [
        ("/0/parameters", "text_too_long", 132005)
    ]


def test_an_amount_needs_its_text_its_code_and_its_number():
    amount = {"type": "currency", "currency": {"code": 5}}
    place = "/0/parameters/0/currency"
    assert found([body_of("{{1}}")], body(amount)) == [
        (place, "value_missing", 131008),
        (f"{place}/code", "value_invalid", 131009),
        (place, "value_missing", 131008),
    ]


def test_a_date_needs_its_text_alone():
    date = {"type": "date_time", "date_time": {"fallback_value": "Monday", "year": 1977}}
    assert found([body_of("{{1}}")], body(date)) == []
    assert found([body_of("{{1}}")], body({"type": "date_time", "date_time": {}})) == [
        ("/0/parameters/0/date_time", "value_missing", 131008)
    ]


def test_named_values_come_in_any_order():
    sent = [
        header(*named(season="Summer")),
        body(*named(discount="25%", first_name="Pablo")),
    ]
    assert found(NAMED, *sent, parameter_format="NAMED") == []


def test_a_template_whose_variables_have_names_is_named_whatever_it_says():
    assert found(NAMED[1:], body(*named(discount="25%", first_name="Pablo"))) == []


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (named(first_name="Pablo"), [("/0/parameters", "variable_count", 132000)]),
        (
            named(first_name="Pablo", discont="25%"),
            [("/0/parameters/1/parameter_name", "variable_name_unknown", 132012)],
        ),
        (
            [*named(first_name="Pablo"), *named(first_name="Pablo")],
            [("/0/parameters/1/parameter_name", "variable_name_repeated", 132012)],
        ),
        (
            [*named(first_name="Pablo"), text("25%")],
            [("/0/parameters/1", "variable_unnamed", 100)],
        ),
        (
            named(first_name="Pablo", discount="a\nb"),
            [("/0/parameters/1/text", "variable_characters", 132018)],
        ),
        (named(first_name="x" * 1020, discount="y"), [("/0/parameters", "text_too_long", 132005)]),
    ],
)
def test_what_is_wrong_with_named_values(values, expected):
    assert found(NAMED[1:], body(*values), parameter_format="NAMED") == expected


def test_a_misspelt_name_is_told_with_the_right_one():
    sent = body(*named(first_name="Pablo", discont="25%"))
    (fault,) = check(NAMED[1:], sent, parameter_format="NAMED")
    assert fault.message == (
        'The parameter at index 1 fills "discont", and the body has no variable of that name.'
    )
    assert fault.mend == (
        'Set its "parameter_name" to "discount"; '
        "the body has the variables first_name and discount."
    )


def test_numbered_variables_take_no_names():
    sent = body(text("Pablo", parameter_name="first_name"), "20%")
    assert found([body_of()], sent) == [
        ("/0/parameters/0/parameter_name", "variable_named", 132012)
    ]


def test_a_number_as_a_name_does_no_harm():
    assert found([body_of()], body(text("Pablo", parameter_name="1"), "20%")) == []


def test_an_amount_in_an_unknown_shape_is_not_judged_twice():
    assert found([body_of("{{1}}")], body({"type": "currency", "currency": "USD"})) == []
    assert [code for _, code, _ in found([body_of("{{1}}")], body(CURRENCY))] == ["value_missing"]
