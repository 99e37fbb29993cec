"""A data directory belongs to one gateway, and to a program that knows its database."""

import hashlib
import sqlite3
import threading

import pytest

from support.processes import HOST, SECRET, SERVE, Program, free_port, house

pytestmark = [pytest.mark.fault, pytest.mark.sqlite_only, pytest.mark.timeout(60)]


def refusal(folder, data):
    """What a gateway says that must not start on `data`; its exit code is not 0."""
    port = free_port()
    program = Program(SERVE, port, "/health/live", folder / "refused.log")
    program.environment = {
        "WAYPOST_DATA_DIR": str(data),
        "WAYPOST_PORT": str(port),
        "WAYPOST_META_APP_SECRET": SECRET,
    }
    process = program.launch()
    try:
        assert process.wait(20) != 0
    finally:
        program.kill()
    return program.log.read_text().strip()


def prints(data):
    """A hash of each file of the directory, the lock apart."""
    return {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest()
        for path in data.iterdir()
        if path.name != "gateway.lock"
    }


def test_a_second_gateway_on_a_directory_is_refused_and_the_first_goes_on(tmp_path):
    with house(tmp_path) as home, home.customer() as customer:
        before = customer.send("before").message_id
        said = refusal(tmp_path, tmp_path / "data")
        after = customer.send("after").message_id
        home.settle()

        print(f"\n{said}")
        assert said.count("\n") == 0
        assert said.startswith(f"Another gateway is running on {tmp_path / 'data'}.")
        assert home.emulator.taken() == {before: 1, after: 1}


def test_of_many_gateways_that_start_at_once_exactly_one_serves(tmp_path):
    programs = []
    for number in range(6):
        port = free_port()
        program = Program(SERVE, port, "/health/live", tmp_path / f"{number}.log")
        program.environment = {
            "WAYPOST_DATA_DIR": str(tmp_path / "data"),
            "WAYPOST_PORT": str(port),
            "WAYPOST_META_APP_SECRET": SECRET,
        }
        programs.append(program)
    starts = [threading.Thread(target=_try_to_start, args=(program,)) for program in programs]
    try:
        for start in starts:
            start.start()
        for start in starts:
            start.join()
        running = [program for program in programs if program.is_running]
        refused = [program.log.read_text() for program in programs if not program.is_running]
        print(f"\n{len(running)} of {len(programs)} serves at http://{HOST}")
        assert len(running) == 1
        assert all("Another gateway is running" in said for said in refused)
    finally:
        for program in programs:
            program.kill()


def _try_to_start(program: Program) -> None:
    try:
        program.start()
    except AssertionError:
        assert not program.is_running


def test_a_database_of_a_newer_version_is_refused_and_left_as_it_was(tmp_path):
    with house(tmp_path) as home:
        home.gateway.terminate()
        data = tmp_path / "data"
        with sqlite3.connect(data / "waypost.sqlite") as database:
            database.execute(
                "INSERT INTO schema_versions SELECT max(version) + 1, 'from_tomorrow', 'x', 0 "
                "FROM schema_versions"
            )
        database.close()
        before = prints(data)

        said = refusal(tmp_path, data)

        print(f"\n{said}")
        assert said.count("\n") == 0
        assert "written by a newer Waypost" in said
        assert prints(data) == before


@pytest.mark.parametrize("mark", [0, 7])
def test_somebody_elses_sqlite_file_is_refused_and_left_as_it_was(tmp_path, mark):
    data = tmp_path / "data"
    data.mkdir()
    with sqlite3.connect(data / "waypost.sqlite") as database:
        database.execute(f"PRAGMA application_id = {mark}")
        database.execute("CREATE TABLE recipes (name TEXT)")
        database.execute("INSERT INTO recipes VALUES ('bread')")
    database.close()
    before = prints(data)

    said = refusal(tmp_path, data)

    print(f"\n{said}")
    assert said.count("\n") == 0
    assert "not Waypost's" in said
    assert prints(data) == before


@pytest.mark.parametrize("content", [b"This is a letter, and no database.\n" * 100, b"xy"])
def test_a_file_that_is_no_database_is_refused_and_left_as_it_was(tmp_path, content):
    data = tmp_path / "data"
    data.mkdir()
    (data / "waypost.sqlite").write_bytes(content)
    before = prints(data)

    said = refusal(tmp_path, data)

    print(f"\n{said}")
    assert said.count("\n") == 0
    assert "is not a SQLite database" in said
    assert prints(data) == before


def test_a_directory_that_cannot_be_made_is_refused_with_a_sentence(tmp_path):
    (tmp_path / "file").write_text("in the way")

    said = refusal(tmp_path, tmp_path / "file" / "data")

    print(f"\n{said}")
    assert said.count("\n") == 0
    assert "cannot be made" in said
