"""What all mutations of the grammar's sends are made of. The mutations: `template_mutations`."""

import copy
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from support.template_grammar import (
    KINDS,
    Definition,
    Sample,
    names_in,
    samples,
)

Choose = Callable[[Sequence[Any]], Any]
"""Takes one of several."""
Change = Callable[[Definition, dict[str, Any], Choose], str | None]


@dataclass(frozen=True)
class Mutation:
    """One way to break a send.

    codes   Meta's codes that are right for it
    kinds   the kinds of templates whose sends it may break; empty: any
    """

    name: str
    codes: frozenset[int]
    change: Change
    kinds: tuple[str, ...] = ()


@dataclass(frozen=True)
class Broken:
    """A send that a mutation broke at `place`, a JSON pointer below the template object."""

    template: dict[str, Any]
    place: str


@dataclass(frozen=True)
class Part:
    """The components of a message or of one card: as sent, as defined, and where."""

    path: str
    sent: list[dict[str, Any]]
    defined: list[dict[str, Any]]
    is_card: bool

    def find(self, kind: str) -> int | None:
        for position, component in enumerate(self.sent):
            if component["type"] == kind:
                return position
        return None

    def definition_of(self, kind: str) -> dict[str, Any]:
        return next((part for part in self.defined if part["type"] == kind), {})

    @property
    def buttons(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.definition_of("BUTTONS").get("buttons", [])
        return found

    def variables(self, kind: str) -> list[str]:
        return names_in(self.definition_of(kind.upper()).get("text", ""))


MUTATIONS: list[Mutation] = []
MEDIA_HEADERS = ("plain", "media carousel", "product carousel", "spm", "limited-time offer")
CAROUSELS = ("media carousel", "product carousel")
FILLED_BUTTONS = (
    "plain",
    "media carousel",
    "copy_code",
    "mpm",
    "order_details",
    "limited-time offer",
    "authentication",
)


def mutation(*codes: int, kinds: tuple[str, ...] = ()) -> Callable[[Change], Change]:
    def register(change: Change) -> Change:
        MUTATIONS.append(Mutation(change.__name__, frozenset(codes), change, kinds))
        return change

    return register


def samples_for(mutation: Mutation) -> SearchStrategy[Sample]:
    """Samples of the kinds that it may break."""
    return samples(st.one_of(*(KINDS[kind] for kind in mutation.kinds or KINDS)))


def broken(mutation: Mutation, sample: Sample, choose: Choose) -> Broken | None:
    """The sample's send with this fault; None if it cannot have it."""
    template = copy.deepcopy(sample.template)
    place = mutation.change(sample.definition, template, choose)
    return None if place is None else Broken(template, place)


def parts(definition: Definition, template: dict[str, Any]) -> Iterator[Part]:
    """The message's own part, then each card's."""
    yield Part("/components", template["components"], definition.components, is_card=False)
    for position, component in enumerate(template["components"]):
        if component["type"] != "carousel":
            continue
        defined = next(part for part in definition.components if part["type"] == "CAROUSEL")
        for number, card in enumerate(component["cards"]):
            own = defined["cards"][min(number, len(defined["cards"]) - 1)]
            path = f"/components/{position}/cards/{number}/components"
            yield Part(path, card["components"], own["components"], is_card=True)


def one_part(
    definition: Definition,
    template: dict[str, Any],
    choose: Choose,
    fits: Callable[[Part], object],
) -> Part | None:
    found = [part for part in parts(definition, template) if fits(part)]
    return choose(found) if found else None


def carousel_of(template: dict[str, Any]) -> tuple[str, list[dict[str, Any]]] | None:
    for position, component in enumerate(template["components"]):
        if component["type"] == "carousel":
            return f"/components/{position}/cards", component["cards"]
    return None
