"""The control API's description without an emulator that runs: for a command, and for the pages."""

from collections.abc import Sequence
from typing import Any

from meta_emulator.control.describe import describe
from meta_emulator.control.routes import Route
from meta_emulator.local.options import read_options
from meta_emulator.runtime.stream_http import StreamHttp


def control_routes() -> Sequence[Route]:
    """Every call of the control API."""
    emulator, _ = read_options({}).make(StreamHttp())
    return emulator.control.routes


def describe_control(url: str) -> dict[str, Any]:
    """Its OpenAPI document, for an emulator at `url`."""
    return describe(control_routes(), url)
