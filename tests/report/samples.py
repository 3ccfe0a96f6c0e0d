"""A report in which every text from outside can be hostile."""

from __future__ import annotations

from datetime import UTC, datetime

from harvester.report import MEASURES, Group, HeldBackRecord, JournalShare, Report, Share
from harvester.reports import RecordFinding
from harvester.store import Counts, DepositCounts, FormatStatus, Run, SourceStatus

NOW = datetime(2025, 6, 15, 9, 30, tzinfo=UTC)


def run(**changes: object) -> Run:
    values = {
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
    return Run(**values | changes)  # type: ignore[arg-type]


def report(text: str = "мост", **changes: object) -> Report:
    """A report with `text` in every field that comes from a record, a provider or the configuration."""
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
        title=text,
        link=text,
    )
    status = FormatStatus(prefix=text, live=5, last_complete=run(), last_run=run(state="failed", error=text))
    share = Share(3, dict.fromkeys(MEASURES, 33.3))
    values = {
        "made": NOW,
        "last_export": NOW,
        "sources": (SourceStatus(source=text, url=text, ready=4, held_back=1, formats=(status,)),),
        "deposits": (DepositCounts(source=text, new=2, deposited=1, elsewhere=1),),
        "journals": (
            JournalShare(journal=text, title=f"{text}!", current=share, back_file=Share(0, dict.fromkeys(MEASURES, 0))),
        ),
        "findings": (
            Group(
                code="doi-missing",
                severity="error",
                who="source",
                message=f"{text}…",
                cause=text,
                fix=text,
                more_fixes=(text,),
                count=4,
                records=4,
                frees=3,
                examples=(example,),
            ),
        ),
        "held_count": 2,
        "held": (
            HeldBackRecord(
                record=text, source=text, doi=text, title=text, link=text, sentences=(text,), who=("source",)
            ),
        ),
    }
    return Report(**values | changes)  # type: ignore[arg-type]
