"""Incidents that need a person: which source, since when, why, what to do. Each is reported once a day, and its end."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import PurePath
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from msgspec import Struct
from msgspec.structs import replace

from harvester.config import Config, Source
from harvester.daemon.due import (
    DEPOSIT,
    EXPORT,
    REPORT,
    RunTable,
    Task,
    TaskKind,
    comparison_of,
    last_reconciliations,
    newest_runs,
)
from harvester.store import Alert, RunRow

if TYPE_CHECKING:
    from harvester.store import Store

CRASHED = "the program ended in the middle of this run; the next harvest resumes after its last page"
LONG_WAIT = timedelta(days=1)  # as in docs/operations.md
OVERDUE = timedelta(days=1)  # likewise
FIRST_FAILURE = timedelta(hours=20)  # likewise; less than a day, so that a failure of the next night is reported
_NEXT_HARVEST = re.compile("; (?=the next harvest resumes )")
_WORK: dict[TaskKind, str] = {
    "harvest": "harvest",
    "reconcile": "comparison",
    "export": "export",
    "report": "report",
    "digest": "digest",
    "deposit": "deposit",
    "results": "reading of results",
}
_TRY: dict[TaskKind, str] = {"harvest": "harvester source test", "reconcile": "harvester reconcile"}
_SEE = {
    EXPORT: "harvester export crossref --dry-run",
    REPORT: "harvester report",
    DEPOSIT: "harvester deposit --dry-run",
}
_WRITING = {EXPORT: "the export fails", REPORT: "the report fails", DEPOSIT: "the deposit fails"}


class Incident(Struct, frozen=True, kw_only=True):
    """One matter for a person, with the fields of the webhook."""

    subject: str  # the source, `reconcile` and the source, `[exports]` or `[report]`
    what: str
    since: datetime
    why: str
    todo: str
    see: str
    url: str | None = None  # of the source

    def lines(self, zone: str) -> str:
        """The incident as text of five lines, with the time in this zone; of six if it is about a source."""
        return (
            f"{self.subject}: {self.what}\n"
            f"  since  {local_time(self.since, zone)}\n"
            f"  why    {self.why}\n"
            f"  to do  {self.todo}\n"
            f"  see    {self.see}" + (f"\n  url    {self.url}" if self.url else "")
        )


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


def local_time(moment: datetime, zone: str) -> str:
    return f"{moment.astimezone(ZoneInfo(zone)):%Y-%m-%d %H:%M} {zone}"


def incident_of_runs(name: str, runs: Iterable[RunRow | None]) -> Incident | None:
    """The incident of a source, by the newest harvest of each format; `None` if nothing needs a person.

    With the newest comparison of each format, that of its comparison.
    """
    worst = min((run for run in runs if run and _needs_person(run)), key=lambda run: run.id, default=None)
    if worst is None:
        return None
    kind: TaskKind = "reconcile" if worst.kind == "reconcile" else "harvest"
    work, waits = _WORK[kind], worst.state == "waiting"
    why, todo = cause_and_remedy(worst.error or f"the {work} is {worst.state}", f"run `{_TRY[kind]} {name}`")
    if waits:
        todo = f"ask its administrator why; `harvester {kind} {name}` requests it before then"
    return Incident(
        subject=comparison_of(name) if kind == "reconcile" else name,
        what=_what(work, worst),
        since=_waiting_since(worst) if waits else worst.finished or worst.started,
        why=f"{worst.prefix}: {why}",
        todo=todo,
        see=f"harvester runs {worst.id}",
    )


def _what(work: str, run: RunRow) -> str:
    if run.state == "waiting":
        return f"the {work} has to wait"
    return "its settings have to be changed" if run.state == "complete" else f"the {work} fails"


def _needs_person(run: RunRow) -> bool:
    return run.needs_person or _fails(run) or _waits_long(run)


def _fails(run: RunRow) -> bool:
    return run.state in ("failed", "incomplete") and not run.interrupted


def _waits_long(run: RunRow) -> bool:
    return run.state == "waiting" and run.wait_until is not None and run.wait_until - _waiting_since(run) > LONG_WAIT


def _waiting_since(run: RunRow) -> datetime:
    """Since when the run waits. A run that has never got a page has waited since it began, whatever it retried."""
    return run.finished if run.pages and run.finished else run.started


def incident_of_neglect(task: Task, now: datetime) -> Incident | None:
    """The incident of a task that has been due for a day. Daemon and cron cannot report that they do not run.

    A task that was never done may have got its schedule a minute ago.
    """
    if task.due is None or task.last is None or now - task.due < OVERDUE:
        return None
    return Incident(
        subject=task.name,
        what=f"the {_WORK[task.kind]} is overdue",
        since=task.due,
        why="it has been due for more than a day, and nobody has done it",
        todo="see whether `harvester daemon` is running, or cron calls `harvester harvest --due`",
        see="harvester schedule",
    )


def incident_of_writing(subject: str, error: str, now: datetime) -> Incident:
    """The incident of `EXPORT`, `REPORT` or `DEPOSIT`."""
    why, todo = cause_and_remedy(error, f"run `{_SEE[subject]}`")
    return Incident(subject=subject, what=_WRITING[subject], since=now, why=why, todo=todo, see=_SEE[subject])


def deposit_incidents(config: Config, store: Store) -> Iterator[Incident]:
    """The incidents of sending: a login that is refused, and files whose fate the agency does not know in time."""
    from harvester.registration.registrar import sending_agencies  # imports lxml, and `harvester status` starts fast

    for agency in sending_agencies(config):
        terms = agency.terms(config)
        assert terms is not None
        account = store.submissions.account(agency.name, terms.system)
        if account and account.stopped and account.login == terms.login:
            yield Incident(
                subject=f"{DEPOSIT} login",
                what=f"{agency.title} refuses the login",
                since=account.stopped,
                why=f"{agency.title} ({terms.system}) said: {account.answer}",
                todo="correct login, or the password in its file; then nothing else is needed",
                see="harvester deposits",
            )
        for file in store.submissions.of_states(agency.name, terms.system, ["lost"]):
            name = PurePath(file.path).name
            yield Incident(
                subject=f"{DEPOSIT} {name}",
                what="a deposit file is late",
                since=file.since,
                why=f"{agency.title} does not know the file, although it should have been received",
                todo=f"wait, or send it again under another name: harvester deposits retry {name}",
                see=f"harvester deposits show {name}",
            )


def cause_and_remedy(error: str, otherwise: str) -> tuple[str, str]:
    """An error in one line, split into its cause and its remedy, which our errors have after a semicolon.

    `otherwise` is the remedy of an error without one. How the next harvest resumes, which may follow, is not a remedy.
    """
    words, *next_harvest = _NEXT_HARVEST.split(" ".join(error.split()), maxsplit=1)
    cause, _, remedy = words.rpartition("; ")
    cause, remedy = (cause, remedy) if cause else (remedy, otherwise)
    return cause, "; ".join(filter(None, [remedy, *next_harvest]))


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
    incidents = [found for source in config.sources.values() for found in _to_report(store, source, now)]
    incidents += [incident_of_writing(subject, error, now) for subject, error in written.items() if error]
    alerts = store.alerts.all()
    deposits = list(deposit_incidents(config, store))
    incidents += deposits
    working = [subject for source in config.sources.values() for subject in _working(store.runs, source)]
    working += [subject for subject, error in written.items() if error is None]
    of_deposits = {subject for subject in alerts if subject.startswith(f"{DEPOSIT} ")}
    working += sorted(of_deposits - {incident.subject for incident in deposits})
    configured = (*config.sources, *map(comparison_of, config.sources), EXPORT, REPORT, DEPOSIT, *of_deposits)
    return notification_of(incidents, working, configured, alerts, now, config.zone)


def _to_report(store: Store, source: Source, now: datetime) -> Iterator[Incident]:
    """The incidents of one source without a harvest that has only just begun to fail: most of these are over soon."""
    failing = [run for run in newest_runs(store.runs, source) if run and _fails(run) and not run.needs_person]
    is_new = bool(failing) and all(now - _failing_since(store, run, now) < FIRST_FAILURE for run in failing)
    return (one for one in source_incidents(store.runs, source) if not (is_new and one.subject == source.name))


def _failing_since(store: Store, run: RunRow, now: datetime) -> datetime:
    """When the first of the failing harvests in succession began, as far as that matters."""
    before: RunRow | None = run
    while before and _fails(before) and now - run.started < FIRST_FAILURE:
        run, before = before, store.runs.newest_run(before.source, before.prefix, before=before.id)
    return run.started


def source_incidents(runs: RunTable, source: Source) -> list[Incident]:
    """The incidents of one source and of its comparison, by the run table, whether they were reported or not.

    That of the comparison is not over with the next harvest, which does not know what the comparison found.
    """
    kinds = (newest_runs(runs, source), last_reconciliations(runs, source))
    found = (incident_of_runs(source.name, of_one_kind) for of_one_kind in kinds)
    return [replace(incident, url=source.url) for incident in found if incident]


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
