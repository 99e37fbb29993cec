"""`meta-emulator seed`: what an emulator holds when it is told of nothing else."""

import sys

from meta_emulator.seed import default_seed_bytes


def print_seed() -> None:
    """Print the default seed: a start for one of your own.

    Example: meta-emulator seed > seed.json
    """
    sys.stdout.write(default_seed_bytes().decode())
