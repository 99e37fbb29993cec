"""A gateway as a process of its own: settings come from `WAYPOST_*`, refusals go to stderr.

It is what `waypost serve` does, less the words for people.
"""

import os
import sys

import uvloop

from waypost.model.errors import WaypostError
from waypost.runtime.config import load_config
from waypost.serve import run_gateway

if __name__ == "__main__":
    try:
        uvloop.run(run_gateway(load_config({}, os.environ, None).config))
    except WaypostError as error:
        sys.exit(str(error))
