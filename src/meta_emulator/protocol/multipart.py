"""`multipart/form-data`: the fields and the file of a form, without copying a file twice."""

import re
from dataclasses import dataclass

BOUNDARY = re.compile(r'boundary="?([^";,]+)"?', re.IGNORECASE)
NAME = re.compile(rb'\bname="([^"]*)"', re.IGNORECASE)
TYPE = re.compile(rb"^content-type:\s*(.+?)\s*$", re.IGNORECASE | re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a form. `mime_type`: as the part's own header has it, else empty."""

    content: bytes
    mime_type: str

    @property
    def text(self) -> str:
        """The content as text."""
        return self.content.decode("utf-8", "replace").strip()


def read_form(content_type: str, body: bytes) -> dict[str, Part] | None:
    """The parts by their names; None if `body` is no such form."""
    if not content_type.lower().startswith("multipart/form-data"):
        return None
    boundary = BOUNDARY.search(content_type)
    if boundary is None:
        return None
    mark = b"\r\n--" + boundary.group(1).strip().encode("latin-1", "replace")
    # The first boundary has no line before it.
    parts: dict[str, Part] = {}
    start = 0 if body.startswith(mark[2:]) else body.find(mark)
    if start < 0:
        return parts
    at = start + len(mark) - (2 if start == 0 else 0)
    while at < len(body) and not body.startswith(b"--", at):
        end = body.find(mark, at)
        if end < 0:
            break
        head_end = body.find(b"\r\n\r\n", at, end)
        if head_end >= 0:
            head = body[at:head_end]
            name = NAME.search(head)
            given = TYPE.search(head)
            mime_type = given.group(1).decode("latin-1") if given else ""
            if name is not None:
                parts[name.group(1).decode("utf-8", "replace")] = Part(
                    body[head_end + 4 : end], mime_type
                )
        at = end + len(mark)
    return parts
