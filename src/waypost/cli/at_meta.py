"""Commands that ask Meta: where it is asked, and its refusals and silences as sentences."""

from collections.abc import Callable, Coroutine
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import typer

from waypost.cli.opening import work_on
from waypost.cli.output import CommandError, UnreachableError
from waypost.cli.ready import DEMO_APP, KEPT, read_ready
from waypost.cli.settings import load
from waypost.model.errors import MetaRefusedError
from waypost.runtime.config import SETTINGS, Config
from waypost.runtime.http import AnswerLostError, HttpError

if TYPE_CHECKING:
    from waypost.assembly import OperatorTools

Result = TypeVar("Result")

MetaOption = Annotated[
    str | None, typer.Option(metavar="URL", help=SETTINGS["meta_base_url"].about)
]


def choose_meta(meta_base_url: str | None, data: str | None, file: Path | None) -> Config:
    """The configuration; in a folder of `waypost dev` nothing set means its emulator.

    An account of the demo is unknown to Meta, and its token is nothing to tell Meta.
    Raises ConfigError.
    """
    loaded = load({"data_dir": data, "meta_base_url": meta_base_url}, file)
    if loaded.origins["meta_base_url"] == "default":
        demo = read_ready(loaded.config.data_dir / KEPT)
        if demo is not None:
            return replace(
                loaded.config,
                meta_base_url=demo.emulator_url,
                meta_app_id=loaded.config.meta_app_id or DEMO_APP,
            )
    return loaded.config


def work_at_meta(
    config: Config, work: Callable[["OperatorTools"], Coroutine[Any, Any, Result]]
) -> Result:
    """What `work` gives on the opened folder.

    Raises as `work_on` does, CommandError for Meta's refusal, and UnreachableError.
    """
    try:
        return work_on(config, work)
    except MetaRefusedError as error:
        failure = error.failure
        code = f" ({failure.code})" if failure.code not in ("", "0") else ""
        # What to do with a message is no help here: the act itself is to be mended.
        step = "" if failure.next_step.startswith("Customer: ") else f" {failure.next_step}"
        raise CommandError(f"Meta refused it{code}: {_ended(str(error))}{step}") from None
    except AnswerLostError as error:
        raise UnreachableError(
            f"{config.meta_base_url} gave no answer: {_ended(str(error))}"
        ) from None
    except HttpError as error:
        raise UnreachableError(f"{config.meta_base_url} does not answer: {error}.") from None


def _ended(sentence: str) -> str:
    """With a full stop, where Meta has none."""
    return sentence if sentence.endswith((".", "!", "?")) else f"{sentence}."
