"""Surprises are caught at the edges and nowhere else.

A handler that catches everything in the middle turns a fault of ours into a wrong answer:
the row is settled, the log is silent, and nobody knows. A failure that we expect is a value
or an exception with a name. What is left goes up to the edge, which answers, logs and lives.
A handler that undoes and then raises on catches nothing, and is free.
"""

import ast
from collections.abc import Iterator

from tools.lint.finding import Finding, Project

CODE = "broad-except"
BROAD = {"Exception", "BaseException"}
EDGES = {
    "src/waypost/api/problems.py",
    "src/waypost/queue/worker.py",
    "src/waypost/cli/main.py",
    "src/waypost/runtime/supervisor.py",
    "src/waypost/store/postgres/writer.py",
    "src/waypost/store/sqlite/writer.py",
    "src/meta_emulator/app.py",
}


def check(project: Project) -> Iterator[Finding]:
    """An `except:` or `except Exception:` away from the edges."""
    for path in project.match("src/**/*.py"):
        if path.as_posix() in EDGES:
            continue
        for node in ast.walk(project.parse(path)):
            if not isinstance(node, ast.ExceptHandler) or _raises_on(node):
                continue
            if _is_broad(node.type):
                yield Finding(path, node.lineno, CODE, "name the exception, or let it rise")


def _is_broad(caught: ast.expr | None) -> bool:
    if caught is None:
        return True
    if isinstance(caught, ast.Tuple):
        return any(_is_broad(each) for each in caught.elts)
    return isinstance(caught, ast.Name) and caught.id in BROAD


def _raises_on(handler: ast.ExceptHandler) -> bool:
    """Whether the handler's last word is a bare `raise`."""
    last = handler.body[-1]
    return isinstance(last, ast.Raise) and last.exc is None
