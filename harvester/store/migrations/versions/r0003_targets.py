"""A batch is for a target, and each target has its own last deposit of a DOI. Until now all were for Crossref.

The column `richness` is renamed to `counts_by_kind`. SQLite can change a key only by copying the table to a new one,
and with it every table that refers to it.
"""

from __future__ import annotations

import json

from alembic import op
from sqlalchemy import text

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    connection = op.get_bind()
    dependents = connection.execute(text(DEPENDENTS), {"tables": json.dumps(list(TABLES))}).scalars().all()
    for table, columns in TABLES.items():
        op.execute(f"ALTER TABLE {table} RENAME TO old_{table}")
        op.execute(f"CREATE TABLE {table} ({columns}")
    for table, values in VALUES.items():
        op.execute(f"INSERT INTO {table} SELECT {values} FROM old_{table}")  # noqa: S608 — our own words
    for table in reversed(TABLES):  # each table before the ones it refers to
        op.execute(f"DROP TABLE old_{table}")
    for statement in dependents:  # they were dropped with the old tables
        connection.exec_driver_sql(statement)


# The indexes and triggers of these tables. Indexes that SQLite creates for a key have no SQL.
DEPENDENTS = """
SELECT sql FROM sqlite_master
 WHERE type IN ('index', 'trigger') AND sql IS NOT NULL AND tbl_name IN (SELECT value FROM json_each(:tables))
"""
TABLES = {
    "batch": """
    id TEXT NOT NULL,
    target TEXT NOT NULL,
    timestamp BIGINT NOT NULL,
    schema_version TEXT NOT NULL,
    state TEXT NOT NULL,
    planned TEXT NOT NULL,
    written TEXT,
    path TEXT,
    sha256 BLOB,
    size INTEGER,
    CONSTRAINT pk_batch PRIMARY KEY (id),
    CONSTRAINT uq_batch UNIQUE (timestamp)
)""",
    "deposit": """
    batch_id TEXT NOT NULL,
    position INTEGER NOT NULL,
    article_id INTEGER NOT NULL,
    doi_key TEXT NOT NULL,
    fingerprint BLOB NOT NULL,
    counts_by_kind TEXT NOT NULL,
    CONSTRAINT pk_deposit PRIMARY KEY (batch_id, position),
    CONSTRAINT fk_deposit_batch_id FOREIGN KEY(batch_id) REFERENCES batch (id),
    CONSTRAINT fk_deposit_article_id FOREIGN KEY(article_id) REFERENCES article (id)
) WITHOUT ROWID""",
    "deposited": """
    doi_key TEXT NOT NULL,
    target TEXT NOT NULL,
    fingerprint BLOB NOT NULL,
    batch_id TEXT NOT NULL,
    timestamp BIGINT NOT NULL,
    CONSTRAINT pk_deposited PRIMARY KEY (doi_key, target),
    CONSTRAINT fk_deposited_batch_id FOREIGN KEY(batch_id) REFERENCES batch (id)
) WITHOUT ROWID""",
}
VALUES = {
    "batch": "id, 'crossref', timestamp, schema_version, state, planned, written, path, sha256, size",
    "deposit": "batch_id, position, article_id, doi_key, fingerprint, richness",
    "deposited": "doi_key, 'crossref', fingerprint, batch_id, timestamp",
}
