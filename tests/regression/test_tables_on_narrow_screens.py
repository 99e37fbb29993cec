"""On a screen of 80 columns no id is cut off, and no figure stands under another's name."""

import os
import re
import subprocess

import pytest

from support.nouns import account
from support.pair_process import COMMAND, environment
from support.received import inbound
from support.stored import opened
from waypost.cli.report import LESSER, fitting_columns

SID = account().sid
ID = "A0MWPDAWKF0OPFFPU21L"
COLUMNS = ("account", "day", "accepted", "sent", "delivered", "read", "not sent", "read %", "")
LINE = ("HXIN1234567890IN", "2027-01-31", "1,000", "900", "800", "700", "100", "87.5", "█" * 24)


def seen(folder, columns, *arguments):
    """What a terminal so wide shows, without its colours."""
    ours, theirs = os.openpty()
    variables = environment(COLUMNS=str(columns), TERM="xterm")
    done = subprocess.run(
        [*COMMAND, *arguments, "--data", "d"],
        cwd=folder,
        env=variables,
        stdin=subprocess.DEVNULL,
        stdout=theirs,
        timeout=60,
        check=True,
    )
    os.close(theirs)
    shown = b""
    while True:
        try:
            shown += os.read(ours, 65536)
        except OSError:  # so Linux tells that nobody writes any more
            break
    os.close(ours)
    assert done.returncode == 0
    return re.sub(r"\x1b\[[0-9;]*m", "", shown.decode()).replace("\r\n", "\n")


@pytest.fixture
def folder(tmp_path):
    with opened(tmp_path / "d") as stored:
        stored.furnish()
        rows = [inbound(inbound_id=ID, recipient="IN.02260122331172385792", reply_to=f"{ID}:17")]
        stored.do(lambda t: t.inbound.insert(rows))
    return tmp_path


def test_a_row_that_is_too_wide_stands_as_a_block(folder):
    shown = seen(folder, 80, "inbound", "list", SID)

    lines = dict(line.split(maxsplit=1) for line in shown.splitlines())
    assert (lines["id"], lines["from"]) == (ID, "IN.02260122331172385792")
    assert lines["answers"] == f"{ID}:17"
    assert "…" not in shown


def test_a_table_that_fits_stays_a_table(folder):
    shown = seen(folder, 200, "inbound", "list", SID)

    head, row = (line.split() for line in shown.splitlines())
    assert (head[0], row[0]) == ("id", ID)


@pytest.mark.parametrize("width", [60, 79, 80, 120])
def test_columns_that_are_left_fit_and_the_most_telling_stay(width):
    fitting = fitting_columns(COLUMNS, [LINE], width)

    needed = sum(max(len(name), len(LINE[COLUMNS.index(name)])) + 2 for name in fitting) - 2
    assert needed <= width
    assert set(COLUMNS) - set(fitting) <= set(LESSER)
    assert [name for name in COLUMNS if name in fitting] == list(fitting)


def test_everything_is_there_where_there_is_room():
    assert fitting_columns(COLUMNS, [LINE], 200) == COLUMNS


def test_no_table_is_forced_into_no_room():
    assert fitting_columns(COLUMNS, [LINE], 20) == ()
