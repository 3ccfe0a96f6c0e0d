"""When there is something to do with an agency."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from harvester.answers import Terms
from harvester.registration import queue
from harvester.registration.file_states import OPEN, is_to_send
from harvester.registration.registrar import Agency
from harvester.store import Account, Submission

if TYPE_CHECKING:
    from harvester.store import Store  # SQLAlchemy comes in when a store is opened

CLOCK_AGAIN = timedelta(hours=1)  # until a wrong clock is looked at again


def next_moment(store: Store, agency: Agency, terms: Terms, now: datetime, *, sends: bool) -> datetime | None:
    """When the next round has something to do; `None` if it has nothing, or if the login is refused.

    Without `sends`, files are only asked for. What waits for the result of another file is due after that one.
    """
    account = store.submissions.account(agency.name, terms.system)
    if account and account.stopped and account.login == terms.login:
        return None
    files = store.submissions.of_states(agency.name, terms.system, OPEN)
    is_wrong = queue.clock_problem(account, store.ledger.last_timestamp(), now) is not None
    moment = _next_of_files(store, files, terms, now, sends=sends and not is_wrong)
    if is_wrong and any(is_to_send(file, now) for file in files):
        moment = min(moment or now + CLOCK_AGAIN, now + CLOCK_AGAIN)
    return _after_silence(moment, account)


def _next_of_files(
    store: Store, files: list[Submission], terms: Terms, now: datetime, *, sends: bool
) -> datetime | None:
    if any(file.state == "login_refused" for file in files):
        return now
    dois = store.submissions.dois([file.batch_id for file in files])
    if queue.next_step(files, dois, now, max_in_flight=terms.max_in_flight, sends=sends):
        return now
    asked_only = [file for file in files if sends or not is_to_send(file, file.next or now)]
    return min((file.next for file in asked_only if file.next is not None and file.next > now), default=None)


def _after_silence(moment: datetime | None, account: Account | None) -> datetime | None:
    if moment is None or account is None or account.quiet_until is None:
        return moment
    return max(moment, account.quiet_until)
