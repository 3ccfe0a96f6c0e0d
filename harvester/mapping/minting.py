"""Maps records of journals that mint DOIs: one at a time, because a minted DOI is in use from then on."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from msgspec.structs import replace

from harvester.article_rows import MappedArticle, to_mapped_article
from harvester.errors import DoiTaken
from harvester.findings import is_blocking
from harvester.mapping import ArticleMapper, assembly
from harvester.mapping.article_mapper import LiveRecords
from harvester.mapping.membership import Membership
from harvester.model import Article, Finding, Reading
from harvester.patterns import facts_of

if TYPE_CHECKING:
    from harvester.store import Store  # SQLAlchemy comes in when a store is opened


class MintingMapper:
    """Maps records of one source, and mints DOIs for those that lack only a DOI, if their journal has a pattern."""

    def __init__(self, store: Store, membership: Membership, mapper: ArticleMapper) -> None:
        self._store, self._membership, self._mapper = store, membership, mapper
        self._source = membership.source.name

    def map(self, identifiers: Sequence[str], records: Sequence[LiveRecords]) -> list[MappedArticle]:
        """What each identifier is mapped to, in order. Every minted DOI is stored at once."""
        return [
            to_mapped_article(self._read(identifier, live))
            for identifier, live in zip(identifiers, records, strict=True)
        ]

    def _read(self, identifier: str, live: LiveRecords) -> Reading:
        read = self._mapper.read(live)
        belongs_here = self._membership.includes(live.values())
        return self._with_doi(identifier, read) if belongs_here else self._mapper.check(read)

    def _with_doi(self, identifier: str, read: Reading) -> Reading:
        article = read.article
        if article is None:
            return read
        if minted := self._minted_doi(identifier, article):
            return self._mapper.check(_with_minted(article, minted, read.findings))
        checked = self._mapper.check(read)
        lacks = {finding.code for finding in checked.findings if is_blocking(finding)}
        doi = self._pattern_doi(article) if lacks == {"doi-missing"} else None
        if doi is None:
            return checked
        try:
            self._store.mint(self._source, identifier, doi)
        except DoiTaken:
            return Reading(article, (*checked.findings, Finding("doi-mint-taken", "doi", doi)))
        return self._mapper.check(_with_minted(article, doi, read.findings))

    def _minted_doi(self, identifier: str, article: Article) -> str | None:
        """The DOI that was minted for this record before. It never changes, even if the pattern does."""
        if article.doi is not None:
            return None
        return self._store.minted(self._source, identifier)

    def _pattern_doi(self, article: Article) -> str | None:
        """The DOI by the pattern of the article's journal; `None` if that gives none."""
        facts = facts_of(article, self._mapper.hints.journals)
        return assembly.mint(article, facts) if facts else None


def _with_minted(article: Article, doi: str, findings: tuple[Finding, ...]) -> Reading:
    provenance = {**article.provenance, "doi": "minted by the journal's pattern"}
    others = tuple(finding for finding in findings if (finding.code, finding.path) != ("format-lacks", "doi"))
    return Reading(replace(article, doi=doi, provenance=provenance), others)
