"""Every command that a page names is one, with the options that stand behind it."""

import re
from pathlib import Path
from typing import Any

import pytest
import typer

from meta_emulator.cli.main import application as emulator
from waypost.cli.main import application

ROOT = Path(__file__).resolve().parents[2]
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]
COMMAND = re.compile(r"(?:^ *|`|\$ |bin/)waypost ((?:[a-z]+ ?)+)([^`\n|]*)", re.MULTILINE)
SESSIONS = {"writer", "reader", "bell"}
"""What sessions of PostgreSQL are called: `waypost writer`."""
PROGRAM = typer.main.get_command(application)


def walk(words: list[str]) -> tuple[Any, list[str]]:
    """The command that words lead to, and the words that follow it."""
    found: Any = PROGRAM
    while words and words[0] in getattr(found, "commands", {}):
        found, words = found.commands[words[0]], words[1:]
    return found, words


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_command_of_a_page_is_one(page):
    wrong = []
    for spelled, rest in COMMAND.findall(page.read_text(encoding="utf-8")):
        command, words = walk(spelled.split())
        if (hasattr(command, "commands") and words) and words[0] not in SESSIONS:
            wrong.append(f"{spelled}: {words[0]} is no command")
        options = {each for one in command.params for each in (*one.opts, *one.secondary_opts)}
        if not hasattr(command, "commands"):
            given = set(re.findall(r"(?<!\S)(--[a-z-]+)", rest))
            wrong += [f"{spelled}{each}" for each in sorted(given - options - {"--help"})]

    assert wrong == []


EMULATOR = re.compile(r"(?:^ *|`|\$ |bin/|[A-Z]=\S+ )meta-emulator\b([^`\n|>#]*)", re.MULTILINE)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_command_of_the_emulator_that_a_page_names_is_one(page):
    commands = getattr(typer.main.get_command(emulator), "commands", {})
    wrong = []
    for rest in EMULATOR.findall(page.read_text(encoding="utf-8").replace("\\\n", " ")):
        first = rest.split()[0] if rest.split() else "serve"
        name = "serve" if first.startswith("-") else first
        if name not in commands:
            wrong.append(f"meta-emulator{rest}: {name} is no command")
            continue
        known = {each for one in commands[name].params for each in (*one.opts, *one.secondary_opts)}
        given = set(re.findall(r"(?<!\S)(--[a-z-]+)", rest))
        wrong += [f"meta-emulator {name} {each}" for each in sorted(given - known - {"--help"})]

    assert wrong == []


def test_the_pages_name_commands():
    named = [hit for page in PAGES for hit in COMMAND.findall(page.read_text(encoding="utf-8"))]

    assert len(named) > 100
    text = "".join(page.read_text(encoding="utf-8") for page in PAGES)
    assert len(EMULATOR.findall(text)) > 30
