"""Records by their identifiers: one record with GetRecord, and the lists that name them. Plans.

One record that a provider cannot write costs it the whole page: HTTP 500, half a document, or cannotDisseminateFormat
for the list. Lists also omit records that exist. Both kinds are fetched by identifier here, and so are rejected records
and what a comparison finds missing.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from itertools import pairwise

from msgspec import Struct
from msgspec.structs import replace

from harvester.errors import (
    BadAnswer,
    BadStatus,
    OaiCode,
    ProtocolError,
    ProviderError,
    Refusal,
    RefusedAddress,
    TooSlow,
    Unreachable,
)
from harvester.harvesting import changes, lists, refusals, sentences
from harvester.harvesting.lists import ListWatch
from harvester.harvesting.patience import Patience
from harvester.harvesting.questions import GetRecord, Identify, ListFormats, ListIdentifiers, Missing, Plan, Save
from harvester.harvesting.seen import Seen
from harvester.model import BadRecord, Identity, Page, RawRecord, Window
from harvester.system.batches import batched

LONG_AGO = "1970-01-01"  # by day, which every provider understands (OAI-PMH, section 3.3.2)

# ------------------------------------------------------------------------------------------------- one record


class Given(Struct, frozen=True):
    """The record came: as it is, or as a bad record."""

    records: tuple[RawRecord, ...]
    bad: tuple[BadRecord, ...]


class Gone(Struct, frozen=True):
    """The provider does not know the identifier."""

    error: ProtocolError


class Denied(Struct, frozen=True):
    """The provider answers with another error of the protocol."""

    error: ProtocolError


class NoAnswer(Struct, frozen=True):
    """No answer, or one that cannot be used."""

    error: ProviderError


Result = Given | Gone | Denied | NoAnswer


def read(identifier: str, answer: Page | ProviderError) -> Result:
    """What an answer to GetRecord means."""
    if isinstance(answer, Page):
        bad = tuple(replace(bad, identifier=identifier) for bad in answer.bad)
        return Given(tuple(raw for raw in answer.records if raw.identifier == identifier), bad)
    if isinstance(answer, ProtocolError):
        return Gone(answer) if answer.code == OaiCode.ID_DOES_NOT_EXIST else Denied(answer)
    return NoAnswer(answer)


def rejection(identifier: str, result: Result) -> BadRecord | None:
    """The bad record that stands for a result without a record; `None` if the record came."""
    if not isinstance(result, Given):
        return BadRecord(identifier=identifier, reason=str(result.error), payload=b"")
    if result.records:
        return None
    return next(iter(result.bad), BadRecord(identifier=identifier, reason="nothing came", payload=b""))


def lacks_format(error: ProviderError) -> bool:
    """Whether the provider says that it does not have the format, of a record or at all."""
    return isinstance(error, ProtocolError) and error.code == OaiCode.CANNOT_DISSEMINATE_FORMAT


def check_provider(prefix: str, error: ProviderError) -> Plan[Identity | None]:
    """After `error`: asks whether the provider answers other questions, and has the format at all; `None` if not."""
    identity = yield Identify()
    if isinstance(identity, ProviderError):
        return None
    if lacks_format(error):
        formats = yield ListFormats()
        if isinstance(formats, ProviderError) or all(offered.prefix != prefix for offered in formats):
            return None
    return identity  # type: ignore[no-any-return]


class Asker:
    """Gets records one after the other, and tells faults of records from faults of the provider.

    After each record that is refused, one that came before is requested. With `verifies`, the provider is asked
    Identify after each other fault that may be its own. Otherwise it is to blame after `silent_records` without any
    answer, or after `in_a_row` faults without a record between them.
    """

    def __init__(
        self,
        prefix: str,
        patience: Patience,
        *,
        verifies: bool = False,
        in_a_row: int | None = None,
        retried: bool = True,
    ) -> None:
        self._prefix, self._patience = prefix, patience
        self._verifies, self._in_a_row, self._retried = verifies, in_a_row, retried
        self._faults, self._silent = 0, 0
        self._came: tuple[str, ...] | None = None  # records that came: the last one, or a sample of the store

    def get(self, identifier: str, others: Sequence[str] = ()) -> Plan[Result]:
        """Raises `ProviderError` if the provider is to blame. `others` are records of the same list."""
        result = yield from self._get_once(identifier, others)
        if self._verifies and isinstance(result, NoAnswer) and isinstance(result.error, Unreachable):
            return (yield from self._get_once(identifier, others))  # a connection can break for another reason
        return result

    def _get_once(self, identifier: str, others: Sequence[str]) -> Plan[Result]:
        result = read(identifier, (yield GetRecord(identifier, self._prefix, self._retried)))
        if isinstance(result, NoAnswer) and result.error.refused:
            yield from self._look_for_refusal(result.error, identifier, others)
        elif isinstance(result, (Denied, NoAnswer)):
            yield from self._look_for_blame(result.error)
        elif isinstance(result, Given) and result.records:
            self._faults, self._came = 0, (identifier,)
        elif isinstance(result, Given) and result.bad:
            self._count(BadAnswer(result.bad[0].reason))
        return result

    def _look_for_blame(self, error: ProviderError) -> Plan[None]:
        if error.overloaded or isinstance(error, RefusedAddress):
            raise error
        if not self._verifies:
            self._count(error)
        elif lacks_format(error) or not isinstance(error, ProtocolError):
            identity = yield from check_provider(self._prefix, error)
            if identity is None:
                raise error

    def _look_for_refusal(self, error: ProviderError, identifier: str, others: Sequence[str]) -> Plan[None]:
        """Raises `Refusal` if a record that came before is refused as well; if none ever came, if others are."""
        if self._came is None:
            self._came = (yield from refusals.stored_sample()).identifiers
        names = [name for name in self._came or refusals.spread(others) if name != identifier]
        if (yield from refusals.refuses_records(names, self._prefix)) if names else error.is_wall:
            raise Refusal(sentences.refused(error))
        if not self._verifies:
            self._count(error)

    def _count(self, error: ProviderError) -> None:
        """That a record does not exist in a format is a fact about it; everything else may be a fault."""
        self._faults += not lacks_format(error)
        self._silent += isinstance(error, (Unreachable, TooSlow))
        if self._silent >= self._patience.silent_records or self._faults == self._in_a_row:
            raise error


def clarify(disputed: Iterable[RawRecord], prefix: str) -> Plan[dict[str, RawRecord | None]]:
    """Asks for records about which lists disagree; returns them by identifier, `None` without a usable answer."""
    found: dict[str, RawRecord | None] = {}
    for raw in disputed:
        result = read(raw.identifier, (yield GetRecord(raw.identifier, prefix)))
        found[raw.identifier] = None
        if isinstance(result, Gone):
            found[raw.identifier] = RawRecord(
                identifier=raw.identifier, datestamp=raw.datestamp, sets=raw.sets, deleted=True
            )
        elif isinstance(result, Given):
            found[raw.identifier] = next((replace(one, listed_in=raw.listed_in) for one in result.records), None)
    return found


# ------------------------------------------------------------------------------------- records that lists name


class IdentifierList:
    """A list of identifiers, read page by page to its end, or until it goes in circles."""

    def __init__(self, window: Window, patience: Patience, first: Page | None = None) -> None:
        self._window, self._first = window, first
        self._watch = ListWatch(patience=patience)
        self._token: str | None = None
        self.pages, self.size = 0, None if first is None else first.list_size
        self.has_ended, self.has_shrunk = False, False

    @property
    def total(self) -> int:
        return self._watch.total

    @property
    def circling(self) -> bool:
        return self._watch.circling

    def next_page(self) -> Plan[Page | None]:
        """The next page; `None` after the end. Raises `ProviderError`."""
        if self.has_ended:
            return None
        page = self._first or (yield from self._request())
        self._first = None
        if isinstance(page, ProviderError):
            raise page
        self._watch.count(page)
        self.has_shrunk = self.has_shrunk or 0 < (page.list_size or 0) < (self.size or 0)
        self.pages, self.size = self.pages + 1, page.list_size or self.size
        self._token = page.token.value if page.token else None
        self.has_ended = self._token is None or self.circling
        return page

    def _request(self) -> Plan[Page | ProviderError]:
        """The next page; a whole list that is refused or empty is requested from a date on, as some providers want."""
        answer: Page | ProviderError = yield ListIdentifiers(self._window, self._token)
        if self._token is not None or not _may_need_a_date(self._window, answer):
            return answer
        dated = replace(self._window, since=LONG_AGO)
        again: Page | ProviderError = yield ListIdentifiers(dated)
        if not (isinstance(again, Page) and again.records):
            return answer
        self._window = dated
        return again


def _may_need_a_date(window: Window, answer: Page | ProviderError) -> bool:
    if window.since or window.until:
        return False
    if isinstance(answer, Page):
        return not answer.records and answer.token is None
    return refuses_list(answer)


def refuses_list(error: ProviderError) -> bool:
    """Whether the provider may give the list if it is requested with a date."""
    if isinstance(error, ProtocolError):
        return error.code == OaiCode.BAD_ARGUMENT
    return isinstance(error, BadStatus) and not error.overloaded


def first_page(window: Window) -> Plan[Page | None]:
    """The first page of identifiers; in oai_dc if the provider cannot even list them in the window's format."""
    for prefix in dict.fromkeys((window.prefix, "oai_dc")):
        answer = yield ListIdentifiers(replace(window, prefix=prefix))
        if isinstance(answer, Page):
            return answer
    return None


