"""What the agency holds of each DOI, and the bytes of the files that were sent."""

from __future__ import annotations

from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    op.execute(SENT_FILE)
    op.execute(HELD_RECORD)


SENT_FILE = """
CREATE TABLE sent_file (
    batch_id TEXT NOT NULL,
    payload_id INTEGER NOT NULL,
    CONSTRAINT pk_sent_file PRIMARY KEY (batch_id),
    CONSTRAINT fk_sent_file_batch_id FOREIGN KEY(batch_id) REFERENCES batch (id),
    CONSTRAINT fk_sent_file_payload_id FOREIGN KEY(payload_id) REFERENCES payload (id)
)
 WITHOUT ROWID"""
HELD_RECORD = """
CREATE TABLE held_record (
    doi_key TEXT NOT NULL,
    target TEXT NOT NULL,
    system TEXT NOT NULL,
    doi TEXT NOT NULL,
    version TEXT,
    owner TEXT,
    updated TEXT,
    mark TEXT,
    read TEXT,
    refs INTEGER DEFAULT '0' NOT NULL,
    matched INTEGER DEFAULT '0' NOT NULL,
    facts TEXT DEFAULT '{}' NOT NULL,
    CONSTRAINT pk_held_record PRIMARY KEY (doi_key, target, system)
)
 WITHOUT ROWID"""
