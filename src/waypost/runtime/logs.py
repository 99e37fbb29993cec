"""Logs: one canonical line per unit of work, at its end, with fields that cannot vary.

Law 1: a kind of work has one class below; its fields are the line's fields.
Law 2: an event is `noun.past_tense`. Whom a message is for is `Masked`.
Law 3: ordinary work on the roads is logged at `debug`, trouble at `warning`: a line costs
as much as a tenth of a message, and what went well stands in the message's timeline anyway.
"""

import sys
from collections.abc import Callable
from dataclasses import dataclass, fields
from typing import Any, ClassVar, TextIO

import msgspec
import structlog

from waypost.runtime.redaction import Masked, redact

LEVELS = {"debug": 10, "info": 20, "warning": 30, "error": 40}


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkLine:
    """What every unit of work has; `duration_ms` is wall time, in milliseconds."""

    event: ClassVar[str]
    duration_ms: float

    @property
    def is_trouble(self) -> bool:
        """Whether somebody should see this line."""
        return False

    @property
    def subject(self) -> str:
        """The id of what it is about, by which units of work belong together."""
        return ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DispatchAttempted(WorkLine):
    """A message given to Meta.

    outcome  taken, refused, postponed, lost, held (with its sender) or template_stopped
    """

    event: ClassVar[str] = "dispatch.attempted"
    message_id: str
    account_id: str
    sender_id: str
    recipient: Masked
    attempt: int
    outcome: str
    wamid: str | None = None
    failure: str | None = None

    @property
    def subject(self) -> str:
        """The message."""
        return self.message_id

    @property
    def is_trouble(self) -> bool:
        """Everything but a message that was taken."""
        return self.outcome != "taken"


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookReceived(WorkLine):
    """A signed webhook request; `result` is kept or the reason it was turned away."""

    event: ClassVar[str] = "webhook.received"
    result: str
    size_bytes: int

    @property
    def is_trouble(self) -> bool:
        """Whatever was not kept."""
        return self.result != "kept"


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookProcessed(WorkLine):
    """A kept webhook, understood: how many statuses were recorded, parked, not understood."""

    event: ClassVar[str] = "webhook.processed"
    webhook_id: str
    recorded: int
    parked: int
    dropped: int = 0

    @property
    def subject(self) -> str:
        """The webhook."""
        return self.webhook_id

    @property
    def is_trouble(self) -> bool:
        """Something in it could not be read."""
        return self.dropped > 0


@dataclass(frozen=True, slots=True, kw_only=True)
class CallbackAttempted(WorkLine):
    """A callback to a customer; `result` is delivered, postponed, given_up or gone.

    latency_ms  of the call alone
    """

    event: ClassVar[str] = "callback.attempted"
    callback_id: str
    account_id: str
    attempt: int
    result: str
    profile_id: str = ""
    status: int | None = None
    latency_ms: int | None = None

    @property
    def subject(self) -> str:
        """The message, or whatever else the event is about."""
        return self.callback_id.partition(".")[0]

    @property
    def is_trouble(self) -> bool:
        """Everything but a callback that was taken."""
        return self.result != "delivered"


@dataclass(frozen=True, slots=True, kw_only=True)
class SendAnswered(WorkLine):
    """A request to send, answered; `code` as the customer read it, or dry_run.

    submission_id  empty if nothing was accepted
    count          of its messages
    """

    event: ClassVar[str] = "send.answered"
    sid: str
    code: str
    submission_id: str = ""
    count: int = 0

    @property
    def subject(self) -> str:
        """The request."""
        return self.submission_id


class _Watch:
    """Who watches units of work in this process, and whether those that went well are logged."""

    watcher: Callable[[WorkLine], None] | None = None
    is_detailed = False


def watch_work(watcher: Callable[[WorkLine], None] | None) -> None:
    """Has every unit of work told to `watcher` from now on; None: to nobody."""
    _Watch.watcher = watcher


def is_wanted() -> bool:
    """Whether anybody wants lines of work that went well: making one costs more than asking."""
    return _Watch.is_detailed or _Watch.watcher is not None


def configure_logs(level: str, log_format: str, stream: TextIO | None = None) -> None:
    """Set how every structlog logger of this process writes; standard error by default.

    level       debug, info, warning or error; raises KeyError for another
    log_format  `json`: one object per line; else for a person's eyes
    """
    out = sys.stderr if stream is None else stream
    _Watch.is_detailed = level == "debug"
    renderer: structlog.typing.Processor
    if log_format == "json":
        renderer = structlog.processors.JSONRenderer(serializer=_render_json)
    else:
        renderer = structlog.dev.ConsoleRenderer(
            colors=out.isatty(),
            # Rich tracebacks would show local variables, and with them contents and secrets.
            exception_formatter=structlog.dev.plain_traceback,
        )
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True, key="at"),
            structlog.processors.format_exc_info,
            redact,
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(LEVELS[level]),
        logger_factory=structlog.WriteLoggerFactory(file=out),
        cache_logger_on_first_use=False,
    )


def log_work(line: WorkLine) -> None:
    """Write the canonical line of a unit of work; fields that are None are left out."""
    if _Watch.watcher is not None:
        _Watch.watcher(line)
    logger = structlog.get_logger()
    write = logger.warning if line.is_trouble else logger.debug
    write(line.event, **_fields_of(line))


def _fields_of(line: WorkLine) -> dict[str, Any]:
    values = {field.name: getattr(line, field.name) for field in fields(line)}
    values["duration_ms"] = round(line.duration_ms, 2)
    return {name: value for name, value in values.items() if value is not None}


def _render_json(line: Any, **_options: Any) -> str:
    return msgspec.json.encode(line, enc_hook=str).decode()
