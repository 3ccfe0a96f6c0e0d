"""Runs, sources and articles as JSON objects, the same for every command (docs/json.md)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from msgspec import structs

from harvester.findings import kinds, remedy, sentence
from harvester.model import Finding
from harvester.store import (
    DepositState,
    FormatStatus,
    Rejection,
    Run,
    RunRow,
    RunWindow,
    SourceStatus,
    StoredArticle,
)

Document = dict[str, object]


def of_run(run: RunRow) -> Document:
    """The run with its counts as fields, without its windows and what processes tell each other."""
    facts = structs.asdict(run)
    counts = structs.asdict(facts.pop("counts"))
    for internal in ("windows", "taken"):
        facts.pop(internal, None)
    return {"id": facts.pop("id"), "source": facts.pop("source"), "format": facts.pop("prefix"), **facts, **counts}


def of_one_run(run: Run, rejected: Iterable[Rejection]) -> Document:
    """The run with its list requests and the records that it rejected."""
    return {
        "run": of_run(run),
        "windows": [of_window(window) for window in run.windows],
        "rejected": [{"record": bad.identifier, "reason": bad.reason} for bad in rejected],
    }


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


def of_article(stored: StoredArticle, deposits: Sequence[DepositState], tables: Mapping[str, str]) -> Document:
    """The article with its findings in words. `tables`: `Config.journal_tables`."""
    return {
        "record": stored.identifier,
        "source": stored.source,
        "doi": stored.doi,
        "state": stored.state,
        "deposits": deposits,
        "formats": stored.formats,
        "article": stored.article,
        "findings": [_of_finding(finding, stored, tables) for finding in stored.findings],
    }


def _of_finding(finding: Finding, stored: StoredArticle, tables: Mapping[str, str]) -> Document:
    issn = next((issn.value for issn in stored.article.journal.issns), None) if stored.article else None
    kind = kinds()[finding.code]
    return {
        "code": finding.code,
        "severity": kind.severity,
        "path": finding.path,
        "value": finding.value,
        "message": sentence(finding),
        "fix": remedy(finding, stored.source, tables.get(issn or "", issn)),
        "who": kind.who,
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
