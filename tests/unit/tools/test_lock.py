"""The lock files are resolved so that no address can stay in them."""

from tools.lock import DEVELOP, RUN, compile_command, lines_with_address


def test_both_files_are_hashed_and_name_no_index():
    for target in (RUN, DEVELOP):
        command = compile_command(target, ())
        assert "--generate-hashes" in command
        assert "--no-emit-index-url" in command
        assert command[-2:] == [str(target), "pyproject.toml"]


def test_the_development_tools_are_held_to_the_pins_of_the_gateway():
    assert "--constraint" not in compile_command(RUN, ())
    command = compile_command(DEVELOP, ("--upgrade",))
    assert command[command.index("--constraint") + 1] == str(RUN)
    assert "--upgrade" in command


def test_an_address_in_a_lock_file_is_found_by_its_line():
    text = "a==1.0 \\\n    --hash=sha256:00\nb @ https://example.com/b.whl\n"
    assert lines_with_address(text) == [3]
    assert lines_with_address("httpx==0.28.1\n    # via waypost (pyproject.toml)\n") == []
