"""What the emulator holds: the objects of the Graph API, and what was sent, refused and heard."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from meta_emulator.checks.template_send import Holdings
from meta_emulator.protocol.answers import Header
from meta_emulator.runtime.chance import Chance
from meta_emulator.runtime.changes import Changes
from meta_emulator.runtime.clock import Clock
from meta_emulator.runtime.log import Log
from meta_emulator.runtime.marks import Marks
from meta_emulator.seed import MediaSeed, Seed, WabaSeed
from meta_emulator.world.catalogue import Catalogue
from meta_emulator.world.kept_limits import KeptLimits
from meta_emulator.world.message import Inbound, Message, Told
from meta_emulator.world.objects import (
    MEDIA_LIFE,
    Media,
    Number,
    Template,
    Waba,
    digits_of,
    seeded_template,
)
from meta_emulator.world.recipients import user_id_of
from meta_emulator.world.shop import Shop
from meta_emulator.world.windows import Windows

MOST_INDEXED = 500_000
"""Messages that are found by their ids before the forgotten ones are let go of."""


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
        self.marks = Marks()
        """Ids of messages that something became of."""
        self.seed = seed
        self._by_id: dict[str, tuple[int, Message | Inbound]] = {}
        self._indexed = [0, 0]
        self.wabas: dict[str, Waba] = {}
        self.numbers: dict[str, Number] = {}
        self.catalogues: dict[str, Waba] = {}
        self.templates: dict[str, Template] = {}
        self.media: dict[str, Media] = {}
        self.handles: dict[str, str] = {}
        """The type of what a handle of a resumable upload stands for."""
        self.messages: Log[Message] = Log(kept)
        self.inbound: Log[Inbound] = Log(kept)
        self.reads: Log[ReadMark] = Log(kept)
        self.stopped: set[tuple[str, str]] = set()
        """Phone number id and digits of recipients who want no marketing (reference 4.6)."""
        self.names: dict[str, str] = {}
        """The names of people's profiles, by their digits."""
        self.windows = Windows()
        self.limits = KeptLimits()
        """Which of Meta's limits are kept now."""
        self.hearers: list[Callable[[Number], None]] = []
        """Told of each message that comes to a number."""
        self.refusals: Log[Refusal] = Log(kept)
        self.callbacks: Log[Callback] = Log(kept)
        self._hold_seed()
        self.hold_recipients()

    def begin_anew(self) -> None:
        """Hold what the seed gave, and nothing else; media are as new as at the start."""
        self.forget()
        for held in (self.wabas, self.numbers, self.catalogues, self.templates, self.media):
            held.clear()
        self.handles, self.stopped, self.names = {}, set(), {}
        self._hold_seed()

    def hold_recipients(self) -> None:
        """What the seed tells of people; their windows are as new as at the start."""
        for person in self.seed.recipients:
            digits = digits_of(person.phone)
            if person.name:
                self.names[digits] = person.name
            ids = self.numbers if person.phone_number_ids is None else person.phone_number_ids
            for number in (self.numbers[number_id] for number_id in ids):
                users = digits, user_id_of(digits)
                if person.has_written:
                    self.windows.hear(number.id, users, self.clock.now())
                if person.is_blocked:
                    number.blocked[digits] = "wa_id"
                if person.is_stopped:
                    self.stopped.add((number.id, digits))

    def _hold_seed(self) -> None:
        for media in self.seed.media:
            self._hold_media(media)
        for waba in self.seed.wabas:
            self._hold_waba(waba)

    @property
    def first_number(self) -> Number:
        """The seed's first number: the one meant where none is named."""
        return next(iter(self.numbers.values()))

    def number_named(self, phone_number_id: str | None) -> Number | None:
        """The number of an id, the first one where none is named; None for one unknown."""
        return self.first_number if phone_number_id is None else self.numbers.get(phone_number_id)

    def media_kind(self, media_id: str) -> str | None:
        """`image`, `video` ... of media that is known and unexpired; else None."""
        media = self.media.get(media_id)
        if media is None or media.expires_at <= self.clock.now():
            return None
        return media.kind

    def changed(self, message_id: str | None) -> None:
        """Something became of a message, or of something else."""
        if message_id is not None:
            self.marks.add(message_id)
        self.changes.happened()

    def told_of(self, message_id: str) -> Sequence[Told]:
        """What webhooks tell of a message: a sent one's statuses, a received one itself."""
        found = self.message_of(message_id)
        if found is None:
            return []
        return found.statuses if isinstance(found, Message) else [found]

    def sent(self, message_id: str) -> Message | None:
        """The message that was sent under an id, if it is remembered."""
        found = self.message_of(message_id)
        return found if isinstance(found, Message) else None

    def message_of(self, message_id: str) -> Message | Inbound | None:
        """The message of an id, sent or received, if it is remembered."""
        found = self.placed(message_id)
        return None if found is None else found[1]

    def placed(self, message_id: str) -> tuple[int, Message | Inbound] | None:
        """The same with its position among those sent, or those received."""
        if len(self._by_id) > MOST_INDEXED and len(self._by_id) > 2 * len(self.messages):
            self.reindex()
        sent, received = self._indexed
        for position, message in self.messages.after(sent):
            self._by_id[message.id] = position, message
        for position, inbound in self.inbound.after(received):
            self._by_id[str(inbound.message["id"])] = position, inbound
        self._indexed = [self.messages.last, self.inbound.last]
        return self._by_id.get(message_id)

    def reindex(self) -> None:
        """Other messages are remembered than before."""
        self._by_id, self._indexed = {}, [0, 0]

    def add_template(self, waba: Waba, template: Template) -> None:
        """Hold a template of `waba`."""
        waba.templates[template.name, template.language] = template
        self.templates[template.id] = template

    def remove_template(self, template: Template) -> None:
        """Hold it no more."""
        self.templates.pop(template.id, None)
        waba = self.wabas[template.waba_id]
        waba.templates.pop((template.name, template.language), None)

    def hear(self, number: Number, users: tuple[str, ...], *, is_referred: bool = False) -> None:
        """A user, by digits and user id, wrote to the number."""
        self.windows.hear(number.id, users, self.clock.now(), is_referred=is_referred)
        for hears in self.hearers:
            hears(number)

    def forget(self) -> None:
        """Forget messages, refusals and callbacks; what the seed gave stays."""
        self.messages.clear()
        self.inbound.clear()
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
            is_verified=seed.is_verified,
            has_marketing_messages=seed.has_marketing_messages,
            is_marketing_closed=seed.is_marketing_closed,
            restricted_countries=frozenset(seed.restricted_countries),
        )
        waba.holdings = replace(waba.holdings, products=Shop(waba, self.clock))
        if catalogue_id is not None:
            self.catalogues[catalogue_id] = waba
        for template in seed.templates:
            self.add_template(waba, seeded_template(template, waba.id))
        for number in seed.phone_numbers:
            held = Number(number.id, number, number.display_phone_number, number.throughput, waba)
            waba.numbers.append(held)
            self.numbers[number.id] = held
        self.wabas[seed.id] = waba
