"""What messages came to, at the command line, beside no gateway."""

import csv
import io
import json
from pathlib import Path

import apsw
import pytest
from msgspec.structs import replace

from support.desk import Desk, order, status
from support.nouns import UNDELIVERABLE, account
from support.pair_process import waypost
from support.stored import opened
from waypost.model.lifecycle import Fact

SID = account().sid
SPAN = ("--from", "2026-11-19", "--to", "2026-11-21")


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A folder with three messages: one was read, one failed, one has gone nowhere."""
    folder = tmp_path_factory.mktemp("report")
    with opened(folder / "d") as stored:
        stored.furnish()
        desk = Desk(stored.store)
        answer = stored.run(desk.acceptor.accept(order(count=3, price=0)))
        read, failed, _ = (message_id for _, message_id in answer.messages)
        stored.run(desk.recorder.record(status(read, Fact.READ)))
        told = replace(status(failed, Fact.FAILED), failure=UNDELIVERABLE)
        stored.run(desk.recorder.record(told))
    return folder


def done(folder: Path, *arguments: str, code: int = 0):
    ended = waypost(folder, *arguments, "--data", "d")
    assert ended.returncode == code, ended.stderr
    return ended.stdout


def test_usage_is_a_plain_table_where_nobody_looks(folder):
    told = done(folder, "report", "usage", *SPAN, "--account", SID)

    lines = told.splitlines()
    assert lines[0] == "Messages accepted from 2026-11-19 00:00Z to 2026-11-21 00:00Z."
    assert lines[2].split() == ["2026-11-19", *"000000", "0.0000", "USD"]
    assert lines[3].split() == ["2026-11-20", *"311110", "33.3", "100.0", "0.0000", "USD"]
    assert lines[4].split()[:2] == ["total", "3"]
    assert not set(told) & set("▁█\x1b")


def test_usage_is_json_and_csv_for_programs(folder):
    asked = ("report", "usage", *SPAN, "--by", "country,template")
    told = json.loads(done(folder, *asked, "--json"))
    (row,) = csv.DictReader(io.StringIO(done(folder, *asked, "--csv")))

    (line,) = told["lines"]
    assert (line["account"], line["country"], line["accepted"]) == (SID, "IN", 3)
    assert (row["account"], row["country"], row["accepted"]) == (SID, "IN", "3")


def test_failures_say_whose_turn_it_is(folder):
    table = done(folder, "report", "failures", *SPAN)
    (line,) = json.loads(done(folder, "report", "failures", *SPAN, "--by", "country", "--json"))

    assert "customer" in table
    assert "131026" in table
    assert (line["country"], line["code"], line["messages"]) == ("IN", "131026", 1)


def test_where_nothing_failed_that_is_said(folder):
    told = done(folder, "report", "failures", "--from", "2026-11-18", "--to", "2026-11-19")

    assert told.startswith("No message failed of those accepted from 2026-11-18 00:00Z")


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("usage", "--from", "soon"), "--from: from is 'soon'; it must be a day"),
        (("usage", "--by", "week"), "--by: by has 'week'; it must be of day, hour"),
        (("failures", "--by", "category"), "--by: category is none of day, hour"),
    ],
)
def test_words_that_make_no_sense_are_refused(folder, arguments, told):
    ended = waypost(folder, "report", *arguments, "--data", "d")

    assert (ended.returncode, ended.stderr.startswith(told)) == (2, True)


def test_a_figure_that_is_wrong_is_found_by_the_check(folder):
    assert "Everything fits." in done(folder, "db", "check")
    connection = apsw.Connection(str(folder / "d" / "waypost.sqlite"))
    connection.execute("UPDATE usage_counts SET read = read + 1")
    connection.close()

    told = done(folder, "db", "check", code=1)

    assert "read: the figures say 2, the messages 1" in told
