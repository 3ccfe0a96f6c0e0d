"""What only a store in PostgreSQL can be asked: its server, its transactions, and plans without statistics."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psycopg
import pytest
from sqlalchemy import event

from harvester import store
from harvester.errors import StoreError, StoreLocked
from harvester.store.store import Store
from tests.postgresql import Server
from tests.store.samples import (
    NEXT,
    NOW,
    article_to_save,
    begin,
    fill,
    name,
    page,
    raw,
    run_sql,
    save_page,
)


@pytest.fixture
def engine() -> str:
    return "postgresql"


def test_a_store_is_made_at_once_by_several_processes(postgresql: Server, tmp_path: Path):
    url, start = postgresql.new_database(), tmp_path / "start"
    look = (
        "import time, pathlib; from harvester import store; import harvester.store.engines.postgresql\n"
        f"while not pathlib.Path({str(start)!r}).exists(): time.sleep(0.001)\n"
        f"with store.connect({url!r}) as opened: opened.runs.latest()"
    )
    firsts = [subprocess.Popen([sys.executable, "-c", look]) for _ in range(4)]
    time.sleep(1)
    start.touch()
    assert [first.wait() for first in firsts] == [0] * 4


def test_database_of_another_program_is_refused_and_unchanged(postgresql: Server):
    url = postgresql.new_database()
    with psycopg.connect(url, autocommit=True) as other:
        other.execute("CREATE TABLE recipes (name text)")
    with pytest.raises(StoreError, match="database of another program"), store.connect(url):
        pass
    with psycopg.connect(url) as other:
        assert other.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall() == [("recipes",)]


def test_several_stores_may_be_schemas_of_one_database(postgresql: Server):
    url = postgresql.new_database()
    for number, schema in enumerate(("one", "two")):
        with psycopg.connect(url, autocommit=True) as other:
            other.execute(f"CREATE SCHEMA {schema}")
        with store.connect(f"{url}&options=-csearch_path%3D{schema}") as opened:
            fill(opened, *(article_to_save(n) for n in range(number + 1)))
    for number, schema in enumerate(("one", "two")):
        with store.connect(f"{url}&options=-csearch_path%3D{schema}") as opened:
            assert opened.ready.count() == number + 1


def test_user_who_may_only_read_reads(url: str, opened: Store):
    fill(opened, article_to_save(1))
    run_sql(opened, "DROP ROLE IF EXISTS colleague")
    run_sql(opened, "CREATE ROLE colleague LOGIN")
    run_sql(opened, "GRANT SELECT ON ALL TABLES IN SCHEMA public TO colleague")
    with store.connect(url.replace("harvester@", "colleague@")) as theirs:
        assert (theirs.read_only, theirs.ready.count()) == (True, 1)
    run_sql(opened, "DROP OWNED BY colleague")
    run_sql(opened, "DROP ROLE colleague")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (("/store", "/missing_store"), 'database "missing_store.*" does not exist'),
        (("host=/", "host=/nowhere/"), "No such file or directory"),
        (("harvester@", "stranger@"), 'role "stranger" does not exist'),
    ],
)
def test_server_that_cannot_be_used_is_told_with_what_to_do(url: str, change: tuple[str, str], message: str):
    with (
        pytest.raises(StoreError, match=f"cannot be reached, and nothing was lost: .*{message}.*Check"),
        store.connect(url.replace(*change)),
    ):
        pass


@pytest.mark.parametrize("url", ["postgresql:", "postgresql://host", "postgresql://user@:x/y"])
def test_address_without_a_database_is_refused(url: str):
    with pytest.raises(StoreError, match="postgresql://user@host/database"), store.connect(url):
        pass


def test_password_is_not_in_messages(url: str):
    secret = url.replace("harvester@", "harvester:quite-secret@").replace("/store", "/missing_store")
    with pytest.raises(StoreError) as raised, store.connect(secret):
        pass
    assert "quite-secret" not in str(raised.value)


# ------------------------------------------------------------------------------------------ transactions


def test_pages_of_two_sources_are_stored_at_the_same_time(url: str, opened: Store):
    with store.connect(url, timeout=0.2) as other:
        theirs, window = begin(other, "fens")
        mine, _ = begin(opened, "wetlands")
        with opened._database.write_source("wetlands"):
            save_page(other, theirs.id, window.id, page(raw(1)), token=NEXT)
            with pytest.raises(StoreLocked):
                other.articles.save([article_to_save(1)])
            with pytest.raises(StoreLocked, match=r"for 0\.2 s"):
                other.runs.finish(mine.id, "failed", NOW)
    assert opened.status()[0].formats[0].live == 1


@pytest.mark.parametrize(("durable", "setting"), [(False, "off"), (True, "on")])
def test_only_durable_transactions_wait_for_the_disk(opened: Store, durable: bool, setting: str):
    with opened._database.write(durable=durable) as connection:
        assert connection.exec_driver_sql("SHOW synchronous_commit").scalar() == setting


def test_nul_in_the_words_of_an_error_is_replaced(opened: Store):
    run, window = begin(opened)
    save_page(opened, run.id, window.id, page(), token=NEXT)
    opened.runs.finish(run.id, "failed", NOW, "half\0a word")
    assert opened.runs.get(run.id).error == "half\N{REPLACEMENT CHARACTER}a word"


def test_names_sort_by_code_points(opened: Store):
    run, window = begin(opened)
    names = ["a", "B", "b a", "b_a", "Ä", "é", "\N{GRINNING FACE}"]
    records = [raw(n, identifier=one) for n, one in enumerate(names)]
    save_page(opened, run.id, window.id, page(*records), token=NEXT)
    assert opened.articles.identifiers("wetlands") == sorted(names)


# ------------------------------------------------------------------------------------------------- plans


def _plans(opened: Store, ask: Callable[[], object]) -> list[str]:
    """The plans of all that `ask` asks of the store."""
    sent: list[tuple[str, Any]] = []
    engine = opened._database._engine

    @event.listens_for(engine, "before_cursor_execute")
    def note(_connection, _cursor, statement, parameters, _context, _many):
        sent.append((statement, parameters))

    ask()
    event.remove(engine, "before_cursor_execute", note)
    with opened._database.read() as connection:
        raw: Any = connection.connection.driver_connection
        return ["\n".join(row[0] for row in raw.execute(f"EXPLAIN {one}", values)) for one, values in sent]


@pytest.mark.slow
def test_a_page_is_looked_up_by_its_names_in_a_source_that_analyze_has_not_seen(opened: Store):
    """A new source in a large store is expected to have one record: the whole source would be read for each page."""
    begun, window = begin(opened, "fens")
    for start in range(0, 3000, 500):
        numbers = range(start, start + 500)
        articles = (article_to_save(n, source="fens") for n in numbers)
        new = page(*(raw(n) for n in numbers), articles=articles)
        save_page(opened, begun.id, window.id, new, token=NEXT)
    run_sql(opened, "ANALYZE")
    begin(opened, "wetlands")
    names = [name(1), name(2)]
    plans = [
        *_plans(opened, lambda: opened.records.stored("wetlands", "oai_dc", names)),
        *_plans(opened, lambda: opened.records.live("wetlands", ["oai_dc", "jats"], names)),
        *_plans(opened, lambda: opened.articles.record_states("wetlands", names)),
        *_plans(opened, lambda: opened.articles.save([article_to_save(1)])),
    ]
    looks = [plan for plan in plans if "identifiers" in plan or "SubPlan" in plan]
    assert len(looks) >= 4
    for plan in looks:
        by_name = re.search(r"Index Cond: .*source = .*identifier = |Index Cond: .*identifier = .*source = ", plan)
        assert by_name or "on minted" in plan, plan


# ----------------------------------------------------------------------------------------------- backup


def test_backup_is_restored_by_pg_restore(postgresql: Server, opened: Store, tmp_path: Path, monkeypatch):
    monkeypatch.setenv("PATH", f"{postgresql.programs}:{os.environ['PATH']}")
    if shutil.which("pg_dump") is None:
        pytest.skip("there is no pg_dump here")
    fill(opened, article_to_save(1))
    copy = tmp_path / "copy.dump"
    opened.backup(copy)
    url = postgresql.new_database()
    subprocess.run([postgresql.programs / "pg_restore", f"--dbname={url}", copy], check=True)
    with store.connect(url) as restored:
        assert restored.ready.count() == 1
        assert restored.check_integrity(deep=True) == []
    opened.backup(copy)  # replaces it
    letter = tmp_path / "letter.txt"
    letter.write_text("dear diary")
    with pytest.raises(StoreError, match="is there and no backup"):
        opened.backup(letter)
