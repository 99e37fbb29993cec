"""What a medium is, by its bytes: magic numbers, and a look inside where they leave it open.

Only what Meta takes is told apart with care, and what is often taken for it: a HEIC photo, a
QuickTime film, an animated GIF.
"""

import io
import struct
import zipfile
from collections.abc import Callable, Mapping

PDF = "application/pdf"
OFFICE = "application/vnd.openxmlformats-officedocument."
UNKNOWN = "application/octet-stream"

HEADS: tuple[tuple[bytes, str], ...] = (
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"GIF8", "image/gif"),
    (b"#!AMR\n", "audio/amr"),
    (b"#!AMR-WB", "audio/amr-wb"),
    (b"ID3\x02", "audio/mpeg"),
    (b"ID3\x03", "audio/mpeg"),
    (b"ID3\x04", "audio/mpeg"),
    (b"ADIF", "audio/aac"),
    (b"\x1aE\xdf\xa3", "video/webm"),
)
"""First bytes that say it all."""

RIFF_FORMS: Mapping[bytes, str] = {b"WEBP": "image/webp", b"WAVE": "audio/wav"}
OLE_HEAD = bytes.fromhex("d0cf11e0a1b11ae1")
OLE_STREAMS: Mapping[str, bytes] = {
    "application/msword": "WordDocument".encode("utf-16-le"),
    "application/vnd.ms-excel": "Workbook".encode("utf-16-le"),
    "application/vnd.ms-powerpoint": "PowerPoint Document".encode("utf-16-le"),
}
OFFICE_FOLDERS: Mapping[str, str] = {
    "word/": OFFICE + "wordprocessingml.document",
    "xl/": OFFICE + "spreadsheetml.sheet",
    "ppt/": OFFICE + "presentationml.presentation",
}
FTYP_TYPES: Mapping[bytes, str] = {
    b"M4A ": "audio/mp4",
    b"M4B ": "audio/mp4",
    b"qt  ": "video/quicktime",
    b"heic": "image/heic",
    b"heix": "image/heic",
    b"mif1": "image/heif",
    b"avif": "image/avif",
    b"crx ": "image/x-canon-cr3",
}
"""Major brands that are no plain MP4."""


PNG_DEPTH_AT = 24
JPEG_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
JPEG_SCAN = 0xDA
JPEG_FILL = 0xFF
JPEG_COLOURS_AT = 7
CMYK = 4
"""Where pictures tell of their colours (PNG section 11.2.1, JPEG: ITU T.81 B.2.2)."""

PDF_WITHIN = 1024
"""White space and a byte order mark may stand before a PDF's head, within so many bytes."""


def sniff(data: bytes, hint: str = "") -> str:
    """The type of these bytes; UNKNOWN if they are nothing we know.

    hint  a type that decides where bytes leave it open: an MP4 whose tracks are not named
    """
    for head, found in HEADS:
        if data.startswith(head):
            return found
    for place, head, look in CONTAINERS:
        if data.startswith(head, place):
            return look(data, hint)
    if data[:PDF_WITHIN].lstrip(b"\xef\xbb\xbf \t\r\n\0").startswith(b"%PDF-"):
        return PDF
    return _sniff_frame(data) or ("text/plain" if _is_text(data) else UNKNOWN)


def odd_colours(data: bytes, mime_type: str) -> str | None:
    """What a picture's colours are, in words, where they are not 8 bits of RGB; else None."""
    if mime_type == "image/png" and data[PNG_DEPTH_AT : PNG_DEPTH_AT + 1] == b"\x10":
        return "16 bits for each colour"
    if mime_type == "image/jpeg":
        frame = _jpeg_frame(data)
        if len(frame) > JPEG_COLOURS_AT and frame[JPEG_COLOURS_AT] == CMYK:
            return "the four colours of print (CMYK)"
    return None


def _jpeg_frame(data: bytes) -> bytes:
    """The head of a JPEG's frame: length, depth, height, width, how many colours. Else empty."""
    at = 2
    while data[at : at + 1] == b"\xff" and at + 4 <= len(data):
        marker = data[at + 1]
        if marker in JPEG_FRAMES:
            return data[at + 2 : at + 10]
        if marker == JPEG_SCAN:
            break
        if marker == JPEG_FILL:
            at += 1
            continue
        at += 2 + int.from_bytes(data[at + 2 : at + 4])
    return b""


def _sniff_riff(data: bytes, _hint: str) -> str:
    return RIFF_FORMS.get(data[8:12], UNKNOWN)


def _sniff_ogg(data: bytes, _hint: str) -> str:
    """Ogg carries many kinds of sound; its first page names it."""
    return "audio/ogg" if b"OpusHead" in data[:128] else "audio/vorbis"


def _sniff_mp4(data: bytes, hint: str) -> str:
    brand = data[8:12]
    if brand in FTYP_TYPES:
        return FTYP_TYPES[brand]
    if brand[:2] == b"3g":
        return "video/3gpp"
    tracks = set()
    at = data.find(b"hdlr")
    while at != -1:
        tracks.add(data[at + 12 : at + 16])
        at = data.find(b"hdlr", at + 4)
    if b"vide" in tracks or (b"soun" not in tracks and hint != "audio/mp4"):
        return "video/mp4"
    return "audio/mp4"


def _sniff_zip(data: bytes, _hint: str) -> str:
    """An Office document says so by its table of contents and its main folder."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = archive.namelist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError, struct.error):
        return "application/zip"
    if "[Content_Types].xml" not in names or any(name.endswith("vbaProject.bin") for name in names):
        return "application/zip"
    for folder, found in OFFICE_FOLDERS.items():
        if any(name.startswith(folder) for name in names):
            return found
    return "application/zip"


def _sniff_ole(data: bytes, hint: str) -> str:
    """By the name of its main stream. A document within another has one too: the hint decides."""
    found = {type_: at for type_, stream in OLE_STREAMS.items() if (at := data.find(stream)) != -1}
    if hint in found:
        return hint
    return min(found, key=lambda type_: found[type_], default="application/x-ole-storage")


def _sniff_frame(data: bytes) -> str | None:
    """The head of an MP3 or AAC frame: eleven or twelve bits set, then its layer."""
    if len(data) < 4 or data[0] != 0xFF:  # noqa: PLR2004 - the bytes of a head, of RFC 3003's kind
        return None
    if data[1] & 0xF6 == 0xF0:  # noqa: PLR2004 - ADTS: twelve bits, layer 0
        return "audio/aac"
    is_layer_3 = data[1] & 0xE6 == 0xE2  # noqa: PLR2004 - eleven bits, layer III
    has_rates = data[2] & 0xF0 != 0xF0 and data[2] & 0x0C != 0x0C  # noqa: PLR2004
    return "audio/mpeg" if is_layer_3 and has_rates else None


def _is_text(data: bytes) -> bool:
    if data.translate(None, bytes(range(9)) + bytes(range(14, 27)) + b"\x1c\x1d\x1e\x1f") != data:
        return False
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


CONTAINERS: tuple[tuple[int, bytes, Callable[[bytes, str], str]], ...] = (
    (0, b"RIFF", _sniff_riff),
    (4, b"ftyp", _sniff_mp4),
    (0, b"OggS", _sniff_ogg),
    (0, b"PK\x03\x04", _sniff_zip),
    (0, OLE_HEAD, _sniff_ole),
)
"""Containers: where their mark stands, the mark, and who looks inside."""
