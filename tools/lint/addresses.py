"""No file tells where it was made: no registry's address, no path of one machine.

Lock files and scripts pick such things up unseen, some tools write the address of the index
they used into their output. It leaks what is nobody's business and breaks on every other
machine. A lock file holds names, versions and hashes, and no address at all.
"""

import re
from collections.abc import Iterator

from tools.lint.finding import Finding, Project

CODE = "machine-address"
_PATTERNS = (
    (r"files\.pythonhosted\.org|pypi\.org/simple|test\.pypi\.org", "a package registry"),
    (r"registry\.(?:npmjs|yarnpkg)\.|proxy\.golang\.|\bartifactory\b", "a package registry"),
    (r"-{2}(?:extra-)?index-url[= ]\S*:/|-{2}(?:find-links|trusted-host)[= ]\w", "an index option"),
    (r"(?<![\w./-])/(?:root|home/\w+|Users/\w+|work)/\w", "a path of one machine"),
    (r"\b[A-Z]:\\Users\\", "a path of one machine"),
)
PATTERNS = tuple((re.compile(pattern), what) for pattern, what in _PATTERNS)
URL = re.compile(r"\b[a-z][a-z0-9+.-]*://", re.IGNORECASE)


def check(project: Project) -> Iterator[Finding]:
    """An address or a path that belongs to one machine; in a lock file, any address."""
    for path in project.files:
        for number, line in enumerate(project.read(path).splitlines(), start=1):
            for expression, what in PATTERNS:
                if expression.search(line):
                    yield Finding(path, number, CODE, f"names {what}; take it out")
            if path.suffix == ".lock" and URL.search(line):
                yield Finding(path, number, CODE, "a lock file holds no address")
