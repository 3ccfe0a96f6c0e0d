"""One round with an agency: everything that is due to be sent or asked for, and nothing else.

The daemon, `harvest --due` and `deposit` all do rounds, so each can resume what another left. Only one process does a
round at a time. A round that is killed at any moment leaves a store from which the next one goes on.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Iterable
from datetime import datetime
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from harvester.answers import Answer, Terms
from harvester.config import Config
from harvester.registration import accounts, queue
from harvester.registration.file_states import OPEN
from harvester.registration.planning import next_moment
from harvester.registration.registrar import Agency, Registrar
from harvester.registration.sender import Sender
from harvester.store import Submission
from harvester.system import locks
from harvester.system.progress import report
from harvester.system.stopping import Stop, never_stop

if TYPE_CHECKING:
    from harvester.store import Store  # SQLAlchemy comes in when a store is opened

log = logging.getLogger(__name__)

LOCK = "deposit"


class RoundReport(Struct, frozen=True, kw_only=True):
    """What one round did.

    `stopped` says why the agency refuses the login, `problem` why nothing is sent at present. `next`: when there is
    something to do again. `open_files`: how many wait for anything.
    """

    sent: int = 0
    asked: int = 0
    stopped: str | None = None
    problem: str | None = None
    next: datetime | None = None
    open_files: int = 0


def do_round(
    config: Config,
    store: Store,
    agency: Agency,
    *,
    now: Callable[[], datetime],
    stop: Stop = never_stop,
    fresh: Collection[str] = (),
    sends: bool = True,
) -> RoundReport:
    """Does what is due with the agency. `fresh` files were written by this process, and nobody can have uploaded them.

    Without `sends`, files are only asked for. Raises `ConfigError` without a login or a password, `BusyError` while
    another process does a round, and `Stopped` in the middle of a wait; a stop between two requests ends the round.
    """
    terms = agency.terms(config)
    if terms is None:
        return RoundReport()
    with locks.hold(config.locks, LOCK, what="sending of deposits"), agency.registrar(config, stop) as registrar:
        return _Round(config, store, agency, terms, registrar, now, stop, sends=sends).run(fresh)


class _Round:
    def __init__(
        self,
        config: Config,
        store: Store,
        agency: Agency,
        terms: Terms,
        registrar: Registrar,
        now: Callable[[], datetime],
        stop: Stop,
        *,
        sends: bool,
    ) -> None:
        self._store, self._agency, self._terms, self._registrar = store, agency, terms, registrar
        self._now, self._stop, self._sends = now, stop, sends
        self._sender = Sender(config, store, agency, terms, registrar, now)
        self._stored = store.submissions.account(agency.name, terms.system)
        self._account = accounts.of_terms(self._stored, agency.name, terms)
        self._sent = self._asked = 0

    def run(self, fresh: Collection[str]) -> RoundReport:
        store, name, system = self._store, self._agency.name, self._terms.system
        store.submissions.adopt(name, system, self._now(), fresh=fresh)
        for file in store.submissions.of_states(name, system, ["sending"]):
            self._sender.recover(file)
        if not self._account.stopped and not accounts.is_quiet(self._account, self._now()):
            self._work()
        self._keep_account()
        return self._report()

    def _work(self) -> None:
        store, name, system = self._store, self._agency.name, self._terms.system
        files = {file.batch_id: file for file in store.submissions.of_states(name, system, OPEN)}
        if not any(map(self._is_due, files.values())):
            return
        if not self._is_login_checked():
            self._refuse(files.values())
            return
        for file in files.values():
            if file.state == "login_refused":
                files[file.batch_id] = self._sender.release(file)
        dois = store.submissions.dois(files)
        while not self._stop():
            step = queue.next_step(
                files.values(),
                dois,
                self._now(),
                max_in_flight=self._terms.max_in_flight,
                sends=self._sends and self._clock_problem() is None,
            )
            if step is None:
                return
            file = self._ask(step.file) if step.kind == "ask" else self._send(step.file)
            files[file.batch_id] = file
            if file.state not in OPEN:
                del files[file.batch_id]
            if self._account.stopped or accounts.is_quiet(self._account, self._now()):
                return

    def _is_due(self, file: Submission) -> bool:
        return file.state == "login_refused" or (file.next is not None and file.next <= self._now())

    def _is_login_checked(self) -> bool:
        """Whether the agency accepts the login. It is asked unless it accepted it before."""
        if self._account.accepted:
            return True
        answer = self._registrar.check_login()
        known = answer.kind in ("accepted", "login_refused", "throttled")
        self._learn(answer if known else replace(answer, kind="unavailable"))
        return self._account.accepted is not None

    def _refuse(self, files: Iterable[Submission]) -> None:
        """If the login is refused, the files that were not sent yet wait for another one."""
        for file in files:
            if self._account.stopped and file.state == "written":
                self._sender.refuse_login(file, self._account.answer)

    def _ask(self, file: Submission) -> Submission:
        report("asking for the results of deposit files", self._asked)
        moved, found = self._sender.ask(file)
        self._asked += 1
        if isinstance(found, Answer):
            self._learn(found)
        else:
            self._account = accounts.working(self._account, self._now())
        return moved

    def _send(self, file: Submission) -> Submission:
        if file.state == "written" and self._store.submissions.is_superseded(file.batch_id):
            return self._sender.supersede(file)
        report("sending deposit files", self._sent)
        moved, answer = self._sender.send(file)
        if answer is not None:
            self._sent += answer.kind == "accepted"
            # A file that is throttled stops the queue by itself, and results may be asked for.
            self._learn(replace(answer, kind="refused") if answer.kind == "throttled" else answer)
        return moved

    def _learn(self, answer: Answer) -> None:
        before = self._account
        self._account = accounts.answered(before, answer, self._now(), self._terms.pace)
        if self._account.stopped and not before.stopped:
            log.info("%s", self._stopped_words())
        self._keep_account()

    def _keep_account(self) -> None:
        if self._account is not self._stored:
            self._store.submissions.save_account(self._account)
            self._stored = self._account

    def _clock_problem(self) -> str | None:
        return queue.clock_problem(self._account, self._store.ledger.last_timestamp(), self._now())

    def _stopped_words(self) -> str:
        return accounts.stopped_words(self._agency.title, self._terms.system, self._account.answer)

    def _report(self) -> RoundReport:
        store = self._store
        files = store.submissions.of_states(self._agency.name, self._terms.system, OPEN)
        problem = None
        if accounts.is_quiet(self._account, self._now()):
            problem = f"{self._agency.title} does not answer: {self._account.answer}"
        return RoundReport(
            sent=self._sent,
            asked=self._asked,
            stopped=self._stopped_words() if self._account.stopped else None,
            problem=problem or self._clock_problem(),
            next=next_moment(store, self._agency, self._terms, self._now(), sends=self._sends),
            open_files=len(files),
        )
