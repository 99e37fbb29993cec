"""Writes the reference pages that are made from declarations in the code.

`python -m tools.write_reference` puts the table of every setting between the markers of
docs/reference/configuration.md, whose words come from the fields of `Config`, and the table of
every operation into docs/management-api.md, from the OpenAPI document; and Meta's error codes
into docs/reference/meta-errors.md, from the rows that decide what is done about them; and every
metric into docs/reference/metrics.md; and every call of the emulator's control API into
docs/reference/emulator-control-api.md.
"""

import sys
from pathlib import Path

from prometheus_client import CollectorRegistry

from tools.control_reference import render_control
from tools.marked import write_generated
from waypost.api.framework import describe_api
from waypost.api.management.openapi import list_operations
from waypost.model.meta_error_table import TABLE
from waypost.runtime.config import SETTINGS, variable_of
from waypost.runtime.metrics import Metrics

DOCS = Path(__file__).resolve().parent.parent / "docs"
PAGE = DOCS / "reference" / "configuration.md"
OPERATIONS_PAGE = DOCS / "management-api.md"
ERRORS_PAGE = DOCS / "reference" / "meta-errors.md"
METRICS_PAGE = DOCS / "reference" / "metrics.md"
CONTROL_PAGE = DOCS / "reference" / "emulator-control-api.md"


def render_settings() -> str:
    """One row per setting, in the order of the fields, as Markdown."""
    lines = ["| setting | variable | accepts | default | meaning |", "|---|---|---|---|---|"]
    for name, setting in SETTINGS.items():
        default = _render_default(setting.default)
        about = f"{setting.about} **Secret.**" if setting.is_secret else setting.about
        accepts = setting.kind.words
        lines.append(f"| `{name}` | `{variable_of(name)}` | {accepts} | {default} | {about} |")
    return "\n".join([*lines, ""])


def render_operations() -> str:
    """One row per operation of the OpenAPI document, by path, as Markdown."""
    lines = ["| operation | | who |", "|---|---|---|"]
    for path, method, operation in list_operations(describe_api()):
        who = ", ".join(name for one in operation["security"] for name in one) or "anybody"
        lines.append(f"| `{method.upper()} {path}` | {operation['summary']} | {who} |")
    return "\n".join([*lines, ""])


def render_errors() -> str:
    """One row per code of Meta's, in their order, as Markdown."""
    lines = [
        "| code | meaning | class | what is done | fault | next step |",
        "|---|---|---|---|---|---|",
    ]
    for code, row in sorted(TABLE.items()):
        lines.append(
            f'| <a id="{code}"></a>`{code}` | {row.title} | {row.error_class} | `{row.rule}` '
            f"| {row.fault} | {row.next_step} |"
        )
    return "\n".join([*lines, ""])


def render_metrics() -> str:
    """One row per metric, in the order of their declarations, as Markdown."""
    lines = ["| metric | type | label | meaning |", "|---|---|---|---|"]
    for one in Metrics(CollectorRegistry()).declared():
        label = f"`{one.label}`" if one.label else ""
        lines.append(f"| `{one.name}` | {one.kind} | {label} | {one.about} |")
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
    write_generated(OPERATIONS_PAGE, render_operations())
    write_generated(ERRORS_PAGE, render_errors())
    write_generated(METRICS_PAGE, render_metrics())
    write_generated(CONTROL_PAGE, render_control())
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
