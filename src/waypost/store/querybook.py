"""The named queries: loaded once, their parameters known, `-- each` rows repeated on demand.

One text serves both databases. Where one needs another, a file of the same form in its folder
`overrides` takes the query's place and says why.

A query stands in sql/<noun>.sql under `-- name: repository.method` and a sentence. A line of
values that ends in `-- each` is the pattern of one row: such a query is given rows, in the
order of the names in that line, and runs in chunks of a power of two of them, at most 64
(measured: a fifth faster than one statement per row, for the interpreter's lock changes hands
less often). PostgreSQL is given arrays instead (`postgres/dialect.py`).
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from importlib import resources
from importlib.resources.abc import Traversable

LARGEST_CHUNK = 64
COLD = "Looks at whole tables: "
NAME = re.compile(r"^-- name: (\S+)$", re.MULTILINE)
EACH = re.compile(r"^\((?P<row>[^()]*)\) -- each$", re.MULTILINE)
PARAMETER = re.compile(r"(?<!:):([a-z][a-z0-9_]*)")


@dataclass(slots=True)
class Query:
    """One named statement.

    parameters  names, for a statement that runs once
    columns     names in order, for a statement that runs on rows; empty otherwise
    """

    name: str
    sentence: str
    text: str
    parameters: frozenset[str] = frozenset()
    columns: tuple[str, ...] = ()
    _chunks: dict[int, str] = field(default_factory=dict)

    @property
    def is_cold(self) -> bool:
        """Whether it may walk through whole tables: its sentences then say so, and why."""
        return COLD in self.sentence

    def for_rows(self, count: int) -> str:
        """The statement for exactly `count` rows, with `?` for each value."""
        text = self._chunks.get(count)
        if text is None:
            row = "(" + ", ".join("?" * len(self.columns)) + ")"
            rows = ",\n".join([row] * count)
            text = self._chunks[count] = EACH.sub(lambda _: rows, self.text)
        return text


def chunk_sizes(count: int) -> Iterator[int]:
    """`count` as a sum of powers of two, the largest first, none above 64."""
    while count >= LARGEST_CHUNK:
        yield LARGEST_CHUNK
        count -= LARGEST_CHUNK
    size = LARGEST_CHUNK // 2
    while count:
        if count >= size:
            yield size
            count -= size
        size //= 2


def parse_queries(text: str) -> Iterator[Query]:
    """The queries of one file. Raises ValueError for one without a sentence, or an odd row."""
    parts = NAME.split(text)[1:]
    for name, body in zip(parts[::2], parts[1::2], strict=True):
        lines = body.strip().splitlines()
        comments = [line[3:] for line in lines if line.startswith("-- ")]
        statement = "\n".join(line for line in lines if not line.startswith("--")).strip()
        if not comments:
            raise ValueError(f"the query {name} has no sentence that says what it is for")
        each = EACH.search(statement)
        if each is None and "-- each" in statement:
            raise ValueError(f"the query {name} has a row whose line does not begin with it")
        if each is None:
            yield Query(
                name, " ".join(comments), statement, frozenset(PARAMETER.findall(statement))
            )
        else:
            columns = tuple(PARAMETER.findall(each["row"]))
            yield Query(name, " ".join(comments), statement, columns=columns)


def load_queries(database: str = "") -> Mapping[str, Query]:
    """All named queries of sql/*.sql, and instead of some of them those of a database.

    database  the folder of its store, whose `overrides` differ; empty: the common texts alone

    Raises ValueError if a name stands twice, or if an override takes no query's place.
    """
    store = resources.files("waypost.store")
    queries = _load_folder(store.joinpath("sql"))
    if database:
        overrides = _load_folder(store.joinpath(database).joinpath("overrides"))
        if strangers := overrides.keys() - queries.keys():
            raise ValueError(f"{sorted(strangers)} of {database} take no query's place")
        queries |= overrides
    return queries


def _load_folder(folder: Traversable) -> dict[str, Query]:
    queries: dict[str, Query] = {}
    if not folder.is_dir():  # a database that needs no text of its own: git keeps no empty folder
        return queries
    for file in sorted(folder.iterdir(), key=lambda file: file.name):
        if file.name.endswith(".sql"):
            for query in parse_queries(file.read_text(encoding="utf-8")):
                if query.name in queries:
                    raise ValueError(f"the query {query.name} stands twice")
                queries[query.name] = query
    return queries
