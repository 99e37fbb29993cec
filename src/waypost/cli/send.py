"""`waypost send`: post a body to a gateway, as any client would."""

import asyncio
import re
import sys
from typing import Annotated

import typer

from waypost.cli.calling import calling, read_answer
from waypost.cli.output import REFUSED, MisusedError, print_lines, program
from waypost.cli.ready import DEV_DATA, KEPT, read_ready
from waypost.cli.samples import send_url
from waypost.cli.settings import JsonOption
from waypost.cli.typed import read_bytes
from waypost.runtime.http import HttpAnswer

DEFAULT_URL = "http://127.0.0.1:8080"

_TO = re.compile(r'("to"\s*:\s*)("(?:[^"\\]|\\.)*"|\d+)')


def send(
    file: Annotated[str, typer.Argument(metavar="FILE", help="The body; - reads standard input.")],
    sid: Annotated[str | None, typer.Option(help="The account.")] = None,
    key: Annotated[str | None, typer.Option(help="Its API key.")] = None,
    sender: Annotated[str | None, typer.Option(help="The business number.")] = None,
    url: Annotated[str | None, typer.Option(help="The gateway.")] = None,
    to: Annotated[
        list[str] | None, typer.Option(help="Instead of the body's recipients; repeatable.")
    ] = None,
    idempotency_key: Annotated[
        str | None, typer.Option(help="The same key is never sent twice.")
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Check and price it; nothing is sent or charged.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Send a body to a gateway and say what it answers.

    Without --sid, --key, --sender and --url the account of `waypost dev` is used, if there is one.

    Example: waypost send body.json --to +919812345678 --dry-run
    """
    body = read_bytes(file)
    if to:
        body = replace_recipients(body, to)
    needs_account = None in (sid, key, sender)
    given = fill_in(sid=sid, key=key, sender=sender, url=url)
    headers = {"api-key": given["key"]}
    if idempotency_key is not None:
        headers["Idempotency-Key"] = idempotency_key
    target = send_url(given["url"].rstrip("/"), given["sid"], given["sender"])
    if dry_run:
        target += "?dry_run=true"
    answer = asyncio.run(_post(target, headers, body))
    understood = read_answer(answer)
    if as_json:
        print_lines(answer.body.decode("utf-8", "replace"))
    else:
        print_lines(*understood.lines)
        if understood.message_id is not None:
            where = f" --data {DEV_DATA}" if needs_account else ""
            show = f"{program()} why {understood.message_id}{where}"
            print_lines(f"What becomes of it: {show}")
    if not understood.is_done:
        raise typer.Exit(REFUSED)


def replace_recipients(body: bytes, to: list[str]) -> bytes:
    """The body with its one `to` replaced, and every other byte as it was.

    It is done in the text, for a body may be what no JSON library would write again: with
    trailing commas, or a key that stands twice. Raises MisusedError if there is not one `to`.
    """
    text = body.decode("utf-8", "surrogateescape")
    found = len(_TO.findall(text))
    if found != 1:
        raise MisusedError(f'--to needs a body with one "to": …; this one has {found}.')
    recipients = ",".join(to)
    if '"' in recipients or "\\" in recipients:
        raise MisusedError(f"--to: {recipients} is no recipient.")
    replaced = _TO.sub(lambda match: f'{match[1]}"{recipients}"', text)
    return replaced.encode("utf-8", "surrogateescape")


def fill_in(
    *, sid: str | None, key: str | None, sender: str | None, url: str | None
) -> dict[str, str]:
    """What was given and, for what was not, the account that `waypost dev` keeps.

    Says so on standard error. Raises MisusedError if something is still missing.
    """
    given = {"sid": sid, "key": key, "sender": sender, "url": url}
    kept = DEV_DATA / KEPT
    demo = read_ready(kept) if None in (sid, key, sender) else None
    if demo is not None:
        sys.stderr.write(f"The account is that of `waypost dev`, from {kept}.\n")
        defaults = {
            "sid": demo.sid,
            "key": demo.api_key,
            "sender": demo.sender,
            "url": demo.base_url,
        }
    else:
        defaults = {"url": DEFAULT_URL}
    known = {name: value or defaults.get(name, "") for name, value in given.items()}
    missing = [f"--{name}" for name, value in known.items() if not value]
    if missing:
        raise MisusedError(f"{', '.join(missing)} must be given: there is no {kept} to ask.")
    return known


async def _post(url: str, headers: dict[str, str], body: bytes) -> HttpAnswer:
    async with calling() as caller:
        return await caller.post(url, headers, body)
