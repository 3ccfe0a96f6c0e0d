"""The functions of SQLite that a store in PostgreSQL has, and which keys it knows of."""

from __future__ import annotations

import pytest

from harvester.store.store import Store
from tests.store.samples import run_sql

DOCUMENT = """{"a": {"b": [{"c": 1}, "two", null]}, "n": null, "t": "x\\"y"}"""


@pytest.fixture
def engine() -> str:
    return "postgresql"


@pytest.mark.parametrize(
    ("expression", "rows"),
    [
        ("SELECT json_extract(?, '$.t')", [('x"y',)]),
        ("SELECT json_extract(?, '$.a.missing')", [(None,)]),
        ("SELECT json_extract(?, '$.n')", [(None,)]),
        ("SELECT key, value FROM json_each(?, '$.a.b') ORDER BY key", [(0, '{"c": 1}'), (1, "two"), (2, None)]),
        ("SELECT key FROM json_each(?, '$.missing')", []),
    ],
)
def test_functions_of_sqlite(opened: Store, expression: str, rows: list[object]):
    assert run_sql(opened, expression, DOCUMENT) == rows


def test_a_list_is_read_in_order(opened: Store):
    assert run_sql(opened, "SELECT key, value FROM json_each(?) ORDER BY key", '["b", "a"]') == [(0, "b"), (1, "a")]


def test_there_is_no_key_that_would_be_looked_for_in_a_whole_table(opened: Store):
    """Before a row is deleted, PostgreSQL looks for what points to it."""
    without_index = run_sql(
        opened,
        """SELECT key.conname FROM pg_constraint key WHERE key.contype = 'f' AND NOT EXISTS (
             SELECT 1 FROM pg_index WHERE indrelid = key.conrelid AND indkey[0] = key.conkey[1])""",
    )
    assert without_index == []
    keys = {name for (name,) in run_sql(opened, "SELECT conname FROM pg_constraint WHERE contype = 'f'")}
    assert {"fk_record_source", "fk_article_source", "fk_run_window_run_id", "fk_finding_article_id"} <= keys
