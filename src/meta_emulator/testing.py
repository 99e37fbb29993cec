"""An emulator inside a program of yours, for tests with any test runner, or with none.

    with running() as emulator:
        client = WhatsApp(base_url=emulator.url, token=emulator.access_token)
        client.send(...)
        emulator.wait_for(status="read", to="+919876543210")

With pytest there is the fixture `meta_emulator`.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from meta_emulator.control.routes import OrderError
from meta_emulator.control.shapes import MessageShape, RefusalShape
from meta_emulator.local.emulator import PERSON, AsyncHand, LocalEmulator
from meta_emulator.local.options import read_options
from meta_emulator.local.server import LocalServer

__all__ = [
    "PERSON",
    "AsyncHand",
    "LocalEmulator",
    "LocalServer",
    "MessageShape",
    "OrderError",
    "RefusalShape",
    "emulator_at",
    "listening",
    "running",
]


@contextmanager
def running(**options: Any) -> Iterator[LocalEmulator]:
    """A running emulator on a free port; thread and port are given back at the end of the block.

    options  as `local.options.read_options` takes them: `seed`, `is_frozen`, `start`, `chance`,
             and any field of Settings
    """
    with listening() as server:
        yield emulator_at(server, **options)


@contextmanager
def listening() -> Iterator[LocalServer]:
    """A port at which `emulator_at` can have one emulator after the other answer."""
    server = LocalServer()
    server.start()
    try:
        yield server
    finally:
        server.stop()


def emulator_at(server: LocalServer, **options: Any) -> LocalEmulator:
    """A new emulator that answers from now on, in place of the one before; it takes milliseconds.

    options  as `running` takes them
    """
    made = read_options(options)
    emulator, hand = server.host(made.make)
    return LocalEmulator(server, emulator, hand)
