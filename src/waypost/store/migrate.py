"""Migrations: numbered SQL files, applied in order, each once, each remembered by its hash.

A new database is made by running them all. A database that is older is brought forward; one
that is newer, changed by another hand, or not ours at all is refused and left untouched.
"""

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources.abc import Traversable

from waypost.model.errors import UnknownSchemaError

FILE_NAME = re.compile(r"^(\d{4})_([a-z0-9_]+)\.sql$")


@dataclass(frozen=True, slots=True)
class Migration:
    """One step of the schema."""

    version: int
    name: str
    text: str

    @property
    def label(self) -> str:
        """As its file is called: `0001_first_floor`."""
        return f"{self.version:04}_{self.name}"

    @property
    def digest(self) -> str:
        """SHA-256 of the text: a migration that was applied never changes."""
        return hashlib.sha256(self.text.encode()).hexdigest()


def load_migrations(folder: Traversable) -> list[Migration]:
    """The migrations of a folder in order. Raises ValueError for a gap or a wrong name."""
    migrations: list[Migration] = []
    for file in sorted(folder.iterdir(), key=lambda file: file.name):
        if not file.name.endswith(".sql"):
            continue
        match = FILE_NAME.match(file.name)
        if match is None or int(match[1]) != len(migrations) + 1:
            raise ValueError(f"{file.name}: expected {len(migrations) + 1:04}_what_it_does.sql")
        migrations.append(Migration(int(match[1]), match[2], file.read_text(encoding="utf-8")))
    return migrations


def pending(
    known: Sequence[Migration], applied: Sequence[tuple[int, str, str]]
) -> Sequence[Migration]:
    """What is still to be applied, given what was: version, name, digest of each, in order.

    Raises UnknownSchemaError for a database this program does not know.
    """
    if len(applied) > len(known):
        raise UnknownSchemaError(
            f"The database is at version {len(applied)}, this program knows {len(known)}. "
            "It was written by a newer Waypost: use that one."
        )
    for migration, (version, name, digest) in zip(known, applied, strict=False):
        if (migration.version, migration.name, migration.digest) != (version, name, digest):
            raise UnknownSchemaError(
                f"The database was made with another migration {version} ({name}) than this "
                "program's. Use the program that made it, or restore a backup."
            )
    return known[len(applied) :]
