"""What a report says, gathered from the store. It streams: of any number of records only counts and examples stay."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import islice
from typing import TYPE_CHECKING

from msgspec import Struct

from harvester.config import Config, select_sources
from harvester.findings import SEVERITIES, kinds
from harvester.pipeline import check
from harvester.reports import HeldBack, RecordFinding
from harvester.rules.completeness import MEASURES, JournalCounts, MeasureCounts, count_by_journal
from harvester.store import SourceStatus, status_or_empty
from harvester.system.stopping import Stop, never_stop, until_stopped
from harvester.text import plain

if TYPE_CHECKING:
    from harvester.store import Store  # SQLAlchemy comes in when a store is opened

EXAMPLES = 3  # of each finding
HELD_SHOWN = 200  # records held back that are named one by one


class Share(Struct, frozen=True):
    """How many articles, and for each of `MEASURES` how many percent of them have it."""

    articles: int
    percent: dict[str, float]


class JournalShare(Struct, frozen=True, kw_only=True):
    """How complete a journal's articles are: those of this year and the two before, and the older ones."""

    journal: str  # its ISSN, else its title
    title: str
    current: Share
    back_file: Share


class Group(Struct, frozen=True, kw_only=True):
    """All findings of one code."""

    code: str
    severity: str
    who: str
    cause: str
    fix: str
    count: int
    examples: tuple[RecordFinding, ...]


class HeldRecord(Struct, frozen=True, kw_only=True):
    """A record that is not deposited, with a sentence for each reason."""

    record: str
    source: str
    doi: str | None
    title: str | None
    sentences: tuple[str, ...]


class Report(Struct, frozen=True, kw_only=True):
    """`held` are the first `HELD_SHOWN` of `held_count` records; `findings` the gravest first."""

    made: datetime
    last_export: datetime | None
    sources: tuple[SourceStatus, ...]
    journals: tuple[JournalShare, ...]
    findings: tuple[Group, ...]
    held_count: int
    held: tuple[HeldRecord, ...]


def gather(
    config: Config, store: Store, names: Sequence[str] = (), *, now: datetime, stop: Stop = never_stop
) -> Report:
    """The report on the named sources, or all, as the present configuration and program see their records.

    Raises `Stopped`.
    """
    sources = [source.name for source in select_sources(config, names)]
    found = check(config, store, names, today=now.date().isoformat(), stop=stop)
    held = list(islice(store.held_back(sources), HELD_SHOWN))
    groups = _Groups(held)
    groups.take(found)
    ready = until_stopped(store.ready_articles(sources), stop)
    by_journal = count_by_journal(ready, now.year, config.journals, crossmark=_has_crossmark(config))
    states = _states(config, store, sources)
    return Report(
        made=now,
        last_export=store.last_export(),
        sources=states,
        journals=tuple(_share(key, counts) for key, counts in sorted(by_journal.items(), key=_by_size)),
        findings=groups.groups(),
        held_count=sum(state.held_back for state in states),
        held=tuple(_held(store, one, groups.sentences[one.source, one.record]) for one in held),
    )


def _has_crossmark(config: Config) -> bool:
    return config.crossref is not None and config.crossref.crossmark_policy is not None


def _states(config: Config, store: Store, sources: Sequence[str]) -> tuple[SourceStatus, ...]:
    stored = {status.source: status for status in store.status()}
    return tuple(status_or_empty(name, config.sources[name].url, stored.get(name)) for name in sources)


class _Groups:
    """Findings counted by code, with the first few of each and all the sentences of some records held back."""

    def __init__(self, held: Iterable[HeldBack]) -> None:
        self.sentences: dict[tuple[str, str], list[str]] = {(one.source, one.record): [] for one in held}
        self._counts: dict[str, int] = {}
        self._examples: dict[str, list[RecordFinding]] = {}

    def take(self, found: Iterable[RecordFinding]) -> None:
        for one in found:
            self._counts[one.code] = self._counts.get(one.code, 0) + 1
            examples = self._examples.setdefault(one.code, [])
            if len(examples) < EXAMPLES:
                examples.append(one)
            if one.severity == "error" and (one.source, one.record) in self.sentences:
                self.sentences[one.source, one.record].append(one.message)

    def groups(self) -> tuple[Group, ...]:
        groups = [self._group(code, count) for code, count in self._counts.items()]
        ranks = {severity: rank for rank, severity in enumerate(SEVERITIES)}
        return tuple(sorted(groups, key=lambda group: (ranks[kinds()[group.code].severity], -group.count, group.code)))

    def _group(self, code: str, count: int) -> Group:
        kind = kinds()[code]
        return Group(
            code=code,
            severity=kind.severity,
            who=kind.who,
            cause=kind.cause,
            fix=kind.fix,
            count=count,
            examples=tuple(self._examples[code]),
        )


def _held(store: Store, one: HeldBack, sentences: Sequence[str]) -> HeldRecord:
    titles = [
        plain(title.text)
        for stored in store.find_articles(one.record, one.source)
        if stored.article and stored.identifier == one.record
        for title in stored.article.titles[:1]
    ]
    return HeldRecord(
        record=one.record,
        source=one.source,
        doi=one.doi,
        title=titles[0] if titles else None,
        sentences=tuple(dict.fromkeys(sentences)),
    )


def _by_size(item: tuple[str, JournalCounts]) -> tuple[int, str]:
    """The largest journals first."""
    key, counts = item
    return -(counts.current.articles + counts.back_file.articles), key


def _share(key: str, counts: JournalCounts) -> JournalShare:
    return JournalShare(
        journal=key, title=counts.title or key, current=_part(counts.current), back_file=_part(counts.back_file)
    )


def _part(counts: MeasureCounts) -> Share:
    return Share(counts.articles, {measure: round(counts.percent(measure), 1) for measure in MEASURES})
