"""The statements of the store in the words of PostgreSQL."""

from __future__ import annotations

import pytest
from sqlalchemy import Column, Integer, MetaData, Table, Text, select, text
from sqlalchemy.dialects.sqlite import insert
from sqlalchemy.schema import CreateTable

from harvester.store.engines.postgresql_dialect import Dialect, translated

DIALECT = Dialect(paramstyle="format")
ONE = Table("one", MetaData(), Column("id", Integer, primary_key=True), Column("name", Text), Column("number", Integer))


def words(statement: object) -> str:
    return " ".join(str(statement.compile(dialect=DIALECT)).split())  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        ("SELECT id FROM a INDEXED BY ix_a WHERE b = 1", "SELECT id FROM a WHERE b = 1"),
        ("a CROSS JOIN b ON b.x = a.x CROSS JOIN c d ON d.x = b.x", "a JOIN b ON b.x = a.x JOIN c d ON d.x = b.x"),
        ("a CROSS JOIN b WHERE a.x = b.x", "a CROSS JOIN b WHERE a.x = b.x"),
        ("WHERE +state = 'held' AND +one.code = :code", "WHERE state = 'held' AND one.code = :code"),
        ("SELECT a + b, a +1, number + 1", "SELECT a + b, a +1, number + 1"),
        ("SELECT 1 /*postgresql ORDER BY one.id DESC */ LIMIT 2", "SELECT 1 ORDER BY one.id DESC LIMIT 2"),
        ("'detail', json(detail))", "'detail', CAST(detail AS json))"),
        ("json_object('code', code)", "json_build_object('code', code)"),
        ("title LIKE :word ESCAPE '\\'", "title ILIKE :word ESCAPE '\\'"),
        ("group_concat(name, '; ')", "string_agg(name, '; ')"),
    ],
)
def test_words_that_only_sqlite_has(ours: str, theirs: str):
    assert translated(ours) == theirs


def test_text_of_ours_is_translated_and_its_values_are_bound():
    assert words(text("SELECT 1 FROM a INDEXED BY b WHERE c LIKE :d")) == "SELECT 1 FROM a WHERE c ILIKE %s"


def test_text_sorts_by_code_points_and_integers_are_large():
    assert words(CreateTable(ONE)) == (
        'CREATE TABLE one ( id BIGSERIAL NOT NULL, name TEXT COLLATE "C", number BIGINT, PRIMARY KEY (id) )'
    )
    assert words(select(ONE.c.id).where(ONE.c.name == "a")) == "SELECT one.id FROM one WHERE one.name = %s::VARCHAR"


def test_conflict_without_columns_is_one_of_the_primary_key():
    statement = insert(ONE).values(id=1, name="a")
    assert "ON CONFLICT (id) DO UPDATE SET name = " in words(statement.on_conflict_do_update(set_={"name": "b"}))
    assert words(statement.on_conflict_do_nothing()).endswith("ON CONFLICT DO NOTHING")
    named = statement.on_conflict_do_update(index_elements=["name"], set_={"number": 1})
    assert "ON CONFLICT (name) DO UPDATE SET number = " in words(named)
