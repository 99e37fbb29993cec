"""Media and samples: what is uploaded, seen, downloaded, and when it is there no more."""

import asyncio
import hashlib
from typing import Any

import pytest

from support.emulated import NUMBER, WABA, Answered, Emulated, emulated, running

PICTURE = b"\xff\xd8\xff\xe0 picture"
MEGABYTE = 1024 * 1024


def form(content: bytes, mime_type: str, declared: str | None = None) -> bytes:
    """A form with a file of `mime_type`, and the field `type` if there is one."""
    fields = {"messaging_product": "whatsapp"}
    if declared is not None:
        fields["type"] = declared
    text = "".join(
        f'--xyz\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
        for name, value in fields.items()
    )
    head = (
        f'{text}--xyz\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n'
        f"Content-Type: {mime_type}\r\n\r\n"
    )
    return head.encode() + content + b"\r\n--xyz--\r\n"


async def upload(it: Emulated, content: bytes, *types: str) -> Answered:
    headers = {
        "authorization": "Bearer token",
        "content-type": "multipart/form-data; boundary=xyz",
        "host": "it",
    }
    return await it.ask("POST", f"/v25.0/{NUMBER}/media", form(content, *types), headers)


def test_the_same_file_has_another_id_each_time_and_the_same_hash():
    async def scene() -> None:
        it = emulated()
        ids = [(await upload(it, PICTURE, "image/jpeg")).json["id"] for _ in range(2)]
        assert len(set(ids)) == 2
        for media_id in ids:
            path = f"/v25.0/{media_id}?phone_number_id={NUMBER}"
            shown = (await it.ask("GET", path)).json
            assert shown["sha256"] == hashlib.sha256(PICTURE).hexdigest()
            assert shown["file_size"] == str(len(PICTURE))

    asyncio.run(scene())


def test_media_is_not_shown_to_another_number():
    async def scene() -> None:
        it = emulated()
        media_id = (await upload(it, PICTURE, "image/jpeg")).json["id"]
        for method in ("GET", "DELETE"):
            other = await it.ask(method, f"/v25.0/{media_id}?phone_number_id=5")
            assert other.json["error"]["error_subcode"] == 33
        assert (await it.ask("DELETE", f"/v25.0/{media_id}")).json == {"success": True}

    asyncio.run(scene())


@pytest.mark.parametrize(
    ("content", "types", "seen"),
    [
        (b"x", ("application/octet-stream", "audio/mpeg"), "audio/mpeg"),
        (b"OggS", ("audio/ogg; codecs=opus", "audio/ogg"), "audio/ogg"),
        (b"OggS", ("ogg",), "audio/ogg"),
        (b"x", ("text/plain",), "text/plain"),
        (b"x" * 5 * MEGABYTE, ("image/png",), "image/png"),
        (b"RIFF1234WEBPVP8XANIM" + b"x" * 200_000, ("image/webp",), "image/webp"),
    ],
)
def test_files_that_meta_takes_are_taken(content, types, seen):
    async def scene() -> Any:
        it = emulated()
        answer = await upload(it, content, *types)
        return (await it.ask("GET", f"/v25.0/{answer.json['id']}")).json["mime_type"]

    assert asyncio.run(scene()) == seen


@pytest.mark.parametrize(
    ("content", "types", "code", "reason"),
    [
        (b"x", ("image/gif",), 100, "Received file of type 'image/gif'."),
        (b"", ("image/png",), 100, "Param file must not be empty."),
        (b"x" * (5 * MEGABYTE + 1), ("image/png",), 100, "at most 5242880 are allowed."),
        (b"x" * (16 * MEGABYTE + 1), ("video/mp4",), 100, "at most 16777216 are allowed."),
        (b"RIFF1234WEBP" + b"x" * 102_400, ("image/webp",), 100, "at most 102400 are allowed."),
        (PICTURE, ("image/png",), 131053, "The file is image/jpeg, and was declared as image/png."),
        (
            PICTURE,
            ("image/jpeg", "image/png"),
            131053,
            "The file is image/jpeg, and type says image/png.",
        ),
    ],
)
def test_files_that_meta_refuses_are_refused(content, types, code, reason):
    answer = asyncio.run(upload(emulated(), content, *types))
    error = answer.json["error"]
    told = error.get("error_data", {}).get("details", error["message"])
    assert error["code"] == code
    assert told.endswith(reason)