def count(window: Window, given: int, patience: Patience) -> Plan[int | None]:
    """How many identifiers the provider lists, counted until they are more than the `given` records.

    `None` if that is not known: a list of just as many on an only page, a round number, may lack its token too.
    """
    listed = IdentifierList(window, patience)
    try:
        while (page := (yield from listed.next_page())) is not None:
            if page.list_size or listed.total > given:
                return page.list_size or listed.total
    except ProviderError:
        return listed.total if listed.total > given else None
    alone = listed.pages == 1 and not listed.circling
    return None if alone and listed.total == given and given % patience.round_total == 0 else listed.total


class Fetched(Struct, frozen=True):
    """What came of a window whose records were fetched one by one. `doubt`: why its list may be incomplete."""

    total: int
    has_records: bool
    doubt: str | None
    last: Page  # bad headers of the last page, not saved yet


def fetch_each(window: Window, first: Page, patience: Patience) -> Plan[Fetched]:
    """Fetches every record of a window by identifier; those that do not come are rejected with the reason.

    `first` is the first page of its identifiers. A list of several pages is read once more at the end, as its rows can
    shift meanwhile. Raises `ProviderError` if the provider is to blame.
    """
    listed, asker = IdentifierList(window, patience, first), Asker(window.prefix, patience, verifies=True)
    asked, has_records, rest = Seen(), False, Page(records=())
    while (page := (yield from listed.next_page())) is not None:
        fresh = [raw for raw in page.records if asked.add(raw.identifier)]
        for headers in batched(fresh, patience.records_per_commit):
            fetched = yield from _fetch(headers, window, asker, page.response_date)
            has_records |= bool(fetched.records)
            yield Save(fetched)
        rest = Page(records=(), bad=page.bad, response_date=page.response_date)
        if rest.bad and not listed.has_ended:
            yield Save(rest)
    doubt = lists.doubt(listed.total, listed.size, circling=listed.circling)
    if doubt is None and listed.pages > 1:
        again = yield from first_page(window)
        is_whole = yield from fetch_unlisted(window, None, patience, again, may_be_cut=False)
        doubt = None if is_whole else "its list of identifiers cannot be read twice"
    return Fetched(listed.total, has_records, doubt, rest)


