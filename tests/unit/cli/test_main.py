"""The command line's edge: codes of its errors, and a start that waits for nothing heavy."""

import subprocess
import sys

import pytest

from support.pair_process import environment
from waypost.cli.main import leave
from waypost.cli.output import CommandError, MisusedError, UnreachableError
from waypost.model.errors import DirectoryError, StoreBusyError
from waypost.runtime.config import ConfigError
from waypost.runtime.http import NeverLeftError
from waypost.runtime.listening import AddressInUseError


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (CommandError("no"), 1),
        (DirectoryError("no"), 1),
        (StoreBusyError("no"), 1),
        (MisusedError("no"), 2),
        (ConfigError(("no",)), 2),
        (UnreachableError("no"), 3),
        (AddressInUseError("no"), 3),
        (NeverLeftError("no"), 3),
        (ExceptionGroup("several", [ExceptionGroup("more", [UnreachableError("no")])]), 3),
    ],
    ids=repr,
)
def test_an_error_is_one_sentence_and_its_code(capsys, error, code):
    with pytest.raises(SystemExit) as left:
        leave(error)

    assert left.value.code == code
    assert capsys.readouterr() == ("", "no\n")


def test_what_nobody_foresaw_is_raised_on():
    with pytest.raises(ZeroDivisionError):
        leave(ExceptionGroup("several", [ZeroDivisionError("a fault of ours")]))


def test_help_does_not_wait_for_the_gateways_parts():
    program = "import sys, waypost.cli.main; print(*sorted(sys.modules), sep='\\n')"
    imported = subprocess.run(
        [sys.executable, "-c", program],
        env=environment(),
        capture_output=True,
        text=True,
        check=True,
    ).stdout.splitlines()

    assert "waypost.cli.dev" in imported
    assert not {"waypost.serve", "granian", "apsw", "cryptography", "phonenumbers"} & set(imported)
