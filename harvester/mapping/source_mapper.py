"""From the raw records of one source to its articles with their findings, with what the store holds of each."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Self

import msgspec
from msgspec.structs import replace

from harvester import __version__
from harvester.article_rows import MappedArticle, to_mapped_article
from harvester.config import Config, Source
from harvester.errors import DoiTaken
from harvester.findings import is_blocking
from harvester.mapping import ArticleMapper, assembly
from harvester.mapping.ahead import Ahead
from harvester.model import Article, Finding, Page, RawRecord, Reading
from harvester.patterns import facts_of
from harvester.store import ArticleToSave

if TYPE_CHECKING:
    from harvester.store import Store  # SQLAlchemy comes in when a store is opened

log = logging.getLogger(__name__)


class SourceMapper:
    """Maps the records of one source. `mapped_with` names the configuration and program that decide the outcome."""

    def __init__(self, config: Config, store: Store, source: Source, *, today: str) -> None:
        self._store, self._source = store, source
        self._hints, policy = source.hints(config.journals), config.policy(today)
        self._maker = ArticleMapper(self._hints, policy)
        # What was given stays given, though minting be turned off later.
        self._mints = any(facts.mint_dois for facts in config.journals.values()) or store.has_minted(source.name)
        # A DOI is given one at a time, and needs the store.
        self._ahead = Ahead(self._maker, 0 if self._mints else None, lanes=source.parallel)
        decides = [__version__, source.formats, self._hints, replace(policy, today="")]
        self.mapped_with = hashlib.sha256(msgspec.json.encode(decides, order="deterministic")).hexdigest()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """Ends the processes that map ahead."""
        self._ahead.close()

    def get_ready(self) -> None:
        """Starts what maps ahead, for a long list that is going to be asked for."""
        self._ahead.start()

    def begin(self, prefix: str, page: Page) -> None:
        """Begins to map a page that has just come, while another is being stored; for the thread that fetched it."""
        self._ahead.expect(len(page.records), page.list_size or 0)
        if self._ahead.is_due:
            live = [raw for raw in page.records if not raw.deleted]
            self._ahead.begin(live, lambda chunk: map(self._live, self._together(prefix, chunk)))

    def arrived(self, prefix: str, raws: Sequence[RawRecord]) -> Iterator[ArticleToSave]:
        """The articles of records that just came in one format, together with what other formats hold of them."""
        self._ahead.saw(len(raws))
        begun = self._ahead.take(raws)
        rest = [raw for raw in raws if raw.identifier not in begun]
        others = self._mapped([raw.identifier for raw in rest], self._together(prefix, rest))
        for raw in raws:
            if raw.identifier in begun:
                yield self._save(raw.identifier, begun[raw.identifier], deleted=False)
            else:
                yield next(others)

    def _together(self, prefix: str, raws: Sequence[RawRecord]) -> Iterator[dict[str, RawRecord]]:
        """Each record with what is held of it in other formats."""
        held = self._held([raw.identifier for raw in raws], without=prefix)
        for raw in raws:
            yield {**held.get(raw.identifier, {}), prefix: raw}

    def again(self, identifiers: Sequence[str]) -> Iterator[ArticleToSave]:
        """The articles of stored records, made anew."""
        held = self._held(identifiers)
        return self._mapped(identifiers, (held.get(identifier, {}) for identifier in identifiers))

    def _held(self, identifiers: Sequence[str], *, without: str = "") -> dict[str, dict[str, RawRecord]]:
        prefixes = [prefix for prefix in self._source.formats if prefix != without]
        held: dict[str, dict[str, RawRecord]] = {}
        if prefixes and identifiers:
            for (identifier, prefix), raw in self._store.live_records(self._source.name, prefixes, identifiers).items():
                held.setdefault(identifier, {})[prefix] = raw
        return held

    def _mapped(
        self, identifiers: Sequence[str], records: Iterable[Mapping[str, RawRecord]]
    ) -> Iterator[ArticleToSave]:
        """The articles of identifiers, each with its records by format."""
        live = [self._live(raws) for raws in records]
        making = self._named(identifiers, live) if self._mints else self._maker.make(live)
        for identifier, one, alive in zip(identifiers, making, live, strict=True):
            yield self._save(identifier, one, deleted=not alive)

    def _live(self, raws: Mapping[str, RawRecord]) -> dict[str, RawRecord]:
        """Those that are not deleted, the best format first."""
        return {p: raws[p] for p in self._source.formats if p in raws and not raws[p].deleted}

    def _save(self, identifier: str, one: MappedArticle, *, deleted: bool) -> ArticleToSave:
        return ArticleToSave(
            source=self._source.name,
            identifier=identifier,
            row=one.row,
            deleted=deleted,
            findings=one.findings,
            mapped_with=self.mapped_with,
        )

    def _named(self, identifiers: Sequence[str], live: Sequence[Mapping[str, RawRecord]]) -> Iterator[MappedArticle]:
        """One at a time, since a DOI that is given is taken from then on."""
        for identifier, raws in zip(identifiers, live, strict=True):
            yield to_mapped_article(self._with_name(identifier, self._maker.read(raws)))

    def _with_name(self, identifier: str, read: Reading) -> Reading:
        """The article held against the rules. One that lacks nothing but a DOI gets one, where its journal says so."""
        article = read.article
        if article is None:
            return read
        if given := self._given_doi(identifier, article):
            return self._maker.checked(_with_doi(article, given, read.findings))
        checked = self._maker.checked(read)
        lacks = {finding.code for finding in checked.findings if is_blocking(finding)}
        doi = self._pattern_doi(article) if lacks == {"doi-missing"} else None
        if doi is None:
            return checked
        try:
            self._store.mint(self._source.name, identifier, doi)
        except DoiTaken:
            return Reading(article, (*checked.findings, Finding("doi-mint-taken", "doi", doi)))
        return self._maker.checked(_with_doi(article, doi, read.findings))

    def _given_doi(self, identifier: str, article: Article) -> str | None:
        """The DOI this record was given earlier; it never changes, whatever becomes of the pattern."""
        if article.doi is not None:
            return None
        return self._store.minted(self._source.name, identifier)

    def _pattern_doi(self, article: Article) -> str | None:
        """The DOI by the pattern of the article's journal; `None` where that gives none."""
        facts = facts_of(article, self._hints.journals)
        return assembly.mint(article, facts) if facts else None


def _with_doi(article: Article, doi: str, findings: tuple[Finding, ...]) -> Reading:
    provenance = {**article.provenance, "doi": "minted by the journal's pattern"}
    return Reading(replace(article, doi=doi, provenance=provenance), findings)
