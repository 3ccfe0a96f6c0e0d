"""What needs a person: which source, since when, why, what to do, where to see more. Once a day, and its end."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from msgspec import Struct
from msgspec.structs import replace

from harvester.config import Config, Source
from harvester.daemon.due import INTERRUPTED, RunTable, last_reconciled, newest_runs
from harvester.store import Alert, RunRow

if TYPE_CHECKING:
    from harvester.store import Store

EXPORT = "[exports]"  # no source can have this name


class Trouble(Struct, frozen=True, kw_only=True):
    """One matter for a person; the fields are those of the webhook."""

    subject: str  # the source, or `[exports]`
    since: datetime
    why: str
    todo: str
    see: str

    def lines(self, zone: str) -> str:
        """Five lines."""
        what = "the export fails" if self.subject == EXPORT else "the harvest fails"
        return (
            f"{self.subject}: {what}\n"
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
    failing = [run for run in runs if run and run.state in ("failed", "incomplete") and run.error != INTERRUPTED]
    if not failing:
        return None
    worst = min(failing, key=lambda run: run.id)
    why, todo = in_two(worst.error or f"the harvest is {worst.state}", f"run `harvester source test {name}`")
    since = worst.finished or worst.started
    return Trouble(subject=name, since=since, why=f"{worst.prefix}: {why}", todo=todo, see=f"harvester runs {worst.id}")


def of_export(error: str, now: datetime) -> Trouble:
    why, todo = in_two(error, "run `harvester export crossref`")
    return Trouble(subject=EXPORT, since=now, why=why, todo=todo, see="harvester export crossref --dry-run")


def in_two(error: str, otherwise: str) -> tuple[str, str]:
    """An error in one line as what it is and what to do; our errors have the next step behind a semicolon."""
    why, _, todo = " ".join(error.split()).rpartition("; ")
    return (why, todo) if why else (todo, otherwise)


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
        if before is None or before.told.astimezone(ZoneInfo(zone)).date() != today:
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


def look(config: Config, store: Store, now: datetime, export: str | bool | None = None) -> News:
    """The news by the run table; `export`: what kept us from it, `True` where it went well, else nothing."""
    runs = {name: _deciding(store, source) for name, source in config.sources.items()}
    troubles = [trouble for name in runs if (trouble := of_runs(name, runs[name]))]
    well = [name for name in runs if is_well(runs[name])]
    if isinstance(export, str):
        troubles.append(of_export(export, now))
    elif export:
        well.append(EXPORT)
    return news(troubles, well, (*runs, EXPORT), store.alerts(), now, config.zone)


def trouble_of(store: RunTable, source: Source) -> Trouble | None:
    """The trouble of one source by the run table, told or not."""
    return of_runs(source.name, _deciding(store, source))


def _deciding(store: RunTable, source: Source) -> list[RunRow | None]:
    """The newest harvest of each format, and the newest comparison where there was one."""
    return [*newest_runs(store, source), *filter(None, last_reconciled(store, source))]


def remember(store: Store, told: News, now: datetime) -> None:
    """Keeps in mind what people were told."""
    store.keep_alerts([Alert(one.subject, one.since, now) for one in told.troubles])
    store.drop_alerts([*(one.subject for one in told.over), *told.forgotten])
