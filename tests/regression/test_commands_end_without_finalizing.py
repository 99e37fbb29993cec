"""Commands that had spoken HTTP were sometimes reported as killed by signal 6 after their work.

The HTTP client's native thread could take the interpreter's lock during finalization, which
aborts the process. The command line therefore ends without finalizing.
"""

import subprocess
import sys

import pytest

from support.pair_process import environment

PROGRAM = """
import atexit, sys
from waypost.__main__ import main
atexit.register(print, "finalized")
sys.argv = ["waypost", *sys.argv[1:]]
main()
"""


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [(["version"], 0, "0."), (["config", "--pod", "1"], 2, ""), (["bogus"], 2, "")],
)
def test_a_command_says_everything_and_ends_without_finalizing(words, code, said):
    ended = subprocess.run(
        [sys.executable, "-c", PROGRAM, *words],
        env=environment(),
        capture_output=True,
        text=True,
        check=False,
    )

    assert ended.returncode == code
    assert ended.stdout.startswith(said)
    assert "finalized" not in ended.stdout
    assert bool(ended.stderr) is bool(code)
