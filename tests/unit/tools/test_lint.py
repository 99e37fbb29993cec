"""Each of our own rules catches what it is for, and nothing else."""

from pathlib import Path

import pytest
from tools.lint import (
    addresses,
    broad_excepts,
    commits,
    file_length,
    overrides,
    packages,
    pure_files,
    queries,
)
from tools.lint.__main__ import RULES
from tools.lint.finding import Rule, open_project, run


def findings_of(root: Path, rule: Rule, path: str, text: str) -> list[str]:
    file = root / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")
    return [str(finding) for finding in run(open_project(root), [rule])]


def codes_of(root: Path, rule: Rule, path: str, text: str) -> list[str]:
    return [finding.split(" ")[1] for finding in findings_of(root, rule, path, text)]


def test_a_finding_is_one_line_with_path_line_code_and_sentence(tmp_path):
    (finding,) = findings_of(
        tmp_path, pure_files.check, "src/waypost/queue/retry.py", "\nasync def wait(): ...\n"
    )
    assert finding == (
        "src/waypost/queue/retry.py:2: async-in-pure-file "
        "wait is async in a pure file; move it to an agent (...er.py, ...or.py)"
    )


@pytest.mark.parametrize("room", pure_files.ROOMS)
def test_a_pure_file_of_the_roads_has_no_async_def(tmp_path, room):
    text = "class Decision:\n    async def decide(self): ...\n"
    path = f"src/waypost/{room}/decide.py"
    assert codes_of(tmp_path, pure_files.check, path, text) == [pure_files.CODE]


@pytest.mark.parametrize(
    "path",
    [
        "src/waypost/accept/acceptor.py",
        "src/waypost/queue/worker.py",
        "src/waypost/status/recorder.py",
        "src/waypost/wallet/bookkeeper.py",
        "src/waypost/meta/client.py",
        "src/waypost/runtime/clock.py",
    ],
)
def test_agents_and_other_rooms_may_be_async(tmp_path, path):
    assert codes_of(tmp_path, pure_files.check, path, "async def work(): ...\n") == []


@pytest.mark.parametrize(("lines", "count"), [(600, 0), (601, 1)])
def test_a_source_file_has_at_most_six_hundred_lines(tmp_path, lines, count):
    text = "x = 1\n" * lines
    assert len(codes_of(tmp_path, file_length.check, "src/waypost/x.py", text)) == count


def test_a_long_file_elsewhere_is_no_source(tmp_path):
    assert codes_of(tmp_path, file_length.check, "tests/x.py", "x = 1\n" * 700) == []


@pytest.mark.parametrize(
    "text",
    [
        "connection.commit()\n",
        "with database.begin(): ...\n",
        "give(connection.rollback)\n",
        'execute("BEGIN IMMEDIATE")\n',
        'execute("insert into x values (1); COMMIT")\n',
        'execute(f"COMMIT {name}")\n',
    ],
)
def test_only_the_store_ends_a_transaction(tmp_path, text):
    assert codes_of(tmp_path, commits.check, "src/waypost/status/x.py", text) == [commits.CODE]
    (tmp_path / "src/waypost/status/x.py").unlink()
    assert codes_of(tmp_path, commits.check, "src/waypost/store/sqlite/x.py", text) == []


@pytest.mark.parametrize(
    "text",
    [
        '"""Keeps what the COMMIT made durable."""\n',
        "commit_batch = 512  # at most so many share one COMMIT\n",
        'observe("commit_seconds")\n',
    ],
)
def test_words_about_commits_are_free(tmp_path, text):
    assert codes_of(tmp_path, commits.check, "src/waypost/status/x.py", text) == []


OVERRIDE = "src/waypost/store/sqlite/overrides/queue.sql"


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("select 1;\n", 1),
        ("-- name: queue.take\nselect 1;\n", 1),
        ("-- name: queue.take\n-- Takes an item.\nselect 1;\n", 1),
        ("-- name: queue.take\n-- Differs because SQLite locks it all.\nselect 1;\n", 0),
        ("-- Differs because SQLite has no SKIP LOCKED.\n-- name: queue.take\nselect 1;\n", 0),
    ],
)
def test_an_override_says_why_it_differs(tmp_path, text, count):
    assert codes_of(tmp_path, overrides.check, OVERRIDE, text) == [overrides.CODE] * count


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ('"""Our nouns."""\n', 0),
        ("", 1),
        ("# nothing\n", 1),
        ('"""Our nouns."""\n\nfrom x import y\n', 1),
        ('"""Our nouns."""\n\n__all__ = []\nx = 1\n', 2),
    ],
)
def test_an_init_is_a_docstring_only(tmp_path, text, count):
    path = "src/meta_emulator/__init__.py"
    assert codes_of(tmp_path, packages.check, path, text) == [packages.CODE] * count


