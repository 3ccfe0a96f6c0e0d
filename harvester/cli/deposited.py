"""How commands word the deposit of a record."""

from __future__ import annotations

from datetime import datetime

from harvester.cli.invocation import short_path


def deposit_words(moment: datetime, file: str | None, *, changed_since: bool) -> str:
    """When the record was deposited and in which file, or that another program did it, and whether it has changed.

    It continues the word "deposited".
    """
    if file is None:
        words = f"by another program, as marked on {moment:%Y-%m-%d}"
    else:
        words = f"{moment:%Y-%m-%d} in {short_path(file)}"
    return f"{words}; changed since" if changed_since else words
