"""Rebuild: the articles again from the stored payloads, whenever configuration or program changed."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from itertools import chain, islice
from typing import TYPE_CHECKING

from harvester.config import Config, select_sources
from harvester.mapping.garbage import reduced_gc
from harvester.mapping.source_mapper import SourceMapper
from harvester.rules import dates
from harvester.system import progress
from harvester.system.stopping import Stop, never_stop, until_stopped

if TYPE_CHECKING:
    from harvester.store import Store  # SQLAlchemy comes in when a store is opened

log = logging.getLogger(__name__)

TASK = "rebuilding articles"
PAGE = 200  # identifiers rebuilt in one transaction; of three pages the records are in memory


def rebuild_articles(
    config: Config,
    store: Store,
    names: Sequence[str] = (),
    *,
    today: str,
    everything: bool = False,
    stop: Stop = never_stop,
) -> int:
    """Rebuilds the articles that an earlier configuration or program made, or `everything`; returns how many.

    Articles that waited for a date which has come by `today` are rebuilt too. The findings about several records are
    left as they are. What a harvest stores meanwhile is newer, and stays. Raises `Stopped` between two pages; the next
    call resumes there.
    """
    done, total = 0, None
    progress.report(TASK)
    if everything:
        for source in select_sources(config, names):
            store.articles.mark_stale(source.name)
    for source in select_sources(config, names):
        with SourceMapper(config, store, source, today=today) as mapper, reduced_gc():
            outdated, waiting = _outdated(store, mapper, source.name), _waiting(store, source.name, today)
            for articles, states in until_stopped(chain(mapper.rebuild(outdated), mapper.rebuild(waiting)), stop):
                total = _total(config, store, names) if total is None else total
                store.articles.save(articles, states)
                done += sum(article.row is not None for article in articles)
                progress.report(TASK, done, total)
    if done:
        log.info("rebuilt %d articles", done)
    return done


def _total(config: Config, store: Store, names: Sequence[str]) -> int:
    """How many articles the sources have: most changes concern all of them."""
    articles = {status.source: status.ready + status.held_back for status in store.status()}
    return sum(articles.get(source.name, 0) for source in select_sources(config, names))


def _outdated(store: Store, mapper: SourceMapper, source: str) -> Iterator[list[str]]:
    """The identifiers that an earlier configuration or program mapped, a page at a time."""
    last = ""
    while identifiers := store.articles.identifiers(source, last, PAGE, not_mapped_with=mapper.mapped_with):
        yield identifiers
        last = identifiers[-1]


def _waiting(store: Store, source: str, today: str) -> Iterator[list[str]]:
    """The identifiers whose articles waited for a date that has come, a page at a time."""
    future = store.findings.matching([source], dates.FUTURE_CODES)
    come = iter(dict.fromkeys(row.identifier for row in future if dates.has_come(row.finding.value, today)))
    while identifiers := list(islice(come, PAGE)):
        yield identifiers
