"""A database's own text of a query says why it differs.

The queries have one text for every database. An override that does not say what the other
engine cannot do is soon a second text that drifts. So the file, or each query in it, begins
with "Differs because".
"""

from collections.abc import Iterator

from tools.lint.finding import Finding, Project
from tools.lint.queries import named_queries

CODE = "override-without-reason"
OPENING = "-- Differs because "


def check(project: Project) -> Iterator[Finding]:
    """An override, or a query of it, that gives no reason."""
    sentence = 'begin with "-- Differs because ..." and say what the common text cannot do'
    for path in project.match("src/waypost/store/*/overrides/*.sql"):
        text = project.read(path)
        if text.lstrip().startswith(OPENING):
            continue
        queries = list(named_queries(text))
        if not queries:
            yield Finding(path, 1, CODE, sentence)
        for query in queries:
            if not query.comments or not query.comments[0].startswith(OPENING):
                yield Finding(path, query.line, CODE, f"{query.name}: {sentence}")
