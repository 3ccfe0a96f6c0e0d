"""How everything is as a JSON object, the same for `status --json` and the web page (docs/json.md)."""

from __future__ import annotations

from msgspec import structs

from harvester import documents
from harvester.checking.configured import Leftover
from harvester.documents import Document
from harvester.standing.overall import Overall
from harvester.standing.source import SourceStanding


def document(found: Overall) -> Document:
    """The fields of the answer of `status --json`."""
    return {
        "sources": [of_source(standing) for standing in found.sources],
        "leftovers": [_leftover(one) for one in found.leftovers],
        "deposits": found.deposits,
    }


def of_source(standing: SourceStanding) -> Document:
    harvest, comparison = standing.harvest, standing.comparison
    return {
        **documents.of_source(standing.status),
        "light": standing.light,
        "trouble": standing.incidents[0] if standing.incidents else None,
        "troubles": standing.incidents,
        "due_since": harvest.due if harvest else None,
        "next_run": harvest.next if harvest else None,
        "comparison_due_since": comparison.due if comparison else None,
        "next_comparison": comparison.next if comparison else None,
        "waiting_until": standing.waiting_until,
        "at_work_since": standing.at_work.since if standing.at_work else None,
        "notices": standing.notices,
    }


def _leftover(one: Leftover) -> Document:
    return {**structs.asdict(one), "command": one.command}
