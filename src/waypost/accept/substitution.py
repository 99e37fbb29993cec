"""Media ids of a send, put in as Meta knows them now. Pure.

A medium is uploaded to Meta again before Meta forgets it; what the customer names stays the same.
"""

from collections.abc import Mapping
from typing import Any

import msgspec
from msgspec.structs import replace

from waypost.model.mentions import MediaMention
from waypost.model.submission import Submission

_encode = msgspec.json.Encoder().encode


def put_in_media_ids(
    submission: Submission, mentioned: tuple[MediaMention, ...], meta_ids: Mapping[str, str]
) -> Submission:
    """The submission with `meta_ids`, by the id it names, where they differ."""
    stale = [one for one in mentioned if meta_ids.get(one.media_id, one.media_id) != one.media_id]
    if not stale:
        return submission
    message = msgspec.json.decode(submission.content.json)
    for mention in stale:
        _object_at(message, mention.path.removeprefix(submission.pointer))["id"] = meta_ids[
            mention.media_id
        ]
    return replace(
        submission,
        message=message,
        content=replace(submission.content, json=_encode(message)),
    )


def _object_at(document: Any, pointer: str) -> dict[str, Any]:
    """The object that a JSON pointer names; it was found there before."""
    found = document
    for part in pointer.split("/")[1:]:
        if isinstance(found, list):
            found = found[int(part)]
        else:
            found = found[part.replace("~1", "/").replace("~0", "~")]
    assert isinstance(found, dict)
    return found
