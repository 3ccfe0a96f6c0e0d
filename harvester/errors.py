"""The one exception tree.

A fault of a single record is never raised: it is a `Finding` or a `BadRecord`, a value beside its neighbours.
What is raised here stops a source, a configuration, a store or an export, and its message names the next step.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum


class HarvesterError(Exception):
    """Root of everything this package raises on purpose; `exit_code` is what the command line ends with."""

    exit_code = 1


class ConfigError(HarvesterError):
    """config.toml cannot be used; `problems` lists every fault found, one sentence each."""

    exit_code = 2

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


class ProviderError(HarvesterError):
    """The provider's answer cannot be used, or there was none. `transient`: asking again in a moment may help.

    `overloaded`: the provider has too much to do, whatever it is asked.
    """

    transient = False
    overloaded = False


class OaiCode(StrEnum):
    """The error codes of the protocol (OAI-PMH 2.0, section 3.6)."""

    BAD_ARGUMENT = "badArgument"
    BAD_RESUMPTION_TOKEN = "badResumptionToken"  # noqa: S105 — a word of the protocol
    BAD_VERB = "badVerb"
    CANNOT_DISSEMINATE_FORMAT = "cannotDisseminateFormat"
    ID_DOES_NOT_EXIST = "idDoesNotExist"
    NO_METADATA_FORMATS = "noMetadataFormats"
    NO_RECORDS_MATCH = "noRecordsMatch"
    NO_SET_HIERARCHY = "noSetHierarchy"


class ProtocolError(ProviderError):
    """The provider answered with an OAI-PMH <error>. `code` is what it sent: an `OaiCode`, or a word of its own."""

    def __init__(self, code: str, message: str) -> None:
        said = f"the provider answered {code}: {message}" if message else f"the provider answered {code}"
        super().__init__(f"{said}; {_NEXT_STEPS.get(code, 'see what its OAI-PMH page says in a browser')}")
        self.code = code


_NEXT_STEPS: dict[str, str] = {
    OaiCode.BAD_ARGUMENT: "check formats, sets and dates of this source",
    OaiCode.BAD_RESUMPTION_TOKEN: "harvest again, the list starts anew",
    OaiCode.CANNOT_DISSEMINATE_FORMAT: "choose one of the formats that `harvester source probe` lists",
    OaiCode.ID_DOES_NOT_EXIST: "the record is gone, or its identifier is another",
    OaiCode.NO_METADATA_FORMATS: "tell the provider's administrator that the record has no format at all",
    OaiCode.NO_SET_HIERARCHY: "take the sets out of this source's configuration",
}


class Unreachable(ProviderError):
    """No answer, or half of one: no such host, no connection, a certificate in doubt, a body that was cut."""

    def __init__(self, message: str, *, transient: bool = True) -> None:
        super().__init__(message)
        self.transient = transient


# HTTP's Too Many Requests and Service Unavailable.
OVERLOADED = (429, 503)


class BadStatus(ProviderError):
    """The provider answered with an HTTP error; `retry_after` is what it asks us to wait, in seconds."""

    def __init__(self, message: str, status: int, retry_after: float | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.retry_after = retry_after
        self.overloaded = status in OVERLOADED
        self.transient = status >= 500 or status in (408, 425, 429)


class BadAnswer(ProviderError):
    """Something arrived that is no OAI-PMH: a web page, nothing, half a document, other or damaged XML."""

    def __init__(self, message: str, *, transient: bool = False) -> None:
        super().__init__(message)
        self.transient = transient


class TooBig(ProviderError):
    """The answer is larger, deeper or longer than one page may be."""


class TooSlow(ProviderError):
    """One page took longer than its deadline."""


class RefusedAddress(ProviderError):
    """The address is not one we go to: a private network, or neither http nor https."""


class PrivateAddress(RefusedAddress):
    """One of this machine or of a private network, which is gone to where that is allowed."""


class Interruption(HarvesterError):
    """Nothing is wrong: the work ends here and resumes later."""


class Stopped(Interruption):
    """We were asked to stop."""


class WaitUntil(Interruption):
    """The provider wants no requests for longer than we wait; `moment` (UTC) is when to come back."""

    def __init__(self, message: str, moment: datetime) -> None:
        super().__init__(message)
        self.moment = moment


class StoreError(HarvesterError):
    """The store cannot be opened, is damaged, or belongs to a newer program."""


class StoreLocked(StoreError):
    """Another program has been writing to the store for longer than we wait."""

    exit_code = 75


class DoiTaken(StoreError):
    """A DOI cannot be given to a record: another one has it, or this one has another."""


class BusyError(HarvesterError):
    """Another process works on the same source, store or export."""

    exit_code = 75


class BundleError(HarvesterError):
    """A Crossref schema bundle is missing or not what was pinned."""


class ExportError(HarvesterError):
    """A deposit file could not be built, was not valid, or could not be written."""
