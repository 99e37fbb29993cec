"""What a rule is given and what it gives: the files of the project, and findings.

A finding is excused by a comment with its code, on its line or on the line above:
`# lint-skip: broad-except` (in SQL: `-- lint-skip: ...`).
"""

import ast
import re
import subprocess
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

_SKIP = re.compile(r"(?:#|--)\s*lint-skip:\s*([a-z-]+)")
_NOT_OURS = {".git", ".venv", "__pycache__", "build", "dist"}


@dataclass(frozen=True, slots=True)
class Finding:
    """One breach of a rule; `line` counts from 1."""

    path: Path
    line: int
    code: str
    sentence: str

    def __str__(self) -> str:
        """One line, as compilers write it."""
        return f"{self.path}:{self.line}: {self.code} {self.sentence}"


@dataclass(frozen=True, slots=True)
class Project:
    """The files under one root; paths are relative to it and sorted."""

    root: Path
    files: tuple[Path, ...]

    def match(self, *patterns: str) -> Iterator[Path]:
        """The files of which any of these patterns is true, from the root: `src/**/*.py`."""
        expressions = [_compile(pattern) for pattern in patterns]
        for path in self.files:
            if any(expression.fullmatch(path.as_posix()) for expression in expressions):
                yield path

    def read(self, path: Path) -> str:
        """The text of a file; what is no UTF-8 reads as empty."""
        try:
            return (self.root / path).read_text(encoding="utf-8")
        except UnicodeDecodeError:
            return ""

    def parse(self, path: Path) -> ast.Module:
        """The syntax tree of a Python file."""
        return ast.parse(self.read(path), filename=str(path))


Rule = Callable[[Project], Iterable[Finding]]


def open_project(root: Path) -> Project:
    """All that git tracks or would track; without git, all that is there."""
    if (root / ".git").exists():
        listing = subprocess.run(
            ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
            cwd=root,
            check=True,
            capture_output=True,
            text=True,
        ).stdout
        paths = {Path(name) for name in listing.split("\0") if name}
    else:
        paths = {path.relative_to(root) for path in root.rglob("*")}
        paths = {path for path in paths if not _NOT_OURS & set(path.parts)}
    return Project(root, tuple(sorted(path for path in paths if (root / path).is_file())))


def run(project: Project, rules: Iterable[Rule]) -> list[Finding]:
    """Every finding that no comment excuses, in the order of files and lines."""
    findings = [finding for rule in rules for finding in rule(project)]
    kept = [finding for finding in findings if not _is_excused(project, finding)]
    return sorted(kept, key=lambda finding: (finding.path, finding.line, finding.code))


def _is_excused(project: Project, finding: Finding) -> bool:
    lines = project.read(finding.path).splitlines()
    near = lines[max(finding.line - 2, 0) : finding.line]
    return any(finding.code in _SKIP.findall(line) for line in near)


@lru_cache(maxsize=256)
def _compile(pattern: str) -> re.Pattern[str]:
    escaped = re.escape(pattern).replace(r"\*\*/", "(?:.+/)?").replace(r"\*", "[^/]*")
    return re.compile(escaped)
