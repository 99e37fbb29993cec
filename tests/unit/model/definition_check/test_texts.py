"""Placeholders, their examples, and the lengths of texts."""

import pytest

from support.definitions import body, card, carousel, defined, footer, header, media
from waypost.model.definition_check.check import check_definition

PABLO = {"param_name": "first_name", "example": "Pablo"}


def found(*components, **fields):
    faults = check_definition(defined(*components, **fields))
    return [(fault.path, fault.code, fault.meta_code) for fault in faults]


def named(text, *entries):
    example = {"body_text_named_params": list(entries)}
    return {"type": "BODY", "text": text, "example": example}


@pytest.mark.parametrize(
    "text",
    [
        "Hi {{1}}, welcome back.",
        "Hi {{ 1 }}, welcome back.",
        "Your order #{{1}} is on its way.",
        "Look {{1}}!",
        "您好{{1}}。",
        "Use {single} braces, {{1}}.",
    ],
)
def test_a_body_with_a_sound_placeholder_is_taken(text):
    assert found(body(text, "Pablo")) == []


@pytest.mark.parametrize("text", ["Hi {{2}} and {{1}} there.", "Hi {{1}}, {{2}}, yes {{1}}, ok."])
def test_placeholders_may_stand_in_any_order_and_again(text):
    assert found(body(text, "a", "b")) == []


@pytest.mark.parametrize(
    ("text", "mend"),
    [
        ("Hi {{2}}, welcome back.", "Write it {{1}}."),
        ("Hi {{1}} and {{3}}, welcome.", "Number them {{1}} to {{2}}."),
    ],
)
def test_a_gap_in_the_numbers_is_named(text, mend):
    values = ["x"] * text.count("{{")
    (fault,) = check_definition(defined(body(text, *values)))

    assert (fault.path, fault.code) == ("/components/0/text", "placeholder_gap")
    assert (fault.meta_code, fault.mend) == (2388072, mend)


@pytest.mark.parametrize("name", ["#1", "1%", "$", "", "0", "01", "-1", "1.5", "First", "x" * 999])
def test_what_is_no_number_is_no_positional_placeholder(name):
    assert ("/components/0/text", "placeholder_malformed", 2388072) in found(
        body(f"Hi {{{{{name}}}}}, welcome.")
    )


def test_a_name_without_the_format_named_is_told_of_the_format():
    (fault,) = check_definition(defined(body("Hi {{first_name}}, welcome.")))

    assert fault.code == "placeholder_malformed"
    assert 'Set "parameter_format" to "NAMED"' in fault.mend


@pytest.mark.parametrize("text", ["Hi {{1}, welcome.", "Hi {1}}, welcome.", "Hi {{{{1}}, welcome."])
def test_braces_without_their_counterpart_are_named(text):
    values = ["x"] if "{{1}}" in text else []

    assert found(body(text, *values)) == [("/components/0/text", "placeholder_malformed", 2388072)]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{{1}}, welcome back.", "begins"),
        (" \n{{1}}, welcome back.", "begins"),
        ("Welcome back, {{1}}", "ends"),
        ("{{1}} is not {{2}}", "begins and ends"),
    ],
)
def test_a_body_neither_begins_nor_ends_with_a_placeholder(text, said):
    values = ["x"] * text.count("{{")
    (fault,) = check_definition(defined(body(text, *values)))

    assert (fault.code, fault.meta_code) == ("placeholder_at_edge", 2388299)
    assert f"The body {said} with a placeholder." in fault.message


def test_placeholders_side_by_side_are_named():
    assert found(body("Hello dear {{1}}{{2}}, welcome.", "a", "b")) == [
        ("/components/0/text", "placeholder_adjacent", 2388072)
    ]


def test_placeholders_with_a_blank_between_them_are_taken():
    assert found(body("Hello dear {{1}} {{2}}, welcome.", "a", "b")) == []


def test_more_placeholders_than_words_are_too_many_for_the_length():
    assert found(body("Hi {{1}}, {{2}}, {{3}}!", "a", "b", "c")) == [
        ("/components/0/text", "placeholder_too_many", 2388293)
    ]


def test_a_body_has_at_most_1024_characters():
    assert found(body("x" * 1024)) == []
    (fault,) = check_definition(defined(body("x" * 1030)))

    assert (fault.path, fault.code, fault.meta_code) == ("/components/0/text", "too_long", 2388040)
    assert fault.mend == "Shorten it by 6 characters or more."


def test_a_header_has_at_most_60_characters_and_one_placeholder():
    assert found(header("x" * 60), body()) == []
    assert found(header("x" * 61), body()) == [("/components/0/text", "too_long", 2388040)]
    assert found(header("{{1}} and {{2}}", "a", "b"), body()) == [
        ("/components/0/text", "placeholder_too_many", 2388047)
    ]


def test_a_header_may_begin_with_its_placeholder():
    assert found(header("{{1}} sale is on!", "Summer"), body()) == []