def fetch_unlisted(
    window: Window, size: int | None, patience: Patience, first: Page | None = None, *, may_be_cut: bool = True
) -> Plan[bool]:
    """Fetches by identifier what only the list of identifiers names, of a list that stays too short.

    Returns whether that list is whole, so that nothing is missing. A record that the provider does not have by its
    identifier either does not exist. Where nothing comes any more, the rest is not asked for.

    `first` is the first page of that list, if it came already. `may_be_cut`: the record before a gap is fetched too, or
    rejected with those of the gap. Where a page was cut and its elements were closed, this record is incomplete, and
    nothing else shows that.
    """
    listed, asker = IdentifierList(window, patience, first), Asker(window.prefix, patience, verifies=True)
    fruitless, last = 0, None
    try:
        while (page := (yield from listed.next_page())) is not None:
            missing: list[RawRecord] = yield Missing(page.records)
            gaps = {raw.identifier for raw in missing}
            before_gaps = edges(page.records, gaps, last) if may_be_cut else {}
            if page.records:
                last = None if page.records[-1].identifier in gaps else page.records[-1]
            for headers in batched(missing, patience.records_per_commit):
                fetched = yield from _fetch(headers, window, asker, page.response_date, skip_unknown=True)
                exist = bool(fetched.records or fetched.bad)
                before = [before_gaps[raw.identifier] for raw in headers if exist and raw.identifier in before_gaps]
                whole = yield from _fetch(before, window, asker, page.response_date, skip_unknown=True)
                yield Save(replace(fetched, records=(*whole.records, *fetched.records), bad=(*whole.bad, *fetched.bad)))
                fruitless = 0 if fetched.records else fruitless + len(headers)
                if fruitless >= patience.fruitless_records:
                    return False
    except ProviderError:
        return False
    return lists.doubt(listed.total, listed.size or size, circling=listed.circling) is None


