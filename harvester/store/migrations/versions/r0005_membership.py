"""What tells whether a record belongs to its source, and deposits that outlive their source.

A record belongs to the sets that its header names, and to those whose lists gave it. Some providers never name a set in
a header, or not the one that was asked for. Until now the run that brought a record knew its set.
"""

from __future__ import annotations

from alembic import op
from sqlalchemy import text

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    op.execute("ALTER TABLE source ADD COLUMN sets TEXT DEFAULT '[]' NOT NULL")
    op.execute(LAST_SETS)
    op.execute("ALTER TABLE record ADD COLUMN listed_in TEXT DEFAULT '[]' NOT NULL")
    op.execute(LISTED_IN)
    _let_deposits_outlive_articles()


# Those of the newest run that asked for sets.
LAST_SETS = """
UPDATE source SET sets = (
    SELECT json_group_array(DISTINCT set_spec) FROM run_window
     WHERE set_spec IS NOT NULL AND run_id = (
        SELECT max(run.id) FROM run JOIN run_window w ON w.run_id = run.id
         WHERE run.source = source.name AND w.set_spec IS NOT NULL))
"""
# The sets that a record's run asked for, if its header names none of them and no part of one.
LISTED_IN = """
UPDATE record SET listed_in = (
    SELECT json_group_array(DISTINCT set_spec) FROM run_window
     WHERE run_id = record.run_id AND set_spec IS NOT NULL)
 WHERE NOT deleted
   AND NOT EXISTS (
    SELECT 1 FROM json_each(record.sets) named JOIN run_window w ON w.run_id = record.run_id
     WHERE named.value = w.set_spec OR substr(named.value, 1, length(w.set_spec) + 1) = w.set_spec || ':')
"""


def _let_deposits_outlive_articles() -> None:
    """SQLite changes a column only by making the table anew."""
    connection = op.get_bind()
    hanging = connection.execute(text(HANGING)).scalars().all()
    op.execute("ALTER TABLE deposit RENAME TO old_deposit")
    op.execute(DEPOSIT)
    op.execute("INSERT INTO deposit SELECT * FROM old_deposit")
    op.execute("DROP TABLE old_deposit")
    for statement in hanging:  # they went with the old table
        connection.exec_driver_sql(statement)


# Its indexes and triggers; those that SQLite makes by itself, for a key, have no SQL.
HANGING = """
SELECT sql FROM sqlite_master WHERE type IN ('index', 'trigger') AND sql IS NOT NULL AND tbl_name = 'deposit'
"""
DEPOSIT = """
CREATE TABLE deposit (
    batch_id TEXT NOT NULL,
    position INTEGER NOT NULL,
    article_id INTEGER,
    doi_key TEXT NOT NULL,
    fingerprint BLOB NOT NULL,
    counts_by_kind TEXT NOT NULL,
    CONSTRAINT pk_deposit PRIMARY KEY (batch_id, position),
    CONSTRAINT fk_deposit_batch_id FOREIGN KEY(batch_id) REFERENCES batch (id),
    CONSTRAINT fk_deposit_article_id FOREIGN KEY(article_id) REFERENCES article (id)
) WITHOUT ROWID
"""
