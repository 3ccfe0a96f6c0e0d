"""The facts of a report, gathered from the store. Records are streamed: only counts and examples stay in memory."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from itertools import islice
from typing import TYPE_CHECKING

from msgspec import Struct

from harvester.checking.configured import configured_statuses
from harvester.checking.grouped import FindingGroup, FindingGroups
from harvester.config import Config, select_sources
from harvester.pipeline import check
from harvester.reports import HeldBack, RecordFinding
from harvester.rules.completeness import MEASURES, JournalCounts, MeasureCounts, count_by_journal
from harvester.store import DepositCounts, SourceStatus, status_or_empty
from harvester.system.progress import reported
from harvester.system.stopping import Stop, never_stop, until_stopped
from harvester.text import plain

if TYPE_CHECKING:
    from harvester.store import Store  # SQLAlchemy comes in when a store is opened

HELD_SHOWN = 200  # records held back that are listed one by one


class Share(Struct, frozen=True):
    """The number of articles, and for each of `MEASURES` the percentage of them that has it."""

    articles: int
    percent: dict[str, float]


class JournalShare(Struct, frozen=True, kw_only=True):
    """How complete the articles of a journal are: those of this year and the two before, and the older ones."""

    journal: str  # its ISSN, or its title if it has none
    title: str
    current: Share
    back_file: Share


class Group(Struct, frozen=True, kw_only=True):
    """All findings of one code. `fix` is their remedy, or the first of several different ones."""

    code: str
    severity: str
    who: str
    cause: str
    fix: str
    more_fixes: tuple[str, ...]
    count: int
    examples: tuple[RecordFinding, ...]


class HeldBackRecord(Struct, frozen=True, kw_only=True):
    """A record held back, with a sentence for each reason."""

    record: str
    source: str
    doi: str | None
    title: str | None
    sentences: tuple[str, ...]


class Report(Struct, frozen=True, kw_only=True):
    """All facts of a report: `held` has the first `HELD_SHOWN` of `held_count`, `findings` the gravest first."""

    made: datetime
    last_export: datetime | None
    sources: tuple[SourceStatus, ...]
    deposits: tuple[DepositCounts, ...]  # of each source, in the same order
    journals: tuple[JournalShare, ...]
    findings: tuple[Group, ...]
    held_count: int
    held: tuple[HeldBackRecord, ...]


def gather(
    config: Config, store: Store, names: Sequence[str] = (), *, now: datetime, stop: Stop = never_stop
) -> Report:
    """The report on the named sources, or all, after rebuilding outdated articles.

    Raises `Stopped`.
    """
    sources = [source.name for source in select_sources(config, names)]
    findings = check(config, store, names, today=now.date().isoformat(), stop=stop)
    held = list(islice(store.held_back(sources), HELD_SHOWN))
    sentences, grouped = _Sentences(held), FindingGroups()
    for _ in reported(grouped.counting(sentences.collecting(findings)), "reading findings"):
        pass
    ready = until_stopped(store.ready_articles(sources), stop)
    ready = reported(ready, "counting what articles have", store.ready_count(sources))
    by_journal = count_by_journal(ready, now.year, config.journals, crossmark=_has_crossmark(config))
    states = _states(config, store, sources)
    return Report(
        made=now,
        last_export=store.last_export(),
        sources=states,
        deposits=store.deposit_counts(sources),
        journals=tuple(_share(key, counts) for key, counts in sorted(by_journal.items(), key=_by_size)),
        findings=tuple(map(_group, grouped.groups())),
        held_count=sum(state.held_back for state in states),
        held=tuple(_held(store, shown, sentences.of[shown.source, shown.record]) for shown in held),
    )


def _has_crossmark(config: Config) -> bool:
    return config.crossref is not None and config.crossref.crossmark_policy is not None


def _states(config: Config, store: Store, sources: Sequence[str]) -> tuple[SourceStatus, ...]:
    with store.overview() as overview:
        stored = configured_statuses(config, overview)
    return tuple(status_or_empty(name, config.sources[name].url, stored.get(name)) for name in sources)


class _Sentences:
    """The sentences of the records held back in `held`, collected as findings pass."""

    def __init__(self, held: Iterable[HeldBack]) -> None:
        self.of: dict[tuple[str, str], list[str]] = {(shown.source, shown.record): [] for shown in held}

    def collecting(self, findings: Iterable[RecordFinding]) -> Iterator[RecordFinding]:
        """The same findings."""
        for finding in findings:
            if finding.severity == "error" and (finding.source, finding.record) in self.of:
                self.of[finding.source, finding.record].append(finding.message)
            yield finding


def _group(group: FindingGroup) -> Group:
    first, *more = group.fixes
    others = [f"For others there is more to do: harvester check --code {group.code} --csv"]
    return Group(
        code=group.code,
        severity=group.kind.severity,
        who=group.kind.who,
        cause=group.kind.cause,
        fix=first,
        more_fixes=(*more, *others * group.has_more_fixes),
        count=group.count,
        examples=tuple(group.examples),
    )


def _held(store: Store, held: HeldBack, sentences: Sequence[str]) -> HeldBackRecord:
    titles = [
        plain(title.text)
        for stored in store.find_articles(held.record, held.source)
        if stored.article and stored.identifier == held.record
        for title in stored.article.titles[:1]
    ]
    return HeldBackRecord(
        record=held.record,
        source=held.source,
        doi=held.doi,
        title=titles[0] if titles else None,
        sentences=tuple(dict.fromkeys(sentences)),
    )


def _by_size(item: tuple[str, JournalCounts]) -> tuple[int, str]:
    """The sort key that puts the largest journals first."""
    key, counts = item
    return -(counts.current.articles + counts.back_file.articles), key


def _share(key: str, counts: JournalCounts) -> JournalShare:
    return JournalShare(
        journal=key, title=counts.title or key, current=_part(counts.current), back_file=_part(counts.back_file)
    )


def _part(counts: MeasureCounts) -> Share:
    return Share(counts.articles, {measure: round(counts.percent(measure), 1) for measure in MEASURES})
