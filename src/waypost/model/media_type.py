"""Which media Meta takes, how large, and as what (`reference` 6).

The list is Meta's, so it is short: what is none of these is not taken, however common it is.
The type that the customer declares is held against the bytes, for a wrong one comes back from
Meta as 131053 long after the message was accepted.
"""

from collections.abc import Mapping
from enum import StrEnum

from msgspec import Struct

from waypost.model.media_bytes import OFFICE, PDF, UNKNOWN, odd_colours, sniff
from waypost.model.medium import MediumKind
from waypost.model.refusal import Fault

KILOBYTE = 1024
MEGABYTE = 1024 * KILOBYTE
MOST_BYTES: Mapping[MediumKind, int] = {
    MediumKind.IMAGE: 5 * MEGABYTE,
    MediumKind.AUDIO: 16 * MEGABYTE,
    MediumKind.VIDEO: 16 * MEGABYTE,
    MediumKind.DOCUMENT: 100 * MEGABYTE,
    MediumKind.STICKER: 500 * KILOBYTE,
}
MOST_BYTES_STILL_STICKER = 100 * KILOBYTE

KINDS: Mapping[str, MediumKind] = {
    "image/jpeg": MediumKind.IMAGE,
    "image/png": MediumKind.IMAGE,
    "image/webp": MediumKind.STICKER,
    "video/mp4": MediumKind.VIDEO,
    "video/3gpp": MediumKind.VIDEO,
    "audio/aac": MediumKind.AUDIO,
    "audio/amr": MediumKind.AUDIO,
    "audio/mpeg": MediumKind.AUDIO,
    "audio/mp4": MediumKind.AUDIO,
    "audio/ogg": MediumKind.AUDIO,
    "text/plain": MediumKind.DOCUMENT,
    PDF: MediumKind.DOCUMENT,
    "application/msword": MediumKind.DOCUMENT,
    "application/vnd.ms-excel": MediumKind.DOCUMENT,
    "application/vnd.ms-powerpoint": MediumKind.DOCUMENT,
    OFFICE + "wordprocessingml.document": MediumKind.DOCUMENT,
    OFFICE + "spreadsheetml.sheet": MediumKind.DOCUMENT,
    OFFICE + "presentationml.presentation": MediumKind.DOCUMENT,
}
"""Every type that Meta takes, and as what."""

ALIASES: Mapping[str, str] = {
    "image/jpg": "image/jpeg",
    "audio/mp3": "audio/mpeg",
    "audio/m4a": "audio/mp4",
    "audio/x-m4a": "audio/mp4",
    "audio/opus": "audio/ogg",
    "application/ogg": "audio/ogg",
    "application/x-pdf": PDF,
}
"""Other spellings that customers' tools write for the same."""

SAMPLE_TYPES = (PDF, "image/jpeg", "image/png", "video/mp4")
"""What a sample for a template's header may be."""


class MediumFault(StrEnum):
    """What can be wrong with a medium; a word, once published, never changes."""

    EMPTY = "medium_empty"
    UNSUPPORTED = "medium_type_unsupported"
    MISMATCH = "medium_type_mismatch"
    TOO_LARGE = "medium_too_large"
    NOT_MONO = "medium_not_mono"
    COLOURS = "medium_colours"
    FILE_NAME = "medium_file_name"


class MediumType(Struct, frozen=True):
    """What a medium is. `is_animated` is of stickers alone."""

    kind: MediumKind
    mime_type: str
    is_animated: bool = False

    @property
    def most_bytes(self) -> int:
        """The most bytes that Meta takes of it."""
        if self.kind is MediumKind.STICKER and not self.is_animated:
            return MOST_BYTES_STILL_STICKER
        return MOST_BYTES[self.kind]


def check_medium(
    data: bytes, declared_type: str | None, file_name: str = ""
) -> MediumType | tuple[Fault, ...]:
    """What a medium is, or everything that keeps Meta from taking it.

    declared_type  the form's `type`, as written; None if there was none
    file_name      settles what the bytes leave open
    """
    if not data:
        return (
            Fault(
                "/file",
                MediumFault.EMPTY.value,
                "The file is empty.",
                mend="Send the file's bytes as the form's part `file`.",
            ),
        )
    declared = read_declared(declared_type)
    hint = declared or _type_of_name(file_name)
    found = sniff(data, hint)
    faults = [*_declared_faults(declared_type, declared, found)]
    kind = KINDS.get(found)
    if kind is None:
        faults.append(
            _unsupported("/file", f"The file is {_told(found)}, which Meta does not take.")
        )
        return tuple(faults)
    type_ = MediumType(kind, found, is_animated=found == "image/webp" and _is_animated(data))
    faults.extend(_content_faults(type_, data))
    return tuple(faults) or type_


