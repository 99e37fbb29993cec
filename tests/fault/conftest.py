"""Every scenario runs on both databases, unless it says `sqlite_only` or `postgres_only`."""

import pytest

from support.postgres import database
from support.processes import DATABASE_URL

SQLITE, POSTGRES = "sqlite", "postgres"


def pytest_generate_tests(metafunc):
    if "engine" in metafunc.fixturenames:
        marks = {mark.name for mark in metafunc.definition.iter_markers()}
        engines = [
            engine
            for engine, other in ((SQLITE, "postgres_only"), (POSTGRES, "sqlite_only"))
            if other not in marks
        ]
        metafunc.parametrize("engine", engines, indirect=True, scope="function")


@pytest.fixture(autouse=True)
def engine(request):
    """The name of the database under the gateway of this test; `house` uses it by itself."""
    if request.param == SQLITE:
        yield SQLITE
        return
    with database() as url:
        token = DATABASE_URL.set(url)
        try:
            yield POSTGRES
        finally:
            DATABASE_URL.reset(token)
