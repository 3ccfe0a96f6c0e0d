"""DOIs that another program deposited, and what was deposited as a view and as columns of another."""

from __future__ import annotations

from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    op.execute(ELSEWHERE)
    op.execute("DROP VIEW v_articles")
    op.execute(ARTICLES)
    op.execute(DEPOSITS)


ELSEWHERE = """
CREATE TABLE elsewhere (
    doi_key TEXT NOT NULL,
    target TEXT NOT NULL,
    fingerprint BLOB,
    since TEXT NOT NULL,
    CONSTRAINT pk_elsewhere PRIMARY KEY (doi_key, target)
) WITHOUT ROWID
"""
ARTICLES = """
CREATE VIEW v_articles AS
SELECT a.source, a.identifier, a.doi, a.title, a.issn, a.year, a.journal, a.volume, a.issue,
       CASE WHEN json_extract(a.document, '$.first_page') IS NULL THEN json_extract(a.document, '$.elocation_id')
            WHEN json_extract(a.document, '$.last_page') IS NULL THEN json_extract(a.document, '$.first_page')
            ELSE json_extract(a.document, '$.first_page') || '-' || json_extract(a.document, '$.last_page')
       END AS pages,
       json_extract(a.document, '$.language') AS language,
       json_extract(a.document, '$.type') AS type,
       json_extract(a.document, '$.landing_page') AS landing_page,
       a.format, a.state = 'deleted' AS deleted, a.state = 'held' AS held_back,
       b.written AS deposited, b.path AS deposit_file,
       (SELECT min(e.since) FROM elsewhere e WHERE e.doi_key = a.doi_key) AS deposited_elsewhere,
       coalesce(d.fingerprint, (SELECT e.fingerprint FROM elsewhere e WHERE e.doi_key = a.doi_key)) <> a.fingerprint
           AS changed_since
FROM article a
LEFT JOIN deposited d ON d.doi_key = a.doi_key
      AND d.timestamp = (SELECT max(newest.timestamp) FROM deposited newest WHERE newest.doi_key = a.doi_key)
LEFT JOIN batch b ON b.id = d.batch_id
"""
DEPOSITS = """
CREATE VIEW v_deposits AS
SELECT b.target, coalesce(a.doi, d.doi_key) AS doi, a.source, a.identifier, a.title, b.id AS batch_id, b.path AS file,
       b.written, d.batch_id = l.batch_id AS is_last, d.fingerprint <> a.fingerprint AS changed_since
FROM deposit d
JOIN batch b ON b.id = d.batch_id AND b.state = 'written'
LEFT JOIN deposited l ON l.doi_key = d.doi_key AND l.target = b.target
LEFT JOIN article a ON a.id = d.article_id AND a.doi_key = d.doi_key
"""
