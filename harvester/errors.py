"""All exceptions of this package.

A fault of a single record is never raised: it is a value, a `Finding` or a `BadRecord`, so that the other records go
on. An exception stops a source, a configuration, a store or an export, and its message names the next step.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum


class HarvesterError(Exception):
    """The base of all exceptions that this package raises on purpose. `exit_code` is that of the command line."""

    exit_code = 1


class ConfigError(HarvesterError):
    """config.toml cannot be used. `problems` has one sentence for each problem."""

    exit_code = 2

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


class ProviderError(HarvesterError):
    """The provider's answer cannot be used, or there was none.

    `transient`: a retry after a moment may help. `overloaded`: the provider has too much to do for any request.
    `refused`: it may be this program that is refused, not this request. `is_wall`: it is, by protection against robots.
    """

    transient = False
    overloaded = False
    refused = False
    is_wall = False


class OaiCode(StrEnum):
    """The error codes of the protocol (OAI-PMH 2.0, section 3.6)."""

    BAD_ARGUMENT = "badArgument"
    BAD_RESUMPTION_TOKEN = "badResumptionToken"  # noqa: S105 — not a password
    BAD_VERB = "badVerb"
    CANNOT_DISSEMINATE_FORMAT = "cannotDisseminateFormat"
    ID_DOES_NOT_EXIST = "idDoesNotExist"
    NO_METADATA_FORMATS = "noMetadataFormats"
    NO_RECORDS_MATCH = "noRecordsMatch"
    NO_SET_HIERARCHY = "noSetHierarchy"


class ProtocolError(ProviderError):
    """The provider answered with an OAI-PMH <error>. `code` is what it sent: an `OaiCode` or one of its own."""

    def __init__(self, code: str, message: str) -> None:
        answer = f"the provider answered {code}: {message}" if message else f"the provider answered {code}"
        super().__init__(f"{answer}; {_NEXT_STEPS.get(code, 'see what its OAI-PMH page says in a browser')}")
        self.code = code


_NEXT_STEPS: dict[str, str] = {
    OaiCode.BAD_ARGUMENT: "check formats, sets and dates of this source",
    OaiCode.BAD_RESUMPTION_TOKEN: "harvest again; the list starts from the beginning",
    OaiCode.CANNOT_DISSEMINATE_FORMAT: "choose one of the formats that `harvester source probe` lists",
    OaiCode.ID_DOES_NOT_EXIST: "the record is gone, or has another identifier",
    OaiCode.NO_METADATA_FORMATS: "tell the provider's administrator that the record has no format at all",
    OaiCode.NO_SET_HIERARCHY: "remove the sets from this source's configuration",
}


class Unreachable(ProviderError):
    """No answer, or half of one: unknown host, no connection, an untrusted certificate, a body that was cut short."""

    def __init__(self, message: str, *, transient: bool = True) -> None:
        super().__init__(message)
        self.transient = transient


# HTTP's Too Many Requests and Service Unavailable.
OVERLOADED = (429, 503)
# A challenge of a protection against robots.
_ACCEPTED = 202


class BadStatus(ProviderError):
    """The provider answered with an HTTP error. `retry_after` is how many seconds it wants us to wait."""

    def __init__(self, message: str, status: int, retry_after: float | None = None, *, is_wall: bool = False) -> None:
        super().__init__(message)
        self.status = status
        self.retry_after = retry_after
        self.overloaded = status in OVERLOADED
        self.transient = status >= 500 or status in (408, 425, 429)
        self.is_wall = is_wall
        self.refused = is_wall or status == _ACCEPTED or (400 <= status < 500 and not self.transient)


class BadAnswer(ProviderError):
    """The answer is not OAI-PMH: a web page, nothing, half a document, other XML or damaged XML."""

    def __init__(self, message: str, *, transient: bool = False, refused: bool = False, is_wall: bool = False) -> None:
        super().__init__(message)
        self.transient = transient
        self.is_wall = is_wall
        self.refused = is_wall or refused


class Refusal(ProviderError):
    """The provider refuses this program or is out of order: it does not give what it gave before either."""

    refused = True


class TooBig(ProviderError):
    """The answer is larger, deeper or longer than one page may be."""


class TooSlow(ProviderError):
    """One page took longer than its deadline."""


class RefusedAddress(ProviderError):
    """We do not send requests to this address: it is private, or neither http nor https."""


class PrivateAddress(RefusedAddress):
    """The address belongs to this machine or a private network; `allow_private` would permit it."""


class Interruption(HarvesterError):
    """The work ends here and resumes later. This is not a failure."""


class Stopped(Interruption):
    """We were asked to stop."""


class WaitUntil(Interruption):
    """The provider wants no requests for longer than we wait. `moment` (UTC) is when to resume."""

    def __init__(self, message: str, moment: datetime) -> None:
        super().__init__(message)
        self.moment = moment


class StoreError(HarvesterError):
    """The store cannot be opened, is damaged, or belongs to a newer program."""


class StoreLocked(StoreError):
    """Another program has been writing to the store for longer than we wait."""

    exit_code = 75


class QueryTimeout(StoreError):
    """A query took longer than this program waits for it. A narrower one may be answered in time."""


class DoiTaken(StoreError):
    """A DOI cannot be minted for a record: another record has it, or this one has another DOI."""


class BusyError(HarvesterError):
    """Another process works on the same source, store or export."""

    exit_code = 75


class RunTaken(BusyError):
    """Another process took this run up meanwhile, as it saw that nobody held the lock of the source."""


class BundleError(HarvesterError):
    """A Crossref schema bundle is missing, or its hash is not the pinned one."""


class ExportError(HarvesterError):
    """A deposit file could not be built, was not valid, or could not be written."""


class LogError(HarvesterError):
    """What a person gave is not the log of a submission, or has none in it."""

    exit_code = 2


class TitleListError(HarvesterError):
    """A file is not Crossref's title list."""

    exit_code = 2


class AgencyError(HarvesterError):
    """A registration agency could not be read."""


class AgencyUnavailable(AgencyError):
    """The agency did not answer, or wants no requests now. The same command later may help."""
