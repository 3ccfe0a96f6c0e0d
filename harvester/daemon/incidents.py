"""What needs a person: which source, since when, why, what to do, where to see more. Once a day, and its end."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from msgspec import Struct
from msgspec.structs import replace

from harvester.config import Config, Source
from harvester.daemon.due import EXPORT, REPORT, RunTable, last_reconciliations, newest_runs
from harvester.store import Alert, RunRow

if TYPE_CHECKING:
    from harvester.store import Store

CRASHED = "the program ended in the middle of this run; the next harvest goes on behind its last page"
LONG_WAIT = timedelta(days=1)  # docs/operations.md says so
OVERDUE = timedelta(days=1)  # likewise
_OURS = re.compile("; (?=the next harvest goes on )")
_SEE = {EXPORT: "harvester export crossref --dry-run", REPORT: "harvester report"}


class Trouble(Struct, frozen=True, kw_only=True):
    """One matter for a person; the fields are those of the webhook."""

    subject: str  # the source, `[exports]` or `[report]`
    what: str
    since: datetime
    why: str
    todo: str
    see: str

    def lines(self, zone: str) -> str:
        """Five lines."""
        return (
            f"{self.subject}: {self.what}\n"
            f"  since  {local(self.since, zone)}\n"
            f"  why    {self.why}\n"
            f"  to do  {self.todo}\n"
            f"  see    {self.see}"
        )


class News(Struct, frozen=True, kw_only=True):
    """What is to be told now, and what is over."""

    troubles: tuple[Trouble, ...] = ()
    over: tuple[Alert, ...] = ()
    forgotten: tuple[str, ...] = ()  # subjects that the configuration has no more

    def __bool__(self) -> bool:
        return bool(self.troubles or self.over)

    def text(self, zone: str) -> str:
        good = [f"{one.subject}: works again (in trouble since {local(one.since, zone)})" for one in self.over]
        return "\n\n".join([*(trouble.lines(zone) for trouble in self.troubles), *good])


def local(moment: datetime, zone: str) -> str:
    return f"{moment.astimezone(ZoneInfo(zone)):%Y-%m-%d %H:%M} {zone}"


def of_runs(name: str, runs: Iterable[RunRow | None]) -> Trouble | None:
    """The trouble of a source, by the newest run of each format."""
    failing = [run for run in runs if run and (_fails(run) or _waits_long(run))]
    if not failing:
        return None
    worst = min(failing, key=lambda run: run.id)
    why, todo = in_two(worst.error or f"the harvest is {worst.state}", f"run `harvester source test {name}`")
    waits = worst.state == "waiting"
    if waits:
        todo = f"ask its administrator why; `harvester harvest {name}` asks again before then"
    return Trouble(
        subject=name,
        what="the harvest has to wait" if waits else "the harvest fails",
        since=_waiting_since(worst) if waits else worst.finished or worst.started,
        why=f"{worst.prefix}: {why}",
        todo=todo,
        see=f"harvester runs {worst.id}",
    )


def _fails(run: RunRow) -> bool:
    return run.state in ("failed", "incomplete") and not run.interrupted


def _waits_long(run: RunRow) -> bool:
    return run.state == "waiting" and run.wait_until is not None and run.wait_until - _waiting_since(run) > LONG_WAIT


def _waiting_since(run: RunRow) -> datetime:
    """A run that never had a page has waited since it began, however often it asked."""
    return run.finished if run.pages and run.finished else run.started


def of_neglect(name: str, due: datetime | None, now: datetime) -> Trouble | None:
    """The trouble of a source that is due and nobody comes: neither daemon nor cron can tell that they are gone."""
    if due is None or now - due < OVERDUE:
        return None
    return Trouble(
        subject=name,
        what="nobody harvests it",
        since=due,
        why="it is due for more than a day and nobody has come",
        todo="see whether `harvester daemon` is running, or cron calls `harvester harvest --due`",
        see="harvester schedule",
    )


def of_writing(subject: str, error: str, now: datetime) -> Trouble:
    """The trouble of `EXPORT` or `REPORT`."""
    why, todo = in_two(error, f"run `{_SEE[subject]}`")
    what = "the export fails" if subject == EXPORT else "the report fails"
    return Trouble(subject=subject, what=what, since=now, why=why, todo=todo, see=_SEE[subject])


def in_two(error: str, otherwise: str) -> tuple[str, str]:
    """An error in one line as what it is and what to do; our errors have the next step behind a semicolon.

    How the next harvest goes on, which may stand behind it, is nothing to do.
    """
    words, *ours = _OURS.split(" ".join(error.split()), maxsplit=1)
    why, _, todo = words.rpartition("; ")
    why, todo = (why, todo) if why else (todo, otherwise)
    return why, "; ".join(filter(None, [todo, *ours]))


def is_well(runs: Iterable[RunRow | None]) -> bool:
    return all(run is not None and run.state == "complete" for run in runs)


def news(
    troubles: Sequence[Trouble],
    well: Iterable[str],
    known: Iterable[str],
    told: Mapping[str, Alert],
    now: datetime,
    zone: str,
) -> News:
    """What to tell of these troubles, given what was told. `well`: subjects that work; `known`: all there are."""
    today = now.astimezone(ZoneInfo(zone)).date()
    fresh = []
    for trouble in troubles:
        before = told.get(trouble.subject)
        if before is None or before.last_notified.astimezone(ZoneInfo(zone)).date() != today:
            fresh.append(_since(trouble, before))
    well, known = set(well), set(known)
    return News(
        troubles=tuple(fresh),
        over=tuple(alert for subject, alert in told.items() if subject in well),
        forgotten=tuple(subject for subject in told if subject not in known),
    )


def _since(trouble: Trouble, before: Alert | None) -> Trouble:
    """The trouble since it was first told."""
    return replace(trouble, since=min(before.since, trouble.since)) if before else trouble


def look(config: Config, store: Store, now: datetime, written: Mapping[str, str | None]) -> News:
    """The news by the run table; `written`: `EXPORT` and `REPORT`, where they were due, with what kept us from them."""
    runs = {name: _deciding(store, source) for name, source in config.sources.items()}
    troubles = [trouble for name in runs if (trouble := of_runs(name, runs[name]))]
    well = [name for name in runs if is_well(runs[name])]
    troubles += [of_writing(subject, error, now) for subject, error in written.items() if error]
    well += [subject for subject, error in written.items() if error is None]
    return news(troubles, well, (*runs, EXPORT, REPORT), store.alerts(), now, config.zone)


def trouble_of(store: RunTable, source: Source) -> Trouble | None:
    """The trouble of one source by the run table, told or not."""
    return of_runs(source.name, _deciding(store, source))


def _deciding(store: RunTable, source: Source) -> list[RunRow | None]:
    """The newest harvest of each format, and the newest comparison where there was one."""
    return [*newest_runs(store, source), *filter(None, last_reconciliations(store, source))]


def remember(store: Store, told: News, now: datetime) -> None:
    """Keeps in mind what people were told."""
    store.save_alerts([Alert(one.subject, one.since, now) for one in told.troubles])
    store.delete_alerts([*(one.subject for one in told.over), *told.forgotten])
