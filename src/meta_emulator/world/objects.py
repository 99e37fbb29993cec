"""The objects of the Graph API that the emulator holds: accounts, numbers, templates, media."""

from collections import deque
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from msgspec.structs import replace

from meta_emulator.checks.forms import Form, compile_form
from meta_emulator.checks.template_send import Holdings
from meta_emulator.seed import NumberSeed, TemplateSeed
from meta_emulator.world.catalogue import Catalogue

MEDIA_LIFE = timedelta(days=30)
UPGRADED = 1000
"""Messages a second of an upgraded number (reference 5)."""
ON_BIZ_APP = 20
"""Messages a second of a number that the WhatsApp Business app uses too, whatever is told."""


@dataclass(slots=True)
class Template:
    """One language of one template, and its form.

    components  as Meta shows them
    quality_at  the Unix second of the quality's last change
    life_s      how long a message waits for its recipient, in seconds; None for Meta's default
    extras      what clients may give and ask for besides: `library_template_name` ...
    """

    id: str
    name: str
    language: str
    category: str
    status: str
    parameter_format: str
    components: list[dict[str, Any]]
    form: Form
    waba_id: str
    quality: str = "GREEN"
    quality_at: int = 1758754645
    rejected_reason: str = "NONE"
    sub_category: str | None = None
    previous_category: str | None = None
    correct_category: str | None = None
    life_s: int | None = None
    edited_at: list[datetime] = field(default_factory=list)
    extras: dict[str, Any] = field(default_factory=dict)


@dataclass(slots=True)
class Number:
    """A business phone number. `webhook_url` overrides that of its WABA.

    blocked        digits or user ids of users who are blocked, and which of `wa_id`, `user_id`
                   they are
    digits         the display number's
    is_registered  whether it may send: from `register` until `deregister`
    pin            of two-step verification; None until the first registration sets it
    wrong_pins     when a wrong one was given, the last of them
    registrations  when it was registered or deregistered, the last of them
    profile        what the business profile says, by Meta's keys
    is_cart_enabled, is_catalogue_visible  the commerce settings (reference 8)
    options        the `settings` edge, by Meta's keys
    automation     ice breakers and commands, by Meta's keys
    public_key     of flows
    short_links    the QR codes' prefilled messages, by their codes
    groups         by id, each by Meta's keys and `participants`, a list of digits
    upgraded_at    when the upgrade of its throughput began; None when it is over
    allowed        digits of a test number's recipients; None: everybody
    """

    id: str
    seed: NumberSeed
    display_phone_number: str
    throughput: int
    waba: "Waba"
    webhook_url: str | None = None
    blocked: dict[str, str] = field(default_factory=dict)
    is_registered: bool = True
    pin: str | None = None
    wrong_pins: list[datetime] = field(default_factory=list)
    registrations: list[datetime] = field(default_factory=list)
    profile: dict[str, Any] = field(default_factory=dict)
    is_cart_enabled: bool = True
    is_catalogue_visible: bool = False
    options: dict[str, Any] = field(default_factory=dict)
    automation: dict[str, Any] = field(default_factory=dict)
    public_key: str | None = None
    short_links: dict[str, str] = field(default_factory=dict)
    groups: dict[str, dict[str, Any]] = field(default_factory=dict)
    upgraded_at: datetime | None = None
    digits: str = field(init=False)
    allowed: frozenset[str] | None = field(init=False)

    def __post_init__(self) -> None:
        self.digits = digits_of(self.display_phone_number)
        allowed = self.seed.allowed_recipients
        self.allowed = None if allowed is None else frozenset(map(digits_of, allowed))

    @property
    def rate(self) -> float:
        """Messages a second, in and out."""
        return float(ON_BIZ_APP if self.seed.is_on_biz_app else self.throughput)

    def set_throughput(self, throughput: int, at: datetime) -> None:
        """Another rate from now on; a higher one begins with the upgrade's maintenance."""
        if throughput >= UPGRADED > self.throughput:
            self.upgraded_at = at
        self.throughput = throughput
        self.seed = replace(self.seed, throughput=throughput)


@dataclass(slots=True)
class Waba:
    """A WhatsApp Business Account. `webhook_url` overrides that of the app.

    created_at     when templates were created, oldest first
    removed_at     when an approved language of a template was deleted
    is_subscribed  whether the app hears of it by webhook
    is_catalogue_connected  whether sends may name the catalogue's products
    usable_at               from when they may, of products that came late
    batches                 what became of changes to the catalogue, by their handles
    has_marketing_messages  whether it is onboarded to the Marketing Messages API (reference 1.11)
    is_marketing_closed     whether marketing must go by that API (131063)
    restricted_countries    two-letter codes of countries it may not write to (130497)
    """

    id: str
    name: str
    holdings: Holdings
    catalogue: Catalogue
    catalogue_name: str = ""
    templates: dict[tuple[str, str], Template] = field(default_factory=dict)
    numbers: list[Number] = field(default_factory=list)
    webhook_url: str | None = None
    portfolio: str = ""
    is_subscribed: bool = True
    is_catalogue_connected: bool = True
    usable_at: dict[str, datetime] = field(default_factory=dict)
    batches: dict[str, dict[str, Any]] = field(default_factory=dict)
    has_marketing_messages: bool = True
    is_marketing_closed: bool = False
    restricted_countries: frozenset[str] = frozenset()
    is_verified: bool = False
    created_at: deque[datetime] = field(default_factory=deque)
    removed_at: dict[tuple[str, str], datetime] = field(default_factory=dict)


@dataclass(slots=True)
class Media:
    """An uploaded file; `content` and the number that uploaded it are None for the seed's."""

    id: str
    mime_type: str
    file_size: int
    sha256: str
    expires_at: datetime
    content: bytes | None = None
    phone_number_id: str | None = None

    @property
    def kind(self) -> str:
        """`image`, `video`, `audio`, `sticker`, `document`."""
        if self.mime_type == "image/webp":
            return "sticker"
        kind = self.mime_type.partition("/")[0]
        return kind if kind in {"image", "video", "audio"} else "document"


def seeded_template(seed: TemplateSeed, waba_id: str) -> Template:
    """The template of a seed, as it stands."""
    return Template(
        seed.id,
        seed.name,
        seed.language,
        seed.category.upper(),
        seed.status.upper(),
        seed.parameter_format.upper(),
        seed.components,
        compile_form(seed.components, seed.parameter_format),
        waba_id,
        quality=seed.quality,
        life_s=seed.message_send_ttl_seconds,
        sub_category=seed.sub_category,
    )


def digits_of(phone: str) -> str:
    """A phone number's digits alone."""
    return "".join(filter(str.isdigit, phone))
