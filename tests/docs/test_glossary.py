"""The glossary names what exists, and the code uses no word that it forbids."""

import ast
import re
from pathlib import Path

import pytest

from waypost.model.ledger import EntryKind
from waypost.model.lifecycle import State

ROOT = Path(__file__).resolve().parents[2]
ENUMS = {"State": State, "EntryKind": EntryKind}
ABBREVIATIONS = {"msg", "msgs", "tmpl", "cfg", "mgr", "svc", "util", "utils", "helper", "helpers"}


PAGE = (ROOT / "docs/glossary.md").read_text(encoding="utf-8")
GATEWAY, EMULATOR = PAGE.split("\n## The emulator's words\n")


def rows(part: str = GATEWAY) -> list[list[str]]:
    lines = [line for line in part.splitlines() if line.startswith("| **")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


def names_in_code(package: str = "waypost") -> set[str]:
    """Every class, function, parameter and variable of the gateway, or of the emulator."""
    names: set[str] = set()
    for path in (ROOT / "src" / package).rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            match node:
                case ast.ClassDef() | ast.FunctionDef() | ast.AsyncFunctionDef():
                    names.add(node.name)
                case ast.arg():
                    names.add(node.arg)
                case ast.Name():
                    names.add(node.id)
                case _:
                    pass
    return names


def test_every_name_in_the_glossary_exists_in_the_code():
    known = names_in_code()
    missing = []
    for term, _, in_code, _ in rows():
        for name in re.findall(r"`([^`]+)`", in_code):
            enum, dot, member = name.partition(".")
            if dot:
                is_there = member in ENUMS[enum].__members__
            elif name.endswith("/"):
                is_there = (ROOT / "src/waypost" / name).is_dir()
            else:
                is_there = name in known or (ROOT / "src" / name).is_dir()
            if not is_there:
                missing.append(f"{term}: {name}")
    assert missing == []


def test_every_name_among_the_emulators_words_exists_in_its_code():
    known = names_in_code("meta_emulator")
    named = [(row[0], name) for row in rows(EMULATOR) for name in re.findall(r"`([^`]+)`", row[2])]
    assert [(term, name) for term, name in named if name not in known] == []


def test_every_state_has_a_meaning_in_the_glossary_or_on_its_page():
    lifecycle = (ROOT / "docs/lifecycle.md").read_text(encoding="utf-8")
    assert [state for state in State if f"`{state}`" not in lifecycle] == []


@pytest.mark.parametrize("part", [GATEWAY, EMULATOR], ids=["gateway", "emulator"])
def test_terms_stand_once_and_in_order(part):
    terms = [row[0].strip("*").lower() for row in rows(part)]
    assert len(terms) > 30
    assert terms == sorted(set(terms))


def test_no_name_in_the_code_is_one_of_the_forbidden_abbreviations():
    names = names_in_code() | names_in_code("meta_emulator")
    abbreviated = {name for name in names if ABBREVIATIONS & set(name.lower().split("_"))}
    assert abbreviated == set()
