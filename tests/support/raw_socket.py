"""A connection that says exactly what it is told to, and hears what comes back."""

import socket
from typing import Self

from support.processes import HOST


class RawSocket:
    """One TCP connection to a port of this machine."""

    def __init__(self, port: int, timeout_s: float = 5.0) -> None:
        self._socket = socket.create_connection((HOST, port), timeout=timeout_s)

    def say(self, raw: bytes) -> None:
        """Sends bytes. Raises OSError if the other side has gone."""
        self._socket.sendall(raw)

    def hear(self, until: bytes = b"\r\n\r\n") -> bytes:
        """What came, up to `until` or to the end of the connection. Raises TimeoutError."""
        heard = b""
        while until not in heard:
            part = self._socket.recv(65_536)
            if not part:
                break
            heard += part
        return heard

    def hear_all(self) -> bytes:
        """Everything until the other side closes. Raises TimeoutError if it does not."""
        return self.hear(b"\0never\0")

    def end_speaking(self) -> None:
        """Half closes: nothing more will be said."""
        self._socket.shutdown(socket.SHUT_WR)

    def reset(self) -> None:
        """Ends with a reset instead of a farewell."""
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
        self._socket.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._socket.close()
