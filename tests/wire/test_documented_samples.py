"""Both documented samples, as printed but for the masked number, become what Meta wants."""

import pytest

from support.sends import accepted, sample
from waypost.model.recipient import Recipient
from waypost.model.submission import References
from waypost.model.template import Template

CAROUSEL_FOR_META = (
    b'{"messaging_product":"whatsapp","recipient_type":"individual","type":"template",'
    b'"template":{"name":"Carousel Template","language":{"code":"en_US"},"components":['
    b'{"type":"body","parameters":[{"type":"text","text":"welcome"}]},'
    b'{"type":"carousel","cards":[{"card_index":0,"components":['
    b'{"type":"header","parameters":[{"type":"video","video":{"id":"15580815XXXX3169"}}]},'
    b'{"type":"body","parameters":[{"type":"text","text":"john"}]},'
    b'{"type":"button","sub_type":"quick_reply","index":0,'
    b'"parameters":[{"type":"payload","payload":"more-aloes"}]},'
    b'{"type":"button","sub_type":"url","index":1,'
    b'"parameters":[{"type":"text","text":"blue-elf"}]}]}]}]}}'
)
MPM_FOR_META = (
    b'{"messaging_product":"whatsapp","recipient_type":"individual","type":"template",'
    b'"template":{"name":"abandoned_cart","language":{"code":"en_US"},"components":['
    b'{"type":"header","parameters":[{"type":"text","text":"subscription"}]},'
    b'{"type":"body","parameters":[{"type":"text","text":"This is the sample message"}]},'
    b'{"type":"button","sub_type":"mpm","index":0,"parameters":[{"type":"action","action":{'
    b'"thumbnail_product_retailer_id":"2lc20XXXpt","sections":[{"title":"Premium Packages",'
    b'"product_items":[{"product_retailer_id":"2lc2XXXpt"}]}]}}]}]}}'
)


def carousel_template(*formats: str) -> Template:
    cards = [{"components": [{"type": "HEADER", "format": kind}]} for kind in formats]
    return Template(
        "Carousel Template",
        "en_US",
        "MARKETING",
        "APPROVED",
        ({"type": "CAROUSEL", "cards": cards},),
    )


@pytest.mark.parametrize(
    ("name", "for_meta"), [("carousel", CAROUSEL_FOR_META), ("mpm", MPM_FOR_META)]
)
def test_a_documented_sample_is_accepted_as_printed(name, for_meta):
    submission = accepted(sample(name))

    assert submission.content.json == for_meta
    assert submission.recipients == (Recipient(phone="919812345678"),)
    assert submission.references == References("customer1", "marketing", "dictionary")
    assert submission.source == "api"
    assert not submission.track_body
    assert not submission.track_button


@pytest.mark.parametrize(
    ("name", "template_name"), [("carousel", "Carousel Template"), ("mpm", "abandoned_cart")]
)
def test_the_template_of_a_sample_is_named_with_its_language(name, template_name):
    content = accepted(sample(name)).content

    assert (content.kind, content.template_name, content.template_language) == (
        "template",
        template_name,
        "en_US",
    )


def test_the_header_of_the_carousel_sample_is_the_kind_its_template_defines():
    content = accepted(sample("carousel"), carousel_template("IMAGE")).content

    assert content.json == CAROUSEL_FOR_META.replace(
        b'{"type":"video","video":{"id":"15580815XXXX3169"}}',
        b'{"type":"image","image":{"id":"15580815XXXX3159"}}',
    )


def test_the_header_of_the_carousel_sample_stays_a_video_where_the_template_has_one():
    content = accepted(sample("carousel"), carousel_template("VIDEO", "VIDEO")).content

    assert content.json == CAROUSEL_FOR_META
