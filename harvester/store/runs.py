"""Sources, runs and windows: what was asked of a provider, how far it came, and where it goes on."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any, Literal

import msgspec
from msgspec.structs import replace
from sqlalchemy import BindParameter, Connection, Select, bindparam, case, func, select, update
from sqlalchemy.dialects.sqlite import insert

from harvester.model import Identity, Token, Window
from harvester.store.database import Database, ManyRows, new_id
from harvester.store.structs import (
    Advance,
    Close,
    Counts,
    PageToSave,
    Restart,
    Run,
    RunKind,
    RunState,
    RunWindow,
    SourceRow,
    Split,
    SwitchGranularity,
    Transition,
)
from harvester.store.tables import run, run_window, source

_PUT_WINDOWS = ManyRows(insert(run_window), ("run_id", "set_spec", "since", "until"))
_PUT_PARTS = ManyRows(insert(run_window), ("run_id", "parent", "attempts", "set_spec", "since", "until"))
_FRESH = {"token": None, "cursor": None, "expires": None}


class Runs(Database):
    """Sources, runs and windows."""

    def save_identity(self, name: str, identity: Identity, url: str) -> None:
        """Keeps what Identify said."""
        said = msgspec.json.encode(identity).decode()
        statement = insert(source).values(name=name, url=url, identity=said)
        with self._write() as connection:
            connection.execute(statement.on_conflict_do_update(set_={"url": url, "identity": said}))

    def source(self, name: str) -> SourceRow | None:
        with self._read() as connection:
            row = connection.execute(select(source).where(source.c.name == name)).first()
        if row is None:
            return None
        identity = msgspec.json.decode(row.identity, type=Identity) if row.identity else None
        return SourceRow(row.name, row.url, identity)

    def harvested_formats(self, name: str) -> set[str]:
        """The formats in which there were runs over all of the list."""
        mine = (run.c.source == name, run.c.kind.in_(("full", "incremental")))
        with self._read() as connection:
            return set(connection.execute(select(run.c.prefix).where(*mine).distinct()).scalars())

    def begin_run(self, name: str, prefix: str, kind: RunKind, windows: Sequence[Window], now: datetime) -> Run:
        """Writes down what is going to be asked, before it is."""
        with self._write() as connection:
            connection.execute(insert(source).values(name=name, url="").on_conflict_do_nothing())
            values = {"source": name, "prefix": prefix, "kind": kind, "state": "running", "started": now}
            run_id = new_id(connection, insert(run).values(values))
            _PUT_WINDOWS.write(connection, [(run_id, w.set_spec, w.since, w.until) for w in windows])
            return _run(connection, run_id)

    def run(self, run_id: int) -> Run:
        """A run as it stands. Raises `LookupError`."""
        with self._read() as connection:
            return _run(connection, run_id)

    def resume_run(self, run_id: int) -> Run:
        """Takes up a run that was cut short."""
        return self._set_run(run_id, state="running", finished=None, error=None, wait_until=None, interrupted=False)

    def add_windows(self, run_id: int, windows: Sequence[Window]) -> Run:
        """Asks for more in a run; a window that it asked for itself before is opened again."""
        with self._write() as connection:
            asked = {(w.window.set_spec, w.window.since, w.window.until): w for w in _run(connection, run_id).windows}
            for window in windows:
                place = (window.set_spec, window.since, window.until)
                if (held := asked.get(place)) is not None and held.parent is None:
                    _set_window(connection, run_id, held.id, **_FRESH, state="open", pages=0, seen=0)
                else:
                    _PUT_WINDOWS.write(connection, [(run_id, *place)])
            return _run(connection, run_id)

    def finish_run(
        self,
        run_id: int,
        state: RunState,
        now: datetime,
        error: str | None = None,
        *,
        wait_until: datetime | None = None,
        interrupted: bool = False,
    ) -> Run:
        """Writes down how a run ended. Complete means complete: raises `ValueError` while a window is open."""
        if state == "complete" and any(w.state != "done" for w in self.run(run_id).windows):
            raise ValueError(f"run {run_id} has open windows")
        ended = {"finished": now, "error": error, "wait_until": wait_until, "interrupted": interrupted}
        return self._set_run(run_id, state=state, **ended)

    def resumable_run(self, name: str, prefix: str, kinds: Collection[RunKind] = ("full", "incremental")) -> Run | None:
        """The newest run of these kinds, if it was cut short and can go on from its checkpoints.

        A failed run goes on only where it got somewhere: one that failed at its first request asked something wrong.
        """
        newest = self._newest(select(run.c.id).where(run.c.kind.in_(kinds)), name, prefix)
        return newest if newest is not None and _resumable(newest) else None

    def newest_run(self, name: str, prefix: str) -> Run | None:
        """The newest run over all of the list, however it ended."""
        return self._newest(select(run.c.id).where(run.c.kind.in_(("full", "incremental"))), name, prefix)

    def last_complete_run(self, name: str, prefix: str) -> Run | None:
        """The newest complete run over all of the list: its `response_date` is where the next one begins."""
        whole = select(run.c.id).where(run.c.state == "complete", run.c.kind.in_(("full", "incremental")))
        return self._newest(whole, name, prefix)

    def runs(self, limit: int = 20, name: str | None = None) -> tuple[Run, ...]:
        """The newest runs, newest first."""
        statement = select(run).order_by(run.c.id.desc()).limit(limit)
        if name is not None:
            statement = statement.where(run.c.source == name)
        with self._read() as connection:
            return runs_of(connection, statement)

    def _newest(self, ids: Select[Any], name: str, prefix: str) -> Run | None:
        statement = ids.where(run.c.source == name, run.c.prefix == prefix).order_by(run.c.id.desc()).limit(1)
        with self._read() as connection:
            run_id: int | None = connection.execute(statement).scalar()
            return None if run_id is None else _run(connection, run_id)

    def _set_run(self, run_id: int, **values: Any) -> Run:
        with self._write() as connection:
            connection.execute(update(run).where(run.c.id == run_id).values(values))
            return _run(connection, run_id)


def _resumable(newest: Run) -> bool:
    """Whether it has checkpoints to go on from: a run that ended before its first request asked for nothing."""
    if newest.state == "failed":
        return any(w.state != "open" or w.token for w in newest.windows)
    return bool(newest.windows) and newest.state in ("running", "incomplete", "waiting")


# -------------------------------------------------------------------------------- within a transaction

_BASE = run.c.response_date
_SAID: BindParameter[str] = bindparam("said")
_COUNT_PAGE = (
    update(run)
    .where(run.c.id == bindparam("at_run"))
    .values(
        {column: run.c[column] + bindparam(f"add_{column}") for column in ("pages", *Counts.__struct_fields__)}
        # The earliest answer, not the first kept: windows may be fetched side by side.
        | {"response_date": func.coalesce(func.min(func.coalesce(_BASE, _SAID), _SAID), _BASE)}
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
        # What the first page announced: a list that shrinks behind a checkpoint is doubted all the same.
        list_size=case(
            (run_window.c.pages == 0, func.coalesce(bindparam("to_list_size"), run_window.c.list_size)),
            else_=func.coalesce(run_window.c.list_size, bindparam("to_list_size")),
        ),
        pages=run_window.c.pages + 1,
        seen=run_window.c.seen + bindparam("add_seen"),
    )
)


def count_page(connection: Connection, run_id: int, page: PageToSave) -> None:
    """Adds a page to its run."""
    counts = page_counts(page)
    added = {f"add_{field}": getattr(counts, field) for field in Counts.__struct_fields__}
    connection.execute(_COUNT_PAGE, {"at_run": run_id, "add_pages": 1, "said": page.response_date or None, **added})


def page_counts(page: PageToSave) -> Counts:
    """What a page adds to the counts of its run."""
    found = dict.fromkeys(Counts.__struct_fields__, 0)
    for record in page.records:
        found[record.decision] += 1
        found["repaired"] += bool(record.raw.repairs)
    return Counts(**found | {"rejected": len(page.bad)})


def change_ledger(connection: Connection, run_id: int, transition: Transition) -> None:
    """Writes one transition of a run. Raises `LookupError` for a window that is not of this run."""
    match transition:
        case Advance():
            _advance(connection, run_id, transition)
        case Close(window_id, seen):
            _set_window(connection, run_id, window_id, **_FRESH, state="done", seen=seen)
        case Restart(window_id):
            again = run_window.c.attempts + 1
            _set_window(connection, run_id, window_id, **_FRESH, state="open", pages=0, seen=0, attempts=again)
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
    _one_window(changed.rowcount, run_id, to.window_id)


def _split(connection: Connection, run_id: int, split: Split) -> None:
    whole = connection.execute(select(run_window).where(run_window.c.id == split.window_id)).one()
    size = split.list_size or whole.list_size
    _set_window(connection, run_id, split.window_id, **_FRESH, state="split", list_size=size)
    shared = (run_id, split.window_id, whole.attempts)
    _PUT_PARTS.write(connection, [(*shared, w.set_spec, w.since, w.until) for w in split.parts])


def _switch_granularity(connection: Connection, run_id: int, granularity: Literal["day", "second"]) -> None:
    mine = source.c.name == select(run.c.source).where(run.c.id == run_id).scalar_subquery()
    held = connection.execute(select(source.c.identity).where(mine)).scalar()
    if held is not None:
        identity = replace(msgspec.json.decode(held, type=Identity), granularity=granularity)
        connection.execute(update(source).where(mine).values(identity=msgspec.json.encode(identity).decode()))


def _set_window(connection: Connection, run_id: int, window_id: int, **values: Any) -> None:
    mine = (run_window.c.id == window_id, run_window.c.run_id == run_id)
    changed = connection.execute(update(run_window).where(*mine).values(values))
    _one_window(changed.rowcount, run_id, window_id)


def _one_window(changed: int, run_id: int, window_id: int) -> None:
    if changed != 1:
        raise LookupError(f"run {run_id} has no window {window_id}")


def runs_of(connection: Connection, statement: Select[Any]) -> tuple[Run, ...]:
    """The runs that a select over `run` finds, in its order."""
    rows = connection.execute(statement).all()
    prefixes = {row.id: row.prefix for row in rows}
    windows = _windows_of(connection, prefixes)
    return tuple(_run_of(row, windows[row.id]) for row in rows)


def _run(connection: Connection, run_id: int) -> Run:
    found = runs_of(connection, select(run).where(run.c.id == run_id))
    if not found:
        raise LookupError(f"there is no run {run_id}")
    return found[0]


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
        attempts=row.attempts,
    )


def _run_of(row: Any, windows: Iterable[RunWindow]) -> Run:
    return Run(
        id=row.id,
        source=row.source,
        prefix=row.prefix,
        kind=row.kind,
        state=row.state,
        started=row.started,
        finished=row.finished,
        response_date=row.response_date,
        error=row.error,
        wait_until=row.wait_until,
        interrupted=row.interrupted,
        pages=row.pages,
        counts=Counts(**{field: getattr(row, field) for field in Counts.__struct_fields__}),
        windows=tuple(windows),
    )
