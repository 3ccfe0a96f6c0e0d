"""Rebuild: the articles again from the stored payloads, whenever configuration or program changed."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from typing import TYPE_CHECKING

from harvester.config import Config, select_sources
from harvester.mapping.source_mapper import SourceMapper
from harvester.rules import dates
from harvester.system.stopping import Stop, never_stop, until_stopped

if TYPE_CHECKING:
    from harvester.store import Store  # SQLAlchemy comes in when a store is opened

log = logging.getLogger(__name__)

PAGE = 500  # identifiers rebuilt in one transaction


def rebuild_articles(
    config: Config,
    store: Store,
    names: Sequence[str] = (),
    *,
    today: str,
    everything: bool = False,
    stop: Stop = never_stop,
    progress: Callable[[str, int], None] | None = None,
) -> int:
    """Rebuilds the articles that an earlier configuration or program made, or `everything`; returns how many.

    Articles that waited for a date which has come by `today` are rebuilt too. The findings about several records are
    left as they are. Raises `Stopped` between two pages; the next call resumes there.
    """
    done = 0
    if everything:
        for source in select_sources(config, names):
            store.mark_stale(source.name)
    for source in select_sources(config, names):
        mapper = SourceMapper(config, store, source, today=today)
        for identifiers in until_stopped(_due(store, mapper, source.name, today), stop):
            saves = tuple(mapper.again(identifiers))
            store.save_articles(saves)
            done += sum(save.row is not None for save in saves)
            if progress:
                progress(source.name, done)
    if done:
        log.info("rebuilt %d articles", done)
    return done


def _due(store: Store, mapper: SourceMapper, source: str, today: str) -> Iterator[list[str]]:
    """The identifiers of a source that are to be mapped again, a page of them at a time."""
    last = ""
    while identifiers := store.identifiers(source, last, PAGE, not_mapped_with=mapper.mapped_with):
        yield identifiers
        last = identifiers[-1]
    ahead = store.findings([source], dates.FUTURE_CODES)
    come = dict.fromkeys(row.identifier for row in ahead if dates.has_come(row.finding.value, today))
    waited = iter(come)
    while identifiers := list(islice(waited, PAGE)):
        yield identifiers
