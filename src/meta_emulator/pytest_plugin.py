"""The pytest plugin: the fixture `meta_emulator` and the marker of the same name.

Nothing else is imported before the first test that asks for the fixture.
"""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from meta_emulator.testing import LocalEmulator, LocalServer

MARKER = "meta_emulator"


def pytest_configure(config: pytest.Config) -> None:
    """Make the marker known."""
    config.addinivalue_line(
        "markers",
        f"{MARKER}(seed=..., limits=..., webhook_url=..., ...): how the fixture's emulator is run",
    )


@pytest.fixture(scope="session")
def meta_emulator_options() -> Mapping[str, Any]:
    """What every test's emulator is told; to be overridden. The marker's words come before it."""
    return {}


@pytest.fixture(scope="session")
def meta_emulator_server() -> "Iterator[LocalServer]":
    """The port of all emulators of this run."""
    from meta_emulator.testing import listening  # noqa: PLC0415 - only where it is asked for

    with listening() as server:
        yield server


@pytest.fixture
def meta_emulator(
    request: pytest.FixtureRequest,
    meta_emulator_server: "LocalServer",
    meta_emulator_options: Mapping[str, Any],
) -> "LocalEmulator":
    """A new emulator of WhatsApp's Cloud API for this test, on the port of the run.

    Its clock stands still until `wait_for` or `advance`; the marker's words decide how it is run.
    """
    from meta_emulator.testing import emulator_at  # noqa: PLC0415 - only where it is asked for

    options = dict(meta_emulator_options)
    for marker in reversed(list(request.node.iter_markers(MARKER))):
        if marker.args:
            raise pytest.UsageError(f"the marker {MARKER} takes words alone, as limits=True")
        options.update(marker.kwargs)
    return emulator_at(meta_emulator_server, **options)
