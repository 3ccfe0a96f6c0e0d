"""A report with something hostile in every text that comes from outside."""

from __future__ import annotations

from datetime import UTC, datetime

from harvester.report import MEASURES, Group, HeldRecord, JournalShare, Report, Share
from harvester.reports import RecordFinding
from harvester.store import Counts, FormatStatus, Run, SourceStatus

NOW = datetime(2025, 6, 15, 9, 30, tzinfo=UTC)


def run(**changes: object) -> Run:
    given = {
        "id": 1,
        "source": "a",
        "prefix": "jats",
        "kind": "full",
        "state": "complete",
        "started": NOW,
        "finished": NOW,
        "response_date": None,
        "error": None,
        "pages": 1,
        "counts": Counts(new=1234, rejected=1),
        "windows": (),
    }
    return Run(**given | changes)  # type: ignore[arg-type]


def report(text: str = "мост", **changes: object) -> Report:
    """A report in which `text` stands wherever a record, a provider or the configuration has the word."""
    example = RecordFinding(
        code="doi-missing",
        severity="error",
        record=text,
        source=text,
        doi=text,
        path="doi",
        value=text,
        message=text,
        fix=text,
        who="source",
    )
    status = FormatStatus(prefix=text, live=5, last_complete=run(), last_run=run(state="failed", error=text))
    share = Share(3, dict.fromkeys(MEASURES, 33.3))
    given = {
        "made": NOW,
        "last_export": NOW,
        "sources": (SourceStatus(source=text, url=text, ready=4, held_back=1, formats=(status,)),),
        "journals": (
            JournalShare(journal=text, title=f"{text}!", current=share, back_file=Share(0, dict.fromkeys(MEASURES, 0))),
        ),
        "findings": (
            Group(
                code="doi-missing",
                severity="error",
                who="source",
                cause=text,
                fix=text,
                count=4,
                examples=(example,),
            ),
        ),
        "held_count": 2,
        "held": (HeldRecord(record=text, source=text, doi=text, title=text, sentences=(text,)),),
    }
    return Report(**given | changes)  # type: ignore[arg-type]
