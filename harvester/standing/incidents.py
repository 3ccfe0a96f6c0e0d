"""Incidents that need a person: which source, since when, why, what to do."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from pathlib import PurePath
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from harvester.config import Config, Source
from harvester.standing.due import (
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
from harvester.standing.moments import local_time
from harvester.store import RunRow

if TYPE_CHECKING:
    from harvester.store import Store

CRASHED = "the program ended in the middle of this run; the next harvest resumes after its last page"
LONG_WAIT = timedelta(days=1)  # as in docs/operations.md
OVERDUE = timedelta(days=1)  # likewise
_NEXT_HARVEST = re.compile("; (?=the next harvest resumes )")
_WORK: dict[TaskKind, str] = {
    "harvest": "harvest",
    "reconcile": "comparison",
    "export": "export",
    "report": "report",
    "digest": "digest",
    "deposit": "deposit",
    "results": "reading of results",
    "readback": "reading of what Crossref holds",
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
    return run.needs_person or run_fails(run) or _waits_long(run)


def run_fails(run: RunRow) -> bool:
    """Whether the run ended without all it was for, and not because somebody stopped it."""
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


def source_incidents(runs: RunTable, source: Source) -> list[Incident]:
    """The incidents of one source and of its comparison, by the run table, whether they were reported or not.

    That of the comparison is not over with the next harvest, which does not know what the comparison found.
    """
    kinds = (newest_runs(runs, source), last_reconciliations(runs, source))
    found = (incident_of_runs(source.name, of_one_kind) for of_one_kind in kinds)
    return [replace(incident, url=source.url) for incident in found if incident]
