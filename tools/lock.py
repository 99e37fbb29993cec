"""Resolves the lock files anew with pip-tools: exact versions and hashes, no address.

`python -m tools.lock` keeps every pin that still fits; `--upgrade` takes the newest of all.
"""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
RUN = Path("requirements/run.lock")
DEVELOP = Path("requirements/develop.lock")

OPTIONS = (
    "--quiet",
    "--generate-hashes",
    "--strip-extras",
    "--allow-unsafe",
    "--no-emit-index-url",
    "--no-emit-find-links",
    "--no-emit-trusted-host",
)


def compile_command(target: Path, options: tuple[str, ...]) -> list[str]:
    """The call of pip-tools that writes `target`, seen from the root of the project."""
    develop = ("--extra", "develop", "--constraint", str(RUN)) if target == DEVELOP else ()
    command = [sys.executable, "-m", "piptools", "compile", *OPTIONS, *develop, *options]
    return [*command, "--output-file", str(target), "pyproject.toml"]


def lines_with_address(text: str) -> list[int]:
    """The numbers, from 1, of the lines in which any URL stands."""
    return [number for number, line in enumerate(text.splitlines(), start=1) if "://" in line]


def main(arguments: list[str]) -> int:
    """Write both lock files; exit code 1 if one of them holds an address."""
    if any(argument != "--upgrade" for argument in arguments):
        print("usage: python -m tools.lock [--upgrade]", file=sys.stderr)
        return 2
    environment = os.environ | {"CUSTOM_COMPILE_COMMAND": "make lock"}
    is_clean = True
    for target in (RUN, DEVELOP):
        command = compile_command(target, tuple(arguments))
        subprocess.run(command, cwd=ROOT, env=environment, check=True)
        for number in lines_with_address((ROOT / target).read_text(encoding="utf-8")):
            print(f"{target}:{number}: a lock file holds no address", file=sys.stderr)
            is_clean = False
    return 0 if is_clean else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
