"""What becomes of a deposit file in one system: an event and the file go in, the file comes out. Pure.

    written ──► sending ──► sent ──► queued ──► in_process ──► completed
       │            ├──► throttled, unavailable: not received; sent again under the same name
       │            ├──► uncertain: perhaps received; asked for, then sent again under another name
       │            ├──► login_refused: waits for a login
       │            └──► completed, if the agency refused the file at once
       └──► superseded: newer files have all its DOIs, or will have those that need not wait for a person

A file that is unknown for too long after it was received is `lost`, and still asked for. `planned` is a file of the
ledger that does not exist yet. A file in `sending` that no process is sending was left by a crash.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from pathlib import PurePath

from msgspec.structs import replace

from harvester.answers import Answer, Result
from harvester.registration import polling
from harvester.store import FileState, Submission

IN_FLIGHT: frozenset[FileState] = frozenset({"sending", "sent", "queued", "in_process", "uncertain", "lost"})
NOT_SENT: frozenset[FileState] = frozenset({"written", "throttled", "unavailable", "login_refused"})
OPEN: frozenset[FileState] = IN_FLIGHT | NOT_SENT
MOST_NAMES = 3
GONE_AGAIN = timedelta(days=1)

_PROGRESS = ("unknown", "other", "queued", "in_process", "completed")


def is_to_ask(file: Submission, now: datetime) -> bool:
    """Whether the agency is to be asked for the file now."""
    asks = file.state in ("sent", "queued", "in_process", "lost") or (
        file.state in ("written", "uncertain") and not file.asked
    )
    return asks and file.next is not None and file.next <= now


def is_to_send(file: Submission, now: datetime) -> bool:
    """Whether the file may be sent now, as far as it alone decides."""
    sends = file.state in ("written", "throttled", "unavailable", "uncertain") and file.asked
    return sends and file.next is not None and file.next <= now


def stops_the_queue(file: Submission, now: datetime) -> bool:
    """Whether nothing of the account is to be sent now, because the agency wants or can answer no requests."""
    return file.state in ("throttled", "unavailable") and file.next is not None and file.next > now


# ---------------------------------------------------------------------------------------------- events


def begun(file: Submission, now: datetime) -> Submission:
    """It is about to be sent. A file that was perhaps received is sent under another name: one name finds the first."""
    names = (*file.names, _renamed(file.names)) if file.state == "uncertain" else file.names
    return replace(_moved(file, "sending", now), names=names, sent=now, next=None)


def sent(file: Submission, answer: Answer, now: datetime, pace: float = 1.0) -> Submission:
    """The answer came, or did not."""
    if answer.kind in ("throttled", "unavailable"):
        return _not_received(file, answer, now, pace)
    values = {"answer": answer.text, "attempts": 0, "sent": now}
    if answer.kind == "login_refused":
        return refused_login(replace(file, **values), answer.text, now)
    if answer.kind == "refused":
        return replace(_moved(file, "completed", now), next=None, **values)
    poll = polling.next_poll(now, now, pace)
    if answer.kind == "accepted":
        return replace(_moved(file, "sent", now), accepted=True, next=poll, **values)
    return replace(_moved(file, "uncertain", now), asked=False, next=poll, **values)


def crashed(file: Submission, now: datetime, pace: float = 1.0) -> Submission:
    """A process ended while it was sending the file, so perhaps it was received."""
    words = "the program ended while it was sending the file"
    uncertain = replace(_moved(file, "uncertain", now), asked=False, answer=words)
    return replace(uncertain, next=polling.next_poll(file.sent or now, now, pace) or now)


def asked(file: Submission, found: Answer | Result, now: datetime, pace: float = 1.0) -> Submission:
    """The agency was asked for the file. An answer that says nothing about it changes only when to ask next."""
    if isinstance(found, Answer):
        return _ask_later(file, found, now, pace)
    if found.state == "unknown":
        return _unknown(file, now, pace)
    if file.state == "completed":
        return file
    since = file.sent or now
    known = replace(file, accepted=True, sent=since, submission_id=found.submission_id or file.submission_id)
    if found.state == "completed":
        return replace(_moved(known, "completed", now), next=None, answer="")
    state: FileState = "in_process" if found.state == "in_process" else "queued"
    words = f"the agency says: {found.text}" if found.text else ""
    return replace(_moved(known, state, now), next=polling.next_poll(since, now, pace), answer=words)


def superseded(file: Submission, now: datetime) -> Submission:
    """Newer files have all its DOIs, and it was never sent."""
    return replace(_moved(file, "superseded", now), next=None)


def uploaded(file: Submission, now: datetime) -> Submission:
    """A person uploaded it. The agency is asked for it from now on, if files are sent by this program at all."""
    moved = replace(_moved(file, "sent", now), accepted=True, sent=now, next=now, attempts=0)
    return replace(moved, answer="a person uploaded it")


def withheld(file: Submission, dois: Collection[str], now: datetime) -> Submission:
    """A person has to decide about these DOIs of it, and it was never sent. The others go into a newer file."""
    words = f"a person has to decide about {', '.join(dois)}; the other DOIs go into a newer file"
    return replace(superseded(file, now), answer=words)


def unsendable(file: Submission, reason: str, now: datetime, pace: float = 1.0) -> Submission:
    """The file on disk is not what was written, or is gone. It is looked at again after a day."""
    return replace(file, answer=reason, next=now + GONE_AGAIN * pace)


def released(file: Submission, now: datetime) -> Submission:
    """The login is another one, or a person says that it works: what was refused for it can be sent."""
    return replace(_moved(file, "written", now), next=now)


def refused_login(file: Submission, text: str, now: datetime) -> Submission:
    """The agency refuses the login, so the file waits for another one."""
    return replace(_moved(file, "login_refused", now), next=None, answer=text)


def retried(file: Submission, now: datetime) -> Submission:
    """A person wants it sent or asked for now, whatever it waits for. What may have arrived gets another name."""
    if file.state in ("lost", "uncertain"):
        return replace(_moved(file, "uncertain", now), asked=True, next=now)
    return replace(file, next=now)


def most_advanced(found: Sequence[Answer | Result]) -> Answer | Result:
    """Of the answers about the names of one file, that which knows most."""
    results = [one for one in found if isinstance(one, Result) and one.state != "unknown"]
    if results:
        return max(results, key=lambda one: _PROGRESS.index(one.state))
    return next((one for one in found if isinstance(one, Answer)), found[-1])


# ---------------------------------------------------------------------------------------------- parts


def _moved(file: Submission, state: FileState, now: datetime) -> Submission:
    return file if file.state == state else replace(file, state=state, since=now)


def _renamed(names: Sequence[str]) -> str:
    first = PurePath(names[0])
    return f"{first.stem}-{len(names) + 1}{first.suffix}"


def _not_received(file: Submission, answer: Answer, now: datetime, pace: float) -> Submission:
    attempts = file.attempts + 1
    if answer.kind == "throttled":
        pause = polling.pause_throttled(attempts, answer.retry_after, pace)
    else:
        pause = polling.pause_unavailable(attempts, answer.retry_after, pace)
    state: FileState = "throttled" if answer.kind == "throttled" else "unavailable"
    waiting = _moved(file, state, now)
    return replace(waiting, asked=True, attempts=attempts, next=now + pause, answer=answer.text)


def _ask_later(file: Submission, answer: Answer, now: datetime, pace: float) -> Submission:
    if file.sent is None:
        attempts = file.attempts + 1
        pause = polling.pause_unavailable(attempts, answer.retry_after, pace)
        return replace(file, attempts=attempts, next=now + pause, answer=answer.text)
    following = polling.next_poll(file.sent, now, pace)
    if following is not None and answer.retry_after is not None:
        following = max(following, now + timedelta(seconds=answer.retry_after))
    return replace(file, next=following, answer=answer.text)


def _unknown(file: Submission, now: datetime, pace: float) -> Submission:
    if file.state == "written" or file.sent is None:
        return replace(file, asked=True, attempts=0, next=now, answer="")
    waiting = replace(file, next=polling.next_poll(file.sent, now, pace))
    if file.accepted:
        late = file.state == "sent" and polling.is_past(file.sent, now, polling.UNKNOWN_WITH_RECEIPT, pace)
        return _moved(waiting, "lost", now) if late else waiting
    if not polling.is_past(file.sent, now, polling.UNKNOWN_WITHOUT_RECEIPT, pace) or file.state == "lost":
        return waiting
    if len(file.names) >= MOST_NAMES:
        return _moved(waiting, "lost", now)
    return replace(waiting, asked=True, next=now)
