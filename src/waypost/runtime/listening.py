"""The address a server is to listen on: free, and known before it starts."""

import asyncio
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager

ANSWER_S = 5.0


class AddressInUseError(Exception):
    """Nothing can listen there; the text says why and what to do."""


def choose_port(host: str, port: int) -> int:
    """The port, or any free one for 0. Raises AddressInUseError."""
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        with socket.socket(family, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((host, port))
            chosen: int = probe.getsockname()[1]
    except OSError as error:
        raise AddressInUseError(_words(host, port, error)) from error
    return chosen


@contextmanager
def hold_port(host: str, port: int) -> Iterator[int]:
    """The port, or any free one for 0, kept for processes of this user that share it.

    Raises AddressInUseError.
    """
    chosen = choose_port(host, port)
    family = socket.getaddrinfo(host, chosen, type=socket.SOCK_STREAM)[0][0]
    with socket.socket(family, socket.SOCK_STREAM) as held:  # bound; it never listens itself
        held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        try:
            held.bind((host, chosen))
        except OSError as error:
            raise AddressInUseError(_words(host, chosen, error)) from error
        yield chosen


def _words(host: str, port: int, error: OSError) -> str:
    return (
        f"Nothing can listen on {host}:{port}: {error.strerror}. "
        "Stop what is there, or choose another --port."
    )


def url_of(host: str, port: int, scheme: str = "http") -> str:
    """How a client on this machine reaches it."""
    shown = reachable(host)
    return f"{scheme}://[{shown}]:{port}" if ":" in shown else f"{scheme}://{shown}:{port}"


def reachable(host: str) -> str:
    """An address of this machine on which a server that listens on `host` is met."""
    return {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 - compared only


async def is_answering(host: str, port: int, path: str, *, has_tls: bool = False) -> bool:
    """Whether the server of this process, listening on `host`, answers a GET with anything.

    Its certificate is not looked at: it is for the name under which customers know it.
    """
    try:
        async with asyncio.timeout(ANSWER_S):
            reader, writer = await asyncio.open_connection(
                reachable(host), port, ssl=_believing() if has_tls else None
            )
            try:
                writer.write(f"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
                return (await reader.read(5)) == b"HTTP/"
            finally:
                writer.transport.abort()
    except OSError:  # TimeoutError and ssl.SSLError are some
        return False


def _believing() -> ssl.SSLContext:
    """A client's view of TLS that takes any certificate."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context
