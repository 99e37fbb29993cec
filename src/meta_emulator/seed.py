"""What the emulator starts with: numbers, templates, catalogue and media, from JSON or TOML.

An unknown key is refused, so that a slip of the pen is heard. Templates are taken as they stand:
a seed may break Meta's rules for creating one, as the default does with a carousel of one card,
because the customer-facing documents show such a send.
"""

import re
import tomllib
from importlib import resources
from pathlib import Path
from typing import Any

import msgspec

from meta_emulator.definitions.pacing_rule import Pacing
from meta_emulator.definitions.quality_rule import Quality
from meta_emulator.definitions.review_rule import Review
from meta_emulator.faults import Faults
from meta_emulator.runtime.slips import told

MOST_ALLOWED = 5
"""Recipients of a test number (reference 5)."""


CATEGORIES = ("MARKETING", "UTILITY", "AUTHENTICATION")
TEMPLATE_STATUSES = (
    "APPROVED",
    "PENDING",
    "REJECTED",
    "PAUSED",
    "DISABLED",
    "IN_APPEAL",
    "PENDING_DELETION",
    "DELETED",
    "LIMIT_EXCEEDED",
    "ARCHIVED",
)
TIER = re.compile(r"TIER_(UNLIMITED|[0-9]{1,6}K?)")
SHOWN_PHONE = re.compile(r"\+?[0-9](?:[ ().-]*[0-9]){6,14}")
"""A business number, with signs between its digits."""
PHONE = re.compile(r"\+?[0-9]{7,15}")
"""A recipient's, with its country."""


class SeedError(ValueError):
    """The seed cannot be used; the text says why."""


