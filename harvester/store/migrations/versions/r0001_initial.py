"""The first tables, triggers and views of the program.

A new store is created from `tables`; this revision is the start of older ones.
"""

from __future__ import annotations

from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    for statement in SCHEMA.split(";\n"):
        if statement.strip():
            op.execute(statement)
    for trigger in TRIGGERS:
        op.execute(trigger)


SCHEMA = """
CREATE TABLE alert (
    subject TEXT NOT NULL,
    since TEXT NOT NULL,
    told TEXT NOT NULL,
    CONSTRAINT pk_alert PRIMARY KEY (subject)
);

CREATE TABLE source (
    name TEXT NOT NULL,
    url TEXT NOT NULL,
    identity TEXT,
    CONSTRAINT pk_source PRIMARY KEY (name)
);

CREATE TABLE payload (
    id INTEGER NOT NULL,
    hash BLOB NOT NULL,
    codec TEXT NOT NULL,
    size INTEGER NOT NULL,
    data BLOB NOT NULL,
    CONSTRAINT pk_payload PRIMARY KEY (id),
    CONSTRAINT uq_payload UNIQUE (hash)
);

CREATE TABLE mapping (
    id INTEGER NOT NULL,
    fingerprint TEXT NOT NULL,
    CONSTRAINT pk_mapping PRIMARY KEY (id),
    CONSTRAINT uq_mapping UNIQUE (fingerprint)
);

CREATE TABLE minted (
    source TEXT NOT NULL,
    identifier TEXT NOT NULL,
    doi TEXT NOT NULL,
    doi_key TEXT NOT NULL,
    CONSTRAINT pk_minted PRIMARY KEY (source, identifier),
    CONSTRAINT uq_minted UNIQUE (doi_key)
)
 WITHOUT ROWID;

CREATE TABLE batch (
    id TEXT NOT NULL,
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
);

CREATE INDEX ix_batch_state ON batch (state);

CREATE TABLE run (
    id INTEGER NOT NULL,
    source TEXT NOT NULL,
    prefix TEXT NOT NULL,
    kind TEXT NOT NULL,
    state TEXT NOT NULL,
    started TEXT NOT NULL,
    finished TEXT,
    response_date TEXT,
    error TEXT,
    wait_until TEXT,
    interrupted BOOLEAN DEFAULT '0' NOT NULL,
    pages INTEGER DEFAULT '0' NOT NULL,
    new INTEGER DEFAULT '0' NOT NULL,
    changed INTEGER DEFAULT '0' NOT NULL,
    deleted INTEGER DEFAULT '0' NOT NULL,
    moved INTEGER DEFAULT '0' NOT NULL,
    unchanged INTEGER DEFAULT '0' NOT NULL,
    repaired INTEGER DEFAULT '0' NOT NULL,
    rejected INTEGER DEFAULT '0' NOT NULL,
    CONSTRAINT pk_run PRIMARY KEY (id),
    CONSTRAINT fk_run_source FOREIGN KEY(source) REFERENCES source (name)
);

CREATE INDEX ix_run_source ON run (source, prefix, id);

CREATE TABLE article_count (
    source TEXT NOT NULL,
    state TEXT NOT NULL,
    number INTEGER NOT NULL,
    CONSTRAINT pk_article_count PRIMARY KEY (source, state)
)
 WITHOUT ROWID;

CREATE TABLE article (
    id INTEGER NOT NULL,
    source TEXT NOT NULL,
    identifier TEXT NOT NULL,
    state TEXT NOT NULL,
    format TEXT,
    doi TEXT,
    doi_key TEXT,
    title TEXT,
    journal TEXT,
    issn TEXT,
    year INTEGER,
    volume TEXT,
    issue TEXT,
    fingerprint BLOB,
    mapping_id INTEGER NOT NULL,
    document TEXT,
    CONSTRAINT pk_article PRIMARY KEY (id),
    CONSTRAINT uq_article UNIQUE (source, identifier),
    CONSTRAINT fk_article_source FOREIGN KEY(source) REFERENCES source (name),
    CONSTRAINT fk_article_mapping_id FOREIGN KEY(mapping_id) REFERENCES mapping (id)
);

CREATE INDEX ix_article_state ON article (state, source);

CREATE INDEX ix_article_doi ON article (doi_key, state, fingerprint);

CREATE INDEX ix_article_mapping_id ON article (mapping_id);

CREATE TABLE deposited (
    doi_key TEXT NOT NULL,
    fingerprint BLOB NOT NULL,
    batch_id TEXT NOT NULL,
    timestamp BIGINT NOT NULL,
    CONSTRAINT pk_deposited PRIMARY KEY (doi_key),
    CONSTRAINT fk_deposited_batch_id FOREIGN KEY(batch_id) REFERENCES batch (id)
)
 WITHOUT ROWID;

CREATE TABLE run_window (
    id INTEGER NOT NULL,
    run_id INTEGER NOT NULL,
    parent INTEGER,
    set_spec TEXT,
    since TEXT,
    until TEXT,
    state TEXT DEFAULT 'open' NOT NULL,
    token TEXT,
    list_size INTEGER,
    cursor INTEGER,
    expires TEXT,
    pages INTEGER DEFAULT '0' NOT NULL,
    seen INTEGER DEFAULT '0' NOT NULL,
    attempts INTEGER DEFAULT '0' NOT NULL,
    CONSTRAINT pk_run_window PRIMARY KEY (id),
    CONSTRAINT fk_run_window_run_id FOREIGN KEY(run_id) REFERENCES run (id),
    CONSTRAINT fk_run_window_parent FOREIGN KEY(parent) REFERENCES run_window (id)
);

CREATE INDEX ix_run_window_run_id ON run_window (run_id);

CREATE TABLE record (
    id INTEGER NOT NULL,
    source TEXT NOT NULL,
    identifier TEXT NOT NULL,
    prefix TEXT NOT NULL,
    datestamp TEXT NOT NULL,
    sets TEXT NOT NULL,
    deleted BOOLEAN NOT NULL,
    hash BLOB,
    repairs TEXT NOT NULL,
    original BLOB,
    run_id INTEGER NOT NULL,
    CONSTRAINT pk_record PRIMARY KEY (id),
    CONSTRAINT uq_record UNIQUE (source, identifier, prefix),
    CONSTRAINT fk_record_source FOREIGN KEY(source) REFERENCES source (name),
    CONSTRAINT fk_record_hash FOREIGN KEY(hash) REFERENCES payload (hash),
    CONSTRAINT fk_record_original FOREIGN KEY(original) REFERENCES payload (hash),
    CONSTRAINT fk_record_run_id FOREIGN KEY(run_id) REFERENCES run (id)
);

CREATE TABLE record_count (
    source TEXT NOT NULL,
    prefix TEXT NOT NULL,
    deleted BOOLEAN NOT NULL,
    number INTEGER NOT NULL,
    CONSTRAINT pk_record_count PRIMARY KEY (source, prefix, deleted)
)
 WITHOUT ROWID;

CREATE TABLE rejected (
    id INTEGER NOT NULL,
    run_id INTEGER NOT NULL,
    identifier TEXT,
    reason TEXT NOT NULL,
    hash BLOB NOT NULL,
    CONSTRAINT pk_rejected PRIMARY KEY (id),
    CONSTRAINT fk_rejected_run_id FOREIGN KEY(run_id) REFERENCES run (id),
    CONSTRAINT fk_rejected_hash FOREIGN KEY(hash) REFERENCES payload (hash)
);

CREATE INDEX ix_rejected_run_id ON rejected (run_id);

CREATE TABLE finding (
    article_id INTEGER NOT NULL,
    position INTEGER NOT NULL,
    code TEXT NOT NULL,
    severity TEXT NOT NULL,
    path TEXT NOT NULL,
    value TEXT NOT NULL,
    detail TEXT NOT NULL,
    CONSTRAINT pk_finding PRIMARY KEY (article_id, position),
    CONSTRAINT fk_finding_article_id FOREIGN KEY(article_id) REFERENCES article (id)
)
 WITHOUT ROWID;

CREATE INDEX ix_finding_code ON finding (code, article_id);

CREATE TABLE deposit (
    batch_id TEXT NOT NULL,
    position INTEGER NOT NULL,
    article_id INTEGER NOT NULL,
    doi_key TEXT NOT NULL,
    fingerprint BLOB NOT NULL,
    richness TEXT NOT NULL,
    CONSTRAINT pk_deposit PRIMARY KEY (batch_id, position),
    CONSTRAINT fk_deposit_batch_id FOREIGN KEY(batch_id) REFERENCES batch (id),
    CONSTRAINT fk_deposit_article_id FOREIGN KEY(article_id) REFERENCES article (id)
)
 WITHOUT ROWID;

CREATE INDEX ix_deposit_doi_key ON deposit (doi_key);

CREATE TABLE record_version (
    id INTEGER NOT NULL,
    record_id INTEGER NOT NULL,
    datestamp TEXT NOT NULL,
    sets TEXT NOT NULL,
    deleted BOOLEAN NOT NULL,
    hash BLOB,
    repairs TEXT NOT NULL,
    original BLOB,
    run_id INTEGER NOT NULL,
    replaced_by INTEGER NOT NULL,
    CONSTRAINT pk_record_version PRIMARY KEY (id),
    CONSTRAINT fk_record_version_record_id FOREIGN KEY(record_id) REFERENCES record (id),
    CONSTRAINT fk_record_version_hash FOREIGN KEY(hash) REFERENCES payload (hash),
    CONSTRAINT fk_record_version_original FOREIGN KEY(original) REFERENCES payload (hash),
    CONSTRAINT fk_record_version_run_id FOREIGN KEY(run_id) REFERENCES run (id),
    CONSTRAINT fk_record_version_replaced_by FOREIGN KEY(replaced_by) REFERENCES run (id)
);

CREATE INDEX ix_record_version_record_id ON record_version (record_id);

CREATE VIEW v_articles AS
SELECT a.source, a.identifier, a.doi, a.title, a.issn, a.year, a.journal, a.volume, a.issue,
       CASE WHEN json_extract(a.document, '$.first_page') IS NULL THEN json_extract(a.document, '$.elocation_id')
            WHEN json_extract(a.document, '$.last_page') IS NULL THEN json_extract(a.document, '$.first_page')
            ELSE json_extract(a.document, '$.first_page') || '-' || json_extract(a.document, '$.last_page')
       END AS pages,
       json_extract(a.document, '$.language') AS language,
       json_extract(a.document, '$.type') AS type,
       json_extract(a.document, '$.landing_page') AS landing_page,
       a.format, a.state = 'deleted' AS deleted, a.state = 'held' AS held_back
FROM article a;

CREATE VIEW v_authors AS
SELECT a.source, a.identifier, a.doi, c.key + 1 AS position,
       coalesce(json_extract(c.value, '$.role'), 'author') AS role,
       coalesce(json_extract(c.value, '$.kind'), 'person') AS kind,
       json_extract(c.value, '$.surname') AS surname,
       json_extract(c.value, '$.given') AS given,
       json_extract(c.value, '$.name') AS name,
       json_extract(c.value, '$.orcid') AS orcid,
       (SELECT group_concat(json_extract(f.value, '$.name'), '; ')
          FROM json_each(c.value, '$.affiliations') f) AS affiliations
FROM article a, json_each(a.document, '$.contributors') c;

CREATE VIEW v_references AS
SELECT a.source, a.identifier, a.doi, r.key + 1 AS position,
       json_extract(r.value, '$.key') AS key,
       json_extract(r.value, '$.doi') AS cited_doi,
       json_extract(r.value, '$.text') AS text,
       json_extract(r.value, '$.author') AS author,
       json_extract(r.value, '$.article_title') AS article_title,
       json_extract(r.value, '$.journal_title') AS journal_title,
       json_extract(r.value, '$.volume') AS volume,
       json_extract(r.value, '$.first_page') AS first_page,
       json_extract(r.value, '$.year') AS year
FROM article a, json_each(a.document, '$.references') r;

CREATE VIEW v_findings AS
SELECT a.source, a.identifier, a.doi, f.code, f.severity, f.path, f.value, f.detail
FROM finding f JOIN article a ON a.id = f.article_id;
"""

