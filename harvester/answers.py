"""What a registration agency answered to a file that was sent, and to the question of what became of it.

Each target translates its protocol into these values. They say what the agency said, and nothing more.
"""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from msgspec import Struct

System = Literal["test", "live"]  # of an agency: nothing that is registered in one counts in the other
Who = Literal["nobody", "editor", "source", "settings", "account", "agency", "publisher", "program", "person"]


class Verdict(Struct, frozen=True, kw_only=True):
    """One message of the agency, about one DOI or about the whole file.

    `kind` is the id of the message in the target's catalogue. `who` can act on it.
    """

    doi: str | None = None  # as the agency wrote it; `None`: the message names no DOI
    registered: bool | None  # `None`: the message does not say
    kind: str
    text: str  # the agency's words, with single spaces
    who: Who
    warning: bool = False
    values: dict[str, str] = {}  # named in the message, such as `held`, `issn`, `title`, `prefix`, `orcid`
    whole_file: bool = False  # no DOI of the file was registered
    conflict_id: str | None = None
    dois_in_conflict: tuple[str, ...] = ()
    resolved_conflicts: tuple[str, ...] = ()


class Matched(Struct, frozen=True, kw_only=True):
    """What the agency made of one reference of a DOI: `doi` if it found one."""

    citing: str
    key: str
    status: str
    doi: str | None = None
    text: str | None = None


class Result(Struct, frozen=True, kw_only=True):
    """What became of a file.

    `unknown`: the agency does not know the file, yet or ever. `other` is a state that this program does not know, and
    `text` has its name. Only a `completed` file has verdicts.
    """

    state: Literal["unknown", "queued", "in_process", "completed", "other"]
    raw: bytes
    submission_id: str | None = None
    batch_id: str | None = None
    system: System | None = None  # where the log says that it comes from
    verdicts: tuple[Verdict, ...] = ()
    references: tuple[Matched, ...] = ()
    text: str | None = None
    server_time: datetime | None = None  # the agency's clock
    is_damaged: bool = False  # what the agency received is not what was sent


class Answer(Struct, frozen=True, kw_only=True):
    """The answer to one request.

    To a file that was sent: `accepted` (it was received), `refused` (read and refused, `text` says why) or `uncertain`
    (the body left, and no clear answer came). To a question: `unreadable` (it was answered, but `raw` is cut short or
    something else, such as a web page). To every request: `login_refused`, `throttled` (nothing was received, come back
    after `retry_after` seconds) or `unavailable` (nothing was received).
    """

    kind: Literal["accepted", "refused", "uncertain", "unreadable", "login_refused", "throttled", "unavailable"]
    text: str = ""  # one line; never an address, a login or a password
    raw: bytes | None = None  # only of an `unreadable` answer
    status: int | None = None  # of HTTP
    retry_after: float | None = None
    server_time: datetime | None = None  # the agency's clock
    result: Result | None = None  # what became of the file, if it is known at once


Facts = dict[str, tuple[str, ...]]  # what a deposit says of a DOI, by the name of the field


class HeldRecord(Struct, frozen=True, kw_only=True):
    """A DOI as the agency holds it. Without a `version`, the agency does not show the DOI, yet or ever."""

    doi: str
    version: int | None = None
    owner: str | None = None  # its DOI prefix, which may be another one than that of the DOI
    updated: datetime | None = None  # when the agency last processed it
    facts: Facts = {}


class ListedDoi(Struct, frozen=True, kw_only=True):
    """A DOI in a list of the agency, which has no version. `mark` changes with every fact that the list has of it.

    `matched` is how many of its references have a DOI there, deposited or found by the agency.
    """

    doi: str
    mark: str
    created: datetime | None = None
    updated: datetime | None = None
    owner: str | None = None
    references: int = 0
    matched: int = 0


class SentArticle(Struct, frozen=True, kw_only=True):
    """One DOI of a file that was sent, with what a message about it may name instead of the DOI."""

    doi: str
    orcids: tuple[str, ...] = ()
    issns: tuple[str, ...] = ()
    titles: tuple[str, ...] = ()  # of its journal
    targets: tuple[str, ...] = ()  # the DOIs that its relations name
    references: int = 0
    versions: tuple[int, ...] = ()  # of the other files of ours with this DOI


class SentFile(Struct, frozen=True, kw_only=True):
    """A file that was sent. `version` is the number by which the agency decides which of two deposits is newer."""

    version: int
    articles: tuple[SentArticle, ...]


DoiState = Literal["registered", "registered_with_conflict", "refused", "uncertain", "unaccounted"]


class Outcome(Struct, frozen=True, kw_only=True):
    """What became of one DOI of a file that was sent.

    `uncertain`: the agency refused it because of the version that it holds, but did not say which. What it holds has to
    be read. `unaccounted`: it did not say anything about this DOI.
    """

    doi: str  # as sent
    state: DoiState
    kind: str  # the id of the deciding message in the target's catalogue
    text: str = ""
    who: Who = "nobody"
    values: dict[str, str] = {}
    version: int | None = None  # that the agency holds of it, if this is known from the answer
    conflict_id: str | None = None
    dois_in_conflict: tuple[str, ...] = ()
    resolved_conflicts: tuple[str, ...] = ()
    messages: tuple[Verdict, ...] = ()  # all about it, in the order of the answer


class Outcomes(Struct, frozen=True, kw_only=True):
    """What became of a file: each of its DOIs once, and the messages that belong to none of them."""

    dois: tuple[Outcome, ...]
    others: tuple[Verdict, ...] = ()


class Again(Struct, frozen=True):
    """What makes a DOI due again that was refused, next to a change of its article.

    `time`: it is sent once more by itself. `damage`: so it is if the agency received something else than was sent.
    `target`: so it is after the DOI that its relation names was registered. `settings`: the fingerprint of those whose
    change may help.
    """

    time: bool = False
    damage: bool = False
    target: bool = False
    settings: str | None = None


class Terms(Struct, frozen=True, kw_only=True):
    """How files are sent, by the configuration.

    `login` is a fingerprint that changes with the login and with the file of its password. `pace` multiplies every
    wait.
    """

    system: System
    login: str
    pace: float = 1.0
    max_in_flight: int = 200
