"""An `__init__.py` is a docstring and nothing else.

It tells what comes into the room, what goes out and what the room never does. Names are
imported from the file that defines them, so the import graph is true and a circle has no
place to hide.
"""

import ast
from collections.abc import Iterator

from tools.lint.finding import Finding, Project

CODE = "init-with-code"


def check(project: Project) -> Iterator[Finding]:
    """A package's `__init__.py` without a docstring, or with more."""
    for path in project.match("src/**/__init__.py"):
        tree = project.parse(path)
        if ast.get_docstring(tree) is None:
            yield Finding(path, 1, CODE, "say in a docstring what this package is for")
            continue
        for node in tree.body[1:]:
            yield Finding(path, node.lineno, CODE, "move this to a file of its own name")
