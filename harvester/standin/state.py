"""Everything that the stand-in knows: accounts, files, what is registered, the clock and the knobs.

This is also how tests control it, from the same process: there is no control over HTTP. All methods are thread-safe;
`lock` makes several calls one.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from datetime import UTC, datetime

from msgspec import Struct

from harvester.standin import diagnostic
from harvester.standin.accounts import Account
from harvester.standin.knobs import Knobs
from harvester.standin.mail import log_mail
from harvester.standin.processing import Job, process
from harvester.standin.registry import Record, Registry, Title
from harvester.standin.submissions import Submission, received


def now_utc() -> datetime:
    return datetime.now(UTC)


class Seen(Struct, frozen=True):
    """A request in the log: the names of its fields, never their values."""

    method: str
    path: str
    fields: tuple[str, ...]
    at: datetime
    status: int  # 0: there was no answer


class State:
    """The stand-in's memory. Nothing of it is on disk."""

    def __init__(
        self, accounts: Iterable[Account] = (), *, now: Callable[[], datetime] = now_utc, knobs: Knobs | None = None
    ) -> None:
        """`now` is the clock of all delays, in UTC; tests set it. The rate limits use the machine's clock."""
        self.lock = threading.RLock()
        self.now = now
        self.knobs = knobs or Knobs()
        self.accounts = {account.login: account for account in accounts}
        self.registry = Registry()
        self.submissions: list[Submission] = []
        self.agencies: dict[str, str] = {}  # DOI prefixes of other registration agencies
        self.requests: list[Seen] = []
        self.credentials_in_query = 0  # requests that had a login or password in their URL
        self._next_submission = 1_415_653_975

    # ------------------------------------------------------------------------------- control

    def add_account(self, account: Account) -> None:
        with self.lock:
            self.accounts[account.login] = account

    def add_title(self, title: str, owner: str, *issns: str, publisher: str = "Another Press") -> Title:
        """Creates the record of a journal. `owner` is a DOI prefix; each ISSN may be `electronic:1234-5679`."""
        pairs = [issn.rpartition(":")[::2] for issn in issns]
        with self.lock:
            media = ((number, medium or "print") for medium, number in pairs)
            return self.registry.put_title(title, owner, publisher, media)

    def deposit_directly(self, data: bytes, login: str, file_name: str = "other-tool.xml") -> Submission:
        """Receives and processes a file at once, as if another tool had deposited it. Raises `KeyError` if the login
        does not exist.
        """
        with self.lock:
            self.settle()
            submission = self._receive(file_name, data, self.accounts[login], Knobs.immediate())
            self.settle()
            return submission

    def transfer(self, doi: str, owner: str) -> None:
        """Gives a registered DOI to the owner of another DOI prefix. Raises `KeyError` if it is not registered."""
        with self.lock:
            self.registry.dois[doi.lower()].owner = owner

    def match_reference(self, doi: str, key: str, target: str) -> None:
        """Lets Crossref find the DOI of a reference. Raises `KeyError` if the citing DOI is not registered."""
        with self.lock:
            record = self.registry.dois[doi.lower()]
            record.matches[key], record.matched = target, self.now()

    def held(self, doi: str) -> Record | None:
        """What is registered of a DOI now, whatever the reading side shows of it."""
        with self.lock:
            self.settle()
            return self.registry.record(doi)

    def result(self, file_name: str) -> bytes | None:
        """The result of the first file of this name; `None` if there is none yet."""
        with self.lock:
            found = self._completed(file_name)
            return self.diagnostic(found) if found else None

    def mail(
        self, file_name: str, *, encoding: str = "8bit", test: bool = False, number: int | None = None
    ) -> bytes | None:
        """The message with the result of a file (`mail.log_mail`); `None` if there is no result yet."""
        with self.lock:
            found = self._completed(file_name)
            result = self.diagnostic(found) if found else b""
            return log_mail(found, result, encoding=encoding, test=test, number=number) if found else None

    # ------------------------------------------------------------------------------- for the handlers

    def submit(self, file_name: str, data: bytes, account: Account) -> Submission:
        """Receives a file. Its name may be one that was used before: then only the first is found by it."""
        with self.lock:
            return self._receive(file_name, data, account, self.knobs)

    def process_now(self, file_name: str, data: bytes, account: Account) -> Submission:
        """Receives and processes a file in one call; its references are processed under another number."""
        with self.lock:
            self.settle()
            submission = self._receive(file_name, data, account, Knobs.immediate())
            submission.deferred = self._number()
            self.settle()
            return submission

    def pending(self, account: Account) -> int:
        """How many files of an account wait for their result."""
        with self.lock:
            self.settle()
            return sum(not each.processed for each in self.submissions if each.login == account.login)

    def settle(self) -> None:
        """Processes every file whose time has come, in the order of their times."""
        with self.lock:
            now = self.now()
            due = [each for each in self.submissions if not each.processed and each.completed <= now]
            for submission in sorted(due, key=lambda each: (each.completed, each.number)):
                self._process(submission)

    def diagnostic(self, submission: Submission) -> bytes:
        """The result of a file that was processed."""
        assert submission.processed is not None
        done = submission.processed
        return diagnostic.completed(submission.number, done.batch_id, done.records, crlf=self.knobs.crlf)

    def log(self, method: str, path: str, fields: Iterable[str], status: int) -> None:
        with self.lock:
            self.requests.append(Seen(method, path, tuple(fields), self.now(), status))

    def _completed(self, file_name: str) -> Submission | None:
        self.settle()
        found = next((each for each in self.submissions if each.file_name == file_name), None)
        return found if found and found.processed else None

    def _receive(self, file_name: str, data: bytes, account: Account, knobs: Knobs) -> Submission:
        submission = received(self._number(), file_name, data, account.login, self.now(), knobs)
        self.submissions.append(submission)
        return submission

    def _process(self, submission: Submission) -> None:
        job = Job(
            account=self.accounts[submission.login],
            submission=submission.number,
            at=submission.completed,
            known_prefixes={prefix for each in self.accounts.values() for prefix in each.prefixes},
            verdicts=self.knobs.verdicts,
            old_wording=self.knobs.old_wording,
            deferred=submission.deferred,
        )
        submission.processed = process(submission.data, job, self.registry)

    def _number(self) -> int:
        self._next_submission += 1
        return self._next_submission
