"""How runs and sources look in `--json`, the same wherever they stand: docs/json.md."""

from __future__ import annotations

from msgspec import structs

from harvester.store import FormatStatus, RunRow, RunWindow, SourceStatus

Document = dict[str, object]


def of_run(run: RunRow) -> Document:
    """The run with its counts beside it, and without what it asks for."""
    facts = structs.asdict(run)
    counts = structs.asdict(facts.pop("counts"))
    facts.pop("windows", None)
    return {"id": facts.pop("id"), "source": facts.pop("source"), "format": facts.pop("prefix"), **facts, **counts}


def of_window(window: RunWindow) -> Document:
    asked = structs.asdict(window.window)
    del asked["prefix"]  # its run says so
    return {
        "set": asked.pop("set_spec"),
        **asked,
        "state": window.state,
        "pages": window.pages,
        "seen": window.seen,
        "list_size": window.list_size,
    }


def of_source(source: SourceStatus) -> Document:
    return {**structs.asdict(source), "formats": [_of_format(one) for one in source.formats]}


def _of_format(status: FormatStatus) -> Document:
    return {
        "format": status.prefix,
        "live": status.live,
        "deleted": status.deleted,
        "last_complete": of_run(status.last_complete) if status.last_complete else None,
        "last_run": of_run(status.last_run) if status.last_run else None,
    }
