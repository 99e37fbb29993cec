"""A template as Meta knows it: name, language, category, status and components.

The definition is kept as Meta gives it; what the gateway must know of it is asked of it here.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol

from msgspec import Struct

from waypost.model.components import Components

APPROVED = "APPROVED"
"""The one status in which a template can be sent (`reference` 7.6)."""


UNAVAILABLE = "UNAVAILABLE"
"""Ours: Meta refused a send as if the template were not there, and it was not read again yet."""

STOPPED = frozenset({"PAUSED", "DISABLED", UNAVAILABLE})
"""Statuses in which nothing of a template is given to Meta (`reference` 3.3, 7.6)."""

STATUS_OF_REFUSAL: Mapping[int, str] = {132015: "PAUSED", 132016: "DISABLED"}
"""What a refusal tells of the template's status; any other says UNAVAILABLE."""


class Template(Struct, frozen=True):
    """One language of one template.

    components        Meta's definition, `reference` 7.3 to 7.5; a template that comes from the
                      store reads its own only when they are asked for
    template_id       Meta's id of it; empty if unknown
    parameter_format  `POSITIONAL` or `NAMED`
    quality           `GREEN`, `YELLOW`, `RED`, `UNKNOWN`; empty if Meta has not said
    rejected_reason   why Meta's review refused it; empty if it did not
    """

    name: str
    language: str
    category: str
    status: str
    components: Sequence[Mapping[str, Any]]
    template_id: str = ""
    parameter_format: str = "POSITIONAL"
    quality: str = ""
    rejected_reason: str = ""

    @property
    def key(self) -> tuple[str, str]:
        """Name and language: what tells it from the others of its WABA."""
        return self.name, self.language

    @property
    def components_json(self) -> str:
        """The components as JSON, for the store and for comparing without reading them."""
        if isinstance(self.components, Components):
            return self.components.json
        return Components.of(self.components).json

    @property
    def is_marketing(self) -> bool:
        """Whether opt-outs concern it."""
        return self.category.upper() == "MARKETING"

    def card_header_kind(self, card_index: int) -> str | None:
        """`image`, `video`, `product` ... as the card's header is defined; None if it has none.

        A send may carry more cards than a product-card carousel defines: the last card
        defined speaks for those after it.
        """
        for component in self.components:
            if str(component.get("type", "")).lower() == "carousel":
                cards = component.get("cards") or []
                if not cards:
                    return None
                card = cards[min(card_index, len(cards) - 1)]
                for part in card.get("components") or []:
                    if str(part.get("type", "")).lower() == "header":
                        return str(part.get("format", "")).lower() or None
        return None


class TemplateBook(Protocol):
    """The templates of one sender's WABA, as far as they are known here."""

    def find(self, name: str, language: str) -> Template | None:
        """The template of exactly this name and language; None if unknown."""


class TemplateChangeKind(StrEnum):
    """What changed of a template since it was last looked at: drift.

    APPEARED and VANISHED carry the status as `after` and as `before`.
    """

    APPEARED = "appeared"
    STATUS = "status"
    CATEGORY = "category"
    CATEGORY_ANNOUNCED = "category_announced"
    """Meta will change the category and has not yet; `after` is what it will be."""
    QUALITY = "quality"
    COMPONENTS = "components"
    VANISHED = "vanished"


class ChangeSource(StrEnum):
    """Who told of a change: a reading of all templates, Meta's webhook, an act through us.

    SEND is Meta's refusal of a send, in its answer or in a failed status.
    """

    SYNC = "sync"
    WEBHOOK = "webhook"
    API = "api"
    SEND = "send"


class TemplateChange(Struct, frozen=True):
    """One change of one template; `before` and `after` are words, None where there is none."""

    account_id: int
    waba_id: str
    change_id: int
    name: str
    language: str
    what: TemplateChangeKind
    before: str | None
    after: str | None
    reason: str
    source: ChangeSource
    changed_at: datetime
