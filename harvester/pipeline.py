"""The whole story, in the order in which a record goes through it. Read this module first.

    harvest    rebuild | for each source: its runs            | refresh cross-record findings of what was saved
    reconcile            for each source: compare identifiers | refresh cross-record findings of what was saved
    rebuild    for each source: map its stored payloads again | refresh cross-record findings
    check      rebuild | refresh cross-record findings        | findings in words
    export     rebuild | refresh cross-record findings        | mint DOIs | deposit files
    deposit    for each file that is due: send it, or ask what became of it and of its DOIs
    import     read what the agency holds                     | note what another program deposited
    drift      read what the agency holds                     | compare it with the files that were sent
    rename     a source, in the store                         | refresh cross-record findings
    forget     a source, in the store                         | refresh cross-record findings
    restore    a copy, in the place of the store
    mark       what another program deposited                 | refresh cross-record findings

The store is a function of raw payloads, configuration and program. So everything that reads articles rebuilds those
first that an earlier configuration or program made. Each function reports what it did; the caller prints.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec.structs import replace

from harvester import store
from harvester.answers import Answer
from harvester.checking.configured import warnings_before_harvest
from harvester.checking.cross_record import refresh_cross_record_findings, refresh_touched_findings
from harvester.checking.worded import worded_findings
from harvester.config import Config, Source, select_sources
from harvester.deposits import outbox
from harvester.deposits.deposit_files import DepositFiles
from harvester.deposits.export import Request as ExportRequest
from harvester.deposits.export import write_deposits
from harvester.deposits.manifest import manifest_name
from harvester.deposits.target import Target
from harvester.errors import StoreError
from harvester.findings import Severity
from harvester.harvesting.by_source import for_each_source
from harvester.harvesting.reconcile import reconcile_source
from harvester.harvesting.run_choice import Request
from harvester.harvesting.runs import harvest_source
from harvester.harvesting.stop_request import StopRequest
from harvester.mapping.rebuild import rebuild_articles
from harvester.registration.again import note_changes
from harvester.registration.by_hand import release_login
from harvester.registration.clearance import sending_of
from harvester.registration.drift_search import DriftFound
from harvester.registration.drift_search import find_drift as search_drift
from harvester.registration.importing import Imported, default_places, import_dois
from harvester.registration.matches import MatchingAgency
from harvester.registration.matches import read_matches as matches_of
from harvester.registration.news import News, read_open_fates
from harvester.registration.news import read_news as news_of
from harvester.registration.online_check import check_online as findings_online
from harvester.registration.readback import ReadableAgency, reading
from harvester.registration.registrar import AGENCIES, Agency
from harvester.registration.round import LOCK, RoundReport, do_round
from harvester.reports import ExportReport, RecordFinding, RunReport
from harvester.store import DepositFile, MintedDoi, Selection
from harvester.system import locks, progress
from harvester.system.stopping import Stop, never_stop, until_stopped

if TYPE_CHECKING:
    from harvester.store import Store  # SQLAlchemy comes in when a store is opened

__all__ = [
    "check",
    "check_login",
    "check_online",
    "deposit",
    "discard_deposit",
    "export",
    "find_drift",
    "forget_source",
    "harvest",
    "import_deposits",
    "mark_deposited",
    "opened",
    "read_matches",
    "read_news",
    "rebuild",
    "reconcile",
    "rename_source",
    "restore",
    "undo_minted",
    "unmark_deposited",
]

Now = Callable[[], datetime]
EVERYTHING = Selection()
_COMPARING = "comparing DOIs and deposits"

log = logging.getLogger(__name__)


@contextmanager
def opened(config: Config) -> Iterator[Store]:
    """The store of this configuration, made or migrated where needed. Raises `StoreError`."""
    with store.connect(config.store_url) as held:
        yield held


def harvest(
    config: Config,
    store: Store,
    names: Sequence[str] = (),
    *,
    now: Now,
    full: bool = False,
    since: str | None = None,
    until: str | None = None,
    stop: Stop = never_stop,
) -> list[RunReport]:
    """Harvests the named sources, or all, in each of their formats, and reports every run.

    A source that fails costs its neighbours nothing. Raises `BusyError` when other processes hold all of them.
    """
    request, rebuilt = Request(full, since, until), 0

    def work(source: Source) -> Iterator[RunReport]:
        nonlocal rebuilt
        with store.overview() as overview:
            for warning in warnings_before_harvest(config, overview, source):
                log.warning("%s", warning)
        asked = StopRequest(store, source, stop, now)
        rebuilt += rebuild_articles(config, store, (source.name,), today=_day(now), stop=stop)
        yield from harvest_source(config, store, source, request, now=now, stop=asked)
        asked.settle()

    reports = for_each_source(config, names, "harvest", work, stop)
    if rebuilt:
        _refresh(config, store)
    elif any(map(_has_news, reports)):
        _refresh_touched(config, store)
    return reports


def reconcile(
    config: Config, store: Store, names: Sequence[str] = (), *, now: Now, confirm: bool = False, stop: Stop = never_stop
) -> list[RunReport]:
    """Compares the named sources, or all, with their providers, in each of their formats, and reports every run.

    `confirm` allows more deletions than `max_deletion_share`. Raises `BusyError` when other processes hold all sources.
    """

    def work(source: Source) -> Iterator[RunReport]:
        asked = StopRequest(store, source, stop, now)
        yield from reconcile_source(config, store, source, now=now, confirm=confirm, stop=asked)
        asked.settle()

    reports = for_each_source(config, names, "reconciliation", work, stop)
    if any(map(_has_news, reports)):
        _refresh_touched(config, store)
    return reports


def rebuild(
    config: Config,
    store: Store,
    names: Sequence[str] = (),
    *,
    today: str,
    everything: bool = False,
    stop: Stop = never_stop,
) -> int:
    """Rebuilds the articles that an earlier configuration or program made, or `everything`; returns how many.

    Raises `Stopped`; the next call resumes there.
    """
    rebuilt = rebuild_articles(config, store, names, today=today, everything=everything, stop=stop)
    if rebuilt:
        _refresh(config, store)
    return rebuilt


def check(
    config: Config,
    store: Store,
    names: Sequence[str] = (),
    *,
    today: str,
    codes: Sequence[str] = (),
    severities: Sequence[Severity] = (),
    journal: str | None = None,
    stop: Stop = never_stop,
) -> Iterator[RecordFinding]:
    """The findings of the named sources, or all, as the present configuration and program see the records.

    `journal` is an ISSN of the only journal that is wanted.

    If the store is read-only, they are those of the last change. Raises `Stopped`, also between two findings.
    """
    sources = [source.name for source in select_sources(config, names)]
    if not store.read_only:
        _update(config, store, names, today=today, stop=stop)
    return until_stopped(worded_findings(store, sources, config.journal_tables, codes, severities, journal), stop)


def check_online(
    config: Config,
    store: Store,
    names: Sequence[str] = (),
    *,
    title_list: Path | None = None,
    stop: Stop = never_stop,
) -> list[RecordFinding]:
    """The findings about the journals and the DOI prefixes of these sources' articles, from Crossref's own records.

    Raises `ConfigError`, `AgencyError`, `TitleListError` and `Stopped`.
    """
    return findings_online(config, store, [one.name for one in select_sources(config, names)], stop, title_list)


def export(
    config: Config,
    store: Store,
    target: Target,
    names: Sequence[str] = (),
    *,
    now: Now,
    selection: Selection = EVERYTHING,
    everything: bool = False,
    dry_run: bool = False,
    schema_version: str | None = None,
    reads_back: bool = True,
    stop: Stop = never_stop,
) -> ExportReport:
    """Writes deposit files of the named sources, or all: what is selected, ready, and new or changed.

    `everything` and selected DOIs are exported again even if nothing has changed; a dry run writes neither file nor
    ledger. If the files are sent, it is read before what the agency holds of each DOI, unless `reads_back` is unset.
    Raises `ConfigError` without the settings of the target, `BundleError` without its schema, `BusyError`, and
    `Stopped` between two files; the next export writes what is left.
    """
    files = DepositFiles(config, target, schema_version)
    request = ExportRequest(
        sources=[source.name for source in select_sources(config, names)],
        configured=config.sources,
        selection=selection,
        everything=everything,
        dry_run=dry_run,
    )
    with locks.hold(config.locks, "export", what="export"):
        minted = _prepare_export(config, store, target, names, request, now=now, stop=stop)
        sending = sending_of(config, store, target, now, stop, reads=reads_back and not dry_run)
        report = write_deposits(store, files, request, sending, now=now, minted=minted, stop=stop)
        if report.thinner and not dry_run:
            # What had less than the last deposit is the last deposit now.
            _refresh(config, store)
    return report


def _prepare_export(
    config: Config,
    store: Store,
    target: Target,
    names: Sequence[str],
    request: ExportRequest,
    *,
    now: Now,
    stop: Stop,
) -> list[MintedDoi]:
    """Brings articles, findings and what is due again up to date, and returns the DOIs that articles get by it."""
    _update(config, store, names, today=_day(now), stop=stop)
    if request.dry_run:
        return store.minting.planned_dois(request.sources, request.selection)
    if target.name in AGENCIES:
        note_changes(config, store, AGENCIES[target.name], now())
    minted = store.minting.mint_planned(request.sources, request.selection)
    if minted:
        _update(config, store, names, today=_day(now), stop=stop)
    return minted


def deposit(
    config: Config,
    store: Store,
    agency: Agency,
    *,
    now: Now,
    exported: ExportReport | None = None,
    sends: bool = True,
    stop: Stop = never_stop,
) -> RoundReport:
    """Sends the files of an agency that are due, and asks for their results: one round.

    Where a result leaves open what became of a DOI, its record is read. The files that were just `exported` are sent
    without asking whether a person has uploaded them. Without `sends`, files are only asked for. Raises `ConfigError`
    without a login or a password, `BusyError`, and `Stopped`.
    """
    fresh = [file.batch_id for file in exported.files] if exported else []
    report = do_round(config, store, agency, now=now, stop=stop, fresh=fresh, sends=sends)
    read_open_fates(config, store, agency, now, stop)
    return report


def check_login(config: Config, store: Store, agency: Agency, *, stop: Stop = never_stop) -> Answer | None:
    """What the agency says to the login, without sending anything; `None` if nothing is sent to it.

    A login that was refused before and works now is used again. Raises `ConfigError` without a login or a password.
    """
    terms = agency.terms(config)
    if terms is None:
        return None
    with agency.registrar(config, stop) as registrar:
        answer = registrar.check_login()
    account = store.submissions.account(agency.name, terms.system)
    if answer.kind == "accepted" and account and account.stopped and not store.read_only:
        release_login(config, store, agency, terms)
    return answer


def find_drift(
    config: Config,
    store: Store,
    agency: ReadableAgency,
    names: Sequence[str] = (),
    *,
    dois: Sequence[str] = (),
    now: Now,
    stop: Stop = never_stop,
) -> DriftFound:
    """Compares what an agency holds with what was sent of the named sources, of these DOIs, or of all.

    Raises `ConfigError` if the agency cannot be read, `AgencyError`, `BusyError`, and `Stopped`; what was read so far
    is not read again.
    """
    sources = [source.name for source in select_sources(config, names)] if names else []
    prefixes = config.crossref.prefixes if config.crossref else ()
    with reading(config, store, agency, now, stop) as readback:
        return search_drift(store, agency, readback, sources=sources, dois=dois, prefixes=prefixes, now=now())


def import_deposits(
    config: Config,
    store: Store,
    agency: ReadableAgency,
    places: Sequence[str] = (),
    *,
    now: Now,
    stop: Stop = never_stop,
) -> Imported:
    """Fills in the states of the DOIs that another program deposited for these DOI prefixes and ISSNs, or all of ours.

    Raises `ConfigError` if the agency cannot be read, `AgencyError`, `BusyError`, and `Stopped`; what was read so far
    is not read again.
    """
    prefixes = config.crossref.prefixes if config.crossref else ()
    with reading(config, store, agency, now, stop) as readback:
        return import_dois(store, readback, places or default_places(store, agency.name, prefixes), now)


def read_news(
    config: Config, store: Store, agency: ReadableAgency, *, since: date | None, now: Now, stop: Stop = never_stop
) -> News:
    """Reads what changed at an agency on `since` or later, and the DOIs whose fate is open.

    Raises `ConfigError` if the agency cannot be read, `AgencyError`, `BusyError`, and `Stopped`.
    """
    prefixes = config.crossref.prefixes if config.crossref else ()
    with reading(config, store, agency, now, stop) as readback:
        return news_of(store, readback, prefixes, since, now)


def read_matches(config: Config, store: Store, agency: MatchingAgency, *, now: Now, stop: Stop = never_stop) -> int:
    """Reads for which references an agency has found DOIs, one request for each DOI; returns how many DOIs were read.

    Raises `ConfigError`, `BusyError` and `Stopped`.
    """
    return matches_of(config, store, agency, now, stop)


def mark_deposited(
    config: Config, store: Store, target: Target, names: Sequence[str], selection: Selection, *, now: Now
) -> int:
    """Marks the selected articles as deposited by another program; returns how many. Raises `BusyError`."""
    sources = [source.name for source in select_sources(config, names)]
    with locks.hold(config.locks, "export", what="marking of deposits"):
        marked = store.deposits.mark_elsewhere(target.name, sources, selection, now())
        _refresh(config, store)
    return marked


def unmark_deposited(config: Config, store: Store, target: Target, names: Sequence[str], selection: Selection) -> int:
    """Removes the marks of the selected articles, or all; returns how many. Raises `BusyError`."""
    sources = [source.name for source in select_sources(config, names)] if names else []
    with locks.hold(config.locks, "export", what="marking of deposits"):
        unmarked = store.deposits.unmark_elsewhere(target.name, sources, selection)
        _refresh(config, store)
    return unmarked


def discard_deposit(config: Config, store: Store, file: DepositFile) -> None:
    """Deletes a deposit file that was never uploaded, with its manifest, and forgets it. Raises `BusyError`.

    The file goes first: what was forgotten must not be uploaded any more. Raises `StoreError` if it was sent.
    """
    with (
        locks.hold(config.locks, LOCK, what="discarding of a deposit file"),
        locks.hold(config.locks, "export", what="discarding of a deposit file"),
    ):
        if store.submissions.was_sent(file.batch_id):
            raise StoreError(f"{file.path} was sent, so it cannot be discarded. `harvester deposits show` says more.")
        path = Path(file.path)
        for name in (path.name, manifest_name(file.batch_id)):
            outbox.drop(path.parent, name)
        store.ledger.discard(file.batch_id)
        _refresh(config, store)


def undo_minted(
    config: Config, store: Store, names: Sequence[str], selection: Selection, *, today: str
) -> list[MintedDoi]:
    """Takes back the DOIs that were minted for the selected articles and are in no deposit file; returns them.

    Raises `BusyError`, also while one of the sources is harvested: that could save an article with such a DOI later.
    """
    sources = [source.name for source in select_sources(config, names)]
    with _held(config, "export", *map(_lock_of, sources), what="undoing of DOIs"):
        undone = store.minting.undo_minted(sources, selection)
        rebuild(config, store, names, today=today)
    return undone


def rename_source(config: Config, store: Store, old: str, new: str) -> None:
    """Gives a source of the store another name; the configuration is changed by a person.

    Raises `StoreError` if that is not possible (`Sources.rename`), and `BusyError` while a daemon runs or other
    processes work on one of both.
    """
    with _at_rest(config, old, new, what=f"renaming of {old}"):
        store.sources.rename(old, new)
        _refresh(config, store)


def forget_source(config: Config, store: Store, name: str) -> None:
    """Deletes a source from the store, except for what the ledger knows of its deposits.

    Raises `StoreError` if the store does not know it, and `BusyError` while a daemon runs or another process works on
    it.
    """
    with _at_rest(config, name, what=f"deletion of {name}"):
        store.sources.forget(name)
        _refresh(config, store)


def restore(config: Config, copy: Path) -> Path | None:
    """Puts a copy in the place of the store. Returns the new name of the store that was there, if there was one.

    Raises `StoreError` if the copy cannot be used, and `BusyError` while anything uses the store.
    """
    if not config.has_store_file:
        raise StoreError(
            f"A store in a database is restored by its own program: {store.how_to_restore(config.store_url, copy)}"
        )
    with _all_held(config, what=f"restoring of {copy}"):
        return store.restore(copy, config.store_path)


def copy_store(config: Config, origin: str, target: str) -> dict[str, int]:
    """Copies the store at one url into a new one at another; returns how many rows, by table.

    Raises `StoreError` if the target is not empty, and `BusyError` while anything uses one of the two.
    """
    with ExitStack() as held:
        for url in (origin, target):
            held.enter_context(_all_held(replace(config, store_url=url), what="copying of the store"))
        return store.copy(origin, target)


def _all_held(config: Config, *, what: str) -> AbstractContextManager[None]:
    """Holds every lock of the store."""
    every = ("daemon", LOCK, "export", "backup", *map(_lock_of, config.sources), *locks.names(config.locks))
    return _held(config, *every, what=what)


def _at_rest(config: Config, *names: str, what: str) -> AbstractContextManager[None]:
    """Holds the locks of these sources, of exports and of the daemon, which would keep an old configuration."""
    return _held(config, "daemon", "export", *map(_lock_of, names), what=what)


@contextmanager
def _held(config: Config, *names: str, what: str) -> Iterator[None]:
    """Holds all these locks, each once. Raises `BusyError`."""
    with ExitStack() as held:
        for name in dict.fromkeys(names):
            held.enter_context(locks.hold(config.locks, name, what=what))
        yield


def _lock_of(source: str) -> str:
    return f"source-{source}"


def _update(config: Config, store: Store, names: Sequence[str], *, today: str, stop: Stop) -> None:
    """Makes the articles and all findings those of the present configuration and program."""
    rebuild_articles(config, store, names, today=today, stop=stop)
    _refresh(config, store)


def _refresh(config: Config, store: Store) -> None:
    progress.report(_COMPARING)
    refresh_cross_record_findings(store, config.sources)


def _refresh_touched(config: Config, store: Store) -> None:
    progress.report(_COMPARING)
    refresh_touched_findings(store, config.sources)


def _has_news(report: RunReport) -> bool:
    """Whether articles may have been saved: those of unchanged records are if the sets of these are others now."""
    return bool(report.new or report.changed or report.deleted or report.unchanged)


def _day(now: Now) -> str:
    return now().date().isoformat()
