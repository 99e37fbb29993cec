"""Snapshots of the objects: accounts, numbers, templates, products, files.

All fields of their dataclasses are told, whatever they are; only what is made of others is not.
Restored in the order in which they stand here.
"""

from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from meta_emulator.checks.forms import compile_form
from meta_emulator.checks.template_send import Holdings
from meta_emulator.runtime.codec import Codec, Way
from meta_emulator.runtime.snapshot import Kept
from meta_emulator.seed import ProductSeed
from meta_emulator.world.catalogue import Catalogue
from meta_emulator.world.objects import Media, Number, Template, Waba
from meta_emulator.world.shop import Shop
from meta_emulator.world.state import State

NAMED = "catalogue_id"
PRODUCTS = list[ProductSeed]
STOPPED = set[tuple[str, str]]
HANDLES = dict[str, str]


def kept_objects(state: State) -> dict[str, Kept]:
    """The parts that hold objects, by their names; a reset of the first begins all anew."""
    codec = object_codec(state)
    return {
        "wabas": Wabas(state, codec),
        "products": Products(state),
        "numbers": Table(codec.whole(Number), lambda: state.numbers, _hold_number(state)),
        "templates": Table(codec.whole(Template), lambda: state.templates, _hold_template(state)),
        "media": Table(codec.whole(Media), lambda: state.media, _hold_media(state)),
        "files": Files(state),
        "marks": Marked(state, codec),
    }


def object_codec(state: State) -> Codec:
    """Ways for all objects; one that is named within another stands there by its id."""
    return Codec(
        {
            Waba: Way(lambda waba: waba.id, lambda told: state.wabas[told]),
            Number: Way(lambda number: number.id, lambda told: state.numbers[told]),
        },
        {
            Template: {"form": _form},
            Waba: {
                "holdings": lambda _: Holdings(None, (), state.media_kind),
                "catalogue": lambda _: Catalogue([]),
                "templates": lambda _: {},
                "numbers": lambda _: [],
            },
            Media: {"content": lambda _: None},
        },
    )


def _form(found: Mapping[str, Any]) -> Any:
    return compile_form(found["components"], found["parameter_format"])


class Wabas:
    """The accounts, without what they own."""

    def __init__(self, state: State, codec: Codec) -> None:
        self._state = state
        self._way = codec.whole(Waba)

    def reset(self) -> None:
        """All objects are as the seed has them."""
        self._state.begin_anew()

    def snapshot(self) -> dict[str, Any]:
        """By id, each with the id of its catalogue."""
        return {
            waba.id: {**self._way.tell(waba), NAMED: waba.holdings.catalogue_id}
            for waba in self._state.wabas.values()
        }

    def restore(self, kept: Any) -> None:
        """Hold these; they own nothing yet."""
        state = self._state
        state.wabas, state.catalogues = {}, {}
        state.numbers, state.templates = {}, {}
        for waba_id, told in kept.items():
            fields = dict(told)
            catalogue_id = fields.pop(NAMED)
            waba: Waba = self._way.read(fields)
            waba.holdings = Holdings(catalogue_id, Shop(waba, state.clock), state.media_kind)
            state.wabas[waba_id] = waba
            if catalogue_id is not None:
                state.catalogues[catalogue_id] = waba


class Products:
    """The catalogues' products, by the account's id; told anew only where they changed."""

    def __init__(self, state: State) -> None:
        self._state = state
        self._told: dict[str, tuple[Catalogue, int, Any]] = {}

    def reset(self) -> None:
        """They are begun anew with the accounts."""

    def snapshot(self) -> dict[str, Any]:
        """By the account's id."""
        return {waba_id: self._products(waba) for waba_id, waba in self._state.wabas.items()}

    def _products(self, waba: Waba) -> Any:
        catalogue = waba.catalogue
        known = self._told.get(waba.id)
        if known is not None and known[0] is catalogue and known[1] == catalogue.version:
            return known[2]
        told = msgspec.to_builtins(catalogue.products)
        self._told[waba.id] = catalogue, catalogue.version, told
        return told

    def restore(self, kept: Any) -> None:
        """Each account has these and no others."""
        for waba_id, told in kept.items():
            self._state.wabas[waba_id].catalogue.hold(msgspec.convert(told, PRODUCTS))


class Table:
    """Objects of one kind, by their ids."""

    def __init__(
        self, way: Way, held: Callable[[], Mapping[str, Any]], hold: Callable[[list[Any]], None]
    ) -> None:
        self._way = way
        self._held = held
        self._hold = hold

    def reset(self) -> None:
        """They are begun anew with the accounts."""

    def snapshot(self) -> dict[str, Any]:
        """By their ids."""
        return {one.id: self._way.tell(one) for one in self._held().values()}

    def restore(self, kept: Any) -> None:
        """Hold these and no others."""
        self._hold([self._way.read(told) for told in kept.values()])


def _hold_number(state: State) -> Callable[[list[Number]], None]:
    def hold(numbers: list[Number]) -> None:
        if not numbers:
            raise ValueError("there must be at least one phone number")
        state.numbers = {number.id: number for number in numbers}
        for number in numbers:
            number.waba.numbers.append(number)

    return hold


def _hold_template(state: State) -> Callable[[list[Template]], None]:
    def hold(templates: list[Template]) -> None:
        state.templates = {}
        for template in templates:
            state.add_template(state.wabas[template.waba_id], template)

    return hold


def _hold_media(state: State) -> Callable[[list[Media]], None]:
    def hold(media: list[Media]) -> None:
        state.media = {one.id: one for one in media}

    return hold


class Files:
    """What uploaded media hold, by their ids; it never changes."""

    def __init__(self, state: State) -> None:
        self._state = state
        self._way = Codec().way(bytes)
        self._known: set[str] = set()

    def reset(self) -> None:
        """They are begun anew with the accounts."""

    def snapshot(self) -> dict[str, Any]:
        """In base64."""
        return {media_id: self.piece(media_id) for media_id in self._held()}

    def watch(self) -> None:
        """Remember what comes and goes from now on."""
        self._known = self._held()

    def changed(self) -> dict[str, Any]:
        """The files that came since it was last asked; None for one that is gone."""
        held = self._held()
        changed = {media_id: self.piece(media_id) for media_id in held ^ self._known}
        self._known = held
        return changed

    def piece(self, media_id: str) -> Any:
        """One file; None if it is gone."""
        media = self._state.media.get(media_id)
        content = None if media is None else media.content
        return None if content is None else self._way.tell(content)

    def _held(self) -> set[str]:
        return {media.id for media in self._state.media.values() if media.content is not None}

    def restore(self, kept: Any) -> None:
        """Each medium has its file again."""
        for media_id, told in kept.items():
            self._state.media[media_id].content = self._way.read(told)


class Marked:
    """Handles of uploads, names of people, and who stopped marketing."""

    def __init__(self, state: State, codec: Codec) -> None:
        self._state = state
        self._codec = codec

    def reset(self) -> None:
        """They are begun anew with the accounts."""

    def snapshot(self) -> dict[str, Any]:
        """All three."""
        stopped = sorted(self._state.stopped)
        return {
            "handles": self._codec.tell(HANDLES, self._state.handles),
            "stopped": self._codec.tell(STOPPED, stopped),
            "names": self._codec.tell(HANDLES, self._state.names),
        }

    def restore(self, kept: Any) -> None:
        """All three as they were."""
        self._state.handles = self._codec.read(HANDLES, kept["handles"])
        self._state.stopped = self._codec.read(STOPPED, kept["stopped"])
        self._state.names = self._codec.read(HANDLES, kept["names"])
