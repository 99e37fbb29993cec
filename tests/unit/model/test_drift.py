"""What became of a template is told in words a customer knows, and no more than happened."""

import pytest
from msgspec.structs import replace

from support.nouns import template
from waypost.model.components import Components
from waypost.model.drift import Difference, differences
from waypost.model.template import TemplateChangeKind

KINDS = TemplateChangeKind
CARDS = {"type": "CAROUSEL", "cards": [{"components": [{"type": "BODY", "text": "One"}]}]}


def told(before, after):
    return list(differences(before, after))


def test_a_template_appears_and_vanishes_with_its_status():
    rejected = template(status="REJECTED", rejected_reason="SCAM")

    assert told(None, rejected) == [Difference(KINDS.APPEARED, None, "REJECTED", "SCAM")]
    assert told(rejected, None) == [Difference(KINDS.VANISHED, "REJECTED", None)]
    assert told(None, None) == []


@pytest.mark.parametrize(
    ("change", "difference"),
    [
        ({"status": "PAUSED"}, Difference(KINDS.STATUS, "APPROVED", "PAUSED")),
        (
            {"status": "REJECTED", "rejected_reason": "SCAM"},
            Difference(KINDS.STATUS, "APPROVED", "REJECTED", "SCAM"),
        ),
        ({"category": "MARKETING"}, Difference(KINDS.CATEGORY, "UTILITY", "MARKETING")),
        ({"quality": "RED"}, Difference(KINDS.QUALITY, None, "RED")),
        (
            {"parameter_format": "NAMED"},
            Difference(KINDS.COMPONENTS, "POSITIONAL", "NAMED", "parameter_format"),
        ),
        (
            {"components": ({"type": "BODY", "text": "Bye {{1}}"}, CARDS)},
            Difference(KINDS.COMPONENTS, None, None, "body, carousel"),
        ),
    ],
)
def test_one_change_is_one_difference(change, difference):
    assert told(template(), template(**change)) == [difference]


@pytest.mark.parametrize(
    "change",
    [
        {"quality": "UNKNOWN"},
        {"template_id": "77"},
        {"components": [{"text": "Hello {{1}}", "type": "BODY"}]},
        {"components": ({"type": "body", "text": "Hello {{1}}"},)},
        {
            "components": (
                {
                    "type": "BODY",
                    "text": "Hello {{1}}",
                    "example": {"header_handle": ["https://scontent.example/1?oe=2"]},
                },
            )
        },
    ],
)
def test_what_means_the_same_is_no_difference(change):
    assert told(template(), template(**change)) == []


def test_a_changed_word_in_a_card_is_found_and_another_spelling_is_not():
    before = template(components=(CARDS,))
    small = {"type": "carousel", "cards": [{"components": [{"type": "body", "text": "One"}]}]}
    loud = {"type": "CAROUSEL", "cards": [{"components": [{"type": "BODY", "text": "ONE"}]}]}

    assert told(before, replace(before, components=(small,))) == []
    (difference,) = told(before, replace(before, components=(loud,)))
    assert difference.reason == "carousel"


def test_components_are_equal_to_what_they_were_made_of():
    given = ({"type": "BODY", "text": "Grüß dich {{1}}"}, CARDS)
    kept = Components(Components.of(given).json)

    assert kept == given
    assert given == kept
    assert kept == list(given)
    assert kept == Components.of([dict(reversed(one.items())) for one in given])
    assert kept != given[:1]
    assert kept != "[]"
    assert (len(kept), kept[1], list(kept[:1])) == (2, CARDS, [given[0]])
    assert hash(kept) == hash(Components(kept.json))
