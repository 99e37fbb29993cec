"""Messages found and exported at the command line, beside no gateway."""

import csv
import gzip
import json

import pyarrow.parquet as parquet_files
import pytest

from support.nouns import account, later, message_change
from support.pair_process import waypost
from support.stored import opened
from waypost.model.failure import Failure
from waypost.model.lifecycle import State
from waypost.runtime.ids import first_message_id

SID = account().sid
IDS = [first_message_id(later(n)) + "0000000000" for n in range(5)]
UNDELIVERABLE = Failure("131026", "Message undeliverable", "", "Reach it otherwise.")


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A folder with five messages, one of which failed."""
    folder = tmp_path_factory.mktemp("exports")
    failed = message_change(message_id=IDS[1], state=State.FAILED, failure=UNDELIVERABLE)
    with opened(folder / "d") as stored:
        stored.furnish()
        for message_id in IDS:
            stored.keep_message(message_id)
        stored.do(lambda t: t.messages.update_states([failed]))
    return folder


def asked(folder, *arguments, code=0):
    done = waypost(folder, *arguments, "--data", "d", "--json")
    assert done.returncode == code, done.stderr
    return json.loads(done.stdout)


def test_messages_are_listed_page_by_page(folder):
    first = asked(folder, "message", "list", SID, "--limit", "3")
    second = asked(folder, "message", "list", SID, "--limit", "3", "--after", first["next"])

    told = [one["message_id"] for page in (first, second) for one in page["messages"]]
    assert told == IDS[::-1]
    assert (second["next"], second["scanned_to"]) == (None, None)


def test_a_list_for_a_person_says_why_a_message_failed(folder):
    done = waypost(folder, "message", "list", SID, "--error", "131026", "--data", "d")

    assert done.returncode == 0, done.stderr
    (line,) = [line for line in done.stdout.splitlines() if IDS[1] in line]
    assert "failed" in line
    assert "131026 Message undeliverable" in line
    assert IDS[2] not in done.stdout


def test_what_cannot_be_looked_for_is_told_by_its_option(folder):
    done = waypost(folder, "message", "list", SID, "--state", "gone", "--data", "d")

    assert done.returncode == 2
    assert "--state: state is 'gone'" in done.stderr
    assert "not sent" in done.stderr


@pytest.mark.parametrize(
    ("file", "options"),
    [
        ("all.csv", []),
        ("all.csv.gz", []),
        ("all.jsonl", []),
        ("all.parquet", []),
        ("all.txt", ["--format", "csv", "--gzip"]),
    ],
)
def test_a_file_is_written_whole_in_the_format_of_its_name(folder, file, options):
    told = asked(folder, "report", "messages", SID, "--out", file, *options)

    place = folder / file
    content = place.read_bytes()
    if file.endswith(".gz") or options:
        content = gzip.decompress(content)
    if file.endswith(".parquet"):
        ids = parquet_files.read_table(place)["WHATSAPP_ID"].to_pylist()
    elif file.endswith(".jsonl"):
        ids = [json.loads(line)["WHATSAPP_ID"] for line in content.splitlines()]
    else:
        ids = [line["WHATSAPP_ID"] for line in csv.DictReader(content.decode().splitlines())]
    assert ids == IDS[::-1]
    assert (told["rows"], told["bytes"]) == (5, place.stat().st_size)
    assert list(folder.glob(".*.part")) == []


def test_an_export_that_cannot_be_begun_leaves_the_old_file_alone(folder):
    (folder / "kept.csv").write_text("before")

    done = waypost(
        folder, "report", "messages", "HXIN0000000000IN", "--out", "kept.csv", "--data", "d"
    )

    assert done.returncode == 1
    assert (folder / "kept.csv").read_text() == "before"
    assert list(folder.glob(".*.part")) == []


def test_a_folder_that_is_not_there_is_said_before_anything_is_read(folder):
    done = waypost(folder, "report", "messages", SID, "--out", "nowhere/all.csv", "--data", "d")

    assert done.returncode == 2
    assert "there is no folder" in done.stderr
