"""What can be set: delays, limits and faults."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import Enum

from msgspec import Struct, field

from harvester.standin.diagnostic import Diagnosis

MAX_PENDING = 10_000  # files of one login that wait for their result (Crossref's documentation)
MAX_UPLOAD = 10 * 1024 * 1024  # bytes; not in Crossref's documentation, but known to others who deposit


class Fault(Enum):
    """What happens to one request."""

    UNAVAILABLE = "503, as in an outage; nothing was received"
    THROTTLED = "429; nothing was received"
    BLANK = "200 with a blank body; nothing was received"
    OTHER_PAGE = "200 with a page that says neither SUCCESS nor FAILURE; nothing was received"
    REDIRECT = "302 to another address; nothing was received"
    TOO_LARGE = "413, as the file is too large; nothing was received"
    DROP = "the body is read and the connection closed; nothing was received"
    ERROR = "500; nothing was received"
    TOO_MANY = "500, too many requests of one login at once; it was received anyway"
    ERROR_AFTER_ACCEPTANCE = "500; it was received"
    GATEWAY_TIMEOUT = "504; it was received"
    LOST_ANSWER = "it was received, and the connection is closed without an answer"
    DAMAGED = "200 as ever, but only the first half of the file was received"


class Knobs(Struct, kw_only=True):
    """The settings that tests change at any time. A delay applies to the files that are received after the change."""

    # A file is unknown, then queued, then in process, each for this time, and then completed.
    visible_delay: timedelta = timedelta(seconds=20)
    queue_delay: timedelta = timedelta(minutes=1)
    process_delay: timedelta = timedelta(seconds=30)
    # From a registration until the REST API, or the XML, shows it.
    index_delay: timedelta = timedelta(minutes=5)
    xml_delay: timedelta = timedelta()

    pending_limit: int = MAX_PENDING
    outage_until: datetime | None = None  # of the servlets
    api_outage_until: datetime | None = None  # of the REST API
    # Each fault is for one request, in this order.
    deposit_faults: list[Fault] = field(default_factory=list)
    result_faults: list[Fault] = field(default_factory=list)
    api_faults: list[Fault] = field(default_factory=list)

    retry_after: int | None = None  # seconds, in each 429 and 503 of the servlets; Crossref is not known to send it
    date_offset: timedelta = timedelta()  # of the Date header
    crlf: bool = False  # lines of results end as they did in older ones
    login_status: int = 401  # of a refused login; it was 200 in older answers
    login_lost: bool = False  # requests reach the servlets without a login, as behind a proxy that drops it
    queued_status: str = "queued"  # another word for it, such as queued_for_batch
    old_wording: bool = False  # of refusals for the version or the schema
    # By DOI in lower case: its records, in place of what the rules would say. Without a failure among them it is
    # registered. No records at all: the result leaves it out.
    verdicts: dict[str, tuple[Diagnosis, ...]] = field(default_factory=dict)
    answer_delay: float = 0.0  # seconds of the machine's clock before each answer
    rate_limited: bool = True  # the REST API

    @staticmethod
    def immediate() -> Knobs:
        """Without any delay."""
        none = timedelta()
        return Knobs(visible_delay=none, queue_delay=none, process_delay=none, index_delay=none)


def next_fault(faults: list[Fault]) -> Fault | None:
    """Removes the next fault from one of the lists; safe in several threads."""
    try:
        return faults.pop(0)
    except IndexError:
        return None
