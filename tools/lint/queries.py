"""A query has a name, a sentence and a user.

SQL lives in `store/sql/*.sql`, one text for every database, where it can be read and
explained as SQL. A query is named `repository.method`; the lines after its name say in words
what it gives; and the repository asks for it by that name. A query that nobody asks for is
found here, not in two years.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from tools.lint.finding import Finding, Project

UNDESCRIBED = "query-without-sentence"
UNUSED = "query-unused"
MISNAMED = "query-misnamed"

_NAME = re.compile(r"--\s*name:\s*(?P<name>\S+)\s*")
_GOOD_NAME = re.compile(r"[a-z_]+\.[a-z_0-9]+")


@dataclass(frozen=True, slots=True)
class Query:
    """A named query: its line, and the comment lines that directly follow its name."""

    name: str
    line: int
    comments: tuple[str, ...]


def named_queries(text: str) -> Iterator[Query]:
    """The queries of a file of SQL, in order."""
    lines = [line.strip() for line in text.splitlines()]
    for index, line in enumerate(lines):
        named = _NAME.fullmatch(line)
        if named is None:
            continue
        comments = []
        for follower in lines[index + 1 :]:
            if not follower.startswith("--") or _NAME.fullmatch(follower):
                break
            comments.append(follower)
        yield Query(named["name"], index + 1, tuple(comments))


def check(project: Project) -> Iterator[Finding]:
    """A query with a wrong name, without a sentence or without a user."""
    sources = [project.read(path) for path in project.match("src/waypost/store/repositories/*.py")]
    for path in project.match("src/waypost/store/sql/*.sql"):
        for query in named_queries(project.read(path)):
            if not _GOOD_NAME.fullmatch(query.name):
                sentence = f"{query.name} is not of the form repository.method"
                yield Finding(path, query.line, MISNAMED, sentence)
            if not any(comment.strip("- ") for comment in query.comments):
                sentence = f"say under the name of {query.name} what it does"
                yield Finding(path, query.line, UNDESCRIBED, sentence)
            if not any(_asks_for(source, query.name) for source in sources):
                sentence = f"no repository asks for {query.name}; delete it"
                yield Finding(path, query.line, UNUSED, sentence)


def _asks_for(source: str, name: str) -> bool:
    return f'"{name}"' in source or f"'{name}'" in source
