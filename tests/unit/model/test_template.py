"""model/template.py: what is asked of a template's definition."""

from waypost.model.template import Template


def defined(*components):
    return Template("summer", "en_US", "MARKETING", "APPROVED", components)


def test_the_last_card_defined_speaks_for_those_after_it():
    cards = [
        {"components": [{"type": "HEADER", "format": "IMAGE"}]},
        {"components": [{"type": "header", "format": "video"}]},
    ]
    template = defined({"type": "CAROUSEL", "cards": cards})

    assert [template.card_header_kind(index) for index in range(4)] == [
        "image",
        "video",
        "video",
        "video",
    ]


def test_a_template_without_cards_has_no_card_header():
    assert defined({"type": "BODY"}).card_header_kind(0) is None
    assert defined({"type": "CAROUSEL"}).card_header_kind(0) is None
