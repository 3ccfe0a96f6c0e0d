"""Datestamps of OAI-PMH (sections 2.5.1 and 3.3): reading them, and writing them in a provider's granularity; pure."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Literal

# Years that stand for no moment at all: what .NET and others write where they know none, or where there is no end. A
# zone, or the day before or behind, would lead out of the calendar.
_NEVER = (1, 9999)


def parse_utc(datestamp: str) -> datetime | None:
    """A UTCdatetime of OAI-PMH (section 3.3), with or without time, fraction or offset; `None` for anything else."""
    try:
        moment = datetime.fromisoformat(datestamp.strip())
    except ValueError:
        return None
    if moment.year in _NEVER:
        return None
    return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)


def in_granularity(moment: datetime, granularity: Literal["day", "second"]) -> str:
    """The datestamp to send for a moment, in the form the provider understands (OAI-PMH 2.0, section 2.5.1)."""
    written = moment.astimezone(UTC).isoformat()  # strftime writes the year 800 with three digits
    return written[:10] if granularity == "day" else f"{written[:19]}Z"
