"""Tiny media: the first bytes of each kind, and whole office documents."""

import io
import struct
import zipfile

from waypost.model.media_bytes import OFFICE

JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01" + b"\x00" * 40
PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + b"\x00" * 40
GIF = b"GIF89a" + b"\x00" * 20
AMR = b"#!AMR\n" + b"\x3c" * 20
AAC = b"\xff\xf1\x50\x80\x02\x1f\xfc" + b"\x00" * 20
MP3 = b"\xff\xfb\x90\x64" + b"\x00" * 40
MP3_TAGGED = b"ID3\x04\x00\x00\x00\x00\x00\x00" + MP3
PDF = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"
TEXT = "Grüße, ₹5\n".encode()
WAV = b"RIFF\x24\x00\x00\x00WAVEfmt "
OLE = bytes.fromhex("d0cf11e0a1b11ae1") + b"\x00" * 500


def webp(*, is_animated: bool = False, is_extended: bool = True) -> bytes:
    chunk = b"VP8X" if is_extended else b"VP8 "
    flags = b"\x02\x00\x00\x00" if is_animated else b"\x00\x00\x00\x00"
    body = b"WEBP" + chunk + struct.pack("<I", 10) + flags + b"\x00" * 6
    return b"RIFF" + struct.pack("<I", len(body)) + body


def mp4(*tracks: bytes, brand: bytes = b"isom") -> bytes:
    handlers = [box(b"hdlr", b"\x00" * 8 + track + b"\x00" * 13) for track in tracks]
    return box(b"ftyp", brand + b"\x00\x00\x02\x00isom") + box(b"moov", b"".join(handlers))


def box(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body) + 8) + name + body


def ogg(head: bytes = b"OpusHead\x01", channels: int = 1) -> bytes:
    page = b"OggS\x00\x02" + b"\x00" * 20 + b"\x01\x13"
    return page + head + bytes([channels]) + b"\x00" * 20


def office(folder: str, *more: str) -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as archive:
        for name in ("[Content_Types].xml", f"{folder}/document.xml", *more):
            archive.writestr(name, "<x/>")
    return written.getvalue()


def archive_of(*names: str) -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as archive:
        for name in names:
            archive.writestr(name, "x")
    return written.getvalue()


def ole(*streams: str) -> bytes:
    return OLE + b"\x00\x00".join(stream.encode("utf-16-le") for stream in streams)


TAKEN: dict[str, tuple[str, bytes]] = {
    "jpeg": ("image/jpeg", JPEG),
    "png": ("image/png", PNG),
    "still sticker": ("image/webp", webp()),
    "plain sticker": ("image/webp", webp(is_extended=False)),
    "animated sticker": ("image/webp", webp(is_animated=True)),
    "mp4": ("video/mp4", mp4(b"soun", b"vide")),
    "mp4 without tracks": ("video/mp4", mp4()),
    "3gpp": ("video/3gpp", mp4(brand=b"3gp5")),
    "aac": ("audio/aac", AAC),
    "amr": ("audio/amr", AMR),
    "mp3": ("audio/mpeg", MP3),
    "mp3 with tags": ("audio/mpeg", MP3_TAGGED),
    "m4a": ("audio/mp4", mp4(b"soun", brand=b"M4A ")),
    "mp4 of sound alone": ("audio/mp4", mp4(b"soun")),
    "opus": ("audio/ogg", ogg()),
    "pdf": ("application/pdf", PDF),
    "text": ("text/plain", TEXT),
    "docx": (f"{OFFICE}wordprocessingml.document", office("word")),
    "xlsx": (f"{OFFICE}spreadsheetml.sheet", office("xl")),
    "pptx": (f"{OFFICE}presentationml.presentation", office("ppt")),
    "doc": ("application/msword", ole("WordDocument")),
    "xls": ("application/vnd.ms-excel", ole("Workbook")),
    "ppt": ("application/vnd.ms-powerpoint", ole("PowerPoint Document")),
}
"""One of everything that Meta takes, with its type."""

NOT_TAKEN: dict[str, tuple[str, bytes]] = {
    "gif": ("image/gif", GIF),
    "heic": ("image/heic", mp4(brand=b"heic")),
    "quicktime": ("video/quicktime", mp4(b"vide", brand=b"qt  ")),
    "wav": ("audio/wav", WAV),
    "wide amr": ("audio/amr-wb", b"#!AMR-WB\n" + b"\x00" * 20),
    "vorbis": ("audio/vorbis", ogg(b"\x01vorbis\x00\x00\x00\x00")),
    "zip": ("application/zip", archive_of("a.txt")),
    "zip that is cut": ("application/zip", office("word")[:60]),
    "document with macros": ("application/zip", office("word", "word/vbaProject.bin")),
    "old office of another kind": ("application/x-ole-storage", OLE),
    "noise": ("application/octet-stream", bytes(range(256))),
    "text that is no utf-8": ("application/octet-stream", b"Gr\xfc\xdfe"),
}
"""What customers try, with what we say it is."""
