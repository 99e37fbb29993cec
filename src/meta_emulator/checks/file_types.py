"""Which files Meta takes: types, sizes, and what a file's first bytes say (reference 6)."""

from meta_emulator.protocol.errors import GraphError, invalid, refused

MEGABYTE = 1024 * 1024
KILOBYTE = 1024

AUDIO = ("audio/aac", "audio/amr", "audio/mpeg", "audio/mp4", "audio/ogg", "audio/opus")
IMAGES = ("image/jpeg", "image/png")
VIDEO = ("video/mp4", "video/3gpp")
STICKER = "image/webp"
OFFICE = "application/vnd.openxmlformats-officedocument."
DOCUMENTS = (
    "text/plain",
    "application/pdf",
    "application/msword",
    "application/vnd.ms-excel",
    "application/vnd.ms-powerpoint",
    f"{OFFICE}wordprocessingml.document",
    f"{OFFICE}spreadsheetml.sheet",
    f"{OFFICE}presentationml.presentation",
)
MOST_BYTES: dict[str, int] = {
    **dict.fromkeys(AUDIO, 16 * MEGABYTE),
    **dict.fromkeys(IMAGES, 5 * MEGABYTE),
    **dict.fromkeys(VIDEO, 16 * MEGABYTE),
    **dict.fromkeys(DOCUMENTS, 100 * MEGABYTE),
    STICKER: 500 * KILOBYTE,
}
STILL_STICKER = 100 * KILOBYTE
ANIMATED = b"ANIM"

SAMPLES = frozenset({"application/pdf", "image/jpeg", "image/jpg", "image/png", "video/mp4"})
"""What the resumable upload takes, for samples of templates."""

STARTS = (
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"%PDF-", "application/pdf"),
    (b"OggS", "audio/ogg"),
    (b"#!AMR", "audio/amr"),
    (b"ID3", "audio/mpeg"),
    (b"GIF8", "image/gif"),
)
ALIASES = {"image/jpg": "image/jpeg", "audio/opus": "audio/ogg", "audio/mp3": "audio/mpeg"}


def plain_type(mime_type: str) -> str:
    """`audio/ogg` for `audio/ogg; codecs=opus`; other spellings of a type as the usual one."""
    bare = mime_type.partition(";")[0].strip().lower()
    return ALIASES.get(bare, bare)


def seen_type(content: bytes) -> str | None:
    """The type that the first bytes give away; None if they do not."""
    for start, mime_type in STARTS:
        if content.startswith(start):
            return mime_type
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return STICKER
    return None


def file_fault(content: bytes, mime_type: str) -> GraphError | None:
    """Why a file of `mime_type` cannot be uploaded, or None."""
    most = MOST_BYTES.get(mime_type)
    if most is None:
        listed = ", ".join(MOST_BYTES)
        return invalid(
            f"Param file must be a file with one of the following types: {listed}. Received file"
            f" of type '{mime_type}'."
        )
    if mime_type == STICKER and ANIMATED not in content[:64]:
        most = STILL_STICKER
    if not content:
        return invalid("Param file must not be empty.")
    if len(content) > most:
        return invalid(
            f"Param file of type '{mime_type}' has {len(content)} bytes; at most {most} are"
            " allowed."
        )
    seen = seen_type(content)
    if seen is not None and seen != mime_type:
        return refused(131053, f"The file is {seen}, and was declared as {mime_type}.")
    return None
