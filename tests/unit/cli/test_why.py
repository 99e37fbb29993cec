"""A story on a terminal: the panel first, then what happened, with its times."""

import io
from datetime import timedelta

import pytest
from msgspec.structs import replace
from rich.console import Console

from support.nouns import MESSAGE_ID, NOW, later
from waypost.cli.why import print_story, show_gap
from waypost.model.lifecycle import State
from waypost.model.message import Payment
from waypost.model.meta_error import Party
from waypost.model.story import (
    AnswerOfMeta,
    CallbackTry,
    Incoming,
    Line,
    Listed,
    RequestToMeta,
    Step,
    Story,
    Teller,
    Timeline,
    Trouble,
)

FINE = Timeline(
    message_id=MESSAGE_ID,
    submission_id=MESSAGE_ID,
    sid="HXIN1234567890IN",
    sender="+919800000001",
    recipient="+91****10",
    state=State.READ,
    headline="Read by the recipient.",
    trouble=None,
    kind="text",
    template=None,
    references=("order 17", None, None),
    source="api",
    wamid="wamid.1",
    wa_id=None,
    price="0.0100 USD",
    payment=Payment.CAPTURED,
    trace_id="trace-1",
    accepted_at=NOW,
    changed_at=NOW,
    send_at=None,
    expires_at=None,
    priority="normal",
    lines=(Line(NOW, Teller.GATEWAY, Step.ACCEPTED, "accepted: text"),),
)
UNDELIVERABLE = Trouble(
    "131026",
    "The message cannot be delivered",
    "not on WhatsApp",
    Party.CUSTOMER,
    "Customer: reach it otherwise.",
    "docs/reference/meta-errors.md#131026",
)
REQUEST = RequestToMeta("POST", "/v25.0/1/messages", {"to": "+91****10"})


def shown(story, width=100):
    out = Console(file=io.StringIO(), width=width, highlight=False, soft_wrap=True)
    print_story(story, out)
    return out.file.getvalue()


def of(**changes):
    return shown(Story(MESSAGE_ID, replace(FINE, **changes)))


def test_a_message_that_is_fine_has_a_panel_of_one_line_and_its_times():
    lines = (
        Line(NOW, Teller.GATEWAY, Step.ACCEPTED, "accepted: text"),
        Line(later(0.25), Teller.META, Step.FACT, "sent: on its way"),
        Line(None, Teller.GATEWAY, Step.COMES, "waits for its turn"),
    )

    told = of(lines=lines)

    assert "│ Read by the recipient. │" in told
    assert "references  order 17" in told
    assert "2026-11-20 (UTC)" in told
    assert "12:00:00.250     +0.25s  meta      sent: on its way" in told
    assert "…" in told.splitlines()[-1]


def test_a_failure_says_what_happened_whose_turn_it_is_and_what_to_do():
    told = of(state=State.FAILED, headline="Failed.", trouble=UNDELIVERABLE)

    panel = [line.strip("│ ") for line in told.splitlines() if line.startswith("│")]
    assert panel == [
        "Failed.",
        "What happened The message cannot be delivered (error 131026)",
        "In detail     not on WhatsApp",
        "Whose turn    the customer's",
        "What to do    Customer: reach it otherwise.",
        "More          docs/reference/meta-errors.md#131026",
    ]


@pytest.mark.parametrize(
    ("turn", "words"),
    [
        (Party.NOBODY, "nobody's"),
        (Party.META, "Meta's"),
        (Party.OWNER, "the account owner's"),
        (Party.OPERATOR, "the operator's"),
        (Party.RECIPIENT, "the recipient's"),
    ],
)
def test_every_party_has_its_words(turn, words):
    assert f"Whose turn    {words}" in of(trouble=replace(UNDELIVERABLE, turn=turn))


def test_a_long_step_is_broken_within_the_panel():
    long = replace(UNDELIVERABLE, next_step="Customer: " + "reach it otherwise " * 12)

    panel = [line for line in of(trouble=long).splitlines() if line.startswith("│")]

    assert len(panel) > 6
    assert {len(line) for line in panel} == {100}
    assert " ".join(line.strip("│ ") for line in panel).count("reach it otherwise") == 12


def test_a_refused_attempt_shows_the_request_once_and_each_answer():
    first = AnswerOfMeta(500, 12, code=131000, message="Something went wrong", fbtrace_id="Ax")
    lines = (
        Line(NOW, Teller.GATEWAY, Step.ATTEMPT, "attempt 1: no", REQUEST, first),
        Line(
            later(1), Teller.GATEWAY, Step.ATTEMPT, "attempt 2: no", REQUEST, AnswerOfMeta(None, 9)
        ),
    )

    told = of(lines=lines)

    assert told.count('POST /v25.0/1/messages {"to":"+91****10"}') == 1
    assert "HTTP 500: code 131000, message Something went wrong, fbtrace_id Ax" in told
    assert "no answer: nothing was said" in told


def test_an_erased_request_is_said_to_be_erased():
    line = Line(NOW, Teller.GATEWAY, Step.ATTEMPT, "x", RequestToMeta("POST", "/v25.0/1/m", None))

    assert "POST /v25.0/1/m (erased)" in of(lines=(line,))


def test_a_callback_that_was_not_taken_at_once_shows_each_attempt():
    tries = (
        CallbackTry(NOW, 1, "https://shop.example", 12, 503, "", "try\nlater"),
        CallbackTry(later(2), 2, "https://shop.example", 30, None, "timed out", ""),
    )
    line = Line(later(3), Teller.CALLBACK, Step.CALLBACK, "'sent' to …", tries=tries)

    told = of(lines=(line,))

    assert "1. 2026-11-20 12:00:00Z HTTP 503 after 12 ms" in " ".join(told.split())
    assert "try later" in told
    assert "timed out after 30 ms" in told


def test_a_request_with_several_recipients_is_a_table(capsys):
    listed = tuple(Listed(f"{MESSAGE_ID}:{n}", "+91****10", State.READ, "Read.") for n in range(2))

    told = shown(Story(MESSAGE_ID, messages=listed))

    assert f"{MESSAGE_ID} is a request with 2 recipients:" in told
    assert f"{MESSAGE_ID}:1" in capsys.readouterr().out


def test_an_incoming_message_is_told_before_the_one_that_it_answers():
    incoming = Incoming(
        "A9",
        "HXIN1234567890IN",
        "+919800000001",
        "+91****10",
        "text",
        "wamid.in",
        later(60),
        MESSAGE_ID,
        is_probable=False,
        lines=(Line(later(60), Teller.RECIPIENT, Step.REPLY, "the recipient wrote: text"),),
    )

    told = shown(Story("A9", FINE, incoming=incoming))

    assert told.startswith("A9: text from +91****10 to +919800000001, 2026-11-20 12:01:00Z\n")
    assert told.index("the recipient wrote") < told.index("What it answers:")
    assert told.index("What it answers:") < told.index("Read by the recipient.")


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0, "+0.00s"), (1.5, "+1.50s"), (192, "+3m12s"), (7500, "+2h05m"), (100_800, "+1d04h")],
)
def test_a_gap_is_as_short_as_it_can_be_read(seconds, words):
    assert show_gap(timedelta(seconds=seconds)) == words
