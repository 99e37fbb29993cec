"""Writes the reference pages that are made from declarations in the code.

`python -m tools.write_reference` puts the table of every setting between the markers of
docs/reference/configuration.md; the words come from the fields of `Config`.
"""

import sys
from pathlib import Path

from tools.marked import write_generated
from waypost.runtime.config import SETTINGS, variable_of

PAGE = Path(__file__).resolve().parent.parent / "docs" / "reference" / "configuration.md"


def render_settings() -> str:
    """One row per setting, in the order of the fields, as Markdown."""
    lines = ["| setting | variable | accepts | default | meaning |", "|---|---|---|---|---|"]
    for name, setting in SETTINGS.items():
        default = _render_default(setting.default)
        about = f"{setting.about} **Secret.**" if setting.is_secret else setting.about
        accepts = setting.kind.words
        lines.append(f"| `{name}` | `{variable_of(name)}` | {accepts} | {default} | {about} |")
    return "\n".join([*lines, ""])


def _render_default(default: object) -> str:
    if isinstance(default, bool):
        return f"`{str(default).lower()}`"
    return f"`{default}`" if default != "" else "empty"


def main(arguments: list[str]) -> int:
    """Write the page."""
    if arguments:
        print("usage: python -m tools.write_reference", file=sys.stderr)
        return 2
    write_generated(PAGE, render_settings())
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
