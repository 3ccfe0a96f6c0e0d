from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

import pytest

from harvester import store
from harvester.store.store import Store
from tests.postgresql import Server
from tests.store import samples

# For tests of what SQLite alone has: a file, its pragmas, its plans.
only_sqlite = pytest.mark.parametrize("engine", ["sqlite"], indirect=True)


@pytest.fixture(params=["sqlite", "postgresql"])
def engine(request: pytest.FixtureRequest) -> str:
    """Each kind of database."""
    return str(request.param)


@pytest.fixture
def new_url(engine: str, request: pytest.FixtureRequest, tmp_path: Path) -> Callable[[], str]:
    """Makes the url of a new store."""
    if engine == "sqlite":
        numbers = count()
        return lambda: samples.url(tmp_path / f"{next(numbers) or ''}")
    server: Server = request.getfixturevalue("postgresql")
    template = request.getfixturevalue("_template")
    return lambda: server.new_database(template)


@pytest.fixture
def url(new_url: Callable[[], str]) -> str:
    """The url of a new store."""
    return new_url()


@pytest.fixture(scope="session")
def _template(postgresql: Server) -> str:
    with store.connect(url := postgresql.new_database()):
        return url


@pytest.fixture
def opened(url: str) -> Iterator[Store]:
    """An empty store, in each kind of database."""
    with store.connect(url) as new:
        yield new
