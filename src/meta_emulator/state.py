"""What the emulator holds: the objects of the Graph API, and what was sent, refused and heard."""

from collections import deque
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from meta_emulator.catalogue import Catalogue
from meta_emulator.chance import Chance
from meta_emulator.changes import Changes
from meta_emulator.checks import Holdings
from meta_emulator.clock import Clock
from meta_emulator.forms import Form, compile_form
from meta_emulator.graph import Header
from meta_emulator.log import Log
from meta_emulator.seed import MediaSeed, NumberSeed, Seed, TemplateSeed, WabaSeed

MEDIA_LIFE = timedelta(days=30)


@dataclass(slots=True)
class Template:
    """One language of one template, and its form.

    components  as Meta shows them
    quality_at  the Unix second of the quality's last change
    life_s      how long a message waits for its recipient, in seconds; None for Meta's default
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


@dataclass(slots=True)
class Number:
    """A business phone number. `webhook_url` overrides that of its WABA.

    blocked  digits or user ids of users who are blocked, and which of `wa_id`, `user_id` they are
    digits   the display number's
    """

    id: str
    seed: NumberSeed
    display_phone_number: str
    throughput: int
    waba: "Waba"
    webhook_url: str | None = None
    blocked: dict[str, str] = field(default_factory=dict)
    digits: str = field(init=False)

    def __post_init__(self) -> None:
        self.digits = "".join(filter(str.isdigit, self.display_phone_number))


@dataclass(slots=True)
class Waba:
    """A WhatsApp Business Account. `webhook_url` overrides that of the app.

    created_at  when templates were created, oldest first
    removed_at  when an approved language of a template was deleted
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


@dataclass(slots=True)
class Status:
    """A delivery status that fell due. `delivered_at`: a receiver answered 200 to it."""

    status: str
    time: datetime
    delivered_at: datetime | None = None


@dataclass(slots=True)
class Message:
    """An accepted send. `request` and `headers` are as received.

    wa_id     the recipient's digits; None if it was sent to a user id
    user_id   the recipient's business-scoped user id
    category  what it is priced as: `marketing`, `utility`, `service` ...
    failure   Meta's code if it is to fail instead of being sent
    """

    id: str
    time: datetime
    number: Number
    to: str
    wa_id: str | None
    user_id: str | None
    kind: str
    category: str
    request: bytes
    headers: list[Header]
    version: tuple[int, int]
    callback_data: str | None
    failure: int | None = None
    statuses: list[Status] = field(default_factory=list)


@dataclass(slots=True)
class ReadMark:
    """A message of a recipient that the business marked as read."""

    time: datetime
    phone_number_id: str
    message_id: str
    is_typing: bool


@dataclass(slots=True)
class Refusal:
    """A request that got an error."""

    time: datetime
    method: str
    path: str
    request: bytes
    headers: list[Header]
    status: int
    error: bytes


@dataclass(slots=True)
class Callback:
    """A request to the inbox, where callbacks of the system under test may be sent."""

    time: datetime
    method: str
    path: str
    query: str
    headers: list[Header]
    body: bytes


class State:
    """Everything held, with the indexes the edges need."""

    def __init__(self, seed: Seed, kept: int, clock: Clock, chance: Chance) -> None:
        self.clock = clock
        self.chance = chance
        self.changes = Changes()
        self.wabas: dict[str, Waba] = {}
        self.numbers: dict[str, Number] = {}
        self.catalogues: dict[str, Waba] = {}
        self.templates: dict[str, Template] = {}
        self.media: dict[str, Media] = {}
        self.handles: dict[str, str] = {}
        """The type of what a handle of a resumable upload stands for."""
        self.messages: Log[Message] = Log(kept)
        self.reads: Log[ReadMark] = Log(kept)
        self.stopped: set[tuple[str, str]] = set()
        """Phone number id and digits of recipients who want no marketing (reference 4.6)."""
        self.heard_at: dict[tuple[str, str], datetime] = {}
        """When a phone number was last written to, by digits and by user id."""
        self.refusals: Log[Refusal] = Log(kept)
        self.callbacks: Log[Callback] = Log(kept)
        for media in seed.media:
            self._hold_media(media)
        for waba in seed.wabas:
            self._hold_waba(waba)

    @property
    def first_number(self) -> Number:
        """The seed's first number: the one meant where none is named."""
        return next(iter(self.numbers.values()))

    def media_kind(self, media_id: str) -> str | None:
        """`image`, `video` ... of media that is known and unexpired; else None."""
        media = self.media.get(media_id)
        if media is None or media.expires_at <= self.clock.now():
            return None
        return media.kind

    def add_template(self, waba: Waba, template: Template) -> None:
        """Hold a template of `waba`."""
        waba.templates[template.name, template.language] = template
        self.templates[template.id] = template

    def remove_template(self, template: Template) -> None:
        """Hold it no more."""
        self.templates.pop(template.id, None)
        waba = self.wabas[template.waba_id]
        waba.templates.pop((template.name, template.language), None)

    def forget(self) -> None:
        """Forget messages, refusals and callbacks; what the seed gave stays."""
        self.messages.clear()
        self.reads.clear()
        self.refusals.clear()
        self.callbacks.clear()

    def _hold_media(self, seed: MediaSeed) -> None:
        self.media[seed.id] = Media(
            seed.id,
            seed.mime_type,
            seed.file_size,
            f"{self.chance.bits(256):064x}",
            self.clock.now() + MEDIA_LIFE,
        )

    def _hold_waba(self, seed: WabaSeed) -> None:
        given = seed.catalogue
        catalogue = Catalogue([] if given is None else given.products)
        catalogue_id = None if given is None else given.id
        waba = Waba(
            seed.id,
            seed.name,
            Holdings(catalogue_id, catalogue, self.media_kind),
            catalogue,
            "" if given is None else given.name,
            portfolio=seed.portfolio,
        )
        if catalogue_id is not None:
            self.catalogues[catalogue_id] = waba
        for template in seed.templates:
            self.add_template(waba, seeded_template(template, waba.id))
        for number in seed.phone_numbers:
            held = Number(number.id, number, number.display_phone_number, number.throughput, waba)
            waba.numbers.append(held)
            self.numbers[number.id] = held
        self.wabas[seed.id] = waba


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
    )
