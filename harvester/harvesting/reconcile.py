"""Reconciles one source: compares the provider's list of identifiers with the store (`comparison`), in each format."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import datetime
from typing import TYPE_CHECKING

from harvester.config import Config, Source
from harvester.errors import Stopped, WaitUntil
from harvester.harvesting import windows
from harvester.harvesting.answering import Answering
from harvester.harvesting.comparison import compare
from harvester.harvesting.context import Outcome
from harvester.harvesting.page_writer import PageWriter
from harvester.harvesting.patience import DEFAULT, Patience
from harvester.harvesting.reporting import finish
from harvester.mapping.source_mapper import SourceMapper
from harvester.oai import hosts
from harvester.reports import RunReport
from harvester.store import Run
from harvester.system.logcontext import log_context
from harvester.system.stopping import Stop, never_stop

if TYPE_CHECKING:
    from harvester.store import Store  # SQLAlchemy comes in when a store is opened

log = logging.getLogger(__name__)


def reconcile_source(
    config: Config,
    store: Store,
    source: Source,
    *,
    now: Callable[[], datetime],
    confirm: bool = False,
    stop: Stop = never_stop,
    patience: Patience = DEFAULT,
) -> Iterator[RunReport]:
    """Compares a source with its provider in each of its formats, and reports every run; the caller holds its lock.

    `confirm` allows more deletions than `max_deletion_share`.
    """
    for prefix in source.formats:
        started = time.monotonic()
        run = store.runs.begin(source.name, prefix, "reconcile", windows.requested(prefix, source.sets), now())
        mapper = SourceMapper(config, store, source, today=now().date().isoformat())
        writer = PageWriter(store, mapper, run)
        with (
            log_context(source=source.name, run=run.id),
            Answering(store, writer, run, source.access(), _slot, stop) as answering,
        ):
            log.info("%s: begins a comparison", prefix)
            outcome = _outcome(answering, run, source, patience, confirm)
        yield finish(store, run, outcome, now(), time.monotonic() - started, stopped=stop())


def _slot(url: str) -> AbstractContextManager[None]:
    return hosts.slot(url)


def _outcome(answering: Answering, run: Run, source: Source, patience: Patience, confirm: bool) -> Outcome:
    try:
        decided = answering.run(compare(run, source, patience, confirm=confirm))
    except Stopped:
        return Outcome("incomplete", "stopped on request; the next comparison starts from the beginning")
    except WaitUntil as error:
        return Outcome("waiting", str(error), wait_until=error.moment)
    answering.save(None, decided.transitions)
    return decided.outcome
