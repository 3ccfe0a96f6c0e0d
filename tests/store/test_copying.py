from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from harvester import store
from harvester.errors import StoreError
from harvester.store import BatchMember, Run
from harvester.store.copying import copy_store
from harvester.store.store import Store
from tests.postgresql import Server
from tests.store import samples
from tests.store.conftest import only_sqlite
from tests.store.samples import (
    NOW,
    article,
    article_to_save,
    bad,
    begin,
    fill,
    finding,
    name,
    page,
    raw,
    run_sql,
    save_page,
    tombstone,
)
from tests.store.test_kill import dump


@pytest.fixture
def filled(opened: Store) -> Store:
    """A store with something in most of its tables."""
    fill(opened, *(article_to_save(n, findings=(finding("warning"),)) for n in range(3)))
    run, window = begin(opened)
    changed = page(raw(0, "second", original=b"\xff the page"), decision="changed")
    save_page(opened, run.id, window.id, changed)
    save_page(opened, run.id, None, type(changed)(bad=(bad(name(9), "half a record"),)))
    opened.runs.finish(run.id, "failed", NOW, "half a\0word")
    save_page(opened, begin(opened)[0].id, None, page(tombstone(2), decision="deleted"))
    opened.minting.mint("wetlands", name(7), "10.5555/minted.7")
    members = [BatchMember(one.id, one.doi or "", one.fingerprint or "") for one in opened.ready.pending("crossref")]
    opened.ledger.plan("crossref", "b1", 20250301120000000, "5.5.0", members, NOW)
    opened.ledger.mark_exported("b1", "/exports/b1.xml", "ab" * 32, 10, NOW)
    opened.submissions.adopt("crossref", "live", NOW)
    opened.wishes.ask("harvest", "wetlands", {"full": "yes"}, by="a person", now=NOW, upload=b"\0\1")
    return opened


@pytest.fixture
def elsewhere(engine: str, tmp_path: Path, request: pytest.FixtureRequest) -> str:
    """The url of a database of the other kind, which is not a store yet."""
    if engine == "postgresql":
        return samples.url(tmp_path / "copied")
    server: Server = request.getfixturevalue("postgresql")
    return server.new_database()


def test_copy_has_every_row_and_takes_new_ones(filled: Store, url: str, elsewhere: str):
    numbers = store.copy(url, elsewhere)
    assert (numbers["record"], numbers["article"], numbers["deposit"], numbers["wish"]) == (3, 3, 3, 1)
    assert dump(elsewhere) == dump(url)
    with store.connect(elsewhere) as copied:
        assert copied.check_integrity(deep=True) == []
        assert copied.status() == filled.status()
        assert copied.records.raw("wetlands", name(0)) == filled.records.raw("wetlands", name(0))
        assert list(copied.findings.matching()) == list(filled.findings.matching())
        before = copied.runs.latest()[0].id
        fill(copied, article_to_save(8, article(8)), source="fens")
        later: Run = copied.runs.latest()[0]
        assert later.id > before
        assert copied.ledger.plan("crossref", "b2", 1 + 20250301120000000, "5.5.0", [], NOW + timedelta(days=1))


def test_store_with_something_in_it_is_not_overwritten(filled: Store, url: str, elsewhere: str):
    with store.connect(elsewhere) as other:
        fill(other, article_to_save(5))
    with pytest.raises(StoreError, match="is not empty"):
        store.copy(url, elsewhere)
    with store.connect(elsewhere) as other:
        assert other.ready.count() == 1


@only_sqlite
def test_difference_is_found_and_nothing_stays(filled: Store, new_url: Callable[[], str]):
    """Here a trigger changes a row as it is written, as a database with a fault might."""
    with store.connect(new_url()) as other:
        run_sql(
            other,
            "CREATE TRIGGER faulty AFTER INSERT ON record WHEN new.identifier LIKE '%1' BEGIN "
            "UPDATE record SET datestamp = '1999-01-01' WHERE id = new.id; END",
        )
        with pytest.raises(StoreError, match="row 2 of table record differs"):
            copy_store(filled._database, other._database)
        assert other.status() == ()
