"""Every address that a page names stands in the list of all operations, with its method."""

import re
from pathlib import Path

import pytest
from tools.marked import read_generated
from tools.write_reference import OPERATIONS_PAGE

ROOT = Path(__file__).resolve().parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
PLACE = re.compile(r"<[^>]*>|\$[A-Z]+|\{[^}]*\}")
NAMED = re.compile(r"\b(GET|POST|PUT|PATCH|DELETE) (/v[12]/[^\s`?\"|)]+)")


def operations() -> set[tuple[str, str]]:
    """Method and address, with a star where a name belongs."""
    listed = read_generated(OPERATIONS_PAGE.read_text(encoding="utf-8"))
    return {
        (method, PLACE.sub("*", address))
        for method, address in re.findall(r"^\| `([A-Z]+) (/\S+)`", listed, re.MULTILINE)
    }


def named_on(page: Path) -> list[tuple[str, str]]:
    """What a page names, in the same form."""
    found = NAMED.findall(page.read_text(encoding="utf-8"))
    return [(method, PLACE.sub("*", address).rstrip(",.;:")) for method, address in found]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_address_of_a_page_is_an_operation(page):
    assert set(named_on(page)) - operations() == set()


def test_the_pages_name_addresses():
    assert sum(len(named_on(page)) for page in PAGES if page != OPERATIONS_PAGE) > 15
