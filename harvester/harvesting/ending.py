"""How a run ends once no list is left to read: complete, or what is missing and where it resumes. A plan."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from harvester.errors import OaiCode, ProviderError
from harvester.harvesting import changed_lists, missing_settings, sentences
from harvester.harvesting.context import Outcome
from harvester.harvesting.plan import Facts
from harvester.harvesting.questions import ListSets, NewestDatestamp, Plan, Rejections, StoredIdentifiers, StoredRecords
from harvester.harvesting.rejected import retry_rejected
from harvester.store import Restart, Run, RunWindow, Transition


class Ending(Struct, frozen=True):
    """The outcome of a run, with the last transitions of its ledger."""

    outcome: Outcome
    transitions: tuple[Transition, ...] = ()


def ending(run: Run, facts: Facts) -> Plan[Ending]:
    """`run` is as the ledger has it now."""
    course = facts.course
    wrong = yield from missing_settings.faults(run, facts)
    notes = [*course.notes, *wrong]
    if nothing := (yield from _came_to_nothing(run)):
        again = tuple(Restart(window.id) for window in run.windows if window.parent is None)
        explained = wrong or [nothing]  # a set that is gone explains it
        return Ending(Outcome("incomplete", "; ".join([*course.notes, *explained])), again)
    if run.kind != "range" and not course.is_refused and (not course.failed or course.has_progressed):
        notes += yield from retry_rejected(run, facts.identity, facts.patience)
    is_complete = all(window.state == "done" for window in run.windows)
    if is_complete:
        notes += yield from changed_lists.compare_identifiers(run, facts)
        notes += yield from _listed_nothing(run, facts)
    said = "; ".join(dict.fromkeys([*course.failed.values(), *notes])) or None
    if is_complete:
        return Ending(Outcome("complete", said, course.latest, needs_person=bool(wrong)))
    if run.pages:
        return Ending(Outcome("incomplete", f"{said}; {resumes(run.windows)}"))
    return Ending(Outcome("failed", said))


def resumes(ledger: Sequence[RunWindow]) -> str:
    """Where the run resumes, in words."""
    left = [window for window in ledger if window.state == "open"]
    if not left:
        return "the next harvest resumes after its last page"
    if len(left) == 1 and left[0].pages:
        return f"the next harvest resumes after page {left[0].pages}"
    return f"the next harvest resumes with what is open ({len(left)} window{'s' if len(left) > 1 else ''})"


def _came_to_nothing(run: Run) -> Plan[str | None]:
    """Why everything is to be requested again, after a list of everything gave no record; `None` if it is true.

    An index that is being rebuilt answers noRecordsMatch. Taken for the truth, what changed since the last harvest
    would be before the `from` of the next one; so would all records be that cannot be had today.
    """
    counts = run.counts
    if run.kind != "full" or any(window.state != "done" for window in run.windows):
        return None
    if counts.new or counts.changed or counts.deleted or counts.moved or counts.unchanged:
        return None
    if not counts.rejected:
        return sentences.emptied(run.source) if (yield from _has_live_records()) else None
    if all(OaiCode.CANNOT_DISSEMINATE_FORMAT in reason for reason in (yield Rejections())):
        return None  # records without this format are a fact, and no reason to ask for each of them every day
    return sentences.all_rejected(run.id, counts.rejected)


def _listed_nothing(run: Run, facts: Facts) -> Plan[list[str]]:
    """A list of everything without a record, from a provider that never gave one: it may need a set or a date."""
    if run.kind != "full" or any(window.seen for window in run.windows) or (yield NewestDatestamp()):
        return []
    answer = yield ListSets()
    offered = [] if isinstance(answer, ProviderError) else [row.spec for row in answer]
    return [sentences.listed_nothing([name for name in offered if name not in facts.sets])]


def _has_live_records() -> Plan[bool]:
    last = ""
    while identifiers := (yield StoredIdentifiers(last)):
        if not all(known.deleted for known in (yield StoredRecords(identifiers)).values()):
            return True
        last = identifiers[-1]
    return False
