"""The facts of a report, gathered from the store. Records are streamed: only counts and examples stay in memory."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import groupby
from typing import TYPE_CHECKING

from msgspec import Struct

from harvester.checking.configured import configured_statuses
from harvester.checking.grouped import FindingGroup, FindingGroups
from harvester.config import Config, select_sources
from harvester.errors import ConfigError
from harvester.findings import SEVERITIES, Severity, outline
from harvester.model import Article
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
    examples: tuple[RecordFinding, ...]


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
    references: int = 0  # of the DOIs at the agencies, as last seen there
    matched: int = 0  # of these, with a DOI
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
    for _ in grouped.counting(held.collecting(findings)):
        pass
    journals = tuple(_shares(config, store, sources, journal, now.year, stop))
    references, matched = _matches(config, store) if journal is None else (0, 0)
    if journal is not None and not journals and journal not in config.journal_tables and not grouped.groups():
        raise ConfigError([f"the journal {journal} is neither in {config.path.name} nor in the store"])
    return Report(
        journal=journal,
        title=journals[0].title if journal and journals else _title(config, journal or ""),
        made=now,
        last_export=store.ledger.last_export(),
        sources=_states(config, store, sources) if journal is None else (),
        deposits=store.deposits.counts(sources) if journal is None else (),
        registrations=_registrations(config, store) if journal is None else {},
        references=references,
        matched=matched,
        journals=journals,
        findings=tuple(sorted((_group(group, held.frees) for group in grouped.groups()), key=_by_use)),
        held_count=held.count,
        held=tuple(map(_held, held.shown)),
    )


def _matches(config: Config, store: Store) -> tuple[int, int]:
    """How many references the registered DOIs have, and how many of them have a DOI at the agency."""
    references = matched = 0
    for agency in sending_agencies(config):
        if terms := agency.terms(config):
            of_agency = store.held_records.matches(agency.name, terms.system)
            references, matched = references + of_agency[0], matched + of_agency[1]
    return references, matched


def _registrations(config: Config, store: Store) -> dict[str, int]:
    counts: Counter[str] = Counter()
    for agency in sending_agencies(config):
        if terms := agency.terms(config):
            counts.update(store.registrations.counts(agency.name, terms.system))
    return dict(counts)


def _shares(
    config: Config, store: Store, sources: Sequence[str], journal: str | None, year: int, stop: Stop
) -> Iterator[JournalShare]:
    """How complete the articles of this journal are, or of each, the largest first."""
    ready = until_stopped(store.ready.articles(sources), stop)
    ready = reported(ready, "counting what articles have", store.ready.count(sources))
    return (
        share
        for share in journal_shares(config, ready, year)
        if journal is None or _same_journal(config, share.journal, journal)
    )


def journal_shares(config: Config, articles: Iterable[Article], year: int) -> Iterator[JournalShare]:
    """How complete these articles are, by journal, the largest first. `year` is the current one."""
    by_journal = count_by_journal(articles, year, config.journals, crossmark=_has_crossmark(config))
    return (_share(key, counts) for key, counts in sorted(by_journal.items(), key=_by_size))


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


def _group(group: FindingGroup, frees: Mapping[str, int]) -> Group:
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
        examples=tuple(group.examples),
    )


def _held(errors: Sequence[RecordFinding]) -> HeldBackRecord:
    reasons = {error.message: error.who for error in errors}
    first = errors[0]
    return HeldBackRecord(
        record=first.record,
        source=first.source,
        doi=first.doi,
        title=first.title,
        link=first.link,
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
