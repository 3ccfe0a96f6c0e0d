"""Runs and windows: what was requested from a provider, how far it came, and where it resumes."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Literal

import msgspec
from msgspec import structs
from msgspec.structs import replace
from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Connection,
    Integer,
    Select,
    Text,
    bindparam,
    case,
    func,
    select,
    type_coerce,
    update,
)
from sqlalchemy.dialects.sqlite import insert

from harvester.errors import RunTaken
from harvester.model import Identity, Token, Window
from harvester.store.database import BulkStatement, Part, new_id
from harvester.store.run_structs import (
    Advance,
    Close,
    Counts,
    MonthOfRuns,
    Restart,
    Run,
    RunChoice,
    RunKind,
    RunRow,
    RunState,
    RunWindow,
    Split,
    SwitchGranularity,
    Transition,
)
from harvester.store.structs import PageToSave
from harvester.store.tables import run, run_window, source

_ADD_WINDOWS = BulkStatement(insert(run_window), ("run_id", "set_spec", "since", "until"))
_ADD_PARTS = BulkStatement(insert(run_window), ("run_id", "parent", "attempts", "set_spec", "since", "until"))
_NO_TOKEN = {"token": None, "cursor": None, "expires": None}
_WHOLE_LIST: tuple[RunKind, ...] = ("full", "incremental")  # the kinds of runs that leave nothing out


class Runs(Part):
    """Runs and windows."""

    def harvested_formats(self, name: str) -> set[str]:
        """The formats in which the whole list was requested at least once."""
        whole = (run.c.source == name, run.c.kind.in_(_WHOLE_LIST))
        with self._read() as connection:
            return set(connection.execute(select(run.c.prefix).where(*whole).distinct()).scalars())

    def begin(self, name: str, prefix: str, kind: RunKind, windows: Sequence[Window], now: datetime) -> Run:
        """Saves a new run with its windows, before the first request."""
        with self._write() as connection:
            _remember_sets(connection, name, [w.set_spec for w in windows if w.set_spec is not None])
            values = {"source": name, "prefix": prefix, "kind": kind, "state": "running", "started": now}
            run_id = new_id(connection, insert(run).values(values))
            _ADD_WINDOWS.write(connection, [(run_id, w.set_spec, w.since, w.until) for w in windows])
            return _run(connection, run_id)

    def get(self, run_id: int) -> Run:
        """The run with this id. Raises `LookupError` if there is none."""
        with self._read() as connection:
            return _run(connection, run_id)

    def resume(self, run_id: int) -> Run:
        """Sets a run that was cut short back to running."""
        begin: dict[str, Any] = {"state": "running", "finished": None, "error": None, "wait_until": None}
        begin["taken"] = run.c.taken + 1
        with self._write() as connection:
            return _update_run(connection, run_id, {**begin, "interrupted": False, "needs_person": False})

    def add_windows(self, run_id: int, windows: Sequence[Window]) -> Run:
        """Adds windows to a run. A window that the run has, and that is not part of another, is reopened."""
        with self._write() as connection:
            present = {(w.window.set_spec, w.window.since, w.window.until): w for w in _run(connection, run_id).windows}
            for window in windows:
                key = (window.set_spec, window.since, window.until)
                if (same := present.get(key)) is not None and same.parent is None:
                    _update_window(connection, run_id, same.id, **_NO_TOKEN, state="open", pages=0, seen=0)
                else:
                    _ADD_WINDOWS.write(connection, [(run_id, *key)])
            return _run(connection, run_id)

    def finish(
        self,
        run_id: int,
        state: RunState,
        now: datetime,
        error: str | None = None,
        *,
        wait_until: datetime | None = None,
        interrupted: bool = False,
        needs_person: bool = False,
        taken: int | None = None,
    ) -> Run:
        """Saves how a run ended. Complete means complete: raises `ValueError` if a window is not done.

        `taken` as in `Store.apply`.
        """
        end = {"state": state, "finished": now, "error": error, "wait_until": wait_until, "interrupted": interrupted}
        end["needs_person"] = needs_person
        with self._write() as connection:
            check_taken(connection, run_id, taken)
            if state == "complete" and any(w.state != "done" for w in _run(connection, run_id).windows):
                raise ValueError(f"run {run_id} has open windows")
            return _update_run(connection, run_id, end)

    def resumable(self, name: str, prefix: str, kinds: Collection[RunKind] = _WHOLE_LIST) -> Run | None:
        """The newest run of these kinds, if it was cut short and can resume from its checkpoints.

        A failed run can resume only if it got past its first request. Otherwise that request was probably wrong.
        """
        newest = self._newest(select(run.c.id).where(run.c.kind.in_(kinds)), name, prefix)
        return newest if newest is not None and _can_resume(newest) else None

    def newest_run(self, name: str, prefix: str, *, before: int | None = None) -> Run | None:
        """The newest run over the whole list, or the newest one before the run with this id, however it ended."""
        whole = select(run.c.id).where(run.c.kind.in_(_WHOLE_LIST))
        return self._newest(whole if before is None else whole.where(run.c.id < before), name, prefix)

    def oldest_run(self, name: str, prefix: str) -> Run | None:
        """The oldest run over the whole list that the store still has, however it ended."""
        oldest = select(func.min(run.c.id)).where(
            run.c.source == name, run.c.prefix == prefix, run.c.kind.in_(_WHOLE_LIST)
        )
        with self._read() as connection:
            run_id: int | None = connection.execute(oldest).scalar()
            return None if run_id is None else _run(connection, run_id)

    def last_complete(self, name: str, prefix: str) -> Run | None:
        """The newest complete run over the whole list; the next one begins at its `response_date`."""
        complete = select(run.c.id).where(run.c.state == "complete", run.c.kind.in_(_WHOLE_LIST))
        return self._newest(complete, name, prefix)

    def last_reconciliation(self, name: str, prefix: str) -> Run | None:
        """The newest comparison of a source with its provider, however it ended."""
        return self._newest(select(run.c.id).where(run.c.kind == "reconcile"), name, prefix)

    def running(self) -> tuple[Run, ...]:
        """The runs that have begun and not ended, oldest first. Their processes may be at work or may have died."""
        with self._read() as connection:
            return runs_of(connection, select(run).where(run.c.state == "running").order_by(run.c.id))

    def latest(self, limit: int = 20, name: str | None = None) -> tuple[Run, ...]:
        """The newest runs, of one source or of all, newest first."""
        statement = select(run).order_by(run.c.id.desc()).limit(limit)
        if name is not None:
            statement = statement.where(run.c.source == name)
        with self._read() as connection:
            return runs_of(connection, statement)

    def find(self, chosen: RunChoice, *, before: int | None = None, limit: int = 50) -> tuple[RunRow, ...]:
        """The chosen runs, newest first, without their windows; with `before`, those with lower ids."""
        statement = select(run).where(*_conditions(chosen)).order_by(run.c.id.desc()).limit(limit)
        if before is not None:
            statement = statement.where(run.c.id < before)
        with self._read() as connection:
            return tuple(RunRow(**_facts_of(row)) for row in connection.execute(statement))

    def count_by(self, column: Literal["source", "state", "kind"], chosen: RunChoice) -> dict[str, int]:
        """How many of the chosen runs there are for each value of the column."""
        counted = run.c[column]
        statement = select(counted, func.count()).where(*_conditions(chosen)).group_by(counted)
        with self._read() as connection:
            return {row[0]: row[1] for row in connection.execute(statement)}

    def by_month(self, name: str) -> tuple[MonthOfRuns, ...]:
        """What the runs of a source brought in each month that has some, oldest first."""
        month = func.substr(type_coerce(run.c.started, Text), 1, 7).label("month")
        sums = [func.sum(run.c[column]).label(column) for column in ("new", "changed", "deleted")]
        statement = select(month, *sums).where(run.c.source == name).group_by(month).order_by(month)
        with self._read() as connection:
            return tuple(MonthOfRuns(**row._asdict()) for row in connection.execute(statement))

    def _newest(self, ids: Select[Any], name: str, prefix: str) -> Run | None:
        statement = ids.where(run.c.source == name, run.c.prefix == prefix).order_by(run.c.id.desc()).limit(1)
        with self._read() as connection:
            run_id: int | None = connection.execute(statement).scalar()
            return None if run_id is None else _run(connection, run_id)


def _can_resume(newest: Run) -> bool:
    """Whether the run was cut short and has checkpoints; a run that ended before its first request has no windows."""
    if newest.state == "failed":
        return any(w.state != "open" or w.token for w in newest.windows)
    return bool(newest.windows) and newest.state in ("running", "incomplete", "waiting")


# -------------------------------------------------------------------------------- within a transaction


def _remember_sets(connection: Connection, name: str, sets: Iterable[str]) -> None:
    """Makes sure that the source has a row, and writes down the sets that are asked for, if there are any."""
    asked = tuple(dict.fromkeys(sets))
    row = insert(source).values(name=name, url="", sets=asked)
    connection.execute(row.on_conflict_do_update(set_={"sets": asked}) if asked else row.on_conflict_do_nothing())


def _larger(one: ColumnElement[int], other: ColumnElement[int]) -> ColumnElement[int]:
    return case((one > other, one), else_=other)


_FIRST_DATE = run.c.response_date
_PAGE_DATE: BindParameter[str] = bindparam("page_date")
_COUNT_PAGE = (
    update(run)
    .where(run.c.id == bindparam("at_run"))
    .values(
        {column: run.c[column] + bindparam(f"add_{column}") for column in ("pages", *Counts.__struct_fields__)}
        # The date of the earliest page, which need not be the first one saved: windows may be fetched in parallel.
        | {"response_date": case((_FIRST_DATE.is_(None) | (_PAGE_DATE < _FIRST_DATE), _PAGE_DATE), else_=_FIRST_DATE)}
    )
)

_CHECKPOINT = (
    update(run_window)
    .where(run_window.c.id == bindparam("at_window"), run_window.c.run_id == bindparam("at_run"))
    .values(
        state=bindparam("to_state"),
        token=bindparam("to_token"),
        cursor=bindparam("to_cursor"),
        expires=bindparam("to_expires"),
        # The size that the first page announced, so that a list that shrinks after a checkpoint is noticed too.
        list_size=case(
            (run_window.c.pages == 0, func.coalesce(bindparam("to_list_size"), run_window.c.list_size)),
            else_=func.coalesce(run_window.c.list_size, bindparam("to_list_size")),
        ),
        announced=_larger(run_window.c.announced, func.coalesce(bindparam("to_list_size", type_=Integer), 0)),
        pages=run_window.c.pages + 1,
        seen=run_window.c.seen + bindparam("add_seen"),
    )
)


def check_taken(connection: Connection, run_id: int, taken: int | None) -> None:
    """Raises `RunTaken` if another process took the run up since it was taken up for the caller."""
    if taken is not None and connection.execute(_TAKEN, {"run": run_id}).scalar_one() != taken:
        raise RunTaken(f"Run {run_id} was taken up by another process meanwhile, which continues it; this one ends.")


_TAKEN = select(run.c.taken).where(run.c.id == bindparam("run"))


def count_page(connection: Connection, run_id: int, page: PageToSave) -> None:
    """Adds a page to the counts of its run."""
    counts = page_counts(page)
    added = {f"add_{field}": getattr(counts, field) for field in Counts.__struct_fields__}
    values = {"at_run": run_id, "add_pages": 1, "page_date": page.response_date or None, **added}
    connection.execute(_COUNT_PAGE, values)


def page_counts(page: PageToSave) -> Counts:
    """What a page adds to the counts of its run."""
    counts = dict.fromkeys(Counts.__struct_fields__, 0)
    for to_save in page.records:
        counts[to_save.decision] += 1
        counts["repaired"] += bool(to_save.raw.repairs)
    return Counts(**counts | {"rejected": len(page.bad)})


def apply_transition(connection: Connection, run_id: int, transition: Transition) -> None:
    """Writes one transition of a run. Raises `LookupError` for a window that is not of this run."""
    match transition:
        case Advance():
            _advance(connection, run_id, transition)
        case Close(window_id, seen):
            _update_window(connection, run_id, window_id, **_NO_TOKEN, state="done", seen=seen)
        case Restart():
            _restart(connection, run_id, transition)
        case Split():
            _split(connection, run_id, transition)
        case SwitchGranularity(granularity):
            _switch_granularity(connection, run_id, granularity)


def _advance(connection: Connection, run_id: int, to: Advance) -> None:
    token = to.token or Token("")
    values = {
        "to_state": "open" if to.token else "done",
        "to_token": to.token.value if to.token else None,
        "to_cursor": token.cursor,
        "to_expires": token.expires,
        "to_list_size": token.complete_list_size or to.list_size,
        "add_seen": to.fresh,
    }
    changed = connection.execute(_CHECKPOINT, {"at_run": run_id, "at_window": to.window_id, **values})
    _check_changed(changed.rowcount, run_id, to.window_id)


def _restart(connection: Connection, run_id: int, restart: Restart) -> None:
    again: dict[str, Any] = {
        "attempts": run_window.c.attempts + 1,
        "delivered": _larger(run_window.c.delivered, run_window.c.seen),
    }
    if restart.total is not None:
        again |= {"last_total": restart.total, "short_since": restart.short_since}
    _update_window(connection, run_id, restart.window_id, **_NO_TOKEN, **again, state="open", pages=0, seen=0)


def _split(connection: Connection, run_id: int, split: Split) -> None:
    whole = connection.execute(select(run_window).where(run_window.c.id == split.window_id)).one()
    size = split.list_size or whole.list_size
    announced = max(whole.announced, size or 0)
    _update_window(connection, run_id, split.window_id, **_NO_TOKEN, state="split", list_size=size, announced=announced)
    shared = (run_id, split.window_id, whole.attempts)
    _ADD_PARTS.write(connection, [(*shared, w.set_spec, w.since, w.until) for w in split.parts])


def _switch_granularity(connection: Connection, run_id: int, granularity: Literal["day", "second"]) -> None:
    is_source = source.c.name == select(run.c.source).where(run.c.id == run_id).scalar_subquery()
    document = connection.execute(select(source.c.identity).where(is_source)).scalar()
    if document is not None:
        identity = replace(msgspec.json.decode(document, type=Identity), granularity=granularity)
        connection.execute(update(source).where(is_source).values(identity=msgspec.json.encode(identity).decode()))


def _update_window(connection: Connection, run_id: int, window_id: int, **values: Any) -> None:
    is_window = (run_window.c.id == window_id, run_window.c.run_id == run_id)
    changed = connection.execute(update(run_window).where(*is_window).values(values))
    _check_changed(changed.rowcount, run_id, window_id)


def _check_changed(rows: int, run_id: int, window_id: int) -> None:
    if rows != 1:
        raise LookupError(f"run {run_id} has no window {window_id}")


def _update_run(connection: Connection, run_id: int, values: Mapping[str, Any]) -> Run:
    connection.execute(update(run).where(run.c.id == run_id).values(values))
    return _run(connection, run_id)


def runs_of(connection: Connection, statement: Select[Any]) -> tuple[Run, ...]:
    """The runs that a select from `run` finds, with their windows, in its order."""
    rows = connection.execute(statement).all()
    prefixes = {row.id: row.prefix for row in rows}
    windows = _windows_of(connection, prefixes)
    return tuple(_run_of(row, windows[row.id]) for row in rows)


def _run(connection: Connection, run_id: int) -> Run:
    runs = runs_of(connection, select(run).where(run.c.id == run_id))
    if not runs:
        raise LookupError(f"there is no run {run_id}")
    return runs[0]


def _windows_of(connection: Connection, prefixes: dict[int, str]) -> dict[int, list[RunWindow]]:
    windows: dict[int, list[RunWindow]] = {run_id: [] for run_id in prefixes}
    rows: Iterable[Any] = connection.execute(
        select(run_window).where(run_window.c.run_id.in_(prefixes)).order_by(run_window.c.id)
    )
    for row in rows:
        windows[row.run_id].append(_window_of(row, prefixes[row.run_id]))
    return windows


def _window_of(row: Any, prefix: str) -> RunWindow:
    token = Token(row.token, row.list_size, row.cursor, row.expires) if row.token else None
    return RunWindow(
        id=row.id,
        window=Window(prefix=prefix, set_spec=row.set_spec, since=row.since, until=row.until),
        state=row.state,
        token=token,
        pages=row.pages,
        seen=row.seen,
        list_size=row.list_size,
        parent=row.parent,
        announced=row.announced,
        delivered=row.delivered,
        last_total=row.last_total,
        short_since=row.short_since,
        attempts=row.attempts,
    )


def _run_of(row: Any, windows: Iterable[RunWindow]) -> Run:
    return Run(**_facts_of(row), windows=tuple(windows))


def _facts_of(row: Any) -> dict[str, Any]:
    """The fields of a `RunRow` in a row of the table."""
    facts = dict(row._mapping)
    counts = Counts(**{field: facts.pop(field) for field in Counts.__struct_fields__})
    return {**facts, "counts": counts}


def _conditions(chosen: RunChoice) -> list[ColumnElement[bool]]:
    return [run.c[name] == value for name, value in structs.asdict(chosen).items() if value is not None]
