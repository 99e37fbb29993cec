"""A gateway's answer, read for a person; the bodies are rendered by the gateway itself."""

import pytest

from waypost.cli.calling import read_answer
from waypost.model.money import Money
from waypost.model.refusal import Fault, Reason, Refusal
from waypost.runtime.http import HttpAnswer
from waypost.wire.envelope import Answer, render_accepted, render_refusal, render_rehearsal


def over_http(answer: Answer) -> HttpAnswer:
    headers = {name.decode(): value.decode() for name, value in answer.headers}
    return HttpAnswer(answer.status, headers, answer.body)


def test_an_accepted_message_has_its_id():
    answer = read_answer(over_http(render_accepted("A1", [("+91", "A1")])))

    assert (answer.message_id, answer.lines) == ("A1", ("Accepted as A1.",))


def test_several_recipients_are_listed():
    answer = read_answer(over_http(render_accepted("A1", [("+91", "A1:0"), ("+92", "A1:1")])))

    assert answer.lines == ("Accepted as A1.", "  A1:0  to +91", "  A1:1  to +92")


def test_every_fault_is_told_with_its_place():
    faults = (
        Fault("", "json", "This is no JSON.", line=3, column=7),
        Fault("/messaging_object/to", "missing", "It must be there."),
    )

    answer = read_answer(over_http(render_refusal(Refusal(Reason.PAYLOAD, faults))))

    assert answer.message_id is None
    assert answer.lines == (
        "Refused with WA400 (HTTP 400): Refer to correct payload format",
        "  the body, line 3, column 7: This is no JSON.",
        "  /messaging_object/to: It must be there.",
    )


@pytest.mark.parametrize("reason", list(Reason))
def test_every_refusal_can_be_read(reason):
    answer = read_answer(over_http(render_refusal(Refusal(reason))))

    assert answer.message_id is None
    assert answer.lines[0].startswith("Refused with ")


def test_a_limit_says_when_to_come_again():
    answer = read_answer(over_http(render_refusal(Refusal(Reason.RATE, retry_after_s=4))))

    assert answer.lines[1] == "  again in 4 s"


def test_an_answer_that_is_no_gateways_is_shown_as_it_is():
    answer = read_answer(HttpAnswer(502, {}, b"<html>Bad Gateway</html>"))

    assert answer.lines == (
        "HTTP 502, and it does not sound like a gateway: <html>Bad Gateway</html>",
    )


FOUND = Fault(
    "/messaging_object/template/name",
    "template_unknown",
    "There is no template abandonned_cart.",
    meta_code=132001,
    mend="The nearest approved one: abandoned_cart (en_US).",
)
TOLD = (
    "  /messaging_object/template/name: There is no template abandonned_cart. (Meta's error 132001)"
)
AMOUNTS = {
    "price": Money(100, "USD"),
    "total": Money(200, "USD"),
    "spendable": Money(10_000, "USD"),
}


def test_a_finding_is_told_with_metas_code_and_how_to_mend_it():
    answer = read_answer(over_http(render_refusal(Refusal(Reason.PAYLOAD, (FOUND,)))))

    assert not answer.is_done
    assert answer.lines[1:] == (
        TOLD,
        "    To mend it: The nearest approved one: abandoned_cart (en_US).",
    )


def test_a_dry_run_tells_the_price_and_what_would_be_noted():
    answer = read_answer(over_http(render_rehearsal(["+91", "+92"], 0, AMOUNTS, [FOUND])))

    assert (answer.message_id, answer.is_done) == (None, True)
    assert answer.lines[:6] == (
        "It would be accepted, for 2 recipients; nothing was sent.",
        "  price      0.0100 USD each",
        "  total      0.0200 USD",
        "  spendable  1.0000 USD",
        "It would be noted, and Meta may refuse it:",
        TOLD,
    )


def test_a_dry_run_tells_what_the_day_has_no_room_for():
    answer = read_answer(over_http(render_rehearsal(["+91", "+92"], 1, AMOUNTS, [])))

    assert answer.lines[1] == "  withheld   1: beyond the account's number for this day (UTC)"


def test_a_dry_run_without_findings_ends_with_the_money():
    answer = read_answer(over_http(render_rehearsal(["+91"], 0, AMOUNTS, [])))

    assert answer.lines[0] == "It would be accepted, for 1 recipient; nothing was sent."
    assert len(answer.lines) == 4
