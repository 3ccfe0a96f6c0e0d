"""Metrics in Prometheus' text format, from the store: over HTTP with the daemon, into a file with cron."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import TYPE_CHECKING

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily, InfoMetricFamily, Metric
from prometheus_client.registry import Collector

from harvester import __version__
from harvester.checking.configured import configured_statuses
from harvester.config import Config
from harvester.registration import words
from harvester.registration.registrar import sending_agencies
from harvester.standing.due import Task, harvest_tasks, reconcile_tasks
from harvester.standing.source import current_incidents
from harvester.store import Overview, SourceStatus

if TYPE_CHECKING:
    from harvester.store import Store

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
REGISTRATION_STATES = tuple(words.GROUPS)
STATES = ("complete", "incomplete", "failed", "waiting", "running")


def exposition(config: Config, store: Store, now: datetime) -> bytes:
    """The metrics of all configured sources."""
    registry = CollectorRegistry()
    registry.register(_Metrics(config, store, now))
    return generate_latest(registry)


class _Metrics(Collector):
    def __init__(self, config: Config, store: Store, now: datetime) -> None:
        self._config, self._store, self._now = config, store, now

    def collect(self) -> Iterator[Metric]:
        yield InfoMetricFamily("harvester_build", "The program.", {"version": __version__})
        with self._store.overview() as overview:
            sources = configured_statuses(self._config, overview).values()
            harvests = harvest_tasks(self._config, overview, self._now)
            comparisons = reconcile_tasks(self._config, overview, self._now)
            needs_person = self._needs_person(overview, [*harvests, *comparisons])
        yield from _articles(sources)
        yield from _formats(sources)
        yield _next("run", harvests)
        yield _next("comparison", comparisons)
        yield from self._registrations()
        yield needs_person
        alerts = GaugeMetricFamily("harvester_alerts", "Continuing problems that were reported and need a person.")
        alerts.add_metric([], len(self._store.alerts.all()))
        yield alerts

    def _registrations(self) -> Iterator[Metric]:
        labels = ["target", "system"]
        dois = GaugeMetricFamily("harvester_dois", "DOIs that were sent, by state.", labels=[*labels, "state"])
        refused = GaugeMetricFamily("harvester_login_refused", "1 if the agency refuses the login.", labels=labels)
        for agency in sending_agencies(self._config):
            terms = agency.terms(self._config)
            assert terms is not None
            counts = self._store.registrations.counts(agency.name, terms.system)
            for state in REGISTRATION_STATES:
                dois.add_metric([agency.name, terms.system, state], counts.get(state, 0))
            account = self._store.submissions.account(agency.name, terms.system)
            refused.add_metric([agency.name, terms.system], bool(account and account.stopped))
        yield from (dois, refused)

    def _needs_person(self, overview: Overview, tasks: Iterable[Task]) -> Metric:
        family = GaugeMetricFamily("harvester_source_needs_person", "1 if it needs a person.", labels=["source"])
        of_source: dict[str, list[Task]] = {}
        for task in tasks:
            of_source.setdefault(task.subject, []).append(task)
        for name in self._config.sources:
            found = current_incidents(self._config, overview, name, of_source.get(name, ()), self._now)
            family.add_metric([name], bool(found))
        return family


def _next(what: str, tasks: Iterable[Task]) -> Metric:
    name = f"harvester_source_next_{what}_timestamp_seconds"
    family = GaugeMetricFamily(name, "Since when it is due, or when its schedule comes.", labels=["source"])
    for task in tasks:
        family.add_metric([task.subject], (task.due or task.next).timestamp())
    return family


def _articles(sources: Iterable[SourceStatus]) -> Iterator[Metric]:
    family = GaugeMetricFamily("harvester_articles", "Articles in the store.", labels=["source", "state"])
    for status in sources:
        for state, count in (("ready", status.ready), ("held_back", status.held_back), ("deleted", status.deleted)):
            family.add_metric([status.source, state], count)
    yield family


def _formats(sources: Iterable[SourceStatus]) -> Iterator[Metric]:
    names = ["source", "format"]
    complete = GaugeMetricFamily(
        "harvester_source_last_complete_timestamp_seconds", "When its last complete harvest ended.", labels=names
    )
    compared = GaugeMetricFamily(
        "harvester_source_last_comparison_timestamp_seconds", "When its last comparison ended.", labels=names
    )
    state = GaugeMetricFamily("harvester_source_last_run_state", "1 for the state it is in.", labels=[*names, "state"])
    rejected = GaugeMetricFamily(
        "harvester_source_last_run_rejected", "Records rejected by the last run.", labels=names
    )
    for source in sources:
        for status in source.formats:
            labels = [source.source, status.prefix]
            if status.last_complete and status.last_complete.finished:
                complete.add_metric(labels, status.last_complete.finished.timestamp())
            if status.last_comparison and status.last_comparison.finished:
                compared.add_metric(labels, status.last_comparison.finished.timestamp())
            if status.last_run:
                rejected.add_metric(labels, status.last_run.counts.rejected)
                for name in STATES:
                    state.add_metric([*labels, name], name == status.last_run.state)
    yield from (complete, compared, state, rejected)
