"""One turn: everything that is due now, once. This is all that cron needs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from harvester import pipeline
from harvester.config import Config
from harvester.daemon import incidents, store_outage, work
from harvester.daemon.due import EXPORT, REPORT, export_due, page_due, planned, reconciling
from harvester.daemon.incidents import News
from harvester.daemon.notifications import NotTold, tell
from harvester.daemon.work import Now, Stop
from harvester.errors import StoreError
from harvester.reports import ExportReport, PageReport, RunReport

if TYPE_CHECKING:
    from harvester.store import Store


class Turn(Struct, frozen=True, kw_only=True):
    runs: tuple[RunReport, ...] = ()
    export: ExportReport | str | None = None  # a sentence where it failed, `None` where none was due
    page: PageReport | None = None
    news: News = News()
    not_told: str | None = None  # why a mail or webhook did not get through
    halted: StoreError | None = None  # what ended the turn before its end


def take(config: Config, *, now: Now, stop: Stop) -> Turn:
    """Harvests and exports what is due, and tells who is to be told, also where the store cannot be used."""
    try:
        return _take(config, now, stop)
    except StoreError as error:
        news, not_told = inform_of_halt(config, error, now(), stop)
        return Turn(news=news, not_told=not_told, halted=error)


def _take(config: Config, now: Now, stop: Stop) -> Turn:
    with pipeline.opened(config) as store:
        work.recognise_crashed(config, store, now())
        due = [plan.subject for plan in planned(config, store, now()) if plan.due]
        runs = each(config, due, work.harvest, now=now, stop=stop)
        due = [plan.subject for plan in reconciling(config, store, now()) if plan.due]
        runs += each(config, due, work.reconcile, now=now, stop=stop)
        export, page = None, None
        if not stop() and export_due(config, store, now()):
            export = work.export(config, store, now=now, stop=stop)
        if not stop() and page_due(config, now()):
            page = work.write_report(config, store, now=now, stop=stop)
        news, not_told = inform(config, store, now, written(export, page), stop)
    return Turn(runs=tuple(runs), export=export, page=page, news=news, not_told=not_told)


def written(export: ExportReport | str | None, page: PageReport | None) -> dict[str, str | None]:
    """`EXPORT` and `REPORT`, where they were due, with what kept us from them."""
    done: dict[str, str | None] = {} if page is None else {REPORT: page.error}
    return done if export is None else {EXPORT: export if isinstance(export, str) else None, **done}


def each(
    config: Config, names: list[str], do: Callable[..., list[RunReport]], *, now: Now, stop: Stop
) -> list[RunReport]:
    """Does the work for each of these sources, as many at once as `[daemon] workers` says."""

    def one(name: str) -> list[RunReport]:
        if stop():
            return []
        with pipeline.opened(config) as store:
            return do(config, store, name, now=now, stop=stop)

    with ThreadPoolExecutor(config.daemon.workers, thread_name_prefix="source") as pool:
        return [report for reports in pool.map(one, names) for report in reports]


def inform(
    config: Config, store: Store, now: Now, done: Mapping[str, str | None], stop: Stop
) -> tuple[News, str | None]:
    """Tells the news, given what was `written`, and remembers that; the news, and what kept them from being told."""
    found = incidents.look(config, store, now(), done)
    if passed := store_outage.passed(config):
        found = replace(found, over=(passed, *found.over))
    not_told = _sent(config, found, stop)
    if not_told is None:
        if found or found.forgotten:
            incidents.remember(store, found, now())
        store_outage.forget(config)
    return found, not_told


def inform_of_halt(config: Config, error: StoreError, now: datetime, stop: Stop) -> tuple[News, str | None]:
    """Tells that the store cannot be used, and remembers that; the news, and what kept them from being told."""
    found = store_outage.look(config, error, now)
    not_told = _sent(config, found, stop)
    if not_told is None:
        store_outage.remember(config, found, now)
    return found, not_told


def _sent(config: Config, news: News, stop: Stop) -> str | None:
    """What kept the news from being told, if anything."""
    try:
        if news:
            tell(config.alerts, news, config.zone, stop)
    except NotTold as error:
        return str(error)
    return None
