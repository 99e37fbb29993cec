"""`meta-emulator seed`: what an emulator begins with, shown or looked over."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from meta_emulator.cli.output import CommandError, print_lines
from meta_emulator.seed import Seed, SeedError, default_seed_bytes, load_seed


def print_seed(
    check: Annotated[
        Path | None,
        typer.Option("--check", metavar="FILE", help="Look a seed of yours over instead."),
    ] = None,
) -> None:
    """Print the default seed, a start for one of your own; or say whether yours can be used.

    Example: meta-emulator seed > seed.json
    Example: meta-emulator seed --check seed.toml
    """
    if check is None:
        sys.stdout.write(default_seed_bytes().decode())
        return
    try:
        seed = load_seed(check)
    except SeedError as error:
        raise CommandError(f"{error}.") from error
    print_lines(f"{check} can be used: {_told(seed)}.")


def _told(seed: Seed) -> str:
    numbers = sum(len(waba.phone_numbers) for waba in seed.wabas)
    templates = sum(len(waba.templates) for waba in seed.wabas)
    products = sum(len(waba.catalogue.products) for waba in seed.wabas if waba.catalogue)
    return (
        f"{len(seed.wabas)} WABAs, {numbers} phone numbers, {templates} templates,"
        f" {products} products, {len(seed.media)} media, {len(seed.recipients)} recipients"
    )
