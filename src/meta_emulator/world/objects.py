"""The objects of the Graph API that the emulator holds: accounts, numbers, templates, media."""

from collections import deque
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from meta_emulator.checks.forms import Form, compile_form
from meta_emulator.checks.template_send import Holdings
from meta_emulator.seed import NumberSeed, TemplateSeed
from meta_emulator.world.catalogue import Catalogue

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
