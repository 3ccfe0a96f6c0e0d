"""What a run reports at its end, and what one reports that never began."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Literal

from harvester.config import Source
from harvester.errors import Stopped
from harvester.harvesting.context import Outcome
from harvester.reports import RunReport
from harvester.store import Run

if TYPE_CHECKING:
    from harvester.store import Store  # SQLAlchemy comes in when a store is opened


def not_begun(source: Source, prefix: str, error: Exception) -> RunReport:
    """The report of a run that never began."""
    state: Literal["failed", "incomplete"] = "incomplete" if isinstance(error, Stopped) else "failed"
    return RunReport(source=source.name, format=prefix, state=state, error=str(error))


def finish(store: Store, run: Run, outcome: Outcome, now: datetime, seconds: float, *, stopped: bool) -> RunReport:
    """Writes how a run ended, and reports it. `stopped`: by us, so that it resumes at the next opportunity."""
    interrupted = outcome.state == "incomplete" and stopped
    ended = store.runs.finish(
        run.id,
        outcome.state,
        now,
        outcome.error,
        wait_until=outcome.wait_until,
        interrupted=interrupted,
        needs_person=outcome.needs_person,
        taken=run.taken,
    )
    return report_of(ended, seconds)


def report_of(run: Run, seconds: float) -> RunReport:
    """Reports a run that took so many seconds."""
    counts = run.counts
    return RunReport(
        id=run.id,
        source=run.source,
        format=run.prefix,
        state=run.state if run.state != "running" else "incomplete",
        new=counts.new,
        changed=counts.changed,
        deleted=counts.deleted,
        unchanged=counts.unchanged + counts.moved,
        repaired=counts.repaired,
        rejected=counts.rejected,
        pages=run.pages,
        seconds=round(seconds, 3),
        error=run.error,
        wait_until=run.wait_until,
    )