def test_the_address_of_a_file_holds_for_five_minutes():
    async def scene() -> list[int]:
        async with running() as it:
            media_id = (await upload(it, PICTURE, "image/jpeg")).json["id"]
            headers = {"authorization": "Bearer token", "host": "it"}
            shown = (await it.ask("GET", f"/v25.0/{media_id}", None, headers)).json
            path = shown["url"].removeprefix("http://it")
            first = await it.ask("GET", path)
            without_token = await it.ask("GET", path, None, {})
            await it.clock.turn(301)
            return [first.status, without_token.status, (await it.ask("GET", path)).status]

    assert asyncio.run(scene()) == [200, 401, 404]


def test_media_expires_by_order():
    async def scene() -> None:
        it = emulated()
        media_id = (await upload(it, PICTURE, "image/jpeg")).json["id"]
        order = await it.ask("POST", "/_emulator/media/expire", {"id": media_id})
        assert order.json == {"data": [{"id": media_id}]}
        gone = await it.ask("GET", f"/v25.0/{media_id}")
        assert gone.json["error"]["error_subcode"] == 33
        send = {
            "messaging_product": "whatsapp",
            "to": "919876543210",
            "type": "image",
            "image": {"id": media_id},
        }
        assert (await it.send(send)).json["error"]["code"] == 100

    asyncio.run(scene())


async def begin(it: Emulated, length: Any, mime_type: str = "image/jpeg") -> Answered:
    query = f"file_name=a.jpg&file_length={length}&file_type={mime_type}"
    return await it.ask("POST", f"/v25.0/634974688087057/uploads?{query}")


async def put(it: Emulated, session: str, offset: int, content: bytes) -> Answered:
    headers = {"authorization": "OAuth token", "file_offset": str(offset)}
    return await it.ask("POST", f"/v25.0/{session}", content, headers)


def test_a_sample_is_uploaded_in_pieces_and_its_handle_starts_a_template():
    async def scene() -> None:
        it = emulated(is_strict_about_handles=True)
        session = (await begin(it, len(PICTURE))).json["id"]
        assert session.startswith("upload:")
        half = await put(it, session, 0, PICTURE[:5])
        assert half.json == {"id": session, "file_offset": 5}
        assert (await put(it, session, 0, PICTURE[5:])).json["error"]["code"] == 100
        resumed = await it.ask("GET", f"/v25.0/{session}")
        assert resumed.json == {"id": session, "file_offset": 5}
        handle = (await put(it, session, 5, PICTURE[5:])).json["h"]
        assert handle.startswith("4::aW1hZ2UvanBlZw==:AR")
        outcomes = []
        for kind in ("VIDEO", "IMAGE"):
            header = {"type": "HEADER", "format": kind, "example": {"header_handle": [handle]}}
            definition = {
                "name": "an_offer",
                "language": "en_US",
                "category": "MARKETING",
                "components": [header, {"type": "BODY", "text": "Hello"}],
            }
            answer = await it.ask("POST", f"/v25.0/{WABA}/message_templates", definition)
            outcomes.append(answer.json.get("error", answer.json).get("error_subcode"))
        assert outcomes == [2388047, None]

    asyncio.run(scene())


@pytest.mark.parametrize(
    ("length", "mime_type"), [(0, "image/png"), ("x", "image/png"), (5, "image/gif")]
)
def test_an_upload_that_cannot_be_is_not_begun(length, mime_type):
    answer = asyncio.run(begin(emulated(), length, mime_type))
    assert answer.json["error"]["code"] == 100


def test_a_session_that_is_none_and_bytes_too_many_are_refused():
    async def scene() -> list[int]:
        it = emulated()
        unknown = await put(it, "upload:x", 0, b"x")
        session = (await begin(it, 1)).json["id"]
        many = await put(it, session, 0, b"xx")
        other = (await begin(it, len(PICTURE), "image/png")).json["id"]
        wrong = await put(it, other, 0, PICTURE)
        return [answer.json["error"]["code"] for answer in (unknown, many, wrong)]

    assert asyncio.run(scene()) == [100, 100, 100]
