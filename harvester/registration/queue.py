"""What may be sent or asked for now, of all open files of one account. Pure.

Of several files with one DOI, the next is sent only after the result of the first was read: an older version that
arrives later is refused, but one that arrives between two newer ones would win.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Literal

from msgspec import Struct

from harvester.registration.file_states import IN_FLIGHT, is_to_ask, is_to_send, stops_the_queue
from harvester.store import Account, Submission

CLOCK_DIFFERS = timedelta(days=1)


class Step(Struct, frozen=True):
    """The next thing to do."""

    kind: Literal["ask", "send"]
    file: Submission


def next_step(
    files: Iterable[Submission], dois: Mapping[str, frozenset[str]], now: datetime, *, max_in_flight: int, sends: bool
) -> Step | None:
    """What to do now, `None` if there is nothing. `dois` has those of each file, by its batch id.

    Asking comes first: what is known decides what may be sent. Without `sends` files are only asked for.
    """
    ordered = sorted(files, key=lambda file: file.timestamp)
    to_ask = [file for file in ordered if is_to_ask(file, now)]
    if to_ask:
        return Step("ask", min(to_ask, key=lambda file: (file.next or now, file.timestamp)))
    to_send = _next_to_send(ordered, dois, now, max_in_flight) if sends else None
    return Step("send", to_send) if to_send else None


def _next_to_send(
    ordered: Sequence[Submission], dois: Mapping[str, frozenset[str]], now: datetime, max_in_flight: int
) -> Submission | None:
    if any(stops_the_queue(file, now) for file in ordered):
        return None
    awaited = [file for file in ordered if file.state in IN_FLIGHT - {"lost"} and not is_to_send(file, now)]
    if len(awaited) >= max_in_flight:
        return None
    blocked: set[str] = set()
    in_flight = {
        doi for file in ordered if file.state in IN_FLIGHT and not is_to_send(file, now) for doi in dois[file.batch_id]
    }
    for file in ordered:
        if is_to_send(file, now) and dois[file.batch_id].isdisjoint(blocked | in_flight):
            return file
        if not _is_set_aside(file, now):
            blocked |= dois[file.batch_id]
    return None


def _is_set_aside(file: Submission, now: datetime) -> bool:
    """Whether newer files need not wait for it: it cannot be sent, because it is gone from the disk."""
    return file.state == "written" and file.asked and file.next is not None and file.next > now


def clock_problem(account: Account | None, last_timestamp: int, now: datetime) -> str | None:
    """Why nothing is sent as long as a clock is wrong; `None` if there is no sign of that."""
    ahead = timedelta(seconds=account.clock_ahead) if account else timedelta()
    if abs(ahead) > CLOCK_DIFFERS:
        which = "ahead of" if ahead > timedelta() else "behind"
        return (
            f"The clock of this machine is {abs(ahead).total_seconds() / 3600:,.0f} hours {which} that of the agency. "
            "Correct it: the versions of deposits come from it. Nothing is sent until then."
        )
    if last_timestamp > int(f"{now + CLOCK_DIFFERS:%Y%m%d%H%M%S}000"):
        return (
            f"The last deposit file has the timestamp {last_timestamp}, more than a day in the future. If the clock of "
            "this machine was wrong when it was written, discard the file (harvester deposits discard FILE). Nothing "
            "is sent until then."
        )
    return None
