"""One turn: everything that is due now, once. This is all that cron needs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from msgspec import Struct

from harvester import pipeline
from harvester.config import Config
from harvester.daemon import troubles, work
from harvester.daemon.due import EXPORT, REPORT, export_due, page_due, planned, reconciling
from harvester.daemon.telling import NotTold, tell
from harvester.daemon.troubles import News
from harvester.daemon.work import Now, Stop
from harvester.reports import ExportReport, PageReport, RunReport

if TYPE_CHECKING:
    from harvester.store import Store


class Turn(Struct, frozen=True, kw_only=True):
    runs: tuple[RunReport, ...]
    export: ExportReport | str | None  # a sentence where it failed, `None` where none was due
    page: PageReport | None
    news: News
    not_told: str | None  # why a mail or webhook did not get through


def take(config: Config, *, now: Now, stop: Stop) -> Turn:
    """Harvests and exports what is due, and tells who is to be told. Raises `StoreError`."""
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
        news, not_told = inform(config, store, now, written(export, page))
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


def inform(config: Config, store: Store, now: Now, done: Mapping[str, str | None]) -> tuple[News, str | None]:
    """Tells the news, given what was `written`, and remembers that; the news, and what kept them from being told."""
    found = troubles.look(config, store, now(), done)
    if found:
        try:
            tell(config.alerts, found, config.zone)
        except NotTold as error:
            return found, str(error)
    if found or found.forgotten:
        troubles.remember(store, found, now())
    return found, None
