"""Maps records with the DOIs that were minted for them when they were first exported."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from msgspec.structs import replace

from harvester.article_rows import MappedArticle, to_mapped_article
from harvester.mapping import ArticleMapper
from harvester.mapping.article_mapper import LiveRecords
from harvester.mapping.membership import Membership
from harvester.model import Article, Finding, Reading

if TYPE_CHECKING:
    from harvester.store import Store  # SQLAlchemy comes in when a store is opened


class MintingMapper:
    """Maps records of one source with the DOIs that were minted for them."""

    def __init__(self, store: Store, membership: Membership, mapper: ArticleMapper) -> None:
        self._store, self._membership, self._mapper = store, membership, mapper
        self._source = membership.source.name

    def map(self, identifiers: Sequence[str], records: Sequence[LiveRecords]) -> list[MappedArticle]:
        """What each identifier is mapped to, in order."""
        return [
            to_mapped_article(self._read(identifier, live))
            for identifier, live in zip(identifiers, records, strict=True)
        ]

    def _read(self, identifier: str, live: LiveRecords) -> Reading:
        """A minted DOI never changes, even if the pattern does. One that the source gives now replaces it."""
        read = self._mapper.read(live)
        article = read.article
        if article is None or article.doi is not None or not self._membership.includes(live.values()):
            return self._mapper.check(read)
        doi = self._store.minting.minted(self._source, identifier)
        return self._mapper.check(_with_minted(article, doi, read.findings) if doi else read)


def _with_minted(article: Article, doi: str, findings: tuple[Finding, ...]) -> Reading:
    provenance = {**article.provenance, "doi": "minted by the journal's pattern"}
    others = tuple(finding for finding in findings if (finding.code, finding.path) != ("format-lacks", "doi"))
    return Reading(replace(article, doi=doi, provenance=provenance), others)
