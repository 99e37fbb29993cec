"""The generated part of a page: what stands between its two markers."""

from pathlib import Path

BEGIN = "<!-- generated: begin -->"
END = "<!-- generated: end -->"


def read_generated(page: str) -> str:
    """What stands between the markers. Raises ValueError when a marker is missing."""
    before, begin, rest = page.partition(BEGIN + "\n")
    generated, end, _ = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"the page has no markers; its beginning is {before[:40]!r}")
    return generated


def replace_generated(page: str, generated: str) -> str:
    """The page with `generated` between its markers. Raises ValueError without markers."""
    old = f"{BEGIN}\n{read_generated(page)}{END}"
    return page.replace(old, f"{BEGIN}\n{generated}{END}")


def write_generated(path: Path, generated: str) -> None:
    """Put `generated` between the markers of a page that exists."""
    page = path.read_text(encoding="utf-8")
    path.write_text(replace_generated(page, generated), encoding="utf-8")
