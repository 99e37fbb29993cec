"""Where an emulator's state is: in a file while it serves, in a snapshot, put back from one."""

import asyncio
import sys
from collections.abc import Callable, Coroutine
from contextlib import closing
from pathlib import Path
from typing import Annotated, Any

import msgspec
import typer

from meta_emulator.cli.calling import URL, Control, UrlOption
from meta_emulator.cli.output import CommandError, MisusedError, print_lines
from meta_emulator.runtime.snapshot import SnapshotError
from meta_emulator.runtime.state_file import StateFile, StateFileError, UnreadableError

LONGEST_S = 600.0
"""How long a large state may take."""

Serving = Callable[[StateFile | None], Coroutine[Any, Any, None]]

BESIDE = ("", "-wal", "-shm")
"""Endings of the files that one state file is."""


def run_kept(path: Path | None, serving: Serving, *, renews: bool) -> None:
    """Run with the state in a file; without a path, in memory alone. Raises CommandError.

    renews  a file that cannot be read is moved aside, and the state begins anew
    """
    unreadable: str | None = None
    try:
        _run(path, serving)
    except* (UnreadableError, SnapshotError) as group:
        unreadable = str(group.exceptions[0])
    except* StateFileError as group:
        raise CommandError(f"{group.exceptions[0]}.") from group
    if unreadable is None or path is None:
        return
    if not renews:
        raise CommandError(f"{unreadable}.")
    print_lines(f"{unreadable}.", f"It is kept as {_moved_aside(path)}; the state begins anew.")
    run_kept(path, serving, renews=False)


def _run(path: Path | None, serving: Serving) -> None:
    if path is None:
        asyncio.run(serving(None))
        return
    with closing(StateFile.open(path)) as file:
        asyncio.run(serving(file))


def _moved_aside(path: Path) -> Path:
    """Where the file is now: the first free name with a number."""
    number = 1
    while (aside := path.with_name(f"{path.name}.{number}")).exists():
        number += 1
    for ending in BESIDE:
        part = path.with_name(path.name + ending)
        if part.exists():
            part.rename(aside.with_name(aside.name + ending))
    return aside


def snapshot(url: UrlOption = URL) -> None:
    """Print the whole state of an emulator that runs, as `restore` takes it.

    Example: meta-emulator snapshot > state.json
    """
    whole = Control(url).whole("GET", "snapshot", None, LONGEST_S)
    sys.stdout.write(msgspec.json.encode(whole).decode() + "\n")
    sys.stdout.flush()


def restore(
    file: Annotated[Path, typer.Argument(help="What `snapshot` printed.")], url: UrlOption = URL
) -> None:
    """Have an emulator that runs go on from a snapshot, whatever it holds now.

    Example: meta-emulator restore state.json
    """
    try:
        raw = file.read_bytes()
    except OSError as error:
        raise MisusedError(f"{file} cannot be read: {error.strerror}.") from error
    Control(url).whole("POST", "restore", raw, LONGEST_S)
    print_lines(f"The emulator at {url} goes on from {file}.")
