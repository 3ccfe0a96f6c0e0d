"""One list as its pages come: what it has given, and why its end may not be the end; pure."""

from __future__ import annotations

from datetime import datetime

from harvester.harvesting.patience import DEFAULT, Patience
from harvester.harvesting.seen import Seen
from harvester.model import Page, Window
from harvester.store import RunWindow

# What is said of a list whose end is believed though it announces more.
BELIEVED = "this is accepted as all it has"


class ListWatch:
    """Counts what a list gives, each identifier once, and notices when it leads nowhere.

    A token alone proves nothing, since some providers keep one token while they advance (oaipmh-scythe#411). One page
    without a new record proves nothing either, since rows may shift while the list is read. `seen` is how many records
    earlier pages gave.
    """

    def __init__(self, seen: int = 0, patience: Patience = DEFAULT) -> None:
        self.total = seen
        self.circling = False
        self._patience = patience
        self._given = Seen()
        self._repeated, self._empty = 0, 0  # pages in a row
        self._token: str | None = None

    def count(self, page: Page) -> int:
        """How many records of the page the list had not given before."""
        fresh = sum([self._given.add(raw.identifier) for raw in page.records]) + len(page.bad)
        self.total += fresh
        token = page.token.value if page.token else None
        self._repeated = 0 if fresh else self._repeated + bool(page.records)
        self._empty = 0 if fresh or page.records else self._empty + 1
        too_many = self._repeated >= self._patience.repeated_pages or self._empty >= self._patience.empty_pages
        self.circling = token is not None and not fresh and (too_many or token == self._token)
        self._token = token
        return fresh


class ListProgress:
    """What the pages of one window have said so far. `asked` may have the dates of the window in another granularity.

    `token` asks for the next page; `None` for the first.
    """

    def __init__(self, window: RunWindow, asked: Window, patience: Patience = DEFAULT) -> None:
        self.window, self.asked = window, asked
        self.pages, self.token = window.pages, window.token
        self.size = window.list_size if window.pages else None
        self.has_shrunk = False
        self._largest_page = 0
        self._watch = ListWatch(window.seen, patience)

    @property
    def total(self) -> int:
        """How many records the list has given, each counted once."""
        return self._watch.total

    @property
    def circling(self) -> bool:
        return self._watch.circling

    def take(self, page: Page) -> int:
        """Counts a page that came; returns how many of its records are new to the list.

        The smallest size that a page announced counts: a list that grows while it is read has given what it had.
        """
        fresh = self._watch.count(page)
        self.pages += 1
        self.token = page.token
        self._largest_page = max(self._largest_page, _length(page))
        if page.list_size is not None:
            self.has_shrunk = self.has_shrunk or (self.size is not None and page.list_size < self.size)
            self.size = page.list_size if self.size is None else min(self.size, page.list_size)
        return fresh

    def has_ended(self, page: Page) -> bool:
        return page.token is None or self.circling

    def is_full(self, page: Page) -> bool:
        """Whether no page of the list had more records."""
        return _length(page) >= self._largest_page


def _length(page: Page) -> int:
    return len(page.records) + len(page.bad)


def is_much_less(window: RunWindow, total: int, size: int | None, share: float) -> bool:
    """Whether a list that restarted gives much less than it announced or gave before, and does not say so any more.

    An index that is rebuilt in the middle of a list answers noRecordsMatch, or with what it has so far, for hours
    (DSpace, dataverse#3437). A provider that announces the same wrong size each time is another matter. `share` is how
    much of a source may vanish at once without a second look; one record always may. Parts of a list are judged with
    the whole, since a record that is edited moves from one to another.
    """
    if not window.attempts or window.parent is not None or (size is not None and size >= window.announced):
        return False
    before = max(window.announced, window.delivered)
    return before > 0 and (total == 0 or before - total > max(1, share * before))


def gives_the_same(window: RunWindow, total: int, share: float) -> bool:
    """Whether a list that became much shorter gave about as much in an earlier harvest."""
    before = window.last_total
    return before is not None and abs(total - before) <= share * max(total, before)


def is_settled(window: RunWindow, total: int, share: float, now: datetime, patience: Patience) -> bool:
    """Whether a list that became much shorter can be believed: it has given about the same for some time.

    Harvests that follow each other closely find the same index at work. A list that gives less than it gave before is
    believed only after many attempts, too.
    """
    if window.short_since is None or not gives_the_same(window, total, share):
        return False
    if now - window.short_since < patience.settling:
        return False
    return total >= window.delivered or window.attempts >= patience.attempts


def doubt(
    seen: int, size: int | None, *, circling: bool = False, shrunk: bool = False, unlisted: bool = False
) -> str | None:
    """Why a list that ended may be incomplete, in a sentence; `None` if nothing speaks for it.

    A list that shrinks while it is read by offsets, as OJS does, moves rows from pages to come to pages that were read.
    `unlisted`: the list looks cut off, and no longer list of identifiers is there to compare it with.
    """
    if size is not None and seen < size:
        return f"the provider announced {size} records and gave {seen}"
    if circling and size is None:
        return "the provider repeats its pages and never says how long its list is"
    if circling and size is not None and seen > size:
        return f"the provider repeats its pages, and announced {size} records where it gave {seen}"
    if unlisted:
        return "the provider never says how long its list is, and its list of identifiers says no more"
    return "the list became shorter while it was read" if shrunk else None
