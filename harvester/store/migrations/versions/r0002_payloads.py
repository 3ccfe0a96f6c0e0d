"""Payloads are found by id, no longer by hash.

The index of the hashes was written at a random place for each record. That was a third of what a harvest of 200,000
records wrote, and more of what a larger one wrote. SQLite can drop a key only by copying the table to a new one, and
with it every table that refers to it.
"""

from __future__ import annotations

import json

from alembic import op
from sqlalchemy import text

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    connection = op.get_bind()
    dependents = connection.execute(text(DEPENDENTS), {"tables": json.dumps(list(TABLES))}).scalars().all()
    for table, columns in TABLES.items():
        op.execute(f"ALTER TABLE {table} RENAME TO old_{table}")
        op.execute(f"CREATE TABLE {table} ({columns})")
    for table, values in VALUES.items():
        op.execute(f"INSERT INTO {table} SELECT {values} FROM old_{table} AS old ORDER BY id")  # noqa: S608 — our own words
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
    "payload": """
    id INTEGER NOT NULL,
    hash BLOB NOT NULL,
    codec TEXT NOT NULL,
    size INTEGER NOT NULL,
    data BLOB NOT NULL,
    CONSTRAINT pk_payload PRIMARY KEY (id)
""",
    "record": """
    id INTEGER NOT NULL,
    source TEXT NOT NULL,
    identifier TEXT NOT NULL,
    prefix TEXT NOT NULL,
    datestamp TEXT NOT NULL,
    sets TEXT NOT NULL,
    deleted BOOLEAN NOT NULL,
    payload_id INTEGER,
    repairs TEXT NOT NULL,
    original_id INTEGER,
    run_id INTEGER NOT NULL,
    CONSTRAINT pk_record PRIMARY KEY (id),
    CONSTRAINT uq_record UNIQUE (source, identifier, prefix),
    CONSTRAINT fk_record_source FOREIGN KEY(source) REFERENCES source (name),
    CONSTRAINT fk_record_payload_id FOREIGN KEY(payload_id) REFERENCES payload (id),
    CONSTRAINT fk_record_original_id FOREIGN KEY(original_id) REFERENCES payload (id),
    CONSTRAINT fk_record_run_id FOREIGN KEY(run_id) REFERENCES run (id)
""",
    "record_version": """
    id INTEGER NOT NULL,
    record_id INTEGER NOT NULL,
    datestamp TEXT NOT NULL,
    sets TEXT NOT NULL,
    deleted BOOLEAN NOT NULL,
    payload_id INTEGER,
    repairs TEXT NOT NULL,
    original_id INTEGER,
    run_id INTEGER NOT NULL,
    replaced_by INTEGER NOT NULL,
    CONSTRAINT pk_record_version PRIMARY KEY (id),
    CONSTRAINT fk_record_version_record_id FOREIGN KEY(record_id) REFERENCES record (id),
    CONSTRAINT fk_record_version_payload_id FOREIGN KEY(payload_id) REFERENCES payload (id),
    CONSTRAINT fk_record_version_original_id FOREIGN KEY(original_id) REFERENCES payload (id),
    CONSTRAINT fk_record_version_run_id FOREIGN KEY(run_id) REFERENCES run (id),
    CONSTRAINT fk_record_version_replaced_by FOREIGN KEY(replaced_by) REFERENCES run (id)
""",
    "rejected": """
    id INTEGER NOT NULL,
    run_id INTEGER NOT NULL,
    identifier TEXT,
    reason TEXT NOT NULL,
    payload_id INTEGER NOT NULL,
    CONSTRAINT pk_rejected PRIMARY KEY (id),
    CONSTRAINT fk_rejected_run_id FOREIGN KEY(run_id) REFERENCES run (id),
    CONSTRAINT fk_rejected_payload_id FOREIGN KEY(payload_id) REFERENCES payload (id)
""",
}

_PAYLOAD_ID = "(SELECT id FROM old_payload WHERE hash = old.{})"
_PAYLOAD, _ORIGINAL = map(_PAYLOAD_ID.format, ("hash", "original"))
_VERSION = f"datestamp, sets, deleted, {_PAYLOAD}, repairs, {_ORIGINAL}, run_id"
VALUES = {
    "payload": "id, hash, codec, size, data",
    "record": f"id, source, identifier, prefix, {_VERSION}",
    "record_version": f"id, record_id, {_VERSION}, replaced_by",
    "rejected": f"id, run_id, identifier, reason, {_PAYLOAD}",
}