def edges(listed: Sequence[RawRecord], gaps: Collection[str], last: RawRecord | None = None) -> dict[str, RawRecord]:
    """The live record directly before each gap of a list, by the identifier of the first missing one.

    `gaps` has the identifiers of what is missing. `last` is the record before this page.
    """
    return {
        raw.identifier: before
        for before, raw in pairwise((last, *listed) if last else listed)
        if raw.identifier in gaps and before.identifier not in gaps and not before.deleted
    }


def with_whole_end(page: Page, prefix: str) -> Plan[Page]:
    """The page at which a list broke off, with its last record as GetRecord gives it: the page may be cut there."""
    if not page.records or page.records[-1].deleted:
        return page
    *before, last = page.records
    result = read(last.identifier, (yield GetRecord(last.identifier, prefix, retried=False)))
    if not (isinstance(result, Given) and result.records):
        return page
    return replace(page, records=(*before, *(replace(raw, listed_in=last.listed_in) for raw in result.records)))


def _fetch(
    headers: Sequence[RawRecord], window: Window, asker: Asker, response_date: str, *, skip_unknown: bool = False
) -> Plan[Page]:
    """Fetches these records of a window as one page. `skip_unknown` omits those that the provider does not have."""
    records: list[RawRecord] = []
    bad: list[BadRecord] = []
    live = [header.identifier for header in headers if not header.deleted]
    for header in headers:
        if header.deleted:
            records.append(header)
            continue
        result = yield from asker.get(header.identifier, live)
        if isinstance(result, Given) and result.records:
            records += result.records
        elif not (skip_unknown and _is_unknown(result)) and (lost := rejection(header.identifier, result)):
            bad.append(lost)
    page = Page(records=tuple(records), bad=tuple(bad), response_date=response_date)
    return changes.page_listed_in(page, window.set_spec)


def _is_unknown(result: Result) -> bool:
    return isinstance(result, Gone) or (isinstance(result, Denied) and lacks_format(result.error))
