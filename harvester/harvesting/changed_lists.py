"""Lists that changed while they were read: compared with their identifiers at the end of the run. A plan.

Many providers read a list by offset. When an article that was read already is edited or deleted, its row leaves its
place, every later row moves up, and one record falls between two pages (oai-implementers list, September 2004). The
size of the list need not show it, since another article may have been added.

An edit gives its record a datestamp after the beginning of the run, wherever in its lists it appears, also after a
resumption. A deletion that leaves no tombstone shows only in the size; a list that does not say its size is compared.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from harvester.datestamps import in_granularity, parse_utc
from harvester.harvesting import by_identifier, sentences
from harvester.harvesting.plan import Facts
from harvester.harvesting.questions import HasDatestamp, Plan
from harvester.store import Run, RunWindow

_SKEW = timedelta(days=1)  # between a provider's datestamps and its responseDate
_END = datetime.max.replace(tzinfo=UTC)


def compare_identifiers(run: Run, facts: Facts) -> Plan[list[str]]:
    """Fetches what lists of several pages may have skipped; a note if they cannot be compared."""
    roots = [_as_requested(window, run) for window in run.windows if window.parent is None]
    long = [window for window in roots if _has_pages(window, run)]
    has_changed = bool(long) and (yield from _has_changed(run, facts.course.latest))
    notes = list[str]()
    for window in long:
        asked, is_unmeasured = facts.asked(window.window), window.list_size is None
        if not has_changed and not is_unmeasured:
            continue
        if not (yield from by_identifier.fetch_unlisted(asked, None, facts.patience, may_be_cut=is_unmeasured)):
            notes.append(sentences.changed_while_read() if has_changed else sentences.never_measured())
    return notes


def _has_changed(run: Run, latest: str) -> Plan[bool]:
    """Whether a record has a datestamp of the time in which the run read its lists.

    Where the provider's clock is ahead of ours, ours counts (OpenSKOS#11). Datestamps of the far future say nothing,
    except where it is not known when the last page came: the run resumed after it.
    """
    began, ended = parse_utc(run.response_date or ""), parse_utc(latest)
    if began is None:
        return False
    until = max(began, run.started, ended) + _SKEW if ended else _END
    return (yield HasDatestamp(in_granularity(min(began, run.started), "second"), in_granularity(until, "second")))  # type: ignore[no-any-return]


def _has_pages(window: RunWindow, run: Run) -> bool:
    """Whether the list of the window came on several pages, or in several windows."""
    return window.pages > 1 or bool(_parts(window, run))


def _as_requested(window: RunWindow, run: Run) -> RunWindow:
    """The window, or its only part, if the provider refuses its list without a date."""
    parts = _parts(window, run)
    return _as_requested(parts[0], run) if len(parts) == 1 else window


def _parts(window: RunWindow, run: Run) -> list[RunWindow]:
    return [other for other in run.windows if other.parent == window.id]