TRIGGERS = (
    """
CREATE TRIGGER record_in AFTER INSERT ON record
BEGIN
    INSERT INTO record_count VALUES (new.source, new.prefix, new.deleted, 1)
        ON CONFLICT DO UPDATE SET number = number + 1;
END""",
    """
CREATE TRIGGER record_out AFTER DELETE ON record
BEGIN
    UPDATE record_count SET number = number - 1
     WHERE source = old.source AND prefix = old.prefix AND deleted = old.deleted;
END""",
    """
CREATE TRIGGER record_turned AFTER UPDATE OF deleted ON record WHEN old.deleted <> new.deleted
BEGIN
    UPDATE record_count SET number = number - 1
     WHERE source = old.source AND prefix = old.prefix AND deleted = old.deleted;
    INSERT INTO record_count VALUES (new.source, new.prefix, new.deleted, 1)
        ON CONFLICT DO UPDATE SET number = number + 1;
END""",
    """
CREATE TRIGGER article_in AFTER INSERT ON article
BEGIN
    INSERT INTO article_count VALUES (new.source, new.state, 1) ON CONFLICT DO UPDATE SET number = number + 1;
END""",
    """
CREATE TRIGGER article_out AFTER DELETE ON article
BEGIN
    UPDATE article_count SET number = number - 1 WHERE source = old.source AND state = old.state;
END""",
    """
CREATE TRIGGER article_turned AFTER UPDATE OF state ON article WHEN old.state <> new.state
BEGIN
    UPDATE article_count SET number = number - 1 WHERE source = old.source AND state = old.state;
    INSERT INTO article_count VALUES (new.source, new.state, 1) ON CONFLICT DO UPDATE SET number = number + 1;
END""",
)
