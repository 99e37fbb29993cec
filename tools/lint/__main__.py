"""`python -m tools.lint`: every rule over the whole project; exit code 1 if any is broken."""

import sys
from pathlib import Path

from tools.lint import (
    addresses,
    broad_excepts,
    commits,
    file_length,
    overrides,
    packages,
    pure_files,
    queries,
)
from tools.lint.finding import Rule, open_project, run

ROOT = Path(__file__).resolve().parents[2]
RULES: tuple[Rule, ...] = (
    pure_files.check,
    file_length.check,
    commits.check,
    overrides.check,
    packages.check,
    broad_excepts.check,
    queries.check,
    addresses.check,
)


def main() -> int:
    """Print one line for each finding."""
    findings = run(open_project(ROOT), RULES)
    for finding in findings:
        print(finding)
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main())
