"""Settings that the provider does not have any more: sets and formats that were renamed or removed. A plan.

The protocol has no error for an unknown set: it is simply empty, and every later harvest would be complete with nothing
(dataverse#3284, pod4lib/aggregator#1348). So a run that gets nothing from a set asks which sets there are: a full
harvest always, others when the set falls silent, then once a day and as long as something was wrong.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from harvester.errors import ProviderError
from harvester.harvesting import sentences
from harvester.harvesting.plan import Facts
from harvester.harvesting.questions import EarlierRun, ListFormats, ListIdentifiers, ListSets, Plan
from harvester.model import Page, Window
from harvester.store import Run


def faults(run: Run, facts: Facts) -> Plan[list[str]]:
    """What has to be changed in the configuration, in sentences."""
    if run.kind == "range":
        return []
    silent = _silent_sets(run)
    got_nothing = not any(window.seen for window in run.windows)
    if not (silent or got_nothing):
        return []
    before: Run | None = None if run.kind == "full" else (yield EarlierRun())
    is_time = before is None or facts.course.has_lost_set or _is_time(run, before)
    fell_silent = before is not None and not silent <= _silent_sets(before)
    found = []
    if silent and (is_time or fell_silent) and (gone := (yield from missing_sets(silent, run.prefix, facts.sets))):
        found.append(gone)
    if got_nothing and is_time and run.kind != "full" and (gone := (yield from _missing_format(run.prefix))):
        found.append(gone)
    return found


def missing_sets(silent: Collection[str], prefix: str, configured: Sequence[str]) -> Plan[str | None]:
    """Which of these sets, that gave nothing, the provider does not have any more, in a sentence.

    One that still lists records exists, whatever the list of sets says: some are not in it (DSpace, Invenio), and some
    providers do not mind whether letters are large or small (OJS).
    """
    answer = yield ListSets()
    offered = [] if isinstance(answer, ProviderError) else [row.spec for row in answer]
    missing = []
    for name in sorted(set(silent) - set(offered)) if offered else ():
        listed = yield ListIdentifiers(Window(prefix=prefix, set_spec=name))
        if not (isinstance(listed, Page) and (listed.records or listed.token)):
            missing.append(name)
    return sentences.sets_gone(missing, offered, configured) if missing else None


def _silent_sets(run: Run) -> set[str]:
    """The requested sets of which this run got nothing."""
    names = {window.window.set_spec for window in run.windows if window.window.set_spec}
    return names - {window.window.set_spec for window in run.windows if window.seen}


def _is_time(run: Run, before: Run) -> bool:
    """Whether to ask, as every answer costs the provider a request and nothing changes from one hour to the next."""
    return before.needs_person or before.started.date() != run.started.date()


def _missing_format(prefix: str) -> Plan[str | None]:
    answer = yield ListFormats()
    offered = [] if isinstance(answer, ProviderError) else sorted(row.prefix for row in answer)
    return sentences.no_such_format(prefix, offered) if offered and prefix not in offered else None
