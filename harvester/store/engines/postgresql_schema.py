"""What a store in PostgreSQL is made of: the tables, the functions of SQLite that its statements use, and triggers."""

from __future__ import annotations

from functools import cache
from typing import Any

from sqlalchemy import create_mock_engine

from harvester.store import tables, views
from harvester.store.engines.postgresql_dialect import DRIVER, Dialect, translated

_FUNCTIONS = (
    """
CREATE FUNCTION json_each(document text, OUT key bigint, OUT value text) RETURNS SETOF record
LANGUAGE sql IMMUTABLE PARALLEL SAFE ROWS 100 AS $$
    SELECT one.number - 1, one.value FROM json_array_elements_text(document::json) WITH ORDINALITY one (value, number)
$$""",
    """
CREATE FUNCTION json_each(document text, path text, OUT key bigint, OUT value text) RETURNS SETOF record
LANGUAGE sql IMMUTABLE PARALLEL SAFE ROWS 10 AS $$
    SELECT one.number - 1, one.value
      FROM json_array_elements_text(document::json #> string_to_array(substr(path, 3), '.'))
           WITH ORDINALITY one (value, number)
$$""",
    """
CREATE FUNCTION json_extract(document text, path text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT document::json #>> string_to_array(substr(path, 3), '.')
$$""",
    """
CREATE FUNCTION substr(words text, start bigint) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT substr(words, start::int)
$$""",
    """
CREATE FUNCTION substr(words text, start bigint, number bigint) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT substr(words, start::int, number::int)
$$""",
)
_TRIGGERS = (
    """
CREATE FUNCTION count_record() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'INSERT' THEN
        UPDATE record_count SET number = number - 1
         WHERE source = OLD.source AND prefix = OLD.prefix AND deleted = OLD.deleted;
    END IF;
    IF TG_OP <> 'DELETE' THEN
        INSERT INTO record_count VALUES (NEW.source, NEW.prefix, NEW.deleted, 1)
            ON CONFLICT (source, prefix, deleted) DO UPDATE SET number = record_count.number + 1;
    END IF;
    RETURN NULL;
END $$""",
    "CREATE TRIGGER record_in_or_out AFTER INSERT OR DELETE ON record FOR EACH ROW EXECUTE FUNCTION count_record()",
    """
CREATE TRIGGER record_turned AFTER UPDATE OF deleted ON record
   FOR EACH ROW WHEN (OLD.deleted <> NEW.deleted) EXECUTE FUNCTION count_record()""",
    """
CREATE FUNCTION count_article() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'INSERT' THEN
        UPDATE article_count SET number = number - 1 WHERE source = OLD.source AND state = OLD.state;
    END IF;
    IF TG_OP <> 'DELETE' THEN
        INSERT INTO article_count VALUES (NEW.source, NEW.state, 1)
            ON CONFLICT (source, state) DO UPDATE SET number = article_count.number + 1;
    END IF;
    RETURN NULL;
END $$""",
    "CREATE TRIGGER article_in_or_out AFTER INSERT OR DELETE ON article FOR EACH ROW EXECUTE FUNCTION count_article()",
    """
CREATE TRIGGER article_turned AFTER UPDATE OF state ON article
   FOR EACH ROW WHEN (OLD.state <> NEW.state) EXECUTE FUNCTION count_article()""",
)


@cache
def schema() -> tuple[str, ...]:
    """The statements that make everything in an empty schema of a database, compiled once."""
    statements: list[str] = []
    dialect = Dialect()  # type: ignore[no-untyped-call]

    def compile(made: Any, *_: Any, **__: Any) -> None:
        statements.append(str(made.compile(dialect=dialect)))

    compiling = create_mock_engine(f"{DRIVER}://", compile)
    tables.metadata.create_all(compiling, checkfirst=False)
    return (*statements, *_FUNCTIONS, *_TRIGGERS, *map(translated, views.VIEWS))
