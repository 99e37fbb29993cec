"""Media: images, audio, video, documents, stickers; as a message and in a header.

Source: `reference` 1.10 and 6; reference/kaleyra-v2.md 12.
"""

from waypost.model.content_check.part import INVALID, MISSING, Part
from waypost.model.finding import FindingCode

MEDIA_KINDS = ("image", "audio", "video", "document", "sticker")
OBJECT = 'an object with id or link, like {"id": "1558081531584829"}'
_UNCAPTIONED = frozenset({"audio", "sticker"})
_LONGEST_CAPTION = 1024


def check_media(message: Part, kind: str) -> None:
    """The content of a media message."""
    media = message.part(kind, OBJECT)
    if media is None:
        return
    check_source(media)
    if kind in _UNCAPTIONED:
        if "caption" in media.value:
            media.add(
                "caption",
                FindingCode.NOT_ALLOWED,
                INVALID,
                f"a message of type {kind} has no caption",
                "Take caption out; send the words as a text message.",
            )
    elif media.value.get("caption") != "":
        media.text("caption", _LONGEST_CAPTION, is_required=False)
    if kind == "document":
        media.text("filename", is_required=False)


def check_source(media: Part) -> None:
    """Where a medium comes from: the `id` of an uploaded one, or a `link`."""
    has_id, has_link = "id" in media.value, "link" in media.value
    if has_id and has_link:
        media.add(
            "link",
            FindingCode.NOT_ALLOWED,
            MISSING,
            "there are both id and link; there must be one of them",
            "Take out link to send the uploaded medium, or id to have Meta fetch the link.",
        )
    elif has_link:
        media.url("link")
    elif has_id:
        media.text("id")
    else:
        media.missing("id", "the id of an uploaded medium, or give a link in its place")
