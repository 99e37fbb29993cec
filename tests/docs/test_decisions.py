"""Decisions are numbered, complete, and name only what exists."""

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted((ROOT / "docs/decisions").glob("[0-9]*.md"))
SECTIONS = ["Context", "Decision", "Consequences", "Alternatives", "References"]


def test_numbers_have_no_gaps():
    assert [page.name[:4] for page in PAGES] == [f"{n:04}" for n in range(1, len(PAGES) + 1)]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_a_decision_has_every_section_and_names_its_check(page):
    text = page.read_text(encoding="utf-8")
    assert text.startswith(f"# {page.name[:4]}. ")
    assert re.search(r"^Date: \d{4}-\d\d-\d\d$", text, re.MULTILINE)
    assert re.findall(r"^## (.+)$", text, re.MULTILINE) == SECTIONS
    assert "- Enforced by: " in text.partition("## References")[2]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_what_a_decision_refers_to_exists(page):
    references = page.read_text(encoding="utf-8").partition("## References")[2]
    paths = re.findall(r"`([\w./]+(?:\.py|\.toml|\.importlinter|/))`", references)
    links = re.findall(r"\]\(([^)#]+)\)", page.read_text(encoding="utf-8"))
    assert [path for path in paths if not (ROOT / path).exists()] == []
    assert [link for link in links if not (page.parent / link).exists()] == []


def test_every_link_between_the_pages_leads_somewhere():
    broken = [
        f"{page.name}: {link}"
        for page in (ROOT / "docs").rglob("*.md")
        for link in re.findall(r"\]\((?!https?:)([^)#]+)\)", page.read_text(encoding="utf-8"))
        if not (page.parent / link).exists()
    ]
    assert broken == []


def test_the_gateway_depends_on_one_web_framework_that_commands_do_not_wait_for():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    names = {re.split(r"[\[<>=~! ]", each)[0].lower() for each in project["dependencies"]}
    frameworks = {"aiohttp", "blacksheep", "django", "falcon", "fastapi", "flask", "litestar"}
    assert "granian" in names
    assert names & (frameworks | {"quart", "sanic", "starlette", "tornado"}) == {"litestar"}
    loads = "import sys; import waypost.serve; print('litestar' in sys.modules)"
    told = subprocess.run([sys.executable, "-c", loads], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "False"
