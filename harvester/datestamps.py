"""Datestamps of OAI-PMH (sections 2.5.1 and 3.3): reading them, and writing them in a provider's granularity. Pure."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Literal

# Years that .NET and others write for "unknown" or "no end". They are not moments: converting the time zone, or adding
# or subtracting a day, would leave the calendar.
_PLACEHOLDER_YEARS = (1, 9999)
FIRST_DAY, LAST_DAY = "0002-01-01", "9998-12-31"  # that can be requested


def parse_utc(datestamp: str) -> datetime | None:
    """The moment of a UTCdatetime (section 3.3), with or without time, fraction or offset; `None` for anything else."""
    try:
        moment = datetime.fromisoformat(datestamp.strip())
    except ValueError:
        return None
    if moment.year in _PLACEHOLDER_YEARS:
        return None
    return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)


def in_granularity(moment: datetime, granularity: Literal["day", "second"]) -> str:
    """The datestamp to send for a moment, in the provider's granularity (section 2.5.1)."""
    text = moment.astimezone(UTC).isoformat()  # strftime writes the year 800 with three digits
    return text[:10] if granularity == "day" else f"{text[:19]}Z"
