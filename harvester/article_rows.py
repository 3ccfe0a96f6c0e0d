"""Articles as rows of the store: the JSON document, the fingerprint, and the columns that are searched. Pure.

The process that maps an article also makes its row, so that the process that writes only has to write.
"""

from __future__ import annotations

import hashlib

from msgspec import Struct, json

from harvester.identifiers import fold_doi
from harvester.model import Article, Finding, Reading, to_json
from harvester.text import plain


class ArticleRow(Struct, frozen=True, kw_only=True, array_like=True):
    """One article as the columns of its table."""

    format: str
    doi: str | None  # as the source writes it
    doi_key: str | None  # folded, for comparison
    title: str | None  # plain
    journal: str | None  # plain
    issn: str | None
    year: int | None
    volume: str | None
    issue: str | None
    fingerprint: str  # SHA-256 of what can reach a deposit, in hex
    document: str  # JSON, schemas/article.schema.json


class MappedArticle(Struct, frozen=True):
    """The article mapped from the records of one identifier; `row` is `None` if they contain no article."""

    row: ArticleRow | None
    findings: tuple[Finding, ...] = ()


def to_mapped_article(reading: Reading) -> MappedArticle:
    """The row and the findings of a finished reading."""
    return MappedArticle(to_row(reading.article) if reading.article else None, reading.findings)


def to_row(article: Article) -> ArticleRow:
    """The article as a row."""
    journal, document = article.journal, to_json(article)
    return ArticleRow(
        format=article.format,
        doi=article.doi,
        doi_key=None if article.doi is None else fold_doi(article.doi),
        title=plain(article.titles[0].text) if article.titles else None,
        journal=plain(journal.titles[0].text) if journal.titles else None,
        issn=journal.issns[0].value if journal.issns else None,
        year=min((date.year for date in article.dates), default=None),
        volume=article.volume,
        issue=article.issue,
        fingerprint=_fingerprint(article, document),
        document=document.decode(),
    )


def _fingerprint(article: Article, document: bytes) -> str:
    """The SHA-256 of the document without its last field, `provenance`, which can change while the article does not."""
    provenance = b',"provenance":' + json.encode(article.provenance, order="deterministic") + b"}"
    return hashlib.sha256(document.removesuffix(provenance).removesuffix(b"}") + b"}").hexdigest()
