"""The plan of what goes wrong on purpose. Values only; `disorder` carries them out.

Shares are of 0 to 1. Whether something hits one message or update is drawn by lot from the seed,
the recipient and how often it was written to under this plan: the same seed and the same sends
give the same fates, in whatever order they come.
"""

import math
import tomllib
from pathlib import Path
from typing import Annotated

import msgspec

from meta_emulator.runtime.slips import told

Share = Annotated[float, msgspec.Meta(ge=0, le=1)]
Milliseconds = Annotated[int, msgspec.Meta(ge=0)]
Seconds = Annotated[float, msgspec.Meta(ge=0)]
Codes = Annotated[list[int], msgspec.Meta(min_length=1)]
BatchSize = Annotated[int, msgspec.Meta(ge=1, le=1000)]
Times = Annotated[int, msgspec.Meta(ge=1, le=10)]


class FaultsError(ValueError):
    """The plan cannot be used; the text says why."""


class Planned(msgspec.Struct, forbid_unknown_fields=True):
    """A code, for the next `count` sends of those that the lot picks, `share` of all.

    count  counts down; null: without end. Who are the next depends on the order of the sends
    """

    code: int
    count: int | None = 1
    share: Share = 1.0


class Throttle(msgspec.Struct, forbid_unknown_fields=True):
    """Bursts of refusals with one code: of every `every_ms`, the first `for_ms`."""

    every_ms: int = 1000
    for_ms: int = 500
    code: int = 130429

    def is_on(self, since_s: float) -> bool:
        """Whether a burst is on, so many seconds after the plan was put in force."""
        return since_s * 1000 % max(1, self.every_ms) < self.for_ms


class Outage(msgspec.Struct, forbid_unknown_fields=True):
    """A window in which sends are refused as by a Meta that is not well.

    start_ms  when it begins, after the plan was put in force
    for_ms    how long it lasts
    every_ms  how long after its beginning it begins again; 0: never
    codes     one of them by lot: 131016, 131000 and 131057 are HTTP 500, 2 is 503
    share     of the sends meanwhile
    """

    start_ms: Milliseconds = 0
    for_ms: Milliseconds = 1000
    every_ms: Milliseconds = 0
    codes: Codes = msgspec.field(default_factory=lambda: [131016])
    share: Share = 1.0

    def is_on(self, since_s: float) -> bool:
        """Whether it is on, so many seconds after the plan was put in force."""
        passed_ms = since_s * 1000 - self.start_ms
        if passed_ms < 0:
            return False
        return (passed_ms % self.every_ms if self.every_ms else passed_ms) < self.for_ms


class Duplicates(msgspec.Struct, forbid_unknown_fields=True):
    """Updates that come again, each time in another webhook.

    most       how many times more, at most; by lot
    within_ms  how much later, at most; by lot
    """

    share: Share = 1.0
    most: Times = 1
    within_ms: Milliseconds = 1000


class Reordering(msgspec.Struct, forbid_unknown_fields=True):
    """Updates that others overtake: they are held back, by lot, up to `within_ms`."""

    share: Share = 1.0
    within_ms: Milliseconds = 1000


class Delays(msgspec.Struct, forbid_unknown_fields=True):
    """Updates that come late, by lot between `min_ms` and `max_ms`."""

    share: Share = 1.0
    min_ms: Milliseconds = 0
    max_ms: Milliseconds = 1000


class Batches(msgspec.Struct, forbid_unknown_fields=True):
    """How many updates a webhook has at most: for each webhook another number, by lot."""

    least: BatchSize = 1
    most: BatchSize = 1000


class Repeats(msgspec.Struct, forbid_unknown_fields=True):
    """Updates that come again, once, though the receiver answered 200."""

    share: Share = 1.0
    after_ms: Milliseconds = 1000


class LateFailure(msgspec.Struct, forbid_unknown_fields=True):
    """`failed` with one of `codes`, by lot, `after_ms` after acceptance, and after `sent`."""

    share: Share = 1.0
    codes: Codes = msgspec.field(default_factory=lambda: [131026])
    after_ms: Milliseconds = 3000


class Pause(msgspec.Struct, forbid_unknown_fields=True):
    """A template is paused in mid-campaign.

    name         the template's, in all languages
    after_sends  it is paused when so many sends of it were accepted
    for_s        then it can be sent again; null: never by itself
    """

    name: str
    after_sends: Annotated[int, msgspec.Meta(ge=1)] = 1
    for_s: Seconds | None = None


