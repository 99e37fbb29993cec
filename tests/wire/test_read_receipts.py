"""Read receipts and typing: no message, so neither `to` nor `type`."""

import pytest

from support.sends import NUMBER, accepted, refused, sent_on, text, without, wrap
from waypost.model.recipient import Recipient, parse_address
from waypost.model.submission import READ_RECEIPT, References

RECEIPT = {"messaging_product": "whatsapp", "status": "read", "message_id": "wamid.HBgLMTY1MA=="}
TYPING = {**RECEIPT, "typing_indicator": {"type": "text"}}


@pytest.mark.parametrize("receipt", [RECEIPT, TYPING])
def test_a_read_receipt_goes_on_as_it_is(receipt):
    submission = accepted(wrap(receipt, ref="order 7"))

    assert sent_on(wrap(receipt)) == receipt
    assert submission.content.kind == READ_RECEIPT
    assert submission.message == receipt
    assert submission.references == References("order 7")


def test_a_read_receipt_has_one_recipient_without_an_address():
    submission = accepted(wrap(RECEIPT))

    assert submission.recipients == (Recipient(),)
    assert submission.recipients[0].address == ""
    assert parse_address("") == Recipient()


@pytest.mark.parametrize("key", ["to", "recipient"])
@pytest.mark.parametrize("whom", [NUMBER, "not a number", None])
def test_whom_a_read_receipt_names_is_left_out(key, whom):
    submission = accepted(wrap({**RECEIPT, key: whom}))

    assert submission.recipients == (Recipient(),)
    assert submission.message == RECEIPT


def test_a_bare_read_receipt_is_one_too():
    submission = accepted(RECEIPT)

    assert submission.message == RECEIPT
    assert submission.pointer == ""


def test_the_words_of_a_read_receipt_may_be_written_in_any_case():
    given = {
        "messaging_product": "WhatsApp",
        "status": "READ",
        "message_id": "wamid.A",
        "typing_indicator": {"type": "Text"},
    }

    assert sent_on(wrap(given)) == {
        "messaging_product": "whatsapp",
        "status": "read",
        "message_id": "wamid.A",
        "typing_indicator": {"type": "text"},
    }


@pytest.mark.parametrize(
    ("given", "faults"),
    [
        (without(RECEIPT, "message_id"), [("/message_id", "required")]),
        ({**RECEIPT, "message_id": ""}, [("/message_id", "empty")]),
        ({**RECEIPT, "message_id": 7}, [("/message_id", "wrong_type")]),
        ({**RECEIPT, "status": "delivered"}, [("/status", "wrong_value")]),
        ({**RECEIPT, "status": None}, [("/status", "wrong_type")]),
        (without(RECEIPT, "status"), [("/status", "required")]),
        (without(TYPING, "status"), [("/status", "required")]),
        ({**RECEIPT, "typing_indicator": "text"}, [("/typing_indicator", "wrong_type")]),
        ({**RECEIPT, "typing_indicator": {}}, [("/typing_indicator/type", "required")]),
        ({**RECEIPT, "typing_indicator": {"type": 1}}, [("/typing_indicator/type", "wrong_type")]),
        (
            without(RECEIPT, "messaging_product", "message_id"),
            [
                ("/messaging_product", "required"),
                ("/message_id", "required"),
            ],
        ),
    ],
)
def test_what_a_read_receipt_lacks_is_told_where_it_stands(given, faults):
    assert refused(wrap(given)) == [(f"/messaging_object{path}", code) for path, code in faults]


@pytest.mark.parametrize("key", ["status", "message_id", "typing_indicator"])
def test_what_has_content_is_no_read_receipt(key):
    given = {**without(text(), "type"), key: "read"}

    assert accepted(wrap(given)).content.kind == "text"


@pytest.mark.parametrize("kind", ["read_receipt", "status", "message_id", "typing_indicator"])
def test_no_message_can_call_itself_a_read_receipt(kind):
    given = {**without(text(), "text"), "type": kind, kind: {}}

    assert refused(wrap(given)) == [("/messaging_object/type", "wrong_value")]
