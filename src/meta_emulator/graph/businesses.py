"""The rooms about what a business has, together: numbers, accounts, catalogues, groups, the app."""

from dataclasses import dataclass

from meta_emulator.graph.apps import Apps
from meta_emulator.graph.catalogues import Catalogues
from meta_emulator.graph.groups import Groups
from meta_emulator.graph.history import History
from meta_emulator.graph.hooks import Hooks
from meta_emulator.graph.items_batch import ItemsBatch
from meta_emulator.graph.numbers import Numbers
from meta_emulator.graph.profiles import Profiles
from meta_emulator.graph.registration import Registration
from meta_emulator.graph.room import Finder, Room
from meta_emulator.graph.short_links import ShortLinks
from meta_emulator.graph.wabas import Wabas
from meta_emulator.protocol.answers import Responder
from meta_emulator.runtime.chance import Chance
from meta_emulator.runtime.http import Http
from meta_emulator.settings import Settings
from meta_emulator.webhook.reporter import Reporter
from meta_emulator.world.state import State
from meta_emulator.world.tokens import Tokens


@dataclass(frozen=True, slots=True)
class Businesses:
    """Rooms, and which of them know objects of their own."""

    rooms: tuple[Room, ...]
    finders: tuple[Finder, ...]
    groups: Groups


def business_rooms(
    state: State,
    responder: Responder,
    reporter: Reporter,
    run_with: tuple[Settings, Tokens],
    outside: tuple[Http, Chance],
) -> Businesses:
    """All of them, for one emulator."""
    settings, http, chance = run_with[0], *outside
    apps = Apps(state, responder, run_with, reporter, outside)
    groups = Groups(state, responder, reporter)
    catalogues = Catalogues(state, responder)
    history = History(state, responder, reporter)
    rooms: tuple[Room, ...] = (
        Numbers(responder, reporter),
        Registration(responder, state.clock),
        Profiles(state, responder),
        ShortLinks(responder, chance),
        Wabas(state, responder),
        catalogues,
        ItemsBatch(state, responder, settings),
        groups,
        history,
        apps,
        Hooks(responder, settings, http, chance),
    )
    return Businesses(rooms, (apps, groups, catalogues, history), groups)
