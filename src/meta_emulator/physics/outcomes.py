"""The table of magic recipients: what becomes of a send is chosen by how its number ends.

A number is magic if its last nine digits are 555, or 556, and six digits of this table. The six are
Meta's code with zeros before it, or 900 and a number of ours, as Meta has no codes there. 555 alone
would be hit by chance, and so would round or rising numbers; nine digits, of which six must be in
the table, are not.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from meta_emulator.protocol.errors import TITLES
from meta_emulator.world.message import ACCEPTED, FAILED

LENGTH = 9
AS_META, LATER = "555", "556"
HELD = "held_for_quality_assessment"
UNDELIVERABLE, PAUSED, STOPPED = 131026, 132015, 131050
MINUTE_S, HOUR_S, DAY_S = 60.0, 3600.0, 86_400.0


@dataclass(frozen=True, slots=True)
class Move:
    """One status of an outcome.

    after_s  seconds after acceptance; None: as the settings have it
    later_s  so much later than that
    at       it comes when the settings have this other status
    """

    status: str
    after_s: float | None = None
    later_s: float = 0.0
    code: int | None = None
    at: str = ""


SENT, DELIVERED, READ = Move("sent"), Move("delivered"), Move("read")


@dataclass(frozen=True, slots=True)
class Reply:
    """What the person does after reading.

    kind     `text`, `tap`, `choose`, `order`, `image`, `stop`, `resume`
    after_s  seconds after `read`
    text     of a `text`
    card     whose button is tapped, from 0; None: one that is not on a card
    """

    kind: str
    after_s: float = 0.0
    text: str = ""
    card: int | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What becomes of sends to one ending.

    ending    the last nine digits
    sentence  what becomes of them, for people
    refusals  so many sends are refused with `code`, then one is accepted, then again; None: all are
    code      refused with it if `refusals` is not 0
    fails     accepted, and `failed` with it instead of `sent`
    is_about_marketing  whatever it is, it is so for marketing alone
    moves     the statuses; None: the usual ones
    """

    ending: str
    sentence: str
    code: int | None = None
    refusals: int | None = 0
    fails: int | None = None
    is_about_marketing: bool = False
    moves: tuple[Move, ...] | None = None
    answer_status: str = ACCEPTED
    loses_answer: bool = False
    answers_after_s: float = 0.0
    replies: tuple[Reply, ...] = ()


AT_ONCE = (
    *(1, 2, 3, 4, 10, 33, 100, 190, 200, 80007, 131005, 131008, 131009, 131021, 131030, 131037),
    *(131062, 131063, 132000, 132001, 132005, 132007, 132008, 132012, 132018, 133004, 133010),
    *(134011, 137000),
)
AFTER = (130472, 131026, 131047, 131049, 131050, 131053)
BOTH = (
    *(368, 130403, 130429, 130497, 131000, 131016, 131031, 131042, 131045, 131048, 131051),
    *(131056, 131057, 131064, 132015, 132016, 132068, 132069, 135000),
)
"""When Meta says a code: in the answer, in a webhook, or either (reference 3.3)."""

NOT_OF_SENDS = frozenset(
    {
        0,  # as any round number would have its ending
        *(2200, 80008, 131044, 131052, 131055, 131059, 139100, 139101),
        *(131020, 131041, 131207, 131208),  # groups
        *(133000, 133005, 133006, 133008, 133009, 133015, 133016),  # registration
        *(134100, 134101, 134102),  # the marketing messages endpoint
    }
)
"""Codes of the table of errors that no message to a person gets, or that no number stands for."""

