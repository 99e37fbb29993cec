"""How an emulator is run: secrets, delays, delivery. One frozen object."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from meta_emulator.faults import Faults
from meta_emulator.protocol.answers import Version, parse_version, version_text

LIMITS = ("throughput", "pair", "portfolio", "management", "templates", "windows", "caps")
"""Meta's limits that can be kept, each alone."""

MARKETING_CAP = 2
STATUSES = ("sent", "delivered", "read")
DEFAULT_DELAYS = (("sent", 0.15), ("delivered", 0.6), ("read", 1.5))
LEAST_DIGITS, MOST_DIGITS = 7, 15
"""Of a phone number."""
WEEK_S = 7 * 24 * 3600.0


class SettingsError(ValueError):
    """A setting cannot be used; the text says why."""


@dataclass(frozen=True, slots=True)
class ReleaseSettings:
    """Where captured messages may be released to: the real API, and whom they may reach there.

    url              of the Graph API, with or without a version
    phone_number_id  the real number that they are sent from
    to               digits of those who may get them; nobody else ever does
    """

    url: str
    phone_number_id: str
    to: frozenset[str]
    token: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Settings:
    """What an emulator is told when it starts.

    status_delays   status and seconds after acceptance, in order of time; a status that is not
                    named is never sent
    webhook_version the version the webhook subscription is set to, not that of the sends
    batch           updates in one webhook POST at most; Meta sends up to 1000
    workers         webhook POSTs in flight at most, for each receiver
    retry_first_s   the first gap after a failed webhook; each further one is twice as long
    retry_cap_s     the longest gap
    retry_span_s    after this long a webhook is given up
    limits          which of Meta's limits are kept, of LIMITS
    messaging_limit_code  what templates to more users in 24 hours than the portfolio's messaging
                    limit are refused with
    marketing_cap   marketing templates that one user may get in 24 hours
    review_delay_s  how long a new template is PENDING
    forbidden_words texts for which a review rejects a template as ABUSIVE_CONTENT
    is_strict_about_handles  whether a sample's handle must come from an upload made here
    magic           whether numbers choose what becomes of a send (physics/outcomes.py)
    faults          what goes wrong on purpose from the start; None: what the seed says
    chance          what ids are drawn from: the same gives the same; None: others at every start
    product_delay_s how long a product that a batch adds cannot be sent yet (reference 8)
    kept            messages, refusals and callbacks remembered, each
    release         where captured messages may be released to; None: nowhere
    control_hosts   further names that the control API answers for (control/visitors.py)
    """

    access_token: str
    app_secret: str
    verify_token: str
    webhook_url: str | None = None
    status_delays: tuple[tuple[str, float], ...] = DEFAULT_DELAYS
    webhook_version: Version = (25, 0)
    batch: int = 100
    workers: int = 8
    retry_first_s: float = 0.5
    retry_cap_s: float = 300.0
    retry_span_s: float = WEEK_S
    timeout_s: float = 10.0
    limits: frozenset[str] = frozenset()
    messaging_limit_code: int = 131048
    marketing_cap: int = MARKETING_CAP
    review_delay_s: float = 2.0
    forbidden_words: tuple[str, ...] = ()
    is_strict_about_handles: bool = False
    magic: bool = True
    chance: int | None = None
    faults: Faults | None = None
    product_delay_s: float = 0.0
    kept: int = 200_000
    release: ReleaseSettings | None = None
    control_hosts: frozenset[str] = frozenset()


def parse_delays(text: str) -> tuple[tuple[str, float], ...]:
    """Delays of `sent=150,delivered=600,read=1500` (milliseconds); `none` is no statuses.

    Raises SettingsError. The result is in order of time.
    """
    if text.strip().lower() in {"", "none"}:
        return ()
    delays: dict[str, float] = {}
    for item in text.split(","):
        status, equals, milliseconds = (part.strip() for part in item.partition("="))
        if status not in STATUSES:
            raise SettingsError(f"{status!r} is no status; there are {', '.join(STATUSES)}")
        if not equals or not milliseconds.isascii() or not milliseconds.isdigit():
            raise SettingsError(f"{item.strip()!r} needs milliseconds, as in {status}=150")
        delays[status] = int(milliseconds) / 1000
    return tuple(sorted(delays.items(), key=_delay))


def parse_release(
    url: str | None, token: str | None, phone_number_id: str | None, to: Sequence[str]
) -> ReleaseSettings | None:
    """Where messages may be released to; None if nothing of it is given.

    Raises SettingsError for a half of it.
    """
    if not url and not phone_number_id and not to:
        return None
    for name, value in (
        ("--release-url", url),
        ("META_EMULATOR_RELEASE_TOKEN", token),
        ("--release-number", phone_number_id),
        ("--release-to", to),
    ):
        if not value:
            raise SettingsError(f"to release messages, {name} must be given as well")
    assert url
    assert token
    assert phone_number_id
    if not url.startswith(("http://", "https://")):
        raise SettingsError(f"--release-url must begin with https://; it is {url!r}")
    allowed = frozenset("".join(filter(str.isdigit, number)) for number in to)
    if not all(LEAST_DIGITS <= len(digits) <= MOST_DIGITS for digits in allowed):
        raise SettingsError("--release-to takes whole phone numbers, as in +919876543210")
    return ReleaseSettings(url.rstrip("/"), phone_number_id, allowed, token)


def parse_limits(text: str) -> frozenset[str]:
    """The limits of `all`, `none`, or names with commas between; raises SettingsError."""
    word = text.strip().lower()
    if word in {"all", "none"}:
        return frozenset(LIMITS) if word == "all" else frozenset()
    names = [name.strip() for name in word.split(",")]
    for name in names:
        if name not in LIMITS:
            raise SettingsError(
                f"{name!r} is no limit; there are all, none, or some of {', '.join(LIMITS)}"
            )
    return frozenset(names)


def parse_webhook_url(text: str | None) -> str | None:
    """The app's URL for webhooks as it is; raises SettingsError if nothing can be sent there."""
    if text is None:
        return None
    try:
        parts = urlsplit(text)
        is_address = parts.scheme in {"http", "https"} and bool(parts.hostname)
        _ = parts.port
    except ValueError:
        is_address = False
    if not is_address:
        raise SettingsError(
            f"{text!r} is no URL for webhooks; write it like http://localhost:8080/webhook"
        )
    return text


def parse_webhook_version(text: str) -> Version:
    """(25, 0) for `v25.0`; raises SettingsError."""
    version = parse_version(text)
    if version is None:
        raise SettingsError(f"{text!r} is no version; write it like {version_text((25, 0))}")
    return version


def _delay(item: tuple[str, float]) -> float:
    return item[1]
