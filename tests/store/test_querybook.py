"""Named queries know their parameters, and repeat their pattern of a row on demand."""

from importlib import resources

import pytest
from hypothesis import given
from hypothesis import strategies as st

from waypost.store.querybook import LARGEST_CHUNK, chunk_sizes, parse_queries

EACH = """\
-- name: things.insert
-- Keeps things;
-- each with its name.
INSERT INTO things (id, name)
VALUES
(:id, :name) -- each
ON CONFLICT (id) DO NOTHING

-- name: things.find
-- One thing.
SELECT name FROM things WHERE id = :id AND name <> :name
"""


def test_a_query_has_a_name_a_sentence_and_its_parameters():
    insert, find = parse_queries(EACH)

    assert insert.name == "things.insert"
    assert insert.sentence == "Keeps things; each with its name."
    assert insert.columns == ("id", "name")
    assert find.columns == ()
    assert find.parameters == {"id", "name"}
    assert "--" not in find.text


def test_a_row_is_repeated_as_often_as_there_are_rows():
    insert, _ = parse_queries(EACH)

    assert insert.for_rows(1) == (
        "INSERT INTO things (id, name)\nVALUES\n(?, ?)\nON CONFLICT (id) DO NOTHING"
    )
    assert insert.for_rows(3).count("(?, ?)") == 3
    assert insert.for_rows(3) is insert.for_rows(3), "made once"


def test_a_row_whose_line_does_not_begin_with_it_is_refused():
    with pytest.raises(ValueError, match=r"things\.insert has a row"):
        list(parse_queries("-- name: things.insert\n-- Keeps.\nVALUES\n    (:a, :b) -- each"))


def test_a_query_without_a_sentence_is_refused():
    with pytest.raises(ValueError, match=r"things\.find has no sentence"):
        list(parse_queries("-- name: things.find\nSELECT 1\n"))


@pytest.mark.parametrize(
    ("count", "sizes"),
    [(0, []), (1, [1]), (63, [32, 16, 8, 4, 2, 1]), (64, [64]), (130, [64, 64, 2])],
)
def test_rows_run_in_chunks_of_powers_of_two(count, sizes):
    assert list(chunk_sizes(count)) == sizes


@given(st.integers(0, 5000))
def test_chunks_add_up_and_no_size_is_new_to_the_database(count):
    sizes = list(chunk_sizes(count))

    assert sum(sizes) == count
    assert all(size <= LARGEST_CHUNK and size & (size - 1) == 0 for size in sizes)


def test_every_query_is_named_after_the_file_it_stands_in():
    folder = resources.files("waypost.store").joinpath("sql")
    for file in folder.iterdir():
        stem = file.name.removesuffix(".sql")
        names = [query.name for query in parse_queries(file.read_text())]
        assert {name.partition(".")[0] for name in names} == {stem}