def test_a_footer_has_at_most_60_characters_and_no_placeholder():
    assert found(body(), footer("x" * 60)) == []
    assert found(body(), footer("x" * 61)) == [("/components/1/text", "too_long", 2388040)]
    assert found(body(), footer("Until {{1}}.")) == [
        ("/components/1/text", "placeholder_misplaced", 2388073)
    ]


def test_the_body_of_a_card_has_at_most_160_characters():
    cards = [card(media(), body("x" * length)) for length in (160, 161)]

    assert found(body(), carousel(*cards)) == [
        ("/components/1/cards/1/components/1/text", "too_long", 2388040)
    ]


@pytest.mark.parametrize("given", [[["Pablo"]], ["Pablo"], "Pablo", [["Pablo"], ["Ana"]]])
def test_one_placeholder_has_its_example_in_each_documented_spelling(given):
    component = body("Hi {{1}}, welcome.") | {"example": {"body_text": given}}

    assert found(component) == []


@pytest.mark.parametrize("example", [None, {}, {"body_text": []}, {"header_text": ["x"]}, "x", []])
def test_placeholders_without_an_example_are_named(example):
    component = body("Hi {{1}}, it is {{2}} now.") | {"example": example}
    (fault,) = check_definition(defined(component))

    assert (fault.path, fault.code) == ("/components/0/example", "definition_example_missing")
    assert '"example": {"body_text": [["...", "..."]]}' in fault.mend
    assert "{{1}}, {{2}}" in fault.mend


@pytest.mark.parametrize(
    ("given", "key"),
    [
        (["a", "b"], ""),
        ({"a": "b"}, ""),
        ([["a"]], "/0"),
        ([["a", "b", "c"]], "/0"),
        ([["a", 2]], "/0"),
        ([["a", " "]], "/0"),
        ([["a", "b"], ["c"]], "/1"),
        ([["a", "b"], "c"], "/1"),
    ],
)
def test_an_example_that_does_not_fit_its_placeholders_is_named(given, key):
    component = body("Hi {{1}}, it is {{2}} now.") | {"example": {"body_text": given}}

    assert found(component) == [
        (f"/components/0/example/body_text{key}", "definition_example_mismatch", 2388072)
    ]


def test_many_placeholders_are_told_of_by_the_first_few():
    text = "Hi " + " and ".join(f"{{{{{place}}}}}" for place in range(1, 8)) + " all."
    (fault,) = check_definition(defined(body(text)))

    assert "{{5}} and 2 more" in fault.mend


def test_the_example_of_a_header_is_one_value():
    assert found(header("Our {{1}} is on!", "Sale"), body()) == []
    assert found(header("Our {{1}} is on!"), body()) == [
        ("/components/0/example", "definition_example_missing", 2388047)
    ]
    assert found(header("Our {{1}} is on!", "a", "b"), body()) == [
        ("/components/0/example/header_text", "definition_example_mismatch", 2388047)
    ]


@pytest.mark.parametrize("form", ["named", "NAMED"])
def test_named_placeholders_have_examples_by_their_names(form):
    component = named("Hi {{first_name}}, welcome.", PABLO)

    assert found(component, parameter_format=form) == []


def test_a_named_header_has_its_example_by_its_name():
    example = {"header_text_named_params": [PABLO]}
    component = header("Hi {{first_name}}") | {"example": example}

    assert found(component, body(), parameter_format="NAMED") == []


@pytest.mark.parametrize("name", ["First", "first name", "1", "first_1", "#first", "naïve", ""])
def test_a_name_has_small_letters_and_underscores_only(name):
    assert found(body(f"Hi {{{{{name}}}}}, welcome."), parameter_format="NAMED") == [
        ("/components/0/text", "placeholder_malformed", 2388072)
    ]


def test_a_name_stands_once_in_a_text():
    component = named("Hi {{first_name}}, yes, {{first_name}}, welcome.", PABLO)

    assert found(component, parameter_format="NAMED") == [
        ("/components/0/text", "placeholder_repeated", 2388072)
    ]


def test_a_name_without_an_example_is_named():
    component = named("Hi {{first_name}}, take {{discount}} off.", PABLO)
    (fault,) = check_definition(defined(component, parameter_format="NAMED"))

    assert fault.path == "/components/0/example/body_text_named_params"
    assert fault.code == "definition_example_mismatch"
    assert '{"param_name": "discount", "example": "..."}' in fault.mend


def test_positional_examples_are_none_of_named_placeholders():
    component = body("Hi {{first_name}}, welcome.", "Pablo")
    (fault,) = check_definition(defined(component, parameter_format="NAMED"))

    assert (fault.path, fault.code) == ("/components/0/example", "definition_example_missing")
    assert '"body_text_named_params"' in fault.mend


@pytest.mark.parametrize("form", ["IMAGE", "video", "Document", "GIF"])
def test_a_media_header_has_a_handle_as_its_example(form):
    assert found(media(form), body()) == []
    without = {"type": "HEADER", "format": form}
    assert found(without, body()) == [
        ("/components/0/example", "definition_example_missing", 2388047)
    ]
    wrong = without | {"example": {"header_handle": [7]}}
    assert found(wrong, body()) == [
        ("/components/0/example/header_handle", "definition_example_mismatch", 2388047)
    ]
