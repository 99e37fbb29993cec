"""The ready file: whole or not there, its owner's alone, and refused when it is something else."""

import stat

import pytest

from waypost.cli.output import CommandError, UnreachableError
from waypost.cli.ready import Ready, read_ready, require_ready, write_ready

READY = Ready(**{name: f"the {name}" for name in Ready.__struct_fields__})


def test_what_is_written_is_read_again(tmp_path):
    path = tmp_path / "new" / "ready.json"
    write_ready(path, READY)

    assert read_ready(path) == READY
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [file.name for file in path.parent.iterdir()] == ["ready.json"]


def test_a_file_that_is_not_there_is_none_and_whoever_needs_it_is_told_what_to_start(tmp_path):
    assert read_ready(tmp_path / "ready.json") is None
    with pytest.raises(UnreachableError, match="start `waypost dev` first"):
        require_ready(tmp_path / "ready.json")


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"base_url": 1}'])
def test_a_file_that_is_something_else_is_refused_with_its_name(tmp_path, text):
    (tmp_path / "ready.json").write_text(text)

    with pytest.raises(CommandError, match=r"ready\.json cannot be used"):
        read_ready(tmp_path / "ready.json")
