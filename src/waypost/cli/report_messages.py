"""`waypost report messages`: all messages that are as asked, as one file."""

import os
import sys
from collections.abc import Iterator
from contextlib import aclosing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, BinaryIO

import typer
from rich.console import Console
from rich.progress import Progress, SpinnerColumn, Task, TextColumn, TimeElapsedColumn
from rich.progress import ProgressColumn as Column
from rich.text import Text

from waypost.cli.account import Sid
from waypost.cli.opening import work_on
from waypost.cli.output import CommandError, MisusedError, print_json, print_lines
from waypost.cli.search_options import (
    ErrorOption,
    FromOption,
    RecipientOption,
    Ref1Option,
    Ref2Option,
    RefOption,
    SenderOption,
    StateOption,
    TemplateOption,
    ToOption,
    filters_of,
)
from waypost.cli.settings import ConfigOption, DataOption, JsonOption, load_for
from waypost.report.export import Asked, Direction
from waypost.report.formats.writer import Format, open_writer

if TYPE_CHECKING:
    from waypost.assembly import OperatorTools

GZIPPED = ".gz"


def messages(
    sid: Sid,
    out: Annotated[
        Path, typer.Option("--out", metavar="FILE", help="Replaced once the new one is whole.")
    ],
    format_: Annotated[
        Format | None,
        typer.Option("--format", help="Left out: as the file's name says, else csv."),
    ] = None,
    gzip: Annotated[
        bool, typer.Option("--gzip", help="Compressed; also if the file's name ends in .gz.")
    ] = False,
    direction: Annotated[
        Direction, typer.Option("--direction", help="To recipients, from them, or both.")
    ] = Direction.BOTH,
    recipient: RecipientOption = "",
    ref: RefOption = "",
    ref1: Ref1Option = "",
    ref2: Ref2Option = "",
    template: TemplateOption = "",
    state: StateOption = "",
    error: ErrorOption = "",
    sender: SenderOption = "",
    since: FromOption = "",
    until: ToOption = "",
    data: DataOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Write an account's messages into a file, the newest first.

    Example: waypost report messages HXIN1234567890IN --from 2027-01-01 --out january.csv.gz
    """
    filters = filters_of(
        recipient=recipient,
        ref=ref,
        ref1=ref1,
        ref2=ref2,
        template=template,
        state=state,
        error=error,
        sender=sender,
        since=since,
        until=until,
    )
    if not out.absolute().parent.is_dir():
        raise MisusedError(f"--out: there is no folder {out.absolute().parent}.")
    chosen, is_gzipped = format_ or _format_of(out), gzip or out.name.endswith(GZIPPED)

    async def work(tools: "OperatorTools") -> int:
        account = await tools.registrar.find(sid)
        writer = open_writer(chosen, is_gzipped=is_gzipped)
        count = 0
        with _whole_file(out) as file, _progress() as bar:
            task = bar.add_task("", total=None)
            file.write(writer.start())
            async with aclosing(
                tools.exporter.rows(Asked(account.account_id, filters, direction))
            ) as batches:
                async for rows in batches:
                    file.write(writer.write(rows))
                    count += len(rows)
                    bar.update(task, completed=count)
            file.write(writer.end())
        return count

    count = work_on(load_for(data, config), work)
    size = out.stat().st_size
    if as_json:
        print_json({"file": str(out), "format": chosen, "rows": count, "bytes": size})
    else:
        print_lines(f"{count:,} message{'' if count == 1 else 's'} in {out}, {size:,} bytes.")


def _format_of(file: Path) -> Format:
    """As the name says."""
    ending = file.name.removesuffix(GZIPPED).rpartition(".")[2].lower()
    return Format(ending) if ending in set(Format) else Format.CSV


@contextmanager
def _whole_file(place: Path) -> Iterator[BinaryIO]:
    """A file that stands in its place only once it is whole. Raises CommandError."""
    beside = place.with_name(f".{place.name}.{os.getpid()}.part")
    try:
        with beside.open("wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        beside.replace(place)
    except OSError as error:
        raise CommandError(f"{place} cannot be written: {error.strerror or error}.") from error
    finally:
        beside.unlink(missing_ok=True)


def _progress() -> Progress:
    """How far it has come, where somebody looks."""
    return Progress(
        SpinnerColumn(),
        TextColumn("{task.completed:,.0f} messages"),
        _Rate(),
        TimeElapsedColumn(),
        console=Console(stderr=True),
        disable=not sys.stderr.isatty(),
        transient=True,
    )


class _Rate(Column):
    """Rows per second."""

    def render(self, task: Task) -> Text:
        """The rate of late; empty at first."""
        speed = task.finished_speed or task.speed
        return Text("" if speed is None else f"{speed:,.0f}/s", style="progress.data.speed")