def check_sample(
    data: bytes, declared_type: str | None, file_name: str
) -> MediumType | tuple[Fault, ...]:
    """What a sample for a template's header is, or everything that is wrong with it.

    Source of the name's rule: `reference` kaleyra-v2 5.3. Any sample may have 100 MB.
    """
    faults = [*_name_faults(file_name)]
    if not data:
        return (*faults, *_faults_of(check_medium(data, declared_type)))
    declared = read_declared(declared_type)
    found = sniff(data, declared or _type_of_name(file_name))
    faults.extend(_declared_faults(declared_type, declared, found))
    if found not in SAMPLE_TYPES:
        faults.append(
            Fault(
                "/file",
                MediumFault.UNSUPPORTED.value,
                f"The file is {_told(found)}, which cannot be a template's sample.",
                meta_code=100,
                mend="Send a PDF, a JPEG, a PNG or an MP4.",
            )
        )
    faults.extend(_size_faults(len(data), MOST_BYTES[MediumKind.DOCUMENT], "a sample"))
    return tuple(faults) or MediumType(KINDS[found], found)


def read_declared(declared_type: str | None) -> str:
    """A declared type in its usual spelling, without parameters; empty if there is none."""
    bare = (declared_type or "").partition(";")[0].strip().lower()
    return ALIASES.get(bare, bare)


def kind_of(mime_type: str) -> MediumKind:
    """As what Meta would take a medium of this type; a document if nobody knows."""
    bare = read_declared(mime_type)
    first = bare.partition("/")[0]
    if bare in KINDS:
        return KINDS[bare]
    return MediumKind(first) if first in {"image", "audio", "video"} else MediumKind.DOCUMENT


def _is_animated(data: bytes) -> bool:
    """The animation flag of an extended WebP (RFC 9649 section 2.7)."""
    return data[12:16] == b"VP8X" and len(data) > 20 and bool(data[20] & 0x02)  # noqa: PLR2004


def _declared_faults(written: str | None, declared: str, found: str) -> list[Fault]:
    if not declared or declared == found:
        return []
    if declared not in KINDS:
        return [_unsupported("/type", f"Meta does not take the type {written}.")]
    if found not in KINDS:
        return []
    return [
        Fault(
            "/type",
            MediumFault.MISMATCH.value,
            f"The type says {written}, but the file is {_told(found)}.",
            meta_code=131053,
            mend=f"Write {found} as the type, or send the file that was meant.",
        )
    ]


def _content_faults(type_: MediumType, data: bytes) -> list[Fault]:
    faults = []
    head = data.find(b"OpusHead", 0, 128)
    if type_.mime_type == "audio/ogg" and data[head + 9 : head + 10] not in {b"\x01", b""}:
        faults.append(
            Fault(
                "/file",
                MediumFault.NOT_MONO.value,
                f"The sound has {data[head + 9]} channels; Meta takes Opus with one.",
                meta_code=131053,
                mend="Convert it to mono.",
            )
        )
    colours = odd_colours(data, type_.mime_type)
    if colours is not None:
        faults.append(
            Fault(
                "/file",
                MediumFault.COLOURS.value,
                f"The picture has {colours}; Meta takes 8 bits of red, green and blue.",
                meta_code=131053,
                mend="Save it as 8-bit RGB or RGBA.",
            )
        )
    what = {
        MediumKind.STICKER: "an animated sticker" if type_.is_animated else "a still sticker",
        MediumKind.IMAGE: "an image",
        MediumKind.AUDIO: "audio",
        MediumKind.VIDEO: "a video",
        MediumKind.DOCUMENT: "a document",
    }[type_.kind]
    faults.extend(_size_faults(len(data), type_.most_bytes, what))
    return faults


def _size_faults(size: int, most: int, what: str) -> list[Fault]:
    if size <= most:
        return []
    shown = f"{most // MEGABYTE} MB" if most >= MEGABYTE else f"{most // KILOBYTE} KB"
    return [
        Fault(
            "/file",
            MediumFault.TOO_LARGE.value,
            f"The file has {size} bytes; {what} may have {shown}, {most} bytes.",
            mend="Send a smaller one, or offer it by a link.",
        )
    ]


def _name_faults(file_name: str) -> list[Fault]:
    stem, dot, extension = file_name.rpartition(".")
    is_whole = 1 <= len(file_name) <= 255 and bool(stem and dot and extension)  # noqa: PLR2004
    if is_whole and not set(file_name) & set("\\/<@%") and file_name.isprintable():
        return []
    return [
        Fault(
            "/file",
            MediumFault.FILE_NAME.value,
            "The file's name must have 1 to 255 characters and an extension, "
            "and none of \\ / < @ %.",
            mend="Give it a name like sample.jpg.",
        )
    ]


def _unsupported(path: str, message: str) -> Fault:
    return Fault(
        path,
        MediumFault.UNSUPPORTED.value,
        message,
        meta_code=100,
        mend="Send JPEG or PNG images, WebP stickers, MP4 or 3GPP video, AAC, AMR, MP3, MP4 or "
        "Ogg Opus audio, or text, PDF, Word, Excel or PowerPoint documents.",
    )


def _faults_of(checked: MediumType | tuple[Fault, ...]) -> tuple[Fault, ...]:
    return checked if isinstance(checked, tuple) else ()


def _type_of_name(file_name: str) -> str:
    """What a file's extension says, where bytes leave more than one open."""
    return {
        "m4a": "audio/mp4",
        "doc": "application/msword",
        "xls": "application/vnd.ms-excel",
        "ppt": "application/vnd.ms-powerpoint",
    }.get(file_name.rpartition(".")[2].lower(), "")


def _told(found: str) -> str:
    return "of a kind that nobody knows here" if found == UNKNOWN else found
