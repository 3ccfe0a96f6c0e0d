"""What a person says or wants: send again, this is registered, read this log."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Sequence
from datetime import datetime
from pathlib import PurePath
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from harvester.answers import Result, System, Terms
from harvester.config import Config
from harvester.errors import HarvesterError
from harvester.identifiers import fold_doi
from harvester.registration import accounts, doi_states, file_states, words
from harvester.registration.again import due
from harvester.registration.described import is_known
from harvester.registration.reader import Reader
from harvester.registration.registrar import Agency
from harvester.registration.round import LOCK
from harvester.store import Event, Registration, Submission
from harvester.system import locks

if TYPE_CHECKING:
    from harvester.store import Store  # SQLAlchemy comes in when a store is opened

Now = Callable[[], datetime]


def retry_dois(config: Config, store: Store, agency: Agency, system: System, dois: Collection[str], now: Now) -> int:
    """Makes DOIs due again that were sent before; returns how many.

    What an open file has is sent with it. What is uncertain for another reason counts as refused: ours is to count.
    Raises `HarvesterError` if the store does not have one of them: it may be misspelt.
    """
    with locks.hold(config.locks, LOCK, what="retry of deposits"):
        _refuse_unknown(store, agency, system, dois)
        known = store.registrations.of_dois(agency.name, system, dois)
        waiting = {one.batch_id for one in known.values() if one.state in doi_states.IN_FLIGHT and one.batch_id}
        files = [file for batch_id in waiting if (file := store.submissions.get(batch_id, system))]
        open_files = {file.batch_id: file for file in files if file.state in file_states.OPEN}
        for file in open_files.values():
            store.submissions.save(
                file_states.retried(file, now()), events=[_event(file, now(), "retry was requested")]
            )
        again = [_again(one, now()) for one in known.values() if one.batch_id not in open_files]
        store.registrations.save(again)
        _note(store, agency, system, again, "retry was requested", now())
    return len(known)


def retry_kind(config: Config, store: Store, agency: Agency, system: System, kind: str, now: Now) -> int:
    """Makes the refused DOIs with this message due again; returns how many there are."""
    refused = store.registrations.of_states(agency.name, system, ["refused", "unaccounted", "uncertain"])
    dois = [one.doi for one in refused if one.kind == kind]
    return retry_dois(config, store, agency, system, dois, now) if dois else 0


def retry_file(config: Config, store: Store, agency: Agency, file: Submission, now: Now) -> int:
    """Lets an open file be sent or asked for now; of a processed one, makes the refused DOIs due. Returns how many."""
    if file.state in file_states.OPEN:
        with locks.hold(config.locks, LOCK, what="retry of deposits"):
            moved = file_states.retried(file, now())
            store.submissions.save(moved, events=[_event(file, now(), "retry was requested")])
        return len(store.submissions.dois([file.batch_id])[file.batch_id])
    of_file = store.registrations.of_file(file.batch_id, file.system)
    dois = [one.doi for one in of_file if one.state in ("refused", "unaccounted", "uncertain")]
    return retry_dois(config, store, agency, file.system, dois, now) if dois else 0


def release_login(config: Config, store: Store, agency: Agency, terms: Terms) -> bool:
    """Tries a login again that was refused; returns whether there is one."""
    with locks.hold(config.locks, LOCK, what="retry of deposits"):
        account = store.submissions.account(agency.name, terms.system)
        if account is None:
            return False
        store.submissions.save_account(accounts.released(account))
        return account.stopped is not None


def mark(
    config: Config, store: Store, agency: Agency, system: System, dois: Sequence[str], now: Now, *, registered: bool
) -> int:
    """Notes what a person knows of DOIs: that they are registered, or not; returns how many.

    Raises `HarvesterError` if the store does not have one of them: it may be misspelt.
    """
    with locks.hold(config.locks, LOCK, what="marking of deposits"):
        _refuse_unknown(store, agency, system, dois)
        known = store.registrations.of_dois(agency.name, system, dois)
        moment = now()
        marked: list[Registration] = []
        for doi in dict.fromkeys(dois):
            before = known.get(fold_doi(doi)) or Registration(
                doi=doi, target=agency.name, system=system, state="never_sent", changed=moment
            )
            marked.append(doi_states.marked(before, registered=registered, now=moment))
        store.registrations.save(marked)
        if registered:  # what the agency holds counts, until the article changes
            store.deposits.mark_held(agency.name, system, [one.doi for one in marked], moment, again=True)
        _note(store, agency, system, marked, marked[0].message if marked else "", moment)
    return len(marked)


def _refuse_unknown(store: Store, agency: Agency, system: System, dois: Collection[str]) -> None:
    if unknown := [row.doi for row in store.registrations.rows(agency.name, system, dois) if not is_known(row)]:
        raise HarvesterError(
            f"Nothing was changed: the store has neither an article nor a deposit with {', '.join(unknown)}."
        )


def mark_uploaded(config: Config, store: Store, agency: Agency, system: System, batch_id: str, now: Now) -> int:
    """Notes that a person uploaded a file; returns how many DOIs wait for its log now.

    Raises `HarvesterError` if there is no such file, or if it was sent.
    """
    with locks.hold(config.locks, LOCK, what="marking of deposits"):
        store.submissions.adopt(agency.name, system, now())
        file = store.submissions.get(batch_id, system)
        if file is None:
            raise HarvesterError(f"There is no deposit file {batch_id}. `harvester deposits` lists the files.")
        if file.state not in file_states.NOT_SENT:
            raise HarvesterError(f"{batch_id} cannot be marked as uploaded: it is {words.OF_FILE[file.state]}.")
        moved = file_states.uploaded(file, now())
        dois = [row.doi for row in store.deposits.rows_of_file(batch_id)]
        known = store.registrations.of_dois(agency.name, system, dois)
        waiting = [doi_states.sending(known.get(fold_doi(doi)), doi, moved, now()) for doi in dois]
        store.submissions.save(moved, waiting, events=[_event(moved, now(), "a person uploaded it")])
    return len(waiting)


class ReadLog(Struct, frozen=True, kw_only=True):
    """A log that a person gave, with the number of DOIs in each state after it. `problem`: why it was not stored."""

    batch_id: str | None
    submission_id: str | None
    state: str
    system: System
    file: str | None = None
    states: dict[str, int] = {}
    problem: str | None = None


NAMES_NO_FILE = "this log names no file; say which one it is about with --file NAME"


def read_logs(
    config: Config, store: Store, agency: Agency, system: System, data: bytes, now: Now, *, name: str | None = None
) -> list[ReadLog]:
    """Stores the logs in what a person has, and what they say of each DOI. `name` is the file they are about.

    A log of a file that this store did not write is not stored. Raises `HarvesterError` if there is no log.
    """
    with locks.hold(config.locks, LOCK, what="reading of a log"):
        return [_read(config, store, agency, system, log, name, now) for log in agency.logs(data)]


def _read(
    config: Config, store: Store, agency: Agency, system: System, log: Result, name: str | None, now: Now
) -> ReadLog:
    system = log.system or system
    said = ReadLog(batch_id=log.batch_id, submission_id=log.submission_id, state=log.state, system=system)
    wanted = PurePath(name).name if name else log.batch_id
    if wanted is None:
        return replace(said, problem=NAMES_NO_FILE)
    store.submissions.adopt(agency.name, system, now())
    files = store.submissions.all(agency.name, system)
    file = next((one for one in files if wanted in (one.batch_id, PurePath(one.path).name, *one.names)), None)
    if file is None:
        return replace(said, problem=f"this store never wrote a file {wanted}, so the log was not stored")
    if log.batch_id not in (None, file.batch_id):
        return replace(said, problem=f"this log is about {log.batch_id}, not about {wanted}")
    Reader(config, store, agency, now).read(file, log)
    states = Counter(one.state for one in store.registrations.of_file(file.batch_id, system))
    return replace(said, file=file.path, states=dict(states))


def _again(one: Registration, moment: datetime) -> Registration:
    """Due, and not in flight any more. What another program deposited may be overwritten."""
    if one.state in doi_states.IN_FLIGHT:
        one = replace(one, state="refused")
    return due(doi_states.overruling(one), moment)


def _event(file: Submission, moment: datetime, text: str) -> Event:
    return Event(at=moment, state=file.state, words=text, batch_id=file.batch_id)


def _note(
    store: Store, agency: Agency, system: System, registrations: Sequence[Registration], text: str, moment: datetime
) -> None:
    events = [
        Event(at=moment, state=one.state, words=text, batch_id=one.batch_id, doi=one.doi) for one in registrations
    ]
    store.submissions.note(agency.name, system, events)
