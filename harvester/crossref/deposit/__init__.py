"""Crossref deposits (mapping C1-C8): articles and a batch to the bytes of one file.

Pure: the same articles, batch and settings give the same bytes.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

from harvester import xmltools
from harvester.crossref.deposit.articles import journal_article
from harvester.crossref.deposit.grouping import group
from harvester.crossref.deposit.journal import issue_of, journal_issue, journal_metadata
from harvester.crossref.deposit.xml import document, element, wrap
from harvester.crossref.settings import CrossrefSettings
from harvester.crossref.versions import Version, version_of
from harvester.model import Article, Batch

__all__ = ["build", "group"]


def build(articles: Sequence[Article], batch: Batch, settings: CrossrefSettings) -> bytes:
    """The deposit file for articles that `group` put together, in their order.

    Raises `ExportError` for a schema version that is not known.
    """
    version = version_of(batch.schema_version)
    opening = f"<doi_batch{_declarations(version)}>"
    journals = _journals(articles, version, settings)
    return document([opening, _head(batch, settings), "<body>", *journals, "</body>", "</doi_batch>"])


def _declarations(version: Version) -> str:
    return (
        f' version="{version.name}" xmlns="{version.namespace}"'
        ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
        f' xsi:schemaLocation="{version.namespace} {version.location}"'
        ' xmlns:jats="http://www.ncbi.nlm.nih.gov/JATS1"'
        f' xmlns:mml="{xmltools.MATHML}"'
        ' xmlns:fr="http://www.crossref.org/fundref.xsd"'
        ' xmlns:ai="http://www.crossref.org/AccessIndicators.xsd"'
        ' xmlns:rel="http://www.crossref.org/relations.xsd"'
    )


def _head(batch: Batch, settings: CrossrefSettings) -> str:
    """Crossref orders the deposits of a DOI by their timestamps, as numbers: OJS writes 17 digits as well."""
    name = element("depositor_name", settings.depositor_name)
    email = element("email_address", settings.depositor_email)
    parts = [
        element("doi_batch_id", batch.id),
        element("timestamp", str(batch.timestamp)),
        wrap("depositor", [name, email]),
        element("registrant", settings.registrant),
    ]
    return wrap("head", parts)


def _journals(articles: Sequence[Article], version: Version, settings: CrossrefSettings) -> Iterator[str]:
    """One `<journal>` can hold one issue only, so a journal is repeated for each."""
    for (journal, issue), members in groupby(articles, key=lambda article: (article.journal, issue_of(article))):
        yield from ("<journal>", journal_metadata(journal, version), journal_issue(issue))
        for article in members:
            yield journal_article(article, version, settings)
        yield "</journal>"
