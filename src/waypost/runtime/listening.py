"""The address a server is to listen on: free, and known before it starts."""

import socket


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
        raise AddressInUseError(
            f"Nothing can listen on {host}:{port}: {error.strerror}. "
            "Stop what is there, or choose another --port."
        ) from error
    return chosen


def url_of(host: str, port: int) -> str:
    """How a client on this machine reaches it."""
    shown = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, host)  # noqa: S104 - compared only
    return f"http://{shown}:{port}"
