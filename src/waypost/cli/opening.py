"""Opens a gateway's data folder for one command, beside a running gateway or without one."""

import asyncio
import getpass
from collections.abc import Callable, Coroutine
from typing import TYPE_CHECKING, Any, TypeVar

from waypost.cli.output import CommandError
from waypost.model.audit import Actor
from waypost.runtime.config import Config

if TYPE_CHECKING:
    from waypost.assembly import OperatorTools

Result = TypeVar("Result")

DATABASE = "waypost.sqlite"


def work_on(
    config: Config,
    work: Callable[["OperatorTools"], Coroutine[Any, Any, Result]],
    *,
    may_be_new: bool = False,
) -> Result:
    """What `work` gives on the opened folder.

    may_be_new  a folder without a database gets one; otherwise it is taken for a slip of the pen

    Raises CommandError for such a slip, StoreError, and whatever the work raises.
    """
    is_there = config.database_url or (config.data_dir / DATABASE).exists()
    if not may_be_new and not is_there:
        raise CommandError(
            f"There is no gateway's database in {config.data_dir}. Name its folder with --data; "
            "`waypost account create` begins a new one."
        )
    # The gateway's parts are many: only commands that need them wait for their import.
    from waypost.runtime.logs import configure_logs  # noqa: PLC0415
    from waypost.serve import open_directory  # noqa: PLC0415

    # What matters of it comes back as a value or a sentence; a log is for a gateway that runs.
    configure_logs("debug" if config.log_level == "debug" else "error", config.log_format)

    async def run() -> Result:
        async with open_directory(config) as tools:
            return await work(tools)

    return asyncio.run(run())


def who_acts() -> Actor:
    """The user of the operating system, for the audit log."""
    try:
        user = getpass.getuser()
    except (OSError, KeyError):  # a container's user may have no name
        user = "unknown"
    return Actor(f"cli:{user}")
