"""Settings that the provider does not have any more: sets and formats that were renamed or removed. A plan.

The protocol has no error for an unknown set: it is simply empty, and every later harvest would be complete with nothing
(dataverse#3284, pod4lib/aggregator#1348). So a run that gets nothing from a set asks which sets there are: a full
harvest always, others once a day and as long as something was wrong.
"""

from __future__ import annotations

from harvester.errors import ProviderError
from harvester.harvesting import sentences
from harvester.harvesting.plan import Facts
from harvester.harvesting.questions import EarlierRun, ListFormats, ListSets, Plan
from harvester.store import Run


def faults(run: Run, facts: Facts) -> Plan[list[str]]:
    """What has to be changed in the configuration, in sentences."""
    if run.kind == "range":
        return []
    silent = _silent_sets(run)
    got_nothing = not any(window.seen for window in run.windows)
    if not (silent or got_nothing):
        return []
    if not facts.course.has_lost_set and not (yield from _is_time(run)):
        return []
    found = []
    if silent and (gone := (yield from _missing_sets(silent, facts))):
        found.append(gone)
    if got_nothing and run.kind != "full" and (gone := (yield from _missing_format(run.prefix))):
        found.append(gone)
    return found


def _silent_sets(run: Run) -> set[str]:
    """The requested sets of which this run got nothing."""
    names = {window.window.set_spec for window in run.windows if window.window.set_spec}
    return names - {window.window.set_spec for window in run.windows if window.seen}


def _is_time(run: Run) -> Plan[bool]:
    """Whether to ask, as every answer costs the provider a request and nothing changes from one hour to the next."""
    if run.kind == "full":
        return True
    before: Run | None = yield EarlierRun()
    return before is None or before.needs_person or before.started.date() != run.started.date()


def _missing_sets(silent: set[str], facts: Facts) -> Plan[str | None]:
    answer = yield ListSets()
    offered = [] if isinstance(answer, ProviderError) else [row.spec for row in answer]
    missing = sorted(silent - set(offered))
    return sentences.sets_gone(missing, offered, facts.sets) if offered and missing else None


def _missing_format(prefix: str) -> Plan[str | None]:
    answer = yield ListFormats()
    offered = [] if isinstance(answer, ProviderError) else sorted(row.prefix for row in answer)
    return sentences.no_such_format(prefix, offered) if offered and prefix not in offered else None
