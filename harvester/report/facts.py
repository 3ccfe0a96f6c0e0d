"""The facts of a report, gathered from the store. Records are streamed: only counts and examples stay in memory."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import groupby
from typing import TYPE_CHECKING

from msgspec import Struct, structs

from harvester.checking.configured import configured_statuses
from harvester.checking.grouped import FindingGroup, FindingGroups
from harvester.checking.held_back import label
from harvester.config import Config, select_sources
from harvester.errors import ConfigError
from harvester.findings import SEVERITIES, Severity, outline
from harvester.pipeline import check
from harvester.registration.registrar import sending_agencies
from harvester.reports import RecordFinding
from harvester.rules.completeness import MEASURES, JournalCounts, MeasureCounts, count_by_journal
from harvester.store import DepositCounts, SourceStatus, status_or_empty
from harvester.system.progress import reported
from harvester.system.stopping import Stop, never_stop, until_stopped

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


class Example(RecordFinding, frozen=True, kw_only=True):
    """A finding with the title of its record and the address where people see it."""

    title: str | None
    link: str | None


class Group(Struct, frozen=True, kw_only=True):
    """All findings of one code.

    `message` is their sentence, with … for values that differ; `fix` their remedy, or the first of several different
    ones. `records` have them; `frees` of these are held back for this reason alone.
    """

    code: str
    severity: Severity
    who: str
    message: str
    cause: str
    fix: str
    more_fixes: tuple[str, ...]
    count: int
    records: int
    frees: int
    examples: tuple[Example, ...]


class HeldBackRecord(Struct, frozen=True, kw_only=True):
    """A record held back, with a sentence for each reason, and for each sentence who can fix it."""

    record: str
    source: str
    doi: str | None
    title: str | None
    link: str | None
    sentences: tuple[str, ...]
    who: tuple[str, ...]


class Report(Struct, frozen=True, kw_only=True):
    """All facts of a report, or of the part about one `journal`, an ISSN.

    `held` has the first `HELD_SHOWN` of `held_count`. Of `findings` those come first that free the most records.
    """

    journal: str | None = None
    title: str = ""  # of the journal, its ISSN if it has none
    made: datetime
    last_export: datetime | None
    sources: tuple[SourceStatus, ...]  # not in the report on one journal: a source may have others too
    deposits: tuple[DepositCounts, ...] = ()  # of each source, in the same order
    registrations: dict[str, int] = {}  # DOIs in each state, of those that were sent, where files are sent
    journals: tuple[JournalShare, ...]
    findings: tuple[Group, ...]
    held_count: int
    held: tuple[HeldBackRecord, ...]


def gather(
    config: Config,
    store: Store,
    names: Sequence[str] = (),
    *,
    now: datetime,
    journal: str | None = None,
    stop: Stop = never_stop,
) -> Report:
    """The report on the named sources, or all, after rebuilding outdated articles; or on one journal, by an ISSN.

    Raises `Stopped`, and `ConfigError` on a journal that is neither configured nor in the store.
    """
    sources = [source.name for source in select_sources(config, names)]
    findings = check(config, store, names, today=now.date().isoformat(), journal=journal, stop=stop)
    held, grouped = _HeldBack(), FindingGroups()
    for _ in reported(grouped.counting(held.collecting(findings)), "reading findings"):
        pass
    ready = until_stopped(store.ready.articles(sources), stop)
    ready = reported(ready, "counting what articles have", store.ready.count(sources))
    by_journal = count_by_journal(ready, now.year, config.journals, crossmark=_has_crossmark(config))
    states = _states(config, store, sources) if journal is None else ()
    journals = tuple(
        _share(key, counts)
        for key, counts in sorted(by_journal.items(), key=_by_size)
        if journal is None or _same_journal(config, key, journal)
    )
    if journal is not None and not journals and journal not in config.journal_tables and not grouped.groups():
        raise ConfigError([f"the journal {journal} is neither in {config.path.name} nor in the store"])
    return Report(
        journal=journal,
        title=journals[0].title if journal and journals else _title(config, journal or ""),
        made=now,
        last_export=store.ledger.last_export(),
        sources=states,
        deposits=store.deposits.counts(sources) if journal is None else (),
        registrations=_registrations(config, store) if journal is None else {},
        journals=journals,
        findings=tuple(sorted((_group(store, group, held.frees) for group in grouped.groups()), key=_by_use)),
        held_count=held.count,
        held=tuple(_held(store, errors) for errors in held.shown),
    )


def _registrations(config: Config, store: Store) -> dict[str, int]:
    counts: Counter[str] = Counter()
    for agency in sending_agencies(config):
        if terms := agency.terms(config):
            counts.update(store.registrations.counts(agency.name, terms.system))
    return dict(counts)


def _title(config: Config, issn: str) -> str:
    facts = config.journals.get(issn)
    return facts.title if facts and facts.title else issn


def _same_journal(config: Config, one: str, other: str) -> bool:
    tables = config.journal_tables
    return tables.get(one, one) == tables.get(other, other)


def _has_crossmark(config: Config) -> bool:
    return config.crossref is not None and config.crossref.crossmark_policy is not None


def _states(config: Config, store: Store, sources: Sequence[str]) -> tuple[SourceStatus, ...]:
    with store.overview() as overview:
        stored = configured_statuses(config, overview)
    return tuple(status_or_empty(name, config.sources[name].url, stored.get(name)) for name in sources)


class _HeldBack:
    """The records held back, collected as findings pass; those of one record come in succession.

    `count` of them there are, `shown` has the errors of the first, and `frees` says for each code how many have errors
    of this code only.
    """

    def __init__(self) -> None:
        self.count = 0
        self.shown: list[list[RecordFinding]] = []
        self.frees: Counter[str] = Counter()

    def collecting(self, findings: Iterable[RecordFinding]) -> Iterator[RecordFinding]:
        """The same findings."""
        for _, found in groupby(findings, lambda finding: (finding.source, finding.record)):
            of_record = list(found)
            self._add([finding for finding in of_record if finding.severity == "error"])
            yield from of_record

    def _add(self, errors: list[RecordFinding]) -> None:
        if not errors:
            return
        self.count += 1
        if len(self.shown) < HELD_SHOWN:
            self.shown.append(errors)
        codes = {finding.code for finding in errors}
        if len(codes) == 1:
            self.frees.update(codes)


def _group(store: Store, group: FindingGroup, frees: Mapping[str, int]) -> Group:
    first, *more = group.fixes
    others = [f"For others there is more to do: harvester check --code {group.code} --csv"]
    return Group(
        code=group.code,
        severity=group.kind.severity,
        who=group.kind.who,
        message=group.message or outline(group.kind),
        cause=group.kind.cause,
        fix=first,
        more_fixes=(*more, *others * group.has_more_fixes),
        count=group.count,
        records=group.records,
        frees=frees.get(group.code, 0),
        examples=tuple(_example(store, finding) for finding in group.examples),
    )


def _example(store: Store, finding: RecordFinding) -> Example:
    return Example(**structs.asdict(finding), **structs.asdict(label(store, finding.source, finding.record)))


def _held(store: Store, errors: Sequence[RecordFinding]) -> HeldBackRecord:
    reasons = {error.message: error.who for error in errors}
    first = errors[0]
    shown = label(store, first.source, first.record)
    return HeldBackRecord(
        record=first.record,
        source=first.source,
        doi=first.doi,
        title=shown.title,
        link=shown.link,
        sentences=tuple(reasons),
        who=tuple(reasons.values()),
    )


def _by_use(group: Group) -> tuple[int, int, int, str]:
    """The sort key that puts first what frees the most records, then the gravest, then the most frequent."""
    return -group.frees, SEVERITIES.index(group.severity), -group.records, group.code


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
