"""What became of deposit files and of their DOIs at the agency."""

from __future__ import annotations

from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    op.execute("ALTER TABLE batch ADD COLUMN raised BOOLEAN DEFAULT '0' NOT NULL")
    for statement in (*TABLES, *INDEXES):
        op.execute(statement)
    op.execute("DROP VIEW v_deposits")
    op.execute(DEPOSITS)


TABLES = (
    """
CREATE TABLE submission (
    batch_id TEXT NOT NULL,
    system TEXT NOT NULL,
    state TEXT NOT NULL,
    since TEXT NOT NULL,
    names TEXT NOT NULL,
    asked BOOLEAN DEFAULT '0' NOT NULL,
    accepted BOOLEAN DEFAULT '0' NOT NULL,
    sent TEXT,
    attempts INTEGER DEFAULT '0' NOT NULL,
    next TEXT,
    submission_id TEXT,
    answer TEXT DEFAULT '' NOT NULL,
    CONSTRAINT pk_submission PRIMARY KEY (batch_id, system),
    CONSTRAINT fk_submission_batch_id FOREIGN KEY(batch_id) REFERENCES batch (id)
)
 WITHOUT ROWID""",
    """
CREATE TABLE registration (
    doi_key TEXT NOT NULL,
    target TEXT NOT NULL,
    system TEXT NOT NULL,
    doi TEXT NOT NULL,
    state TEXT NOT NULL,
    batch_id TEXT,
    kind TEXT,
    message TEXT DEFAULT '' NOT NULL,
    who TEXT DEFAULT 'nobody' NOT NULL,
    details TEXT DEFAULT '{}' NOT NULL,
    held TEXT,
    held_since TEXT,
    conflict_id TEXT,
    dois_in_conflict TEXT DEFAULT '[]' NOT NULL,
    changed TEXT NOT NULL,
    refusals INTEGER DEFAULT '0' NOT NULL,
    settings TEXT,
    due TEXT,
    CONSTRAINT pk_registration PRIMARY KEY (doi_key, target, system),
    CONSTRAINT fk_registration_batch_id FOREIGN KEY(batch_id) REFERENCES batch (id)
)
 WITHOUT ROWID""",
    """
CREATE TABLE submission_log (
    id INTEGER NOT NULL,
    batch_id TEXT NOT NULL,
    system TEXT NOT NULL,
    name TEXT NOT NULL,
    received TEXT NOT NULL,
    payload_id INTEGER NOT NULL,
    CONSTRAINT pk_submission_log PRIMARY KEY (id),
    CONSTRAINT fk_submission_log_batch_id FOREIGN KEY(batch_id) REFERENCES batch (id),
    CONSTRAINT fk_submission_log_payload_id FOREIGN KEY(payload_id) REFERENCES payload (id)
)""",
    """
CREATE TABLE registration_event (
    id INTEGER NOT NULL,
    at TEXT NOT NULL,
    target TEXT NOT NULL,
    system TEXT NOT NULL,
    batch_id TEXT,
    doi_key TEXT,
    state TEXT NOT NULL,
    words TEXT NOT NULL,
    CONSTRAINT pk_registration_event PRIMARY KEY (id),
    CONSTRAINT fk_registration_event_batch_id FOREIGN KEY(batch_id) REFERENCES batch (id)
)""",
    """
CREATE TABLE version_floor (
    doi_key TEXT NOT NULL,
    target TEXT NOT NULL,
    system TEXT NOT NULL,
    version TEXT NOT NULL,
    CONSTRAINT pk_version_floor PRIMARY KEY (doi_key, target, system)
)
 WITHOUT ROWID""",
    """
CREATE TABLE agency_account (
    target TEXT NOT NULL,
    system TEXT NOT NULL,
    login TEXT NOT NULL,
    accepted TEXT,
    stopped TEXT,
    answer TEXT DEFAULT '' NOT NULL,
    clock_ahead INTEGER DEFAULT '0' NOT NULL,
    quiet_until TEXT,
    failures INTEGER DEFAULT '0' NOT NULL,
    CONSTRAINT pk_agency_account PRIMARY KEY (target, system)
)
 WITHOUT ROWID""",
)
INDEXES = (
    "CREATE INDEX ix_submission_next ON submission (next)",
    "CREATE INDEX ix_submission_state ON submission (state)",
    "CREATE INDEX ix_registration_state ON registration (target, system, state)",
    "CREATE INDEX ix_submission_log_batch_id ON submission_log (batch_id)",
    "CREATE INDEX ix_registration_event_batch_id ON registration_event (batch_id)",
    "CREATE INDEX ix_registration_event_doi_key ON registration_event (doi_key)",
)
DEPOSITS = """
CREATE VIEW v_deposits AS
SELECT b.target, coalesce(a.doi, d.doi_key) AS doi, a.source, a.identifier, a.title, b.id AS batch_id, b.path AS file,
       b.written, d.batch_id = l.batch_id AS is_last, d.fingerprint <> a.fingerprint AS changed_since,
       s.system, s.state AS file_state, s.submission_id,
       CASE WHEN r.batch_id = d.batch_id THEN r.state END AS state,
       CASE WHEN r.batch_id = d.batch_id THEN r.message END AS message
FROM deposit d
JOIN batch b ON b.id = d.batch_id AND b.state = 'written'
LEFT JOIN deposited l ON l.doi_key = d.doi_key AND l.target = b.target
LEFT JOIN submission s ON s.batch_id = d.batch_id
LEFT JOIN registration r ON r.doi_key = d.doi_key AND r.target = b.target AND r.system = s.system
LEFT JOIN article a ON a.id = d.article_id AND a.doi_key = d.doi_key
"""
