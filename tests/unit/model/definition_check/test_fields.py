"""Name, language, category, parameter format and time to live of a definition."""

import pytest

from support.definitions import body, defined
from waypost.model.definition_check.check import check_definition


def found(definition):
    return [(fault.path, fault.code, fault.meta_code) for fault in check_definition(definition)]


def test_a_sound_definition_has_no_finding():
    assert found(defined()) == []


@pytest.mark.parametrize(
    "name", ["spring_sale", "a", "2024_sale", "_", "x" * 512], ids=lambda name: name[:12]
)
def test_a_name_of_small_letters_digits_and_underscores_is_taken(name):
    assert found(defined(name=name)) == []


@pytest.mark.parametrize(
    ("name", "better"),
    [
        ("Carousel Template", '"carousel_template"'),
        ("spring-sale!", '"spring_sale"'),
        ("Été", '"t"'),
    ],
)
def test_a_name_with_other_characters_is_mended_in_the_finding(name, better):
    (fault,) = check_definition(defined(name=name))

    assert (fault.path, fault.code, fault.meta_code) == ("/name", "wrong_value", 100)
    assert better in fault.mend


def test_a_name_without_a_single_letter_of_ours_is_named_without_a_proposal():
    (fault,) = check_definition(defined(name="बिक्री"))

    assert fault.mend == "Use the letters a to z, digits and _."


def test_a_name_of_513_characters_is_too_long():
    assert found(defined(name="x" * 513)) == [("/name", "too_long", 2388040)]


@pytest.mark.parametrize("key", ["name", "language", "category", "components"])
@pytest.mark.parametrize("nothing", ["absent", None, ""])
def test_a_field_that_must_be_there_is_missed(key, nothing):
    definition = defined()
    if nothing == "absent":
        del definition[key]
    else:
        definition[key] = nothing

    code = "wrong_type" if key == "components" and nothing == "" else "required"
    assert found(definition) == [(f"/{key}", code, 100)]


@pytest.mark.parametrize("key", ["name", "category", "parameter_format"])
def test_a_word_that_is_no_string_is_named(key):
    assert found(defined(**{key: 7})) == [(f"/{key}", "wrong_type", 100)]


@pytest.mark.parametrize("language", ["en", "en_US", "fil", "zh_CN", "es_419", "prs_AF"])
def test_a_language_code_is_taken(language):
    assert found(defined(language=language)) == []


@pytest.mark.parametrize("language", ["en-US", "EN", "en_us", "english", "en_", "en_US\n"])
def test_what_is_no_language_code_is_named(language):
    assert found(defined(language=language)) == [("/language", "wrong_value", 100)]


@pytest.mark.parametrize(("language", "better"), [("en-us", "en_US"), ("DE", "de"), ("?", "en_US")])
def test_a_language_code_is_mended_in_the_finding(language, better):
    (fault,) = check_definition(defined(language=language))

    assert fault.mend.endswith(f'"{better}".')


@pytest.mark.parametrize(("code", "better"), [("de", "de"), (7, "en_US"), ("x", "en_US")])
def test_the_language_object_of_a_send_is_no_language_of_a_definition(code, better):
    (fault,) = check_definition(defined(language={"code": code}))

    assert (fault.path, fault.code) == ("/language", "wrong_type")
    assert f'Write "language": "{better}"' in fault.mend


@pytest.mark.parametrize("category", ["MARKETING", "marketing", "Utility"])
def test_a_category_is_taken_in_any_case(category):
    assert found(defined(category=category)) == []


def test_a_category_that_does_not_exist_is_named():
    (fault,) = check_definition(defined(category="TRANSACTIONAL"))

    assert (fault.path, fault.code) == ("/category", "wrong_value")
    assert "MARKETING, UTILITY or AUTHENTICATION" in fault.message


@pytest.mark.parametrize("form", ["positional", "POSITIONAL"])
def test_a_parameter_format_is_taken_in_any_case(form):
    assert found(defined(body("Hi {{1}}, hello.", "Pablo"), parameter_format=form)) == []


def test_a_parameter_format_that_does_not_exist_is_named():
    assert found(defined(parameter_format="mixed")) == [("/parameter_format", "wrong_value", 100)]


@pytest.mark.parametrize(
    ("category", "least", "most"),
    [("UTILITY", 30, 43_200), ("MARKETING", 43_200, 2_592_000)],
)
def test_the_time_to_live_has_limits_for_each_category(category, least, most):
    def with_ttl(seconds):
        return found(defined(category=category, message_send_ttl_seconds=seconds))

    outside = [("/message_send_ttl_seconds", "out_of_range", 100)]
    assert [with_ttl(least - 1), with_ttl(most + 1)] == [outside, outside]
    assert [with_ttl(least), with_ttl(most), with_ttl(None)] == [[], [], []]


@pytest.mark.parametrize(("category", "count"), [("UTILITY", 0), ("MARKETING", 1)])
def test_thirty_days_are_minus_one_but_not_for_marketing(category, count):
    assert len(found(defined(category=category, message_send_ttl_seconds=-1))) == count


@pytest.mark.parametrize("ttl", ["60", 60.5, True, [60]])
def test_a_time_to_live_that_is_no_integer_is_named(ttl):
    definition = defined(category="UTILITY", message_send_ttl_seconds=ttl)

    assert found(definition) == [("/message_send_ttl_seconds", "wrong_type", 100)]


def test_a_template_from_metas_library_brings_its_components_along():
    definition = defined(library_template_name="delivery_update_1")
    del definition["components"]

    assert found(definition) == []


def test_findings_begin_with_the_path_that_is_asked_for():
    (fault,) = check_definition(defined(body(" ")), "/template")

    assert fault.path == "/template/components/0/text"


def test_what_is_no_object_is_one_finding():
    (fault,) = check_definition([])

    assert (fault.path, fault.code) == ("", "wrong_type")


def test_all_findings_are_told_at_once():
    definition = defined(body("x" * 1025), name="A", language="x", category="y")

    assert [path for path, _, _ in found(definition)] == [
        "/name",
        "/language",
        "/category",
        "/components/0/text",
    ]
