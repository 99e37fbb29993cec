"""Headers: the kind that the template defines, with what that kind needs."""

import pytest

from support.checked import body_of, check, found, header, header_of, media, product

HELLO = body_of("Hello.")
SHOP = {"latitude": "37.44", "longitude": -122.16, "name": "Shop", "address": "1 Way"}


def location(**changes):
    given = {**SHOP, **changes}
    return {"type": "location", "location": {key: given[key] for key in given if given[key]}}


FILLED = {
    "IMAGE": media("image"),
    "VIDEO": media("video"),
    "DOCUMENT": {"type": "document", "document": {"link": "https://x/y.pdf", "filename": "y.pdf"}},
    "GIF": media("gif"),
    "LOCATION": location(),
    "PRODUCT": product(),
}


@pytest.mark.parametrize("defined", FILLED)
@pytest.mark.parametrize("sent", FILLED)
def test_a_header_is_of_the_kind_that_is_defined(defined, sent):
    findings = found([header_of(defined), HELLO], header(FILLED[sent]))
    if defined == sent or (defined, sent) == ("GIF", "VIDEO"):
        assert findings == []
    else:
        assert findings == [("/0/parameters/0", "header_kind", 132012)]


@pytest.mark.parametrize("kind", FILLED)
def test_a_header_left_out_is_missing(kind):
    defined = [header_of(kind), HELLO]
    assert found(defined) == [("", "header_missing", 132012)]
    assert found(defined, header()) == [("/0/parameters", "header_missing", 132012)]
    assert found(defined, {"type": "header"}) == [("/0", "header_missing", 132012)]


def test_a_missing_header_is_told_with_what_to_add():
    (fault,) = check([header_of("IMAGE"), HELLO])
    assert fault.message == "The header is missing; the template defines a header of kind IMAGE."
    assert fault.mend == (
        'Add {"type":"header","parameters":[{"type":"image","image":{"id":"<media id>"}}]} '
        "to template.components."
    )


def test_kinds_and_types_are_read_in_either_case():
    assert found([{"type": "header", "format": "image"}, HELLO], header(media())) == []


def test_one_header_parameter_is_enough():
    assert found([header_of("IMAGE"), HELLO], header(media(), media())) == [
        ("/0/parameters", "variable_count", 132000)
    ]


def test_a_picture_has_no_place_where_there_is_no_header():
    assert found([HELLO], header(media())) == [("/0", "component_unexpected", 132012)]


def test_a_picture_has_no_place_where_the_header_is_a_text():
    defined = [header_of(text="Hello World"), HELLO]
    assert found(defined, header(media())) == [("/0", "header_kind", 132012)]


def test_a_text_has_no_place_where_the_header_has_no_variable():
    defined = [header_of(text="Hello World"), HELLO]
    assert found(defined, header("x")) == [("/0/parameters", "variable_count", 132000)]


def test_a_text_has_no_place_where_the_header_is_a_picture():
    assert found([header_of("IMAGE"), HELLO], header("x")) == [
        ("/0/parameters/0", "header_kind", 132012)
    ]


def test_a_second_header_is_one_too_many():
    assert found([header_of("IMAGE"), HELLO], header(media()), header(media())) == [
        ("/1", "component_repeated", 100)
    ]


@pytest.mark.parametrize(
    ("content", "place"), [({}, "image/id"), ({"id": "1", "link": "https://x/y"}, "image")]
)
def test_a_medium_has_an_id_or_a_link_and_not_both(content, place):
    sent = header({"type": "image", "image": content})
    assert found([header_of("IMAGE"), HELLO], sent) == [
        (f"/0/parameters/0/{place}", "value_missing", 131008)
    ]


@pytest.mark.parametrize("link", ["ftp://x/y.png", "x.png", "https://", "https://x/a b.png", ""])
def test_a_medium_has_a_link_that_is_a_whole_address(link):
    sent = header({"type": "image", "image": {"link": link}})
    assert found([header_of("IMAGE"), HELLO], sent) == [
        ("/0/parameters/0/image/link", "value_invalid", 100)
    ]


def test_a_medium_without_its_object_is_missing():
    assert found([header_of("IMAGE"), HELLO], header({"type": "image"})) == [
        ("/0/parameters/0/image", "value_missing", 131008)
    ]


def test_two_media_in_one_parameter_are_one_too_many():
    sent = header({**media("image"), "video": {"id": "1"}})
    assert found([header_of("IMAGE"), HELLO], sent) == [
        ("/0/parameters/0/video", "header_kind", 100)
    ]


def test_a_location_needs_its_place_on_the_globe():
    place = "/0/parameters/0/location"
    assert found(
        [header_of("LOCATION"), HELLO], header(location(latitude=None, longitude="181"))
    ) == [
        (place, "value_missing", 131008),
        (f"{place}/longitude", "value_invalid", 131009),
    ]
    assert found([header_of("LOCATION"), HELLO], header(location(latitude="north"))) == [
        (f"{place}/latitude", "value_invalid", 131009)
    ]


@pytest.mark.parametrize("sent", [product(name=None), product(catalogue=None)])
def test_a_product_needs_its_id_and_its_catalogue(sent):
    assert found([header_of("PRODUCT"), HELLO], header(sent)) == [
        ("/0/parameters/0/product", "value_missing", 131008)
    ]


def test_a_kind_that_nobody_here_knows_is_metas_to_judge():
    defined = [header_of("HOLOGRAM"), HELLO]
    assert found(defined) == []
    assert found(defined, header({"type": "hologram", "hologram": {}})) == []
