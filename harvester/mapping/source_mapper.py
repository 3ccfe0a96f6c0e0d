"""Maps the raw records of one source to articles, together with what the store has of each record."""

from __future__ import annotations

import hashlib
from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Self

import msgspec
from msgspec.structs import replace

from harvester import __version__
from harvester.article_rows import MappedArticle
from harvester.config import Config, Source
from harvester.mapping import ArticleMapper
from harvester.mapping.ahead import Articles, MappingAhead
from harvester.mapping.article_mapper import LiveRecords
from harvester.mapping.membership import Membership
from harvester.mapping.minting import MintingMapper
from harvester.mapping.pool import MappingPool
from harvester.model import Page, RawRecord
from harvester.store import ArticleToSave, RecordStates

if TYPE_CHECKING:
    from harvester.store import Store  # SQLAlchemy comes in when a store is opened

HARVESTED_AHEAD = 6  # pages of a list that are begun and not taken; older ones belong to windows that failed
REBUILT_AHEAD = 2  # pages that are mapped while the one before them is stored


class SourceMapper:
    """Maps the records of one source, on all cores. `begin` is for any thread, the other methods are for one.

    `mapped_with` is a hash of what decides about the articles apart from the records: configuration and program.
    """

    def __init__(self, config: Config, store: Store, source: Source, *, today: str) -> None:
        self._store, self._source = store, source
        hints, policy = source.hints(config.journals), config.policy(today, source)
        self._mapper = ArticleMapper(hints, policy)
        # Minted DOIs stay, even if minting is turned off later.
        mints = any(facts.mint_dois for facts in config.journals.values()) or store.minting.has_minted(source.name)
        known = store.sources.get(source.name)
        earlier_sets = known.sets if known and not source.sets else ()
        self._membership = Membership(source, earlier_sets, config.journals)
        self._minting = MintingMapper(store, self._membership, self._mapper) if mints else None
        self._pool = MappingPool(self._mapper)
        self._ahead = MappingAhead(HARVESTED_AHEAD * source.parallel)
        decides = [__version__, source.formats, source.sets, earlier_sets, hints, replace(policy, today="")]
        self.mapped_with = hashlib.sha256(msgspec.json.encode(decides, order="deterministic")).hexdigest()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """Ends the processes of other cores."""
        self._pool.close()

    def begin(self, prefix: str, page: Page) -> None:
        """Begins to map a page on other cores while the pages before it are stored."""
        if self._minting is None:
            live = [raw for raw in page.records if not raw.deleted]
            self._ahead.put(live, self._begin([raw.identifier for raw in live], self._with_stored(prefix, live)))

    def arrived(self, prefix: str, raws: Sequence[RawRecord]) -> list[ArticleToSave]:
        """The articles of new or changed records in one format, with what is stored of them in other formats."""
        articles = self._ahead.take(raws)
        rest = [raw for raw in raws if raw.identifier not in articles]
        mapped = self._map([raw.identifier for raw in rest], self._with_stored(prefix, rest))
        articles.update((article.identifier, article) for article in mapped)
        return [articles[raw.identifier] for raw in raws]

    def rebuild(self, pages: Iterable[Sequence[str]]) -> Iterator[tuple[list[ArticleToSave], RecordStates]]:
        """The articles of stored records, page by page, with the states of the records that they were mapped from.

        The next pages are mapped while the caller stores one.
        """
        begun: deque[tuple[Articles, RecordStates]] = deque()
        for identifiers in pages:
            states = self._store.articles.record_states(self._source.name, identifiers)
            stored = self._stored(identifiers)
            begun.append((self._begin(identifiers, [self._live(stored.get(one, {})) for one in identifiers]), states))
            if len(begun) > REBUILT_AHEAD:
                articles, states = begun.popleft()
                yield articles(), states
        yield from ((articles(), states) for articles, states in begun)

    def _with_stored(self, prefix: str, raws: Sequence[RawRecord]) -> list[LiveRecords]:
        """Each record in one format, with what is stored of it in other formats."""
        stored = self._stored([raw.identifier for raw in raws], without=prefix)
        return [self._live({**stored.get(raw.identifier, {}), prefix: raw}) for raw in raws]

    def _stored(self, identifiers: Sequence[str], *, without: str = "") -> dict[str, dict[str, RawRecord]]:
        """The live records in the store, by identifier and format."""
        prefixes = [prefix for prefix in self._source.formats if prefix != without]
        stored: dict[str, dict[str, RawRecord]] = {}
        if prefixes and identifiers:
            for (identifier, prefix), raw in self._store.records.live(self._source.name, prefixes, identifiers).items():
                stored.setdefault(identifier, {})[prefix] = raw
        return stored

    def _begin(self, identifiers: Sequence[str], records: Sequence[LiveRecords]) -> Articles:
        """Begins to map identifiers on other cores. A call of the result waits for the articles.

        A minted DOI depends on what was stored before, so a source that mints is mapped only in that call.
        """
        if self._minting:
            return partial(self._map, identifiers, records)
        task = self._pool.begin(records)
        return lambda: self._to_save(identifiers, records, task.result())

    def _map(self, identifiers: Sequence[str], records: Sequence[LiveRecords]) -> list[ArticleToSave]:
        mapped = self._minting.map(identifiers, records) if self._minting else self._mapper.map(records)
        return self._to_save(identifiers, records, mapped)

    def _live(self, raws: Mapping[str, RawRecord]) -> LiveRecords:
        """Those that are not deleted, the best format first."""
        return {p: raws[p] for p in self._source.formats if p in raws and not raws[p].deleted}

    def _to_save(
        self, identifiers: Sequence[str], records: Sequence[LiveRecords], mapped: Sequence[MappedArticle]
    ) -> list[ArticleToSave]:
        return [
            ArticleToSave(
                source=self._source.name,
                identifier=identifier,
                row=article.row,
                deleted=not live,
                findings=self._membership.findings(article, live.values()),
                mapped_with=self.mapped_with,
            )
            for identifier, live, article in zip(identifiers, records, mapped, strict=True)
        ]
