"""The common text of a query as PostgreSQL reads it.

A named parameter becomes `$n::type`. Rows (`-- each`) become one array for each column, taken
apart by `unnest`: one statement, and one plan, for a batch of any size.

Types come from the schema: of a statement that inserts, from the columns it names; of any other,
from the column that the parameter is named after, in a table that it names before any other, or
else that it is compared with or set to.
What is left is a truth value if its name says so (`is_`, `was_`, `has_`), and a line in
OTHER_NAMES if not.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from waypost.store.querybook import EACH, PARAMETER, Query

OTHER_NAMES = {
    "after": "text",
    "after_account_id": "bigint",
    "after_expires_at": "bigint",
    "after_media_id": "text",
    "after_number": "bigint",
    "after_second": "text",
    "before": "bigint",
    "limit": "bigint",
    "now": "bigint",
    "offset": "bigint",
    "since": "bigint",
    "until": "bigint",
}
"""Types of parameters by name, where no column has that name or means something else by it."""

_TABLE = re.compile(r"^CREATE TABLE (?P<name>\w+) \((?P<body>.*?)^\)", re.MULTILINE | re.DOTALL)
_COLUMN = re.compile(r"^ {4}(?P<name>[a-z]\w*) +(?P<type>BIGINT|TEXT|BYTEA)\b", re.MULTILINE)
_ADDED = re.compile(
    r"^ALTER TABLE (?P<table>\w+) ADD COLUMN (?P<name>\w+) (?P<type>BIGINT|TEXT|BYTEA)\b",
    re.MULTILINE,
)
_DROPPED = re.compile(r"^ALTER TABLE (?P<table>\w+) DROP COLUMN (?P<name>\w+)", re.MULTILINE)
_INSERT = re.compile(r"\s*INSERT INTO (?P<table>\w+) \((?P<columns>[^)]*)\)\s*VALUES\s*\n")
_INSERT_ONE = re.compile(r"\s*INSERT INTO (?P<table>\w+) \([^)]*\)\s*VALUES \(")
_UPSERT = re.compile(r"ON CONFLICT \((?P<key>[^)]*)\)[^;]*DO UPDATE")
_WORD = re.compile(r"\b[a-z_]+\b")
_TRUTH = re.compile(r"(is|was|has)_")
_NEIGHBOUR = r"(?P<column>[a-z]\w*)\s+(?:=|<>|<=|>=|<|>|IS NOT DISTINCT FROM)\s+{0}\b"
_NEIGHBOUR_BEHIND = r"{0}\s+(?:=|<>|<=|>=|<|>)\s+(?:\w+\.)?(?P<column>[a-z]\w*)"
_ROWS = re.compile(r"VALUES\s*\n" + EACH.pattern, re.MULTILINE)
_NOT_BY_KEY = re.compile(r"\bINSERT\b|\bLIMIT\b|\s[<>]=?\s")

Schema = Mapping[str, Mapping[str, str]]
"""The type of each column, by table."""


@dataclass(frozen=True, slots=True)
class Statement:
    """A query as it is prepared.

    parameters  their names, in the order of `$1`, `$2` ...
    texts       which of them are text, by position
    key         for rows that are inserted or replace others: the positions of their key
    is_cold     whether it may walk through whole tables
    is_by_key   whether it looks each given row up, by values that are equal
    """

    text: str
    parameters: tuple[str, ...]
    texts: tuple[int, ...]
    key: tuple[int, ...]
    is_cold: bool
    is_by_key: bool = False


def read_schema(migrations: Sequence[str]) -> Schema:
    """The columns that migrations of ours make."""
    schema: dict[str, dict[str, str]] = {}
    for text in migrations:
        for table in _TABLE.finditer(text):
            schema[table["name"]] = {
                column["name"]: column["type"].lower() for column in _COLUMN.finditer(table["body"])
            }
        for added in _ADDED.finditer(text):
            schema[added["table"]][added["name"]] = added["type"].lower()
        for dropped in _DROPPED.finditer(text):
            del schema[dropped["table"]][dropped["name"]]
    return schema


def compile_query(query: Query, schema: Schema) -> Statement:
    """The statement of a query. Raises ValueError for a parameter whose type nobody knows."""
    inserted = _INSERT.match(query.text)
    if not query.columns:
        names = tuple(sorted(query.parameters))
        types = [_type_of(query, name, schema) for name in names]
        text = PARAMETER.sub(
            lambda found: f"${names.index(found[1]) + 1}::{types[names.index(found[1])]}",
            query.text,
        )
        return Statement(text, names, _texts(types), (), query.is_cold)
    if inserted is None:
        types = [
            _type_of(query, name, schema, f"v.column{number}")
            for number, name in enumerate(query.columns, 1)
        ]
        key: tuple[int, ...] = ()
    else:
        targets = [column.strip() for column in inserted["columns"].split(",")]
        types = [schema[inserted["table"]][column] for column in targets]
        key = tuple(_key(query.text, targets))
    arrays = ", ".join(f"${number}::{type_}[]" for number, type_ in enumerate(types, 1))
    columns = ", ".join(f"column{number}" for number in range(1, len(types) + 1))
    rows = f"SELECT * FROM unnest({arrays}) AS given ({columns})"  # noqa: S608 - numbers and types of ours
    text = _ROWS.sub(lambda _: rows, query.text)
    is_by_key = not query.is_cold and _NOT_BY_KEY.search(query.text) is None
    return Statement(text, query.columns, _texts(types), key, query.is_cold, is_by_key)


def _type_of(query: Query, name: str, schema: Schema, place: str = "") -> str:
    """place: how the statement's text has the parameter, if not by its name."""
    inserted = _INSERT_ONE.match(query.text)
    if inserted is not None and name in schema[inserted["table"]]:
        return schema[inserted["table"]][name]
    if name in OTHER_NAMES:
        return OTHER_NAMES[name]
    named = {table: schema[table] for table in _WORD.findall(query.text) if table in schema}
    for known in (_types(name, named), _types(name, schema)):
        if len(known) == 1:
            return known.pop()
    here = re.escape(place or f":{name}")
    for pattern in (_NEIGHBOUR, _NEIGHBOUR_BEHIND):
        for found in re.finditer(pattern.format(here), query.text):
            if len(neighbours := _types(found["column"], schema)) == 1:
                return neighbours.pop()
    if _TRUTH.match(name):
        return "boolean"
    raise ValueError(
        f"the query {query.name} has a parameter :{name} of which the schema tells no type: give "
        "it the name of a column, or a line in OTHER_NAMES"
    )


def _types(column: str, schema: Schema) -> set[str]:
    return {columns[column] for columns in schema.values() if column in columns}


def _texts(types: Sequence[str]) -> tuple[int, ...]:
    return tuple(position for position, type_ in enumerate(types) if type_ == "text")


def _key(text: str, columns: Sequence[str]) -> Iterator[int]:
    upsert = _UPSERT.search(text)
    if upsert is not None:
        for column in upsert["key"].split(","):
            yield columns.index(column.strip())
