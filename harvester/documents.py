"""Runs and sources as JSON objects, the same for every command (docs/json.md)."""

from __future__ import annotations

from msgspec import structs

from harvester.store import FormatStatus, RunRow, RunWindow, SourceStatus

Document = dict[str, object]


def of_run(run: RunRow) -> Document:
    """The run with its counts as fields, without its windows."""
    facts = structs.asdict(run)
    counts = structs.asdict(facts.pop("counts"))
    facts.pop("windows", None)
    return {"id": facts.pop("id"), "source": facts.pop("source"), "format": facts.pop("prefix"), **facts, **counts}


def of_window(window: RunWindow) -> Document:
    request = structs.asdict(window.window)
    del request["prefix"]  # it is that of the run
    return {
        "set": request.pop("set_spec"),
        **request,
        "state": window.state,
        "pages": window.pages,
        "seen": window.seen,
        "list_size": window.list_size,
    }


def of_source(source: SourceStatus) -> Document:
    return {**structs.asdict(source), "formats": [_of_format(status) for status in source.formats]}


def _of_format(status: FormatStatus) -> Document:
    return {
        "format": status.prefix,
        "live": status.live,
        "deleted": status.deleted,
        "last_complete": of_run(status.last_complete) if status.last_complete else None,
        "last_run": of_run(status.last_run) if status.last_run else None,
        "last_comparison": of_run(status.last_comparison) if status.last_comparison else None,
    }
