"""What the door and the emulator, which share nothing, each say of one request."""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from msgspec.structs import replace

from meta_emulator.seed import MediaSeed, ProductSeed, Seed, TemplateSeed, default_seed
from meta_emulator.world.objects import seeded_template
from support.emulated import MESSAGES, WABA, Answered, Emulated, emulated
from support.template_grammar import Definition

PAGE = Path(__file__).parents[2] / "docs" / "checks.md"
HEADING = "## Where the door and the emulator differ, and why"
TAKES = "takes it"
_ROW = re.compile(r"\| `([^`]+)` \| ([^|]+) \| ([^|]+) \| ([^|]+) \|")


@dataclass(frozen=True)
class Verdicts:
    """Whether each takes it: `takes it` or `refuses it`."""

    door: str
    emulator: str

    @property
    def agree(self) -> bool:
        return self.door == self.emulator


def verdicts(*, door_found: object, answer: Answered) -> Verdicts:
    """What the door's findings and the emulator's answer come to."""
    assert answer.status in {200, 400}, answer.body
    return Verdicts(_word(is_taken=not door_found), _word(is_taken=answer.status == 200))


def allowed_differences() -> dict[str, Verdicts]:
    """The table of the page, by the first column."""
    section = PAGE.read_text().split(HEADING)[1].split("\n## ")[0]
    return {
        name: Verdicts(door.strip(), emulator.strip())
        for name, door, emulator, _ in _ROW.findall(section)
    }


def furnished() -> Emulated:
    """An emulator that holds all that the samples of `kinds` name."""
    seed = default_seed()
    waba = seed.wabas[0]
    assert waba.catalogue is not None
    products = [ProductSeed(str(900 + n), f"sku{n}", f"Plant {n}", 100) for n in range(40)]
    catalogue = replace(waba.catalogue, products=[*waba.catalogue.products, *products])
    media = [MediaSeed("155808", "image/jpeg"), MediaSeed("1", "application/pdf")]
    return emulated(
        Seed([replace(waba, catalogue=catalogue), *seed.wabas[1:]], [*seed.media, *media])
    )


def approve(emulator: Emulated, definition: Definition) -> None:
    """Have the emulator hold this definition as the template that the grammar sends."""
    seed = TemplateSeed(
        "1",
        "a_template",
        "en_US",
        definition.category,
        definition.components,
        parameter_format=definition.parameter_format,
    )
    state = emulator.emulator.state
    state.add_template(state.wabas[WABA], seeded_template(seed, WABA))


async def sent(emulator: Emulated, message: dict[str, Any]) -> Answered:
    """The emulator's answer to a message."""
    return await emulator.ask("POST", MESSAGES, {"messaging_product": "whatsapp", **message})


async def created(definition: dict[str, Any]) -> Answered:
    """The answer of an emulator without templates to a creation."""
    seed = default_seed()
    bare = replace(seed, wabas=[replace(seed.wabas[0], templates=[])])
    return await emulated(bare).ask("POST", f"/v25.0/{WABA}/message_templates", definition)


def _word(*, is_taken: bool) -> str:
    return TAKES if is_taken else "refuses it"
