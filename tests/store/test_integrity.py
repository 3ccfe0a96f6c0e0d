from __future__ import annotations

import sqlite3
from pathlib import Path

from harvester.store.store import Store
from tests.store.conftest import only_sqlite
from tests.store.samples import (
    article_to_save,
    begin,
    fill,
    page,
    raw,
    run_sql,
    save_page,
    tombstone,
)

SHA = "ab" * 32


def test_intact_store_passes_the_integrity_check(opened: Store):
    fill(opened, article_to_save(1))
    assert opened.check_integrity() == []
    assert opened.check_integrity(deep=True) == []


def test_integrity_check_finds_a_wrong_count(opened: Store):
    fill(opened, article_to_save(1))
    run_sql(opened, "UPDATE article_count SET number = 7")
    assert opened.check_integrity() == ["The store has miscounted its articles of wetlands; please report this."]


def test_only_the_deep_check_finds_damage_inside_a_payload(opened: Store):
    run, window = begin(opened)
    save_page(opened, run.id, window.id, page(raw(1), raw(2), tombstone(3)))
    run_sql(opened, "UPDATE payload SET data = ? WHERE id = 2", bytes(90))
    assert opened.check_integrity() == []
    (fault,) = opened.check_integrity(deep=True)
    assert "not what was received" in fault


@only_sqlite
def test_integrity_check_finds_a_row_that_points_to_nothing(opened: Store):
    fill(opened, article_to_save(1))
    with sqlite3.connect(Path(opened.where)) as other:
        other.execute("DELETE FROM payload")
    other.close()
    (fault,) = opened.check_integrity()
    assert fault.endswith("of table record points to a row of payload that is not there.")
