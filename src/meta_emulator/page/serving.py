"""The page's files as answers. Only the files of `files/` are served, by their names.

The policy lets the page load from the emulator alone, and run no script that is written into it.
"""

from functools import lru_cache
from importlib import resources
from typing import Final

from meta_emulator.protocol.answers import Answer, Header

POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; "
    "media-src 'self' blob:; connect-src 'self'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'"
)
SEALED: Final = "default-src 'none'; sandbox"
"""For what others made: opened by itself it may load nothing and run nothing."""

TYPES: Final = {
    "html": "text/html; charset=utf-8",
    "css": "text/css; charset=utf-8",
    "js": "text/javascript; charset=utf-8",
    "svg": "image/svg+xml",
}
INDEX: Final = "index.html"
NOT_FOUND: Final = 404


def served(name: str) -> Answer:
    """The answer to a request for a file of the page."""
    files = names()
    if name not in files:
        return Answer(NOT_FOUND, b"there is no such file", guarded("text/plain", SEALED))
    content = resources.files("meta_emulator.page").joinpath("files", name).read_bytes()
    return Answer(200, content, guarded(TYPES[name.rpartition(".")[2]], POLICY))


@lru_cache(maxsize=1)
def names() -> frozenset[str]:
    """The names of the files that there are."""
    folder = resources.files("meta_emulator.page").joinpath("files")
    return frozenset(
        file.name for file in folder.iterdir() if file.name.rpartition(".")[2] in TYPES
    )


def guarded(content_type: str, policy: str = SEALED) -> list[Header]:
    """The headers of everything that the page loads."""
    return [
        (b"content-type", content_type.encode("latin-1", "replace")),
        (b"content-security-policy", policy.encode()),
        (b"x-content-type-options", b"nosniff"),
        (b"referrer-policy", b"no-referrer"),
        (b"cache-control", b"no-cache"),
    ]
