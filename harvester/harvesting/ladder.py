"""The ladder down to a bad record: what to do with a list that a provider cannot give.

One record that a provider cannot write costs it the whole page: HTTP 500, half a document, cannotDisseminateFormat for
all (datacite#941, dataverse#8306, OJS 3.4 with one article whose JATS is not well-formed). So the window is cut in two
by date, again and again, and where few records are left each is asked for by name. What then still fails is rejected.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from enum import Enum, auto
from itertools import islice
from typing import TYPE_CHECKING, TypeVar

from msgspec.structs import replace

from harvester.errors import (
    OaiCode,
    ProtocolError,
    ProviderError,
    RefusedAddress,
    Unreachable,
)
from harvester.harvesting import changes, windows
from harvester.harvesting.arrivals import Arrivals
from harvester.harvesting.seen import Seen
from harvester.model import BadRecord, Identity, Page, RawRecord, Window
from harvester.oai import Provider
from harvester.store import RunWindow

if TYPE_CHECKING:
    from harvester.store import Store  # SQLAlchemy comes in when a store is opened

T = TypeVar("T")

# By which a provider says that it does not have a record, though it lists its name.
_DENIED = (OaiCode.ID_DOES_NOT_EXIST, OaiCode.CANNOT_DISSEMINATE_FORMAT)
# Pages hold no fewer records; a list of so many and one page may be a first page without its token.
FULL_PAGE = 10
ROUND = 25  # of which most sizes of pages are multiples: 50, 100, 250, 500
FEW = 50  # records that are rather asked for one by one than cut in two again
SLAB = 20  # records asked for one by one, before they are stored
MOST_MISSING = 2000  # records that one run asks for by their names because they are missing here
MISSES = 20  # lists that fail one after the other before the provider, not a record, is to blame


class Rung(Enum):
    """What became of a window: cut into smaller ones, or every record of it asked for."""

    CUT = auto()
    DONE = auto()


def is_for_good(error: ProviderError) -> bool:
    """Whether a smaller question could help: not where the whole provider is out of reach or refuses us."""
    if isinstance(error, ProtocolError):
        return error.code == OaiCode.CANNOT_DISSEMINATE_FORMAT
    return not error.overloaded and not isinstance(error, RefusedAddress)


class Ladder:
    """Takes windows apart. `ask` is a provider for single questions; `misses` begins anew with every good page."""

    def __init__(self, store: Store, ask: Provider, arrivals: Arrivals, identity: Identity) -> None:
        self._store, self._ask, self._arrivals, self.identity = store, ask, arrivals, identity
        self._latest = identity.response_date
        self.misses = 0

    def climb(self, window: RunWindow, error: ProviderError, *, whole: bool = False) -> Rung:
        """Takes one rung down. Raises `error` where nothing can be done, or what a stop raises.

        `whole` is for a window whose records are all right but whose tokens are not: it is cut as long as it can be.
        """
        if self.misses >= MISSES or not self._is_alive(window.window, error):
            raise error
        listed = None if whole else self._listed(window.window)
        self.misses += listed is None  # who lists the names is well, and may have a bad record on every page
        if listed is not None and self._is_small(window.window, listed):
            return self._one_by_one(window, listed, error)
        halves = windows.spread(window.window, 2, self.identity.earliest, self._latest, self.identity.granularity)
        if len(halves) > 1:
            self._store.reopen_window(window.id)
            self._store.split_window(window.id, halves, _length(listed) if listed else None)
            return Rung.CUT
        listed = listed or self._listed(window.window)
        if listed is None:
            raise error
        return self._one_by_one(window, listed, error)

    def _is_alive(self, window: Window, error: ProviderError) -> bool:
        """Whether the provider answers other questions, and has the format at all."""
        try:
            self._latest = self._ask.identify().response_date
            if isinstance(error, ProtocolError) and error.code == OaiCode.CANNOT_DISSEMINATE_FORMAT:
                return any(one.prefix == window.prefix for one in self._ask.formats())
        except ProviderError:
            return False
        return True

    def _is_small(self, window: Window, listed: Page) -> bool:
        most = FEW if listed.list_size is not None else FULL_PAGE - 1
        few = listed.token is None and len(listed.records) <= most
        return few or windows.ignored(window, listed.records)

    def _listed(self, window: Window) -> Page | None:
        """The first page of identifiers; in oai_dc where the provider cannot even list them in its own format."""
        for prefix in dict.fromkeys((window.prefix, "oai_dc")):
            try:
                return self._ask.identifiers(replace(window, prefix=prefix))
            except ProviderError:
                continue
        return None

    # ------------------------------------------------------------------------------------ one by one

    def _one_by_one(self, window: RunWindow, listed: Page, error: ProviderError) -> Rung:
        """Asks for every record by its name; those that cannot be had are rejected by it.

        Raises `error` where the list of names is not whole: the window stays open.
        """
        watch, size, asked, came = changes.ListWatch(), listed.list_size, Seen(), False
        for page in self._pages(window.window, watch, listed):
            size = page.list_size or size
            fresh = [raw for raw in page.records if asked.add(raw.identifier)]
            for slab in batched(fresh, SLAB):
                had = self._slab(slab, window.window, page)
                came |= bool(had.records)
                self._arrivals.keep(had, None, seen=0, done=False)
            end = Page(records=(), bad=page.bad, response_date=page.response_date)
            if page.bad and page.token is not None and not watch.circling:
                self._arrivals.keep(end, None, seen=0, done=False)
        if changes.doubt(watch.total, size, circling=watch.circling):
            raise error
        self._arrivals.keep(end, window.id, seen=watch.total, done=True)
        # Where records come the provider is well; a window that is empty says nothing of it.
        self.misses = 0 if came else self.misses + bool(watch.total)
        return Rung.DONE

    def count(self, window: Window, given: int) -> int | None:
        """How many identifiers the provider lists, counted until they are more than were given.

        `None` where it does not say: a list of as many on an only page, a round number, may have lost its token too.
        """
        watch, pages = changes.ListWatch(), 0
        try:
            for page in self._pages(window, watch):
                pages += 1
                if page.list_size or watch.total > given:
                    return page.list_size or watch.total
        except ProviderError:
            return watch.total if watch.total > given else None
        alone = pages == 1 and not watch.circling
        return None if alone and watch.total == given and given % ROUND == 0 else watch.total

    def fill(self, window: Window, size: int | None) -> bool:
        """Asks by name for what stands in the list of identifiers alone, of a list that stays short.

        Whether that list is whole, so that nothing is missing. What the provider does not have by its name either is
        not there; where nothing comes any more, the rest is not asked for.
        """
        watch, in_vain = changes.ListWatch(), 0
        try:
            for listed in self._pages(window, watch):
                for slab in batched(self._arrivals.lacking(listed.records), SLAB):
                    page = self._slab(slab, window, listed, denied=_DENIED)
                    self._arrivals.keep(page, None, seen=0, done=False)
                    in_vain = 0 if page.records else in_vain + len(slab)
                    if in_vain >= MISSES:
                        return False
        except ProviderError:
            return False
        return changes.doubt(watch.total, listed.list_size or size, circling=watch.circling) is None

    def _pages(self, window: Window, watch: changes.ListWatch, first: Page | None = None) -> Iterator[Page]:
        """The pages of a list of identifiers, counted by `watch`, to its end or until it goes in circles."""
        page = first or self._ask.identifiers(window)
        while True:
            watch.count(page)
            yield page
            if page.token is None or watch.circling:
                return
            page = self._ask.identifiers(window, page.token.value)

    def _slab(self, headers: Sequence[RawRecord], window: Window, listed: Page, *, denied: Sequence[str] = ()) -> Page:
        """These records as one page of the list, without those for which an error comes whose code is in `denied`."""
        records: list[RawRecord] = []
        bad: list[BadRecord] = []
        for header in headers:
            if header.deleted:
                records.append(header)
                continue
            found = self._found(header.identifier, window)
            if isinstance(found, Page):
                records += found.records
                bad += [replace(one, identifier=header.identifier) for one in found.bad]
            elif not (isinstance(found, ProtocolError) and found.code in denied):
                bad.append(BadRecord(identifier=header.identifier, reason=str(found), payload=b""))
        return Page(records=tuple(records), bad=tuple(bad), response_date=listed.response_date)

    def _found(self, identifier: str, window: Window, *, again: bool = False) -> Page | ProviderError:
        """The record, or its fault. A connection that broke is given a second chance, since it may be none of its own.

        Raises what is no fault of the record's.
        """
        try:
            return self._ask.record(identifier, window.prefix)
        except ProviderError as error:
            if error.overloaded or not self._is_alive(window, error):
                raise
            if isinstance(error, Unreachable) and not again:
                return self._found(identifier, window, again=True)
            return error


def _length(listed: Page) -> int | None:
    """How many records a list of identifiers announces, or has on its only page."""
    return listed.list_size or (len(listed.records) if listed.token is None else None)


def batched(items: Iterable[T], size: int) -> Iterator[list[T]]:
    """The items in lists of this size; the last may be shorter."""
    rest = iter(items)
    while batch := list(islice(rest, size)):
        yield batch
