"""What a run says about lists that may be incomplete, sets that are gone, formats that do not exist, empty lists."""

from __future__ import annotations

from collections.abc import Iterable

from harvester.harvesting.lists import BELIEVED


def believed(doubt: str) -> str:
    return f"{doubt}, also when asked again; {BELIEVED}"


def gone(sets: Iterable[str]) -> str:
    return f"the provider has no set {', '.join(sets)} any more; take it out of `sets`, or ask its administrator"


def no_such_format(prefix: str, offered: Iterable[str]) -> str:
    return f"the provider has no metadata prefix {prefix}; it offers {', '.join(offered)}: set `formats` accordingly"


def emptied(source: str) -> str:
    return (
        "the provider lists no record at all, and there are some here; "
        f"if it has none any more, run `harvester reconcile {source} --confirm`"
    )


def all_rejected(run_id: int, rejected: int) -> str:
    return f"not one record could be had, and {rejected} were rejected; `harvester runs {run_id}` says why"


def still_rejected(count: int, not_requested: int, trouble: Exception | None) -> str:
    left_out = f", {not_requested} were not asked for this time" if not_requested else ""
    why = f" ({trouble})" if trouble else ""
    return (
        f"{count} of the records that were rejected before could not be had yet{left_out}{why}; "
        "tell the provider's administrator, the next harvest asks for them again"
    )