class Faults(msgspec.Struct, forbid_unknown_fields=True):
    """All that goes wrong; by default nothing does.

    seed           another seed draws other lots
    lose_answers   this share is accepted, and the connection is cut instead of an answer
    drop           this share is not accepted, and gets a 503 without a body
    refuse         the next good sends are refused with a code
    fail           the next accepted sends get `failed` with a code instead of `sent`
    throttle       all sends are refused in bursts
    outages        windows in which sends are refused with 5xx, or with any code
    delay_ms       every send is looked at only after so long
    late_ms        answers to accepted sends come so late
    late_share     the share of accepted sends whose answers are late
    status_before_answer  this share is answered only after the webhook of its first status

    duplicate      updates that come again, in another webhook
    reorder        updates that others overtake
    delay_webhooks updates that come late
    batch          webhooks of varying size
    lose_webhooks  this share of the updates never comes
    repeat_after_200  updates that come again although they were answered 200

    skip_delivered         this share goes from `sent` to `read`
    read_before_delivered  this share has `read` first, `delivered` after it
    never_delivered        this share stays `sent`
    late_failure           `failed` after `sent`

    pause_template         a template is paused in mid-campaign
    token_expires_after_s  from then on the access token has expired (190, subcode 463)
    """

    seed: int = 0
    lose_answers: Share = 0.0
    drop: Share = 0.0
    refuse: Planned | None = None
    fail: Planned | None = None
    throttle: Throttle | None = None
    outages: list[Outage] = []
    delay_ms: Milliseconds = 0
    late_ms: Milliseconds = 0
    late_share: Share = 1.0
    status_before_answer: Share = 0.0
    duplicate: Duplicates | None = None
    reorder: Reordering | None = None
    delay_webhooks: Delays | None = None
    batch: Batches | None = None
    lose_webhooks: Share = 0.0
    repeat_after_200: Repeats | None = None
    skip_delivered: Share = 0.0
    read_before_delivered: Share = 0.0
    never_delivered: Share = 0.0
    late_failure: LateFailure | None = None
    pause_template: Pause | None = None
    token_expires_after_s: Seconds | None = None

    def __post_init__(self) -> None:
        """Bounds that are the wrong way round are refused."""
        batch, delays = self.batch, self.delay_webhooks
        if batch is not None and batch.least > batch.most:
            raise ValueError("`batch`: `least` is more than `most`")
        if delays is not None and delays.min_ms > delays.max_ms:
            raise ValueError("`delay_webhooks`: `min_ms` is more than `max_ms`")

    @property
    def disturbs_webhooks(self) -> bool:
        """Whether any of it is about webhooks."""
        parts = (self.duplicate, self.reorder, self.delay_webhooks, self.batch)
        return self.lose_webhooks > 0 or self.repeat_after_200 is not None or any(map(bool, parts))

    @property
    def disturbs_courses(self) -> bool:
        """Whether any of it is about which statuses come, and when."""
        shares = self.skip_delivered, self.read_before_delivered, self.never_delivered
        return self.late_failure is not None or max(shares) > 0


def read_faults(text: str) -> Faults:
    """The plan in `text`, JSON, or in the file that it names; raises FaultsError."""
    if text.lstrip().startswith("{"):
        return parse_faults(text.encode())
    try:
        return parse_faults(Path(text).read_bytes(), is_toml=text.endswith(".toml"))
    except OSError as error:
        raise FaultsError(
            f"the faults {text} cannot be read: {error.strerror}; give a file, or JSON"
        ) from error


def parse_faults(raw: bytes, *, is_toml: bool = False) -> Faults:
    """The plan in `raw`; raises FaultsError with the place and how to mend it."""
    try:
        if is_toml:
            return msgspec.convert(tomllib.loads(raw.decode()), Faults)
        return msgspec.json.decode(raw, type=Faults)
    except (msgspec.MsgspecError, tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise FaultsError(f"the faults cannot be used: {told(error, Faults)}") from error


def is_nothing(faults: Faults) -> bool:
    """Whether the plan leaves everything as it is."""
    return msgspec.structs.replace(faults, seed=0, late_share=1.0) == Faults()


def picked(codes: list[int], fraction: float) -> int:
    """One of the codes, by a lot of 0 to 1."""
    return codes[min(len(codes) - 1, math.floor(fraction * len(codes)))]
