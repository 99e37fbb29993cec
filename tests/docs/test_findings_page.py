"""The page of findings names every code that a check can give, and no other."""

import re
from pathlib import Path

from waypost.model.finding import FindingCode

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "findings.md"


def test_the_page_names_every_code_and_no_other():
    rows = [line for line in PAGE.read_text(encoding="utf-8").splitlines() if line[:3] == "| `"]
    named = {code for row in rows for code in re.findall(r"`([a-z_]+)`", row.split("|")[1])}

    assert named == {code.value for code in FindingCode}