COURSES = (
    Outcome("101", "Accepted, and no status ever comes.", moves=()),
    Outcome("102", "Sent, and never delivered.", moves=(SENT,)),
    Outcome("103", "Delivered, and never read.", moves=(SENT, DELIVERED)),
    Outcome("104", "Read without `delivered`.", moves=(SENT, READ)),
    Outcome(
        "105",
        "`read` comes first, `delivered` after it.",
        moves=(SENT, Move("read", at="delivered"), Move("delivered", at="read", later_s=0.05)),
    ),
    Outcome("106", "Read after an hour.", moves=(SENT, DELIVERED, Move("read", HOUR_S))),
    Outcome(
        "107",
        "Delivered after a day, read soon after.",
        moves=(SENT, Move("delivered", DAY_S), Move("read", DAY_S + 1)),
    ),
    Outcome(
        "108",
        "Sent, and failed with 131026 ten seconds later.",
        moves=(SENT, Move(FAILED, 10.0, code=UNDELIVERABLE)),
    ),
    Outcome(
        "109",
        "Held for quality assessment for a minute, then sent as usual; the answer says so.",
        moves=tuple(Move(name, later_s=MINUTE_S) for name in ("sent", "delivered", "read")),
        answer_status=HELD,
    ),
    Outcome(
        "110",
        "Held for quality assessment for a minute, then failed with 132015; the answer says so.",
        moves=(Move(FAILED, MINUTE_S, code=PAUSED),),
        answer_status=HELD,
    ),
    Outcome(
        "111",
        "Has stopped marketing: that fails with 131050; all else arrives.",
        fails=STOPPED,
        is_about_marketing=True,
    ),
    Outcome(
        "112",
        "Is on WhatsApp from the second message on: the first fails with 131026.",
        fails=UNDELIVERABLE,
        refusals=1,
    ),
)
STOP = Reply("text", text="STOP")
REPLIES = (
    Outcome("201", "Reads, and writes `Hello`.", replies=(Reply("text", text="Hello"),)),
    Outcome(
        "202",
        "Reads, and writes `Sorry, I was away` an hour later.",
        replies=(Reply("text", HOUR_S, "Sorry, I was away"),),
    ),
    Outcome("203", "Reads, and writes `STOP`.", replies=(STOP,)),
    Outcome(
        "204",
        "Reads, writes `STOP` and stops marketing: `user_preferences`; then 131050.",
        replies=(STOP, Reply("stop")),
    ),
    Outcome(
        "205",
        "Reads, stops marketing, and resumes it an hour later.",
        replies=(Reply("stop"), Reply("resume", HOUR_S)),
    ),
    Outcome("206", "Reads, and taps the first quick reply.", replies=(Reply("tap"),)),
    Outcome(
        "207",
        "Reads, and taps the first quick reply of the second card.",
        replies=(Reply("tap", card=1),),
    ),
    Outcome("208", "Reads, and orders the first two products.", replies=(Reply("order"),)),
    Outcome("209", "Reads, opens the list and chooses its first row.", replies=(Reply("choose"),)),
    Outcome("210", "Reads, and sends an image.", replies=(Reply("image"),)),
)
ANSWERS = (
    Outcome("301", "Accepted, and the answer is lost; all statuses come.", loses_answer=True),
    Outcome(
        "302",
        "Accepted, the answer is lost, and no status ever comes.",
        moves=(),
        loses_answer=True,
    ),
    Outcome("303", "HTTP 500 with 131000; the next try is accepted.", 131000, 1),
    Outcome("304", "HTTP 503 with code 2, twice; the third try is accepted.", 2, 2),
    Outcome("305", "Too fast for this person: 131056; the next try is accepted.", 131056, 1),
    Outcome("306", "The answer takes five seconds; statuses come first.", answers_after_s=5.0),
    Outcome(
        "307", "The answer takes two minutes, longer than most clients wait.", answers_after_s=120.0
    ),
)


def _of_codes() -> Iterator[Outcome]:
    for code in sorted((*AT_ONCE, *AFTER, *BOTH)):
        title, status = TITLES[code]
        if code in AFTER:
            sentence = f"Fails later: {title}"
            yield Outcome(f"{AS_META}{code:06}", sentence, fails=code)
        else:
            sentence = f"Refused with HTTP {status}: {title}"
            yield Outcome(f"{AS_META}{code:06}", sentence, code, None)
        if code in BOTH:
            yield Outcome(f"{LATER}{code:06}", f"Fails later: {title}", fails=code)


def _ours() -> Iterator[Outcome]:
    for one in (*COURSES, *REPLIES, *ANSWERS):
        yield replace(one, ending=f"{AS_META}900{one.ending}")


OUTCOMES: Mapping[str, Outcome] = {outcome.ending: outcome for outcome in (*_ours(), *_of_codes())}
"""All of them, by their ending."""


def outcome_of(digits: str | None) -> Outcome | None:
    """What becomes of sends to these digits; None: nothing special."""
    return None if digits is None or len(digits) <= LENGTH else OUTCOMES.get(digits[-LENGTH:])
