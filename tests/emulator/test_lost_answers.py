"""A lost answer on real sockets: the connection is cut, whoever asks, and the message is kept."""

import asyncio
import json
import socket
from collections.abc import Callable
from urllib.parse import urlsplit

import httpx
import pytest

from support.emulator_process import Running, emulator_process
from waypost.runtime.http import AnswerLostError, PooledHttpClient

MESSAGE = {"messaging_product": "whatsapp", "to": "919876543210", "text": {"body": "x"}}
RAW = json.dumps(MESSAGE).encode()
LOST_ALWAYS = {"lose_answers": 1.0}


def address_of(emulator: Running) -> str:
    return f"{emulator.facts['url']}/v25.0/{emulator.facts['phone_number_id']}/messages"


def headers_of(emulator: Running) -> dict[str, str]:
    token = f"Bearer {emulator.facts['access_token']}"
    return {"Authorization": token, "Content-Type": "application/json"}


def by_a_raw_socket(emulator: Running) -> None:
    parts = urlsplit(address_of(emulator))
    assert parts.hostname is not None
    head = [f"POST {parts.path} HTTP/1.1", f"Host: {parts.netloc}", f"Content-Length: {len(RAW)}"]
    head += [f"{name}: {value}" for name, value in headers_of(emulator).items()]
    with socket.create_connection((parts.hostname, parts.port or 80), timeout=10) as connection:
        connection.sendall("\r\n".join([*head, "", ""]).encode() + RAW)
        received = b""
        while piece := connection.recv(4096):
            received += piece
    shown, _, body = received.partition(b"\r\n\r\n")
    assert body == b""
    assert b"content-length: 0" not in shown.lower()
    assert b"content-length: " in shown.lower()


def by_httpx(emulator: Running) -> None:
    with pytest.raises(httpx.RemoteProtocolError):
        httpx.post(address_of(emulator), content=RAW, headers=headers_of(emulator))


def by_the_gateways_client(emulator: Running) -> None:
    async def ask() -> None:
        client = PooledHttpClient("test")
        try:
            await client.post(address_of(emulator), headers_of(emulator), RAW, 10.0)
        finally:
            await client.close()

    with pytest.raises(AnswerLostError):
        asyncio.run(ask())


@pytest.mark.parametrize("ask", [by_a_raw_socket, by_httpx, by_the_gateways_client])
def test_a_client_whose_answer_is_lost_sees_the_connection_cut(
    tmp_path, ask: Callable[[Running], None]
):
    with emulator_process(tmp_path) as emulator:
        emulator.ask("POST", "/_emulator/faults", LOST_ALWAYS)
        ask(emulator)
        (kept,) = emulator.ask("GET", "/_emulator/messages")["data"]
        assert kept["request"] == MESSAGE


def test_the_next_request_of_a_client_whose_answer_was_lost_is_answered(tmp_path):
    with emulator_process(tmp_path) as emulator, httpx.Client(timeout=10) as client:
        emulator.ask("POST", "/_emulator/faults", LOST_ALWAYS)
        with pytest.raises(httpx.RemoteProtocolError):
            client.post(address_of(emulator), content=RAW, headers=headers_of(emulator))
        emulator.ask("POST", "/_emulator/faults", {})
        answer = client.post(address_of(emulator), content=RAW, headers=headers_of(emulator))
        assert answer.status_code == 200
