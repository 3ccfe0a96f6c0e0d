"""Records that were deleted at the source after their DOI was deposited: the DOI stays, and its page is gone."""

from __future__ import annotations

from harvester.model import Finding

CODES = ("deposit-deleted",)


def deleted_after_deposit(doi: str, day: str, file: str | None) -> Finding:
    """The finding about a deleted record whose DOI was deposited, on that day (YYYY-MM-DD), in a file with this name.

    Without a file it was marked on that day as deposited by another program.
    """
    deposited = f"on {day}, in {file}" if file else "by another program"
    return Finding("deposit-deleted", "doi", doi, {"deposited": deposited})
