"""Sessions that only read: they see one moment, write nothing, and give up what takes too long."""

from __future__ import annotations

import shutil
import time
from pathlib import Path

import pytest
from sqlalchemy import text

from harvester import store
from harvester.errors import QueryTimeout, StoreError
from harvester.store.limits import in_time
from harvester.store.reading import Reader
from harvester.store.store import Store
from tests.store import samples
from tests.store.conftest import only_sqlite
from tests.store.samples import NOW, article_to_save, begin, fill, name, run_sql

_ENDLESS = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n"


@pytest.fixture
def reader(opened: Store, url: str) -> Reader:
    fill(opened, article_to_save(1))
    return Reader(url)


def test_session_reads_what_commands_read(reader: Reader, opened: Store):
    with reader.session() as session:
        assert session.status() == opened.status()
        assert session.runs.get(1) == opened.runs.get(1)
        assert [one.identifier for one in session.articles.find(name(1))] == [name(1)]


def test_session_sees_one_moment(reader: Reader, opened: Store):
    with reader.session() as session:
        before = session.runs.latest()
        begin(opened)
        assert session.runs.latest() == before
    with reader.session() as session:
        assert len(session.runs.latest()) == 2


def test_session_writes_nothing(reader: Reader):
    with reader.session() as session:
        with pytest.raises(StoreError, match="only reads"):
            session.runs.finish(1, "failed", NOW)
        with pytest.raises(StoreError), session._database.read() as connection:
            connection.execute(text("DELETE FROM run"))


def test_missing_store_is_not_made(tmp_path: Path):
    with pytest.raises(StoreError, match="is missing"), Reader(samples.url(tmp_path)).session():
        pass
    assert list(tmp_path.iterdir()) == []


def test_store_of_another_version_is_refused(reader: Reader, opened: Store):
    run_sql(opened, "UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(StoreError, match="of another version"), reader.session():
        pass


@only_sqlite
def test_backup_in_the_place_of_the_store_is_seen(reader: Reader, opened: Store, tmp_path: Path):
    opened.backup(tmp_path / "copy.sqlite")
    begin(opened)
    with reader.session() as session:
        assert len(session.runs.latest()) == 2
    opened.close()
    shutil.move(tmp_path / "copy.sqlite", Path(opened.where))
    with reader.session() as session:
        assert len(session.runs.latest()) == 1


def test_query_that_takes_too_long_is_ended(opened: Store, url: str):
    with Reader(url, limit=0.05).session() as session:
        with pytest.raises(QueryTimeout, match="takes too long"), session._database.read() as connection:
            connection.execute(text(_ENDLESS))
        assert session.runs.latest() == ()  # the session can be used on


def test_query_of_the_overview_is_ended_too(opened: Store, url: str):
    slow = Reader(url, limit=0.05)
    with slow.session() as session, pytest.raises(QueryTimeout), session.overview() as overview:
        overview._connection.execute(_ENDLESS).fetchone()


def test_what_can_be_left_out_may_take_less_time(opened: Store, url: str):
    with Reader(url, limit=60).session() as session:

        def count() -> int:
            with session._database.read() as connection:
                return int(connection.execute(text(_ENDLESS)).scalar_one())

        assert in_time(count, 0.05) is None
        assert session.runs.latest() == ()


def test_all_that_can_be_left_out_shares_one_second(opened: Store, url: str):
    with Reader(url, limit=0.2).session() as session:

        def count(statement: str) -> int:
            with session._database.read() as connection:
                return int(connection.execute(text(statement)).scalar_one())

        began = time.monotonic()
        assert [in_time(lambda: count(_ENDLESS)) for _ in range(20)] == [None] * 20
        assert time.monotonic() - began < 2
        assert session.runs.latest() == (), "what has to be read is read"
    with Reader(url).session() as session:
        assert in_time(lambda: count("SELECT 1")) == 1, "the next page has its own second"


def test_what_can_be_left_out_is_none_in_time():
    def slow() -> int:
        raise QueryTimeout("takes too long")

    assert in_time(slow) is None
    assert in_time(lambda: 7) == 7


@only_sqlite
def test_readers_need_no_permission_to_write(opened: Store, tmp_path: Path):
    fill(opened, article_to_save(1))
    opened.backup(tmp_path / "copy.sqlite")
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    shutil.move(tmp_path / "copy.sqlite", folder / Path(opened.where).name)
    with store.connect(samples.url(folder)):
        pass  # in WAL mode, and its log is gone
    with Reader(samples.url(folder)).session() as session:
        assert len(session.runs.latest()) == 1
