"""How all sources are, and what became of the DOIs that were sent: what `status` and the first page show."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime

from msgspec import Struct, structs

from harvester import store
from harvester.checking.configured import Leftover, configured_statuses, leftovers, notices
from harvester.config import Config, Source
from harvester.standing.source import SourceStanding, source_standing
from harvester.store import FormatStatus, Overview, SourceStatus
from harvester.system import locks
from harvester.targets import tables


class Sent(Struct, frozen=True):
    """What became of the DOIs that were sent to a target: how many are in each state, in one of its systems."""

    target: str
    system: str
    states: dict[str, int]
    login_refused: bool

    def sentence(self) -> str:
        states = ", ".join(f"{number:,} {state.replace('_', ' ')}" for state, number in sorted(self.states.items()))
        return f"{self.title} ({self.system}): {states or 'nothing sent yet'}"

    @property
    def title(self) -> str:
        return tables()[self.target].title


class Overall(Struct, frozen=True, kw_only=True):
    """The configured sources in their order, the sources of the store that are not configured, and what was sent.

    `deposits` has the targets that files are sent to. `daemon` is the process of the daemon, if one is running.
    """

    sources: tuple[SourceStanding, ...]
    leftovers: tuple[Leftover, ...]
    deposits: tuple[Sent, ...]
    daemon: locks.Holder | None

    def next_step(self) -> str | None:
        """What does what is due, if nobody is there to do it."""
        if self.daemon is None and any(source.is_due for source in self.sources):
            return "What is due comes with harvester daemon, or with harvester harvest --due."
        return None


def overall(config: Config, overview: Overview, now: datetime) -> Overall:
    """How everything is at this moment. Only reads. Raises `StoreError`."""
    stored, noticed = configured_statuses(config, overview), notices(config, overview)
    return Overall(
        sources=tuple(
            source_standing(config, overview, _status(source, stored), noticed.get(name, ()), now)
            for name, source in config.sources.items()
        ),
        leftovers=tuple(leftovers(config, overview)),
        deposits=tuple(_sent(config, overview)),
        daemon=locks.holder(config.locks, "daemon"),
    )


def one_source(config: Config, overview: Overview, name: str, now: datetime) -> SourceStanding:
    """How one configured source is at this moment. Only reads. Raises `StoreError`."""
    status = _status(config.sources[name], configured_statuses(config, overview))
    return source_standing(config, overview, status, notices(config, overview).get(name, ()), now)


def _status(source: Source, stored: Mapping[str, SourceStatus]) -> SourceStatus:
    """The status of a source with a row for every configured format, also for those that were never harvested."""
    status = store.status_or_empty(source.name, source.url, stored.get(source.name))
    rows = {row.prefix: row for row in status.formats}
    formats = tuple(rows.get(prefix) or FormatStatus(prefix=prefix) for prefix in source.formats)
    return structs.replace(status, formats=formats)


def _sent(config: Config, overview: Overview) -> Iterator[Sent]:
    for target, settings in config.targets.items():
        if settings.deposit != "off":
            states = overview.registrations(target, settings.deposit)
            yield Sent(target, settings.deposit, states, overview.is_login_refused(target, settings.deposit))
