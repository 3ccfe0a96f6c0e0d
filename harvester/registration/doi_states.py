"""What became of a DOI in one system: the fate of its newest file, or the outcome of its log. Pure.

`state` is about the newest file that was sent with the DOI, `held` about the version of ours that the agency has. A log
of an older file that is read late changes only what is held.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from msgspec.structs import replace

from harvester.answers import Again, Outcome, Outcomes, SentFile
from harvester.store import DoiState, FileState, Registration, Submission

AGAIN_AFTER = timedelta(hours=4)  # if time alone may help, once

IN_FLIGHT: frozenset[DoiState] = frozenset({"waiting", "uncertain"})
REGISTERED: frozenset[DoiState] = frozenset({"registered", "registered_with_conflict"})
MARKED = "a person said"  # begins the message of a DOI of which a person knows what became
FOREIGN, RICHER = "version_foreign", "richer"  # messages about a version that a person has to decide about
_OF_FILE: dict[FileState, DoiState] = {
    "sending": "waiting",
    "sent": "waiting",
    "queued": "waiting",
    "in_process": "waiting",
    "throttled": "waiting",
    "unavailable": "waiting",
    "login_refused": "waiting",
    "uncertain": "uncertain",
    "lost": "uncertain",
}
_CERTAINTY = ("never_sent", "waiting", "uncertain", "unaccounted", "refused", "registered", "registered_with_conflict")


def sending(before: Registration | None, doi: str, file: Submission, now: datetime) -> Registration:
    """The DOI is in a file that is about to be sent."""
    if before is None:
        before = Registration(doi=doi, target=file.target, system=file.system, state="waiting", changed=now)
    if before.timestamp is not None and before.timestamp > file.timestamp:
        return before
    same_file = before.batch_id == file.batch_id
    return replace(
        before,
        doi=doi,
        state="waiting",
        changed=before.changed if same_file and before.state == "waiting" else now,
        batch_id=file.batch_id,
        timestamp=file.timestamp,
        kind=None,
        message="",
        who="nobody",
        details={},
        conflict_id=None,
        dois_in_conflict=(),
        settings=None,
        due=None,
    )


def not_sent(before: Registration | None, doi: str, file: Submission, now: datetime) -> Registration:
    """The DOI is in a file that will never be sent, so it is due again."""
    if before is None:
        before = Registration(doi=doi, target=file.target, system=file.system, state="never_sent", changed=now)
    return replace(before, due=now)


def followed(before: Registration, file: Submission, now: datetime) -> Registration:
    """The file moved on, and its log was not read yet."""
    state = _OF_FILE.get(file.state)
    if state is None or before.batch_id != file.batch_id or before.state not in IN_FLIGHT or before.state == state:
        return before
    return replace(before, state=state, changed=now)


def decided(
    before: Registration | None, outcome: Outcome, file: Submission, now: datetime, again: Again
) -> Registration:
    """The log of a file says what became of the DOI."""
    if before is None:
        before = Registration(doi=outcome.doi, target=file.target, system=file.system, state="waiting", changed=now)
    before = _holding(before, outcome, now)
    if before.timestamp is not None and before.timestamp > file.timestamp:
        return before
    is_same_file = before.batch_id == file.batch_id
    is_repeated = is_same_file and (before.state, before.kind) == (outcome.state, outcome.kind)
    if is_same_file and _CERTAINTY.index(before.state) > _CERTAINTY.index(outcome.state):
        return before
    is_open = outcome.state in ("refused", "unaccounted")
    was_refused = before.refusals if before.kind in (None, outcome.kind) else 0
    refusals = was_refused + 1 if is_open and not (is_same_file and before.state == outcome.state) else was_refused
    return replace(
        before,
        doi=outcome.doi,
        state=outcome.state,
        changed=now,
        batch_id=file.batch_id,
        timestamp=file.timestamp,
        kind=outcome.kind,
        message=outcome.text,
        who=outcome.who,
        details=outcome.values,
        conflict_id=outcome.conflict_id,
        dois_in_conflict=outcome.dois_in_conflict,
        refusals=refusals if is_open else 0,
        settings=again.settings if is_open else None,
        due=before.due if is_repeated else _due_again(again, now) if is_open and refusals == 1 else None,
    )


def _due_again(again: Again, now: datetime) -> datetime | None:
    """When the DOI is sent once more by itself: at once if its file was damaged on its way."""
    if again.damage:
        return now
    return now + AGAIN_AFTER if again.time else None


def refused_at_once(sent: SentFile, text: str) -> Outcomes:
    """The outcomes of a file that the agency refused as it came, with its reason."""
    dois = (
        Outcome(doi=article.doi, state="refused", kind="other", text=text, who="person") for article in sent.articles
    )
    return Outcomes(dois=tuple(dois))


def resolved(before: Registration, now: datetime) -> Registration:
    """Its conflict was ended."""
    if before.state != "registered_with_conflict":
        return before
    return replace(before, state="registered", conflict_id=None, dois_in_conflict=(), changed=now)


def is_held(known: Registration | None) -> bool:
    """Whether the DOI must not be sent before a person has decided about the version that the agency holds."""
    if known is None or known.kind not in (FOREIGN, RICHER):
        return False
    return known.overruled is None or known.overruled < int(known.details["held"])


def overruling(before: Registration) -> Registration:
    """A person has decided that ours counts. This holds until the agency has a newer version of another program."""
    return replace(before, overruled=int(before.details["held"])) if is_held(before) else before


def marked(before: Registration, *, registered: bool, now: datetime) -> Registration:
    """A person knows what became of it. What is not registered is due again."""
    words = f"{MARKED} that it is {'' if registered else 'not '}registered"
    return replace(
        before,
        state="registered" if registered else "refused",
        kind=None,
        message=words,
        who="nobody",
        details={},
        conflict_id=None,
        dois_in_conflict=(),
        due=None if registered else now,
        settings=None,
        changed=now,
    )


def _holding(before: Registration, outcome: Outcome, now: datetime) -> Registration:
    """With the version of ours that is now known to be there. What another program deposited is not ours."""
    if outcome.state not in REGISTERED or outcome.version is None:
        return before
    if before.held is not None and before.held >= outcome.version:
        return before
    return replace(before, held=outcome.version, held_since=now)
