"""A file has one subject, and a ceiling.

Four hundred lines are the wish, six hundred the end. Model codebases hold this: none of
dramatiq's 55 files is above 708 lines, none of import-linter's above 498. A file that grows
past it has a second subject that wants a name of its own.
"""

from collections.abc import Iterator

from tools.lint.finding import Finding, Project

CODE = "long-file"
CEILING = 600


def check(project: Project) -> Iterator[Finding]:
    """A source file above the ceiling."""
    for path in project.match("src/**/*.py", "src/**/*.sql"):
        count = len(project.read(path).splitlines())
        if count > CEILING:
            yield Finding(path, 1, CODE, f"{count} lines; find the second subject and move it out")
