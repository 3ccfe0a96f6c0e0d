"""What a run says about lists that may be incomplete, sets that are gone, formats that do not exist, empty lists."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import timedelta

from harvester.harvesting.lists import BELIEVED
from harvester.sets import renamed
from harvester.store import RunWindow
from harvester.tomltext import as_toml

_LATE = "records were found that entered the lists after their datestamps"
_OVERLAP_ADVICE = re.compile(rf"(?:^|; ){_LATE}; set `overlap = (\d+)` in \S+, so that harvests find such records")
MOST_OVERLAP = timedelta(days=10)  # that the setting `overlap` may have


def believed(doubt: str) -> str:
    return f"{doubt}, also after a retry; {BELIEVED}"


def gives_less(window: RunWindow, total: int) -> str:
    before = f"announced {window.announced}" if window.announced >= window.delivered else f"gave {window.delivered}"
    return f"the list {before} records before and gives {total} now, so its index may be incomplete"


def sets_gone(missing: Sequence[str], offered: Sequence[str], configured: Sequence[str]) -> str:
    """The advice is never to remove a set: its records are probably in another one, and would not be updated."""
    has = f"; its sets are now {_some(offered)}" if offered else ""
    new = {name: found for name in missing if (found := renamed(name, offered, configured))}
    if new:
        same = " and ".join(f"{found} is {name} under a new name" for name, found in new.items())
        wanted = list(dict.fromkeys(new.get(name, name) for name in configured))
        todo = f"if {same}, set `sets = {as_toml(wanted)}` for this source"
        if left := [name for name in missing if name not in new]:
            todo += f", and look in its list for the set that has the records of {' and '.join(left)} now"
    else:
        todo = "look in its list for the set that has these records now, and change `sets` of this source"
    return f"the provider has no set {', '.join(missing)} any more{has}; {todo}, or ask its administrator"


def _some(names: Sequence[str], most: int = 12) -> str:
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return f"{', '.join(names[:most])}{more}"


def refused(error: Exception) -> str:
    return (
        "the provider does not give now what it gave before, so no single record is at fault; if this does not end by "
        f"itself, ask its administrator whether a firewall refuses this program: {error}"
    )


def changed_while_read() -> str:
    return (
        "the list changed while it was read, and its identifiers could not be compared; "
        "a comparison finds what may be missing"
    )


def never_measured() -> str:
    return (
        "the provider does not say how long its list is, and its identifiers could not be compared; "
        "a comparison finds what may be missing"
    )


def listed_nothing(sets: Sequence[str]) -> str:
    hint = f"it has the sets {_some(sets)}: try one of them in `sets`" if sets else "check the address of the source"
    return f"the provider lists no record at all, and never did; {hint}, or ask its administrator"


def no_such_format(prefix: str, offered: Iterable[str]) -> str:
    return f"the provider has no metadata prefix {prefix}; it offers {', '.join(offered)}: set `formats` accordingly"


def late(lag: timedelta, source: str) -> str:
    """Records entered the lists `lag` after their datestamps; nothing: longer than any overlap."""
    if not lag:
        return f"{_LATE}, by more than {MOST_OVERLAP.days} days; only a comparison finds these, so keep `reconcile` set"
    days = min(-(-lag // timedelta(days=1)) + 1, MOST_OVERLAP.days)
    return f"{_LATE}; set `overlap = {days * 86400}` in [sources.{source}], so that harvests find such records"


def without_followed_advice(said: str | None, overlap: int) -> str | None:
    """What a comparison said, without the advice to set `overlap` (seconds) once it is set; `None` if nothing is left.

    The next comparison may be a month away.
    """
    advice = _OVERLAP_ADVICE.search(said or "")
    if said is None or advice is None or overlap < int(advice[1]):
        return said
    return f"{said[: advice.start()]}{said[advice.end() :]}".removeprefix("; ") or None


def emptied(source: str) -> str:
    return (
        "the provider lists no record at all, and there are some here; "
        f"if it has none any more, run `harvester reconcile {source} --confirm`"
    )


def all_rejected(run_id: int, rejected: int) -> str:
    return f"not a single record could be fetched, and {rejected} were rejected; `harvester runs {run_id}` says why"


def still_rejected(count: int, not_requested: int, trouble: Exception | None) -> str:
    left_out = f", {not_requested} were not requested this time" if not_requested else ""
    why = f" ({trouble})" if trouble else ""
    return (
        f"{count} of the records rejected before could not be fetched yet{left_out}{why}; "
        "tell the provider's administrator, the next harvest retries them"
    )
