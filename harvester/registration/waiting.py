"""Rounds until every file has its result, or the time is over."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from msgspec.structs import replace

from harvester.errors import BusyError, Stopped
from harvester.registration.round import RoundReport
from harvester.system.progress import report
from harvester.system.stopping import Stop, wait

BUSY = timedelta(seconds=5)  # until the next try, while another process does a round
LONGEST = 30.0  # seconds between two looks at the store: another process may have done what is due


def until_settled(
    first: RoundReport,
    do_round: Callable[[], RoundReport],
    *,
    deadline: datetime,
    now: Callable[[], datetime],
    stop: Stop,
    sleep: Callable[[float], None],
) -> RoundReport:
    """Does rounds when something is due; returns the sum of all. A stop ends it between two requests.

    It also ends if nothing is due before the deadline. Another process may do a round meanwhile.
    """
    total = first
    while total.open_files and total.next is not None and max(total.next, now()) < deadline and not stop():
        report("waiting for the results of deposit files", total.asked)
        seconds = (min(total.next, deadline) - now()).total_seconds()
        try:
            wait(min(max(seconds, 0.0), LONGEST), stop, sleep)
            if now() >= total.next:
                total = added(total, do_round())
        except BusyError:
            total = replace(total, next=now() + BUSY)
        except Stopped:
            return total
    return total


def added(before: RoundReport, after: RoundReport) -> RoundReport:
    """What two rounds did in succession."""
    return RoundReport(
        sent=before.sent + after.sent,
        asked=before.asked + after.asked,
        stopped=after.stopped,
        problem=after.problem,
        next=after.next,
        open_files=after.open_files,
    )
