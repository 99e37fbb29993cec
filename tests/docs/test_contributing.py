"""What a contributor is told to run and to open is there."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")


def test_every_target_that_is_named_is_a_target_of_the_makefile():
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z]+):", makefile, re.MULTILINE))
    named = set(re.findall(r"(?:`|^ {4})make ([a-z]+)", PAGE, re.MULTILINE))
    assert {"check", "test", "docs", "lock"} <= named
    assert named - targets == set()


def test_every_link_leads_somewhere():
    links = [link for link in re.findall(r"\]\(([^)]+)\)", PAGE) if "://" not in link]
    assert len(links) > 4
    assert [link for link in links if not (ROOT / link).exists()] == []


def test_the_code_of_the_example_is_that_of_a_rule():
    rules = "\n".join(path.read_text() for path in (ROOT / "tools/lint").glob("*.py"))
    for code in re.findall(r"lint-skip: ([a-z-]+)", PAGE):
        assert f'CODE = "{code}"' in rules