@pytest.mark.parametrize(
    "caught", ["except:", "except Exception:", "except (ValueError, BaseException) as error:"]
)
def test_everything_is_caught_at_the_edges_only(tmp_path, caught):
    text = f"try:\n    work()\n{caught}\n    pass\n"
    (finding,) = findings_of(tmp_path, broad_excepts.check, "src/waypost/status/x.py", text)
    assert finding.startswith("src/waypost/status/x.py:3: broad-except")
    (tmp_path / "src/waypost/status/x.py").unlink()
    assert codes_of(tmp_path, broad_excepts.check, "src/waypost/api/problems.py", text) == []


def test_an_exception_with_a_name_may_be_caught_anywhere(tmp_path):
    text = "try:\n    work()\nexcept (ValueError, KeyError):\n    pass\n"
    assert codes_of(tmp_path, broad_excepts.check, "src/waypost/status/x.py", text) == []


def test_a_handler_that_undoes_and_raises_on_is_free(tmp_path):
    text = "try:\n    work()\nexcept BaseException:\n    undo()\n    raise\n"
    assert codes_of(tmp_path, broad_excepts.check, "src/waypost/status/x.py", text) == []
    text = "try:\n    work()\nexcept Exception as error:\n    raise ValueError from error\n"
    assert codes_of(tmp_path, broad_excepts.check, "src/waypost/status/x.py", text) == [
        broad_excepts.CODE
    ]


QUERIES = "src/waypost/store/sql/queue.sql"
REPOSITORY = "src/waypost/store/repositories/queue.py"


def test_a_query_that_is_described_and_used_is_fine(tmp_path):
    text = "-- name: queue.take\n-- The oldest items of a lane.\nselect 1;\n"
    findings_of(tmp_path, queries.check, REPOSITORY, 'take = "queue.take"\n')
    assert codes_of(tmp_path, queries.check, QUERIES, text) == []


def test_a_query_without_a_sentence_is_found(tmp_path):
    text = "-- name: queue.take\nselect 1;\n"
    findings_of(tmp_path, queries.check, REPOSITORY, 'take = "queue.take"\n')
    assert codes_of(tmp_path, queries.check, QUERIES, text) == [queries.UNDESCRIBED]


def test_a_query_that_nobody_asks_for_is_found(tmp_path):
    text = "-- name: queue.take\n-- The oldest items of a lane.\nselect 1;\n"
    findings_of(tmp_path, queries.check, REPOSITORY, 'take = "queue.take_all"\n')
    assert codes_of(tmp_path, queries.check, QUERIES, text) == [queries.UNUSED]


def test_a_query_is_named_by_repository_and_method(tmp_path):
    text = "-- name: take\n-- The oldest items of a lane.\nselect 1;\n"
    findings_of(tmp_path, queries.check, REPOSITORY, 'take = "take"\n')
    assert codes_of(tmp_path, queries.check, QUERIES, text) == [queries.MISNAMED]


@pytest.mark.parametrize(
    "line",
    [
        "see https://files." + "pythonhosted.org/packages/x",
        "pip install -" + "-index-url https://mirror.example.com/simple x",
        "-" + "-trusted-host mirror.example.com",
        "open('/ro" + "ot/x')",
        "cd /ho" + "me/ada/waypost",
        "cp /wo" + "rk/shared/x .",
    ],
)
def test_no_file_tells_where_it_was_made(tmp_path, line):
    assert codes_of(tmp_path, addresses.check, "docs/x.md", f"\n{line}\n") == [addresses.CODE]


@pytest.mark.parametrize(
    "line",
    ["see queue/worker.py", "https://graph.facebook.com/v25.0", "pip-compile --no-emit-index-url"],
)
def test_ordinary_addresses_and_paths_are_free(tmp_path, line):
    assert codes_of(tmp_path, addresses.check, "docs/x.md", line) == []


def test_a_lock_file_holds_no_address_at_all(tmp_path):
    path = "requirements/run.lock"
    bad = "x @ https://example.com/x.whl\n"
    assert codes_of(tmp_path, addresses.check, path, bad) == [addresses.CODE]
    assert codes_of(tmp_path, addresses.check, path, "httpx==1.0 --hash=sha256:00\n") == []


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("async def wait(): ...  # lint-skip: async-in-pure-file\n", 0),
        ("# lint-skip: async-in-pure-file\nasync def wait(): ...\n", 0),
        ("async def wait(): ...  # lint-skip: long-file\n", 1),
        ("# lint-skip: async-in-pure-file\n\nasync def wait(): ...\n", 1),
    ],
)
def test_a_comment_with_the_code_excuses_its_line_or_the_next(tmp_path, text, count):
    path = "src/waypost/queue/retry.py"
    assert len(codes_of(tmp_path, pure_files.check, path, text)) == count


def test_every_file_of_a_rule_is_run():
    modules = {rule.__module__ for rule in RULES}
    folder = Path(pure_files.__file__).parent
    rules = {f"tools.lint.{path.stem}" for path in folder.glob("*.py")}
    assert modules == rules - {
        "tools.lint.__init__",
        "tools.lint.__main__",
        "tools.lint.finding",
    }
