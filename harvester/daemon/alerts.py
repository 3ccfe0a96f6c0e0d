"""What to report now: incidents, each once a day, and the end of those that were reported."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from msgspec import Struct
from msgspec.structs import replace

from harvester.config import Config, Source
from harvester.standing.due import (
    DEPOSIT,
    EXPORT,
    REPORT,
    RunTable,
    comparison_of,
    last_reconciliations,
    newest_runs,
)
from harvester.standing.incidents import (
    Incident,
    deposit_incidents,
    incident_of_writing,
    run_fails,
    source_incidents,
)
from harvester.standing.moments import local_time
from harvester.store import Alert, RunRow

if TYPE_CHECKING:
    from harvester.store import Store

FIRST_FAILURE = timedelta(hours=20)  # as in docs/operations.md; less than a day, so that the next night's is reported


class Notification(Struct, frozen=True, kw_only=True):
    """What to report now: incidents, and earlier ones that are over."""

    incidents: tuple[Incident, ...] = ()
    recovered: tuple[Alert, ...] = ()
    removed: tuple[str, ...] = ()  # subjects with an alert that are no longer configured; they are not reported

    def __bool__(self) -> bool:
        """Whether there is anything to report."""
        return bool(self.incidents or self.recovered)

    def text(self, zone: str) -> str:
        """The notification as plain text, with times in this zone."""
        recovered = [
            f"{alert.subject}: works again (in trouble since {local_time(alert.since, zone)})"
            for alert in self.recovered
        ]
        return "\n\n".join([*(incident.lines(zone) for incident in self.incidents), *recovered])


def all_complete(runs: Iterable[RunRow | None]) -> bool:
    """Whether the newest run of each format is complete, and none needs a person."""
    return all(run is not None and run.state == "complete" and not run.needs_person for run in runs)


def notification_of(
    incidents: Sequence[Incident],
    working: Iterable[str],
    configured: Iterable[str],
    alerts: Mapping[str, Alert],
    now: datetime,
    zone: str,
) -> Notification:
    """What to report now, given the alerts so far. `working` and `configured` are subjects."""
    today = now.astimezone(ZoneInfo(zone)).date()
    to_report = []
    for incident in incidents:
        before = alerts.get(incident.subject)
        if before and incident.subject.startswith(f"{DEPOSIT} "):
            continue  # these are told once
        if before is None or before.last_notified.astimezone(ZoneInfo(zone)).date() != today:
            to_report.append(_with_first_since(incident, before))
    working, configured = set(working), set(configured)
    return Notification(
        incidents=tuple(to_report),
        recovered=tuple(alert for subject, alert in alerts.items() if subject in working),
        removed=tuple(subject for subject in alerts if subject not in configured),
    )


def _with_first_since(incident: Incident, before: Alert | None) -> Incident:
    """The incident with the `since` that was reported first."""
    return replace(incident, since=min(before.since, incident.since)) if before else incident


def current_notification(
    config: Config, store: Store, now: datetime, written: Mapping[str, str | None]
) -> Notification:
    """What to report now, by the run table and `due_run.written`."""
    with store.overview() as runs:
        runs.look_up_runs()
        incidents = [found for source in config.sources.values() for found in _to_report(store, runs, source, now)]
        working = [subject for source in config.sources.values() for subject in _working(runs, source)]
    incidents += [incident_of_writing(subject, error, now) for subject, error in written.items() if error]
    alerts = store.alerts.all()
    deposits = list(deposit_incidents(config, store))
    incidents += deposits
    working += [subject for subject, error in written.items() if error is None]
    of_deposits = {subject for subject in alerts if subject.startswith(f"{DEPOSIT} ")}
    working += sorted(of_deposits - {incident.subject for incident in deposits})
    configured = (*config.sources, *map(comparison_of, config.sources), EXPORT, REPORT, DEPOSIT, *of_deposits)
    return notification_of(incidents, working, configured, alerts, now, config.zone)


def _to_report(store: Store, runs: RunTable, source: Source, now: datetime) -> Iterator[Incident]:
    """The incidents of one source without a harvest that has only just begun to fail: most of these are over soon."""
    failing = [run for run in newest_runs(runs, source) if run and run_fails(run) and not run.needs_person]
    is_new = bool(failing) and all(now - _failing_since(store, run, now) < FIRST_FAILURE for run in failing)
    return (one for one in source_incidents(runs, source) if not (is_new and one.subject == source.name))


def _failing_since(store: Store, run: RunRow, now: datetime) -> datetime:
    """When the first of the failing harvests in succession began, as far as that matters."""
    before: RunRow | None = run
    while before and run_fails(before) and now - run.started < FIRST_FAILURE:
        run, before = before, store.runs.newest_run(before.source, before.prefix, before=before.id)
    return run.started


def _working(runs: RunTable, source: Source) -> Iterator[str]:
    """The subjects of one source that are in order: harvested, or compared, in each format."""
    if all_complete(newest_runs(runs, source)):
        yield source.name
    if all_complete(last_reconciliations(runs, source)):
        yield comparison_of(source.name)


def remember(store: Store, sent: Notification, now: datetime) -> None:
    """Saves what people were notified of."""
    store.alerts.save([Alert(incident.subject, incident.since, now) for incident in sent.incidents])
    store.alerts.delete([*(alert.subject for alert in sent.recovered), *sent.removed])
