"""Views for people who read the store with SQL."""

from __future__ import annotations

VIEWS = (
    """
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
LEFT JOIN batch b ON b.id = d.batch_id""",
    """
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
FROM article a, json_each(a.document, '$.contributors') c""",
    """
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
FROM article a, json_each(a.document, '$.references') r""",
    """
CREATE VIEW v_findings AS
SELECT a.source, a.identifier, a.doi, f.code, f.severity, f.path, f.value, f.detail
FROM finding f JOIN article a ON a.id = f.article_id""",
    """
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
LEFT JOIN article a ON a.id = d.article_id AND a.doi_key = d.doi_key""",
)
