"""How far a harvest trusts a provider, its lists and its records. Tests set their own."""

from __future__ import annotations

from datetime import timedelta

from msgspec import Struct


class Patience(Struct, frozen=True, kw_only=True):
    """Limits, mostly counts. Every one of them stands for a provider that would otherwise be asked for ever."""

    # Lists
    refused_tokens: int = 2  # times a window restarts because its token was refused, before it is split
    attempts: int = 6  # times a list that breaks off restarts, in ever smaller windows, before its end is believed
    settling: timedelta = timedelta(
        hours=20
    )  # a much shorter list gives the same before it is believed: until tomorrow
    parts: int = 64  # windows that a list which broke off is split into, at most
    long_window: int = 2  # times `window_records` that a window must announce to be split again
    windows_per_lane: int = 2  # windows opened at once: one that is fetched to its end is followed by the next
    failed_lists: int = 20  # lists that fail in a row before the provider, not a record, is to blame
    refused_lists: int = 2  # the same where this program may be refused: then every request is one too many
    repeated_pages: int = 3  # pages in a row without a new record before a list counts as circling
    empty_pages: int = 100  # pages in a row without any record (DSpace hides records behind the paging)

    # Sizes that tell whether a list without a token may continue
    full_page: int = 10  # pages hold no fewer records; a list with so many on an only page may lack its token
    round_total: int = 25  # most page sizes are multiples of it: 50, 100, 250, 500

    # Records by identifier
    few_records: int = 50  # records that are fetched one by one instead of splitting their window again
    records_per_commit: int = 20  # records fetched one by one, before they are stored
    fruitless_records: int = 20  # records in a row that do not come before the rest is not asked for
    missing_records: int = 2000  # records that one run fetches by identifier because they are missing here
    failed_retries: int = 20  # rejected records that one run retries without success; the next run begins with the rest
    silent_records: int = 3  # records without any answer before the provider, not a record, is to blame


DEFAULT = Patience()
