"""What an export holds does not grow with what is exported: measured in processes of their own."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from support.many_rows import fill

TESTS = Path(__file__).parents[2]
FEW, MANY = 20_000, 100_000
MOST_TIMES = 1.15
"""Five times the rows take at most so much of the memory: a page of rows is a hundredth of it."""


@pytest.fixture(scope="module")
def folders(tmp_path_factory):
    made = {number: tmp_path_factory.mktemp(f"rows{number}") for number in (FEW, MANY)}
    for number, folder in made.items():
        fill(folder, number)
    return made


def export(folder, *words):
    """Rows, and the most memory that the process had, in KiB."""
    done = subprocess.run(
        [sys.executable, "-m", "support.export_memory", str(folder), *words, "untraced"],
        cwd=TESTS,
        env={**os.environ, "PYTHONPATH": str(TESTS)},
        capture_output=True,
        text=True,
        check=True,
    )
    rows, _, _, whole, _ = done.stdout.split()
    return int(rows), int(whole)


@pytest.mark.parametrize("words", [("csv", "gzip"), ("parquet",)])
def test_five_times_the_rows_take_no_more_memory(folders, words):
    few, little = export(folders[FEW], *words)
    many, most = export(folders[MANY], *words)

    assert (few, many) == (FEW, MANY)
    assert most < little * MOST_TIMES