class NumberSeed(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """A business phone number. `throughput` in messages per second.

    is_on_biz_app  the WhatsApp Business app uses it as well; Meta allows it 20 a second then
    allowed_recipients  a test number's, at most 5; left out: it may write to everybody
    """

    id: str
    display_phone_number: str
    verified_name: str
    throughput: int = 80
    quality_rating: str = "GREEN"
    status: str = "CONNECTED"
    name_status: str = "APPROVED"
    code_verification_status: str = "VERIFIED"
    messaging_limit: str = "TIER_100K"
    is_on_biz_app: bool = False
    allowed_recipients: list[str] | None = None


class TemplateSeed(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """A template as Meta's list shows it. `note` is for the reader of the seed."""

    id: str
    name: str
    language: str
    category: str
    components: list[dict[str, Any]]
    status: str = "APPROVED"
    parameter_format: str = "POSITIONAL"
    note: str = ""
    quality: str = "GREEN"
    sub_category: str | None = None
    message_send_ttl_seconds: int | None = None


class ProductSeed(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """A product. `price` in hundredths of the currency's unit.

    visibility  `published`, or another of Meta's words: then it cannot be sent
    """

    id: str
    retailer_id: str
    name: str
    price: int
    currency: str = "INR"
    availability: str = "in stock"
    visibility: str = "published"


class CatalogueSeed(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """The one catalogue of a WABA."""

    id: str
    name: str
    products: list[ProductSeed]


class WabaSeed(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """A WhatsApp Business Account and what it owns.

    portfolio    WABAs of one share a messaging limit; empty: its own
    is_verified  whether the business is: then it may have 6000 templates instead of 250
    has_marketing_messages  whether it is onboarded to the Marketing Messages API
    is_marketing_closed   marketing templates must go by the Marketing Messages API
    restricted_countries  two-letter codes of countries that it may not write to
    """

    id: str
    name: str
    phone_numbers: list[NumberSeed]
    templates: list[TemplateSeed] = []
    catalogue: CatalogueSeed | None = None
    portfolio: str = ""
    is_verified: bool = False
    has_marketing_messages: bool = True
    is_marketing_closed: bool = False
    restricted_countries: list[str] = []


class MediaSeed(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """A media id that counts as uploaded when the emulator starts."""

    id: str
    mime_type: str
    file_size: int = 303833


class RecipientSeed(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """A person whom the numbers may write to; one that is not named is a stranger to all.

    name             of the person's profile
    phone_number_ids what follows is so between the person and these numbers; left out: all
    has_written      just before the start: the window of 24 hours is open
    is_blocked       the numbers have blocked the person
    is_stopped       the person wants no marketing of the numbers
    """

    phone: str
    name: str = ""
    phone_number_ids: list[str] | None = None
    has_written: bool = False
    is_blocked: bool = False
    is_stopped: bool = False


class Seed(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """Everything the emulator starts with.

    faults  what goes wrong on purpose
    review  how reviews of templates end; None: they are approved
    pacing  which messages of templates are held
    quality how quality follows from complaints
    recipients  people with a name, or with a history
    """

    wabas: list[WabaSeed]
    media: list[MediaSeed] = []
    faults: Faults | None = None
    review: Review | None = None
    pacing: Pacing = Pacing()
    quality: Quality = Quality()
    recipients: list[RecipientSeed] = []


def parse_seed(raw: bytes, *, is_toml: bool = False) -> Seed:
    """The seed in `raw`; raises SeedError with the place and the reason."""
    try:
        if is_toml:
            seed = msgspec.convert(tomllib.loads(raw.decode()), Seed)
        else:
            seed = msgspec.json.decode(raw, type=Seed)
    except (msgspec.MsgspecError, tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SeedError(f"the seed cannot be used: {told(error, Seed)}") from error
    if not seed.wabas or not seed.wabas[0].phone_numbers:
        raise SeedError("the seed needs at least one WABA with at least one phone number")
    for what, ids in (
        ("WABA", [waba.id for waba in seed.wabas]),
        ("phone number", [number.id for waba in seed.wabas for number in waba.phone_numbers]),
        ("media", [media.id for media in seed.media]),
    ):
        for object_id in ids:
            if ids.count(object_id) > 1:
                raise SeedError(f"the seed names the {what} id {object_id} twice")
    for place, waba in enumerate(seed.wabas):
        for nth, number in enumerate(waba.phone_numbers):
            _check_number(number, f"at `$.wabas[{place}].phone_numbers[{nth}]`")
        _check_templates(waba.templates, f"$.wabas[{place}].templates")
    _check_recipients(seed)
    return seed


def _check_number(number: NumberSeed, where: str) -> None:
    """Raises SeedError for a number that is none, or a tier that Meta does not know."""
    if len(number.allowed_recipients or ()) > MOST_ALLOWED:
        raise SeedError(
            f"the seed's number {number.id} has more than {MOST_ALLOWED} allowed recipients"
        )
    if not SHOWN_PHONE.fullmatch(number.display_phone_number):
        raise SeedError(
            'the seed cannot be used: "display_phone_number" must be like "+91 98000 00001" - '
            + where
        )
    if not TIER.fullmatch(number.messaging_limit):
        raise SeedError(
            'the seed cannot be used: "messaging_limit" must be like "TIER_2K" or '
            f'"TIER_UNLIMITED" - {where}'
        )


def _check_templates(templates: list[TemplateSeed], place: str) -> None:
    """Raises SeedError for words that Meta does not know, and for one that is there twice."""
    seen: set[tuple[str, ...]] = set()
    for nth, template in enumerate(templates):
        where = f"at `{place}[{nth}]`"
        for name, word, known in (
            ("category", template.category, CATEGORIES),
            ("status", template.status, TEMPLATE_STATUSES),
        ):
            if word not in known:
                raise SeedError(
                    f'the seed cannot be used: "{name}" must be one of {", ".join(known)}; it is '
                    f"{word!r} - {where}"
                )
        if not all(isinstance(one.get("type"), str) for one in template.components):
            raise SeedError(f'the seed cannot be used: a component needs a "type" - {where}')
        for key in ((template.id,), (template.name, template.language)):
            if key in seen:
                raise SeedError(
                    f"the seed cannot be used: the template {' in '.join(key)} is there twice - "
                    + where
                )
            seen.add(key)


def _check_recipients(seed: Seed) -> None:
    """Raises SeedError for a person without a phone, or with numbers that there are not."""
    known = {number.id for waba in seed.wabas for number in waba.phone_numbers}
    for place, person in enumerate(seed.recipients):
        where = f"at `$.recipients[{place}]`"
        if not PHONE.fullmatch(person.phone):
            raise SeedError(
                f'the seed cannot be used: "phone" must be like "+919876543210" - {where}'
            )
        unknown = set(person.phone_number_ids or ()) - known
        if unknown:
            raise SeedError(
                f"the seed cannot be used: it has no phone number {min(unknown)} - {where}"
            )


def load_seed(path: Path) -> Seed:
    """The seed in a file, TOML if its name says so; raises SeedError."""
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise SeedError(f"the seed {path} cannot be read: {error.strerror}") from error
    return parse_seed(raw, is_toml=path.suffix == ".toml")


def default_seed_bytes() -> bytes:
    """The default seed, as `meta-emulator seed` prints it."""
    return resources.files("meta_emulator").joinpath("demo.json").read_bytes()


def default_seed() -> Seed:
    """The default seed: one WABA, one Indian number, templates of each kind."""
    return parse_seed(default_seed_bytes())
