"""What a run says at its end of lists that may not be whole, of sets that are gone, and of finding nothing at all."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from harvester.errors import OaiCode
from harvester.harvesting import changes
from harvester.store import Run

if TYPE_CHECKING:
    from harvester.store import Store  # SQLAlchemy comes in when a store is opened


def came_to_nothing(store: Store, run: Run) -> str | None:
    """Why everything is to be asked for again, where a list of everything gave no record; `None` where it is true.

    An index that is being built anew answers noRecordsMatch. Taken for the truth, what changed since the last harvest
    would be behind the `from` of the next one; so would all records be that cannot be had today.
    """
    counts = run.counts
    if run.kind != "full" or any(window.state != "done" for window in run.windows):
        return None
    if counts.new or counts.changed or counts.deleted or counts.moved or counts.unchanged:
        return None
    if not counts.rejected:
        return _emptied(run.source) if _has_live_records(store, run) else None
    if all(OaiCode.CANNOT_DISSEMINATE_FORMAT in one.reason for one in store.rejected_records(run.id)):
        return None  # records without this format are a fact, and no reason to ask for each of them every day
    return f"not one record could be had, and {counts.rejected} were rejected; `harvester runs {run.id}` says why"


def _has_live_records(store: Store, run: Run) -> bool:
    last = ""
    while identifiers := store.identifiers(run.source, last):
        known = store.stored_records(run.source, run.prefix, identifiers)
        if not all(one.deleted for one in known.values()):
            return True
        last = identifiers[-1]
    return False


def _emptied(source: str) -> str:
    return (
        "the provider lists no record at all, and there are some here; "
        f"if it has none any more, run `harvester reconcile {source} --confirm`"
    )


def believed(doubt: str) -> str:
    return f"{doubt}, also when asked again; {changes.BELIEVED}"


def gone(sets: Iterable[str | None]) -> str:
    names = ", ".join(f"{name}" for name in sets)
    return f"the provider has no set {names} any more; take it out of `sets`, or ask its administrator"
