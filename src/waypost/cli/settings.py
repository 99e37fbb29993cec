"""The settings as flags, and the flags that every command shares.

Each field of `Config` is a flag here without being written again: its help, its default and the
check of its value are those of its declaration.
"""

import inspect
import os
from collections.abc import Callable, Mapping
from dataclasses import fields
from pathlib import Path
from typing import Annotated, Any

import typer

from waypost.runtime.config import (
    SETTINGS,
    Config,
    LoadedConfig,
    find_config_file,
    load_config,
)

DATA_FLAGS = ("--data-dir", "--data")

DataOption = Annotated[
    str | None,
    typer.Option(*DATA_FLAGS, metavar="FOLDER", help="The gateway's data folder."),
]
ConfigOption = Annotated[
    Path | None, typer.Option("--config", metavar="FILE", help="The configuration, TOML.")
]
JsonOption = Annotated[bool, typer.Option("--json", help="Answer in JSON.")]

_METAVARS: Mapping[object, str] = {
    int: "NUMBER",
    float: "NUMBER",
    bool: "true|false",
    Path: "FOLDER",
    str: "TEXT",
}


def load(flags: Mapping[str, object], file: Path | None) -> LoadedConfig:
    """The configuration by flags, environment, file and defaults. Raises ConfigError."""
    return load_config(flags, os.environ, find_config_file(file, os.environ))


def load_for(data: str | None, file: Path | None) -> Config:
    """The configuration of a command that works beside a gateway. Raises ConfigError."""
    return load({"data_dir": data}, file).config


def takes_settings(command: Callable[..., None]) -> Callable[..., None]:
    """Gives a command, whose last parameter is `**flags`, one flag for every setting."""
    own = [
        parameter
        for parameter in inspect.signature(command).parameters.values()
        if parameter.kind is not inspect.Parameter.VAR_KEYWORD
    ]
    flags = [
        inspect.Parameter(
            field.name,
            inspect.Parameter.KEYWORD_ONLY,
            default=None,
            annotation=Annotated[str | None, _option(field.name, field.type)],
        )
        for field in fields(Config)
    ]
    command.__dict__["__signature__"] = inspect.Signature([*own, *flags])
    return command


def _option(name: str, kind: object) -> Any:
    setting = SETTINGS[name]
    default = str(setting.default).lower() if setting.default is False else setting.default
    spelled = DATA_FLAGS if name == "data_dir" else (f"--{name.replace('_', '-')}",)
    return typer.Option(
        *spelled,
        metavar=_METAVARS[kind],
        help=setting.about if setting.default == "" else f"{setting.about} Default: {default}.",
        rich_help_panel="Settings",
    )
