"""`waypost media`: what is uploaded to be sent, and samples for templates."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from waypost.cli.account import Sid
from waypost.cli.at_meta import MetaOption, choose_meta, work_at_meta
from waypost.cli.findings import tell_faults
from waypost.cli.opening import who_acts, work_on
from waypost.cli.output import (
    REFUSED,
    CommandError,
    print_json,
    print_lines,
    print_rows,
    show_time,
)
from waypost.cli.sender import PhoneNumber, find_sender, read_number
from waypost.cli.settings import ConfigOption, DataOption, JsonOption, load_for
from waypost.cli.typed import read_bytes
from waypost.model.medium import Medium, ResumableMedium
from waypost.model.refusal import Fault, Refusal

if TYPE_CHECKING:
    from waypost.assembly import OperatorTools

application = typer.Typer(no_args_is_help=True, help="Media of an account.")

WHOLE = "the file"

File = Annotated[Path, typer.Argument(metavar="FILE", help="A picture, film, sound, document.")]
TypeOption = Annotated[
    str | None,
    typer.Option("--type", metavar="TYPE", help="Like image/png; else what the bytes say."),
]


@application.command("upload")
def upload(
    sid: Sid,
    phone_number: PhoneNumber,
    file: File,
    media_type: TypeOption = None,
    meta_base_url: MetaOption = None,
    data: DataOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Upload a medium for a sender and print its id, which sends may name.

    Example: waypost media upload HXIN1234567890IN +919800000001 offer.jpg
    """
    read_number(phone_number)
    content = read_bytes(str(file))

    async def work(tools: "OperatorTools") -> Medium | tuple[Fault, ...]:
        from waypost.directory.media import Upload  # noqa: PLC0415 - with serve

        account = await tools.registrar.find(sid)
        given = Upload(content, media_type, file.name)
        sender = find_sender(account, phone_number)
        return await tools.media.upload(account, sender, given, who_acts())

    medium = work_at_meta(choose_meta(meta_base_url, data, config), work)
    if isinstance(medium, tuple):
        _refuse(medium, as_json=as_json)
    elif as_json:
        print_json(_row(medium))
    else:
        print_lines(
            f"{medium.media_id} is the id of {file.name} ({medium.mime_type}, "
            f"{medium.size_bytes} bytes) for sends from +{medium.sender_id}."
        )


@application.command("list")
def list_media(
    sid: Sid,
    limit: Annotated[int, typer.Option(min=1, max=1000, help="How many at most.")] = 100,
    offset: Annotated[int, typer.Option(min=0, help="Pass over so many.")] = 0,
    data: DataOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """List an account's media, the newest first.

    Example: waypost media list HXIN1234567890IN
    """

    async def work(tools: "OperatorTools") -> list[Medium]:
        return await tools.media.list(await tools.registrar.find(sid), limit, offset)

    rows = [_row(medium) for medium in work_on(load_for(data, config), work)]
    if as_json:
        print_json(rows)
    else:
        print_rows(
            ("media id", "sender", "file", "type", "bytes", "uploaded", "at Meta until"),
            [tuple(row.values()) for row in rows],
        )


@application.command("remove")
def remove(
    sid: Sid,
    media_id: Annotated[str, typer.Argument(metavar="MEDIA_ID", help="As `media list` shows it.")],
    meta_base_url: MetaOption = None,
    data: DataOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Remove a medium, here and at Meta.

    Example: waypost media remove HXIN1234567890IN 1558081531593159
    """

    async def work(tools: "OperatorTools") -> None:
        await tools.media.remove(await tools.registrar.find(sid), media_id, who_acts())

    work_at_meta(choose_meta(meta_base_url, data, config), work)
    if as_json:
        print_json({"sid": sid, "removed": media_id})
    else:
        print_lines(f"{media_id} is removed; sends that name it are refused from now on.")


@application.command("sample")
def sample(
    sid: Sid,
    waba_id: Annotated[str, typer.Argument(metavar="WABA_ID", help="Meta's id of the WABA.")],
    file: File,
    media_type: TypeOption = None,
    meta_base_url: MetaOption = None,
    data: DataOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Upload a sample for a template's header and print its handle: `example.header_handle`.

    Example: waypost media sample HXIN1234567890IN 102290129340398 offer.jpg
    """
    content = read_bytes(str(file))

    async def work(tools: "OperatorTools") -> ResumableMedium | Refusal:
        from waypost.directory.media import Upload  # noqa: PLC0415 - with serve

        account = await tools.registrar.find(sid)
        given = Upload(content, media_type, file.name)
        return await tools.samples.upload(account, waba_id, given, who_acts())

    kept = work_at_meta(choose_meta(meta_base_url, data, config), work)
    if isinstance(kept, Refusal):
        if kept.retry_after_s is not None:
            raise CommandError(
                f"{waba_id} had as many samples as an hour allows; try again in "
                f"{kept.retry_after_s} s."
            )
        _refuse(kept.faults, as_json=as_json)
    elif kept.handle is None:
        raise CommandError(f"{file.name} has no handle: {kept.failure}")
    elif as_json:
        print_json({"handle": kept.handle, "expires_at": show_time(kept.expires_at)})
    else:
        print_lines(kept.handle)


def _refuse(faults: tuple[Fault, ...], *, as_json: bool) -> None:
    if as_json:
        print_json({"findings": faults})
    else:
        print_lines("Refused: Meta would not take this.", *tell_faults(faults, WHOLE))
    raise typer.Exit(REFUSED)


def _row(medium: Medium) -> dict[str, Any]:
    return {
        "media_id": medium.media_id,
        "sender": f"+{medium.sender_id}",
        "file_name": medium.file_name,
        "mime_type": medium.mime_type,
        "size_bytes": medium.size_bytes,
        "created_at": show_time(medium.created_at),
        "meta_expires_at": show_time(medium.meta_expires_at),
    }
