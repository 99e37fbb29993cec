"""One step, one transaction, and only the store ends it.

A commit in the middle of a step splits what must stand or fall together: a message that is
kept and its hold that is not. So no file outside `store` may begin, commit or roll back,
neither by a call nor in SQL. Words in docstrings and comments are free, and so are names
like `commit_batch`.
"""

import ast
import re
from collections.abc import Iterator

from tools.lint.finding import Finding, Project

CODE = "commit-outside-store"
STORE = "src/waypost/store/"
CALLS = {"begin", "commit", "rollback"}
WORDS = re.compile(r"\b(?:BEGIN|COMMIT|ROLLBACK)\b")


def check(project: Project) -> Iterator[Finding]:
    """A call of `.commit()` and its kind, or SQL that says so, outside the store."""
    for path in project.match("src/waypost/**/*.py"):
        if path.as_posix().startswith(STORE):
            continue
        tree = project.parse(path)
        free = _docstrings(tree)
        for node in ast.walk(tree):
            if isinstance(node, ast.Attribute) and node.attr in CALLS:
                sentence = f".{node.attr} belongs to the store; return from the step instead"
                yield Finding(path, node.lineno, CODE, sentence)
            elif isinstance(node, ast.Constant) and node not in free and _is_sql(node.value):
                yield Finding(path, node.lineno, CODE, "transactions are the store's affair")


def _is_sql(value: object) -> bool:
    return isinstance(value, str) and WORDS.search(value) is not None


def _docstrings(tree: ast.Module) -> set[ast.AST]:
    """Every string that stands alone as a statement."""
    return {
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    }
