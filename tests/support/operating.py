"""An operator's work on a database, from a test that has no event loop."""

import asyncio
from collections.abc import Callable, Mapping
from typing import Any

from waypost.assembly import OperatorTools
from waypost.runtime.config import load_config
from waypost.serve import open_directory


def operate(settings: Mapping[str, Any], work: Callable[[OperatorTools], Any]) -> Any:
    """Does an operator's work with these settings; what it came to."""

    async def run() -> Any:
        async with open_directory(load_config(settings, {}, None).config) as tools:
            return await work(tools)

    return asyncio.run(run())
