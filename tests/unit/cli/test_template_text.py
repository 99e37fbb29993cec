"""A template's definition as a person reads it."""

from waypost.cli.template_text import tell_template
from waypost.model.template import Template

CAROUSEL = Template(
    name="spring",
    language="en_US",
    category="MARKETING",
    status="PAUSED",
    template_id="7",
    quality="RED",
    components=[
        {
            "type": "BODY",
            "text": "Hello {{1}},\nspring is here.",
            "example": {"body_text": [["A"]]},
        },
        {
            "type": "CAROUSEL",
            "cards": [
                {
                    "components": [
                        {
                            "type": "HEADER",
                            "format": "IMAGE",
                            "example": {"header_handle": ["4::"]},
                        },
                        {
                            "type": "BUTTONS",
                            "buttons": [
                                {"type": "QUICK_REPLY", "text": "More"},
                                {
                                    "type": "URL",
                                    "text": "Shop",
                                    "url": "https://shop.example.com/{{1}}",
                                    "example": ["aloe"],
                                },
                            ],
                        },
                    ]
                }
            ],
        },
    ],
)


def test_components_stand_in_their_order_and_cards_further_in():
    assert list(tell_template(CAROUSEL, "77")) == [
        "spring (en_US): MARKETING, PAUSED, quality RED",
        "WABA 77, id 7, POSITIONAL",
        "  BODY      Hello {{1}}, ⏎ spring is here.",
        "  CAROUSEL  1 card",
        "    card 0",
        "      HEADER    image",
        "      BUTTONS",
        '        0 quick_reply  "More"',
        '        1 url  "Shop"  url https://shop.example.com/{{1}}  example aloe',
    ]


def test_a_rejected_template_says_why_and_one_without_an_id_says_so():
    rejected = Template(
        name="spring",
        language="en_US",
        category="UTILITY",
        status="REJECTED",
        components=[{"type": "FOOTER", "code_expiration_minutes": 5}],
        rejected_reason="TAG_CONTENT_MISMATCH",
    )

    assert list(tell_template(rejected, "77")) == [
        "spring (en_US): UTILITY, REJECTED",
        "WABA 77, id unknown, POSITIONAL",
        "Meta's review: TAG_CONTENT_MISMATCH",
        "  FOOTER    code_expiration_minutes 5",
    ]


def test_parts_of_kinds_that_nobody_knows_yet_are_shown_all_the_same():
    odd = Template(
        name="odd",
        language="en",
        category="MARKETING",
        status="APPROVED",
        components=[{"type": "HOLOGRAM", "depth": 3}, {"type": "CAROUSEL", "cards": None}, {}],
    )

    assert list(tell_template(odd, "77"))[2:] == [
        "  HOLOGRAM  depth 3",
        "  CAROUSEL  0 cards",
        "  ?",
    ]
