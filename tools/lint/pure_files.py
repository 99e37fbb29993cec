"""On the roads only an agent touches the world.

In the seven rooms of the two roads a file named by an agent (`acceptor`, `dispatcher`,
`recorder`) takes ports, awaits and commits. Every other file there is pure: values in,
values out. So a listing shows where a rule stands and where a sequence stands, and a rule
can be tested without a loop. It began with a retry rule that read the clock by itself, and
could only be tested by waiting.
"""

import ast
import re
from collections.abc import Iterator

from tools.lint.finding import Finding, Project

CODE = "async-in-pure-file"
ROOMS = ("accept", "queue", "dispatch", "webhook", "status", "callback", "wallet")
AGENT = re.compile(r".+[eo]r")


def check(project: Project) -> Iterator[Finding]:
    """An `async def` in a file of the roads that is not named by an agent."""
    for path in project.match(*(f"src/waypost/{room}/**/*.py" for room in ROOMS)):
        if AGENT.fullmatch(path.stem):
            continue
        for node in ast.walk(project.parse(path)):
            if isinstance(node, ast.AsyncFunctionDef):
                sentence = (
                    f"{node.name} is async in a pure file; move it to an agent (...er.py, ...or.py)"
                )
                yield Finding(path, node.lineno, CODE, sentence)
