"""Every test of this folder runs against every engine."""

from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from support.stored import ENGINES, Stored, opened


@pytest.fixture(params=ENGINES, ids=[engine.name for engine in ENGINES])
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Any]:
    yield request.param
    request.param.drop(tmp_path)


@pytest.fixture
def stored(engine: Any, tmp_path: Path) -> Iterator[Stored]:
    """An empty store."""
    with opened(tmp_path, engine) as store:
        yield store


@pytest.fixture
def furnished(stored: Stored) -> Stored:
    """A store with one account, its wallet, WABA and sender."""
    stored.furnish()
    return stored


@pytest.fixture
def open_again(engine: Any, tmp_path: Path) -> Any:
    """Opens the same folder."""
    return partial(opened, tmp_path, engine)
