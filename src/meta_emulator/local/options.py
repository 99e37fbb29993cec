"""How a test wants its emulator: the keywords of `running` and of the pytest marker."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from os import PathLike
from pathlib import Path
from typing import Any

import msgspec

from meta_emulator.emulator import Emulator
from meta_emulator.faults import Faults
from meta_emulator.local.hand import Hand
from meta_emulator.runtime.chance import SeededChance
from meta_emulator.runtime.clock import VirtualClock
from meta_emulator.runtime.http import Http
from meta_emulator.seed import Seed, SeedError, default_seed, load_seed, parse_seed
from meta_emulator.settings import (
    LIMITS,
    Settings,
    SettingsError,
    parse_delays,
    parse_limits,
    parse_webhook_version,
)

SECRETS = {
    "access_token": "emulated-access-token",
    "app_secret": "emulated-app-secret",
    "verify_token": "emulated-verify-token",
}
"""The same in every run, as a test may write them down."""

RATES = {"throughput", "pair"}
"""Limits that are not kept, unless they are asked for, where the clock stands still: there all
sends fall into one moment, and a test that takes its time would be told that it is too fast."""

SETTINGS = frozenset(field.name for field in fields(Settings))
OWN = ("seed", "is_frozen", "start")
CHANCE = 1
"""What ids are drawn from, unless told otherwise: the same in every run."""


@dataclass(frozen=True, slots=True)
class Options:
    """What an emulator is made of.

    is_frozen  whether its clock stands still until it is moved
    start      where its clock begins; None: now
    """

    seed: Seed
    settings: Settings
    is_frozen: bool = True
    start: datetime | None = None

    def make(self, http: Http) -> tuple[Emulator, Hand]:
        """The emulator, and a hand on it."""
        clock = VirtualClock(is_frozen=self.is_frozen, start=self.start)
        chance = SeededChance(self.settings.chance)
        emulator = Emulator(self.seed, self.settings, clock, chance, http)
        return emulator, Hand(emulator, clock)


def read_options(given: Mapping[str, Any]) -> Options:
    """The options of keywords.

    given  `seed`: a file (JSON or TOML), or what would stand in it as a dictionary; `is_frozen`,
           `start` as in Options; and any field of Settings, where `limits` may be true,
           or a text as the command takes it, as may `status_delays` and `webhook_version`,
           and `faults` a dictionary as the control API takes it. Without `limits` all are kept
           as by the command; where the clock stands still, all but RATES

    Raises TypeError for a keyword that is none of these, SeedError, SettingsError.
    """
    unknown = sorted(given.keys() - SETTINGS - set(OWN))
    if unknown:
        known = ", ".join(sorted({*OWN, *SETTINGS}))
        raise TypeError(f"the emulator takes no {', '.join(unknown)}; it takes {known}")
    told = {name: _setting(name, value) for name, value in given.items() if name in SETTINGS}
    if "limits" not in told:
        told["limits"] = frozenset(LIMITS) - (RATES if given.get("is_frozen", True) else set())
    own = {name: value for name, value in given.items() if name in OWN and name != "seed"}
    return Options(
        _seed(given.get("seed")), Settings(**{**SECRETS, "chance": CHANCE, **told}), **own
    )


def _seed(given: Any) -> Seed:
    if given is None:
        return default_seed()
    if isinstance(given, Seed):
        return given
    if isinstance(given, Mapping):
        return parse_seed(msgspec.json.encode(given))
    if isinstance(given, str | PathLike):
        return load_seed(Path(given))
    raise SeedError(f"the seed is a file or a dictionary, not {given!r}")


def _setting(name: str, given: Any) -> Any:
    """A setting's value, as the command's text or as Settings has it."""
    if name == "limits" and not isinstance(given, frozenset):
        if isinstance(given, bool):
            return parse_limits("all" if given else "none")
        return parse_limits(given if isinstance(given, str) else ",".join(given))
    if name == "faults" and isinstance(given, Mapping):
        try:
            return msgspec.convert(given, Faults)
        except msgspec.ValidationError as error:
            raise SettingsError(f"faults: {error}") from error
    if name == "status_delays" and isinstance(given, str):
        return parse_delays(given)
    if name == "webhook_version" and isinstance(given, str):
        return parse_webhook_version(given)
    return given
