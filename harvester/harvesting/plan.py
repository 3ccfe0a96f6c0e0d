"""What a harvest decides: an event and the ledger go in, one step comes out. Pure.

    a page came             -> after_page     save it, then move on, or close, restart or split its window
    a page did not come     -> after_failure  restart the window, narrow it down, or postpone it
    no list is being read   -> when_idle      close what was split, retry once what failed

A window is one list request with a checkpoint. A list that may be incomplete restarts once. If it breaks off again, it
is split by date. If a page fails, its list is narrowed down by dates, then by identifiers, until only bad records are
left. These are rejected. A step is written in one transaction, so after a kill the ledger is as before or after it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from msgspec import Struct
from msgspec.structs import replace

from harvester.datestamps import in_granularity, parse_utc
from harvester.errors import BadStatus, OaiCode, ProtocolError, ProviderError, Refusal, RefusedAddress
from harvester.harvesting import by_identifier, lists, refusals, sentences, windows
from harvester.harvesting.lists import ListProgress
from harvester.harvesting.patience import DEFAULT, Patience
from harvester.harvesting.questions import ListFormats, ListSets, Plan, Save
from harvester.model import Identity, Page, Window
from harvester.store import Advance, Close, Restart, RunKind, RunWindow, Split, SwitchGranularity, Transition


class Course(Struct, frozen=True, kw_only=True):
    """What a run has learned since it began or resumed. It is lost with the process, and only saves requests."""

    has_progressed: bool = False  # a page or a record was received
    has_retried: bool = False  # the failed windows had their second attempt
    has_switched: bool = False  # to the other granularity
    has_lost_set: bool = False  # the provider refused a set that it does not list
    is_refused: bool = False  # the provider, or what protects it, refuses this program or is out of order
    failed_lists: int = 0  # in a row
    broken_lists: int = 0  # in a row that broke off
    failed: Mapping[int, str] = {}  # the reason for each failed window
    suspended: frozenset[int] = frozenset()  # failed windows without a second attempt in this run
    notes: tuple[str, ...] = ()
    latest: str = ""  # responseDate of the last page


class Facts(Struct, frozen=True, kw_only=True):
    """Everything that a decision depends on, in addition to its event."""

    kind: RunKind
    ledger: tuple[RunWindow, ...]
    course: Course
    identity: Identity
    sets: tuple[str, ...]  # the configured ones
    window_records: int
    parallel: int
    max_deletion_share: float
    now: datetime
    patience: Patience = DEFAULT

    @property
    def earliest(self) -> str:
        """A date before the first record; earliestDatestamp can be empty or too late."""
        said = parse_utc(self.identity.earliest)
        return in_granularity(min(said, windows.EPOCH) if said else windows.EPOCH, self.identity.granularity)

    def asked(self, window: Window) -> Window:
        """The window with its dates in the granularity that the provider understands."""
        return windows.in_granularity_of(window, self.identity.granularity) if self.course.has_switched else window

    def spread(self, window: Window, parts: int, latest: str) -> tuple[Window, ...]:
        return windows.spread(window, parts, self.identity.earliest, latest, self.identity.granularity)


class Step(Struct, frozen=True, kw_only=True):
    """A decision: what to write in one transaction, and what is known afterwards."""

    course: Course
    page: Page | None = None
    transitions: tuple[Transition, ...] = ()


# ------------------------------------------------------------------------------------------------ a page came


def after_page(progress: ListProgress, page: Page, fresh: int, facts: Facts) -> Plan[Step]:
    """Decides after a page. `fresh` is the number of its records that its list had not given before."""
    window = progress.window
    failed = {number: reason for number, reason in facts.course.failed.items() if number != window.id}
    course = replace(facts.course, has_progressed=True, failed_lists=0, failed=failed, latest=page.response_date)
    if progress.has_ended(page):
        return (yield from _after_last_page(progress, page, fresh, replace(facts, course=course)))
    if transitions := _split_by_design(progress, page, facts):
        return Step(course=course, page=page, transitions=transitions)
    return Step(course=course, page=page, transitions=(_advance(window, page, fresh),))


def _advance(window: RunWindow, page: Page, fresh: int, *, done: bool = False) -> Advance:
    return Advance(window.id, None if done else page.token, fresh, page.list_size)


def _split_by_design(progress: ListProgress, page: Page, facts: Facts) -> tuple[Transition, ...]:
    """Splits a long list after its first page, and undoes that if the provider ignores dates."""
    window, size, patience = progress.window, progress.size, facts.patience
    if progress.pages != 1 or window.attempts or facts.kind == "range" or not size:
        return ()
    if window.parent is not None:
        if windows.ignores_dates(window.window, page.records):
            return _as_one_list(window, facts.ledger)
        if size <= patience.long_window * facts.window_records:
            return ()
    count = windows.parts_for(size, facts.window_records, facts.parallel, len(page.records))
    parts = facts.spread(window.window, count, page.response_date)
    return (Split(window.id, parts, size),) if len(parts) > 1 else ()


def _after_last_page(progress: ListProgress, page: Page, fresh: int, facts: Facts) -> Plan[Step]:
    """Restarts a list that may be incomplete, then splits it where it broke off, and only then accepts its end."""
    window, size, course, patience = progress.window, progress.size, facts.course, facts.patience
    if _gave_nothing_yet(progress, facts) and _can_need_a_date(window):
        return Step(course=course, transitions=(_with_a_date(window, facts),))
    unlisted = False
    if size is None and _looks_cut(progress, page, patience):
        size = yield from by_identifier.count(progress.asked, progress.total, patience)
        unlisted = size is None
    doubt = lists.doubt(progress.total, size, circling=progress.circling, shrunk=progress.has_shrunk, unlisted=unlisted)
    if lists.is_much_less(window, progress.total, size, facts.max_deletion_share):
        if not _is_settled(window, progress.total, facts):
            return _suspend(window, progress.total, facts, page)
        course = _noted(course, sentences.believed(sentences.gives_less(window, progress.total)))
    if doubt is None:
        course = replace(course, broken_lists=0) if page.records else course
        return Step(course=course, page=page, transitions=(_advance(window, page, fresh, done=True),))
    if not window.attempts:
        return Step(course=course, page=page, transitions=(Restart(window.id),))
    course = replace(course, broken_lists=course.broken_lists + 1)
    if not progress.circling:
        page = yield from by_identifier.with_whole_end(page, progress.asked.prefix)
    broke_off = unlisted or _broke_off(progress, page, size)
    if broke_off and len(parts := _smaller(progress, page, size, replace(facts, course=course))) > 1:
        split = Split(window.id, parts, max(progress.total, size or 0))
        return Step(course=course, page=page, transitions=(Restart(window.id), split))
    yield Save(page)
    whole = yield from by_identifier.fetch_unlisted(facts.asked(window.window), size, patience)
    course = course if whole else _noted(course, sentences.believed(doubt))
    return Step(course=course, transitions=(Close(window.id, progress.total),))


def _suspend(window: RunWindow, total: int, facts: Facts, page: Page | None = None) -> Step:
    """Postpones the window to the next harvest: its list gives much less than before, so the index may be incomplete.

    What is known about the list stays in the ledger. A list that grows slowly is compared with what it gave at first,
    and so is not taken for one that stays the same.
    """
    reason = sentences.gives_less(window, total)
    short = Restart(window.id, total, facts.now)
    if window.short_since is not None and lists.gives_the_same(window, total, facts.max_deletion_share):
        short = Restart(window.id, window.last_total, window.short_since)
    course = replace(
        facts.course,
        failed={**facts.course.failed, window.id: reason},
        suspended=facts.course.suspended | {window.id},
    )
    return Step(course=course, page=page, transitions=(short,))


def _is_settled(window: RunWindow, total: int, facts: Facts) -> bool:
    return lists.is_settled(window, total, facts.max_deletion_share, facts.now, facts.patience)


def _looks_cut(progress: ListProgress, page: Page, patience: Patience) -> bool:
    """Whether a list of unknown length may continue after its last page.

    OJS 3.3 could forget the token of the first page. The last page of several is rarely full, and rarely empty.
    """
    if page.token is not None:
        return False
    if progress.pages == 1:
        return len(page.records) >= patience.full_page
    return not page.records or progress.is_full(page)


def _broke_off(progress: ListProgress, page: Page, size: int | None) -> bool:
    """Whether a list that is too short broke off, at its first page or at a full one.

    If its last page is not full, the provider counts records that it does not show.
    """
    short = size is not None and progress.total < size
    return progress.circling or progress.pages == 1 or (short and progress.is_full(page))


def _smaller(progress: ListProgress, page: Page, size: int | None, facts: Facts) -> tuple[Window, ...]:
    """The windows to request instead of a list that broke off; empty if that would not help.

    A wrong completeListSize must not keep a run open for ever.
    """
    window, total, patience = progress.window, progress.total, facts.patience
    if not total or window.attempts >= patience.attempts or facts.course.broken_lists > patience.failed_lists:
        return ()
    if windows.ignores_dates(window.window, page.records):
        return ()
    parts = min(patience.parts, 1 + max(1, -(-(size or 0) // total)))
    return facts.spread(window.window, parts, page.response_date)


# ---------------------------------------------------------------------------------------- a page did not come


def after_failure(progress: ListProgress, error: ProviderError, facts: Facts) -> Plan[Step]:
    window, patience = progress.window, facts.patience
    code = error.code if isinstance(error, ProtocolError) else None
    if code == OaiCode.BAD_RESUMPTION_TOKEN or (code == OaiCode.BAD_ARGUMENT and progress.token):
        if window.attempts < patience.refused_tokens:
            return Step(course=facts.course, transitions=(Restart(window.id),))
        return (yield from _narrow(progress, error, facts, only_tokens_fail=True))
    if code == OaiCode.BAD_ARGUMENT:
        return (yield from _after_bad_argument(progress, error, facts))
    if _can_be_narrowed(error):
        return (yield from _narrow(progress, error, facts))
    return (yield from _leave_open(window, error, facts))


def _can_be_narrowed(error: ProviderError) -> bool:
    """Whether a smaller request could help: not if the whole provider is unreachable or refuses this program."""
    if isinstance(error, ProtocolError):
        return by_identifier.lacks_format(error)
    return not error.overloaded and not isinstance(error, RefusedAddress)


def _after_bad_argument(progress: ListProgress, error: ProviderError, facts: Facts) -> Plan[Step]:
    """Handles a set that is gone, or dates that the provider refuses, in this granularity or in any."""
    window, asked, course = progress.window, progress.window.window, facts.course
    if asked.set_spec is not None and asked.set_spec not in (yield from _offered_sets(facts)):
        course = replace(course, has_lost_set=True)  # `missing_settings` says which at the end of the run
        return Step(course=course, transitions=(Close(window.id, window.seen),))
    if course.has_switched and progress.asked == asked != facts.asked(asked):
        return Step(course=course)  # sent before the switch: the window opens again in the other granularity
    if (asked.since or asked.until) and not course.has_switched:
        return Step(course=replace(course, has_switched=True), transitions=(_switch(facts),))
    if _refuses_dates(error, window, facts.ledger):
        return Step(course=course, transitions=(_switch(facts), *_as_one_list(window, facts.ledger)))
    if _can_need_a_date(window):
        return Step(course=course, transitions=(_with_a_date(window, facts),))
    return (yield from _leave_open(window, error, facts))


def _can_need_a_date(window: RunWindow) -> bool:
    """Whether the list was requested without dates: some providers refuse that, as the whole list costs too much.

    Others answer that there is nothing (OpenWIS#293).
    """
    return not (window.window.since or window.window.until or window.parent)


def _gave_nothing_yet(progress: ListProgress, facts: Facts) -> bool:
    """Whether neither this list, requested for the first time, nor another one of a full harvest gave a record."""
    window = progress.window
    if facts.kind != "full" or progress.total or window.attempts:
        return False
    return not any(other.seen for other in facts.ledger)


def _with_a_date(window: RunWindow, facts: Facts) -> Split:
    """The same list, from a date before the first record."""
    return Split(window.id, (replace(window.window, since=facts.earliest),))


def _switch(facts: Facts) -> SwitchGranularity:
    """Requests by day instead of by second from now on, or the reverse (dataverse#11020, xoai#34)."""
    return SwitchGranularity("day" if facts.identity.granularity == "second" else "second")


def _offered_sets(facts: Facts) -> Plan[set[str]]:
    """The provider's sets, or the configured ones if it does not list any."""
    answer = yield ListSets()
    offered = set() if isinstance(answer, ProviderError) else {row.spec for row in answer}
    return offered or set(facts.sets)


def _narrow(
    progress: ListProgress, error: ProviderError, facts: Facts, *, only_tokens_fail: bool = False
) -> Plan[Step]:
    """Splits the window, or fetches its records one by one, if one of them may be at fault.

    With `only_tokens_fail` its records are not at fault, so it is split as long as that is possible.
    """
    window, asked, course, patience = progress.window, progress.asked, facts.course, facts.patience
    if course.is_refused or (error.refused and course.failed_lists >= patience.refused_lists):
        return _give_up(error, facts)
    if course.failed_lists >= patience.failed_lists:
        return (yield from _leave_open(window, error, facts))
    identity = yield from by_identifier.check_provider(asked.prefix, error)
    if identity is None:
        all_is_refused = error.refused and not _refuses_dates(error, window, facts.ledger)
        return _give_up(error, facts) if all_is_refused else (yield from _leave_open(window, error, facts))
    if (yield from refusals.fails_where_it_came(progress, error)):
        return _give_up(Refusal(sentences.refused(error)), facts)
    halves = facts.spread(window.window, 2, identity.response_date)
    listed = None if only_tokens_fail else (yield from by_identifier.first_page(asked))
    if listed is None:  # else it works, as it lists identifiers, and may have many bad records
        course = replace(course, failed_lists=course.failed_lists + 1)
    elif error.refused and (yield from refusals.refuses_all(asked, listed, facts.identity.granularity, halves[-1])):
        return _give_up(Refusal(sentences.refused(error)), facts)
    facts = replace(facts, course=course)
    if listed is not None and _is_small(window.window, listed, patience):
        return (yield from _one_by_one(progress, listed, error, facts))
    if listed is None and not only_tokens_fail and not window.attempts and _can_need_a_date(window):
        return Step(course=course, transitions=(Restart(window.id), _with_a_date(window, facts)))
    if len(halves) > 1:
        split = Split(window.id, halves, _length(listed) if listed else None)
        return Step(course=course, transitions=(Restart(window.id), split))
    if listed is None:
        listed = yield from by_identifier.first_page(asked)
    if listed is None:
        return (yield from _leave_open(window, error, facts))
    return (yield from _one_by_one(progress, listed, error, facts))


def _is_small(window: Window, listed: Page, patience: Patience) -> bool:
    most = patience.few_records if listed.list_size is not None else patience.full_page - 1
    few = listed.token is None and len(listed.records) <= most
    return few or windows.ignores_dates(window, listed.records)


def _length(listed: Page) -> int | None:
    """How many records a list of identifiers announces, or has on its only page."""
    return listed.list_size or (len(listed.records) if listed.token is None else None)


def _one_by_one(progress: ListProgress, listed: Page, error: ProviderError, facts: Facts) -> Plan[Step]:
    """Fetches the records of a window by identifier; the window stays open if the list of identifiers is incomplete."""
    window, course = progress.window, facts.course
    try:
        fetched = yield from by_identifier.fetch_each(progress.asked, listed, facts.patience)
    except Refusal as refusal:
        return _give_up(refusal, facts)
    except ProviderError as fault:
        course = replace(course, failed_lists=course.failed_lists + fault.refused)
        return (yield from _leave_open(window, fault, replace(facts, course=course)))
    if fetched.doubt:
        return (yield from _leave_open(window, error, facts))
    if lists.is_much_less(window, fetched.total, None, facts.max_deletion_share):
        if not _is_settled(window, fetched.total, facts):
            return _suspend(window, fetched.total, facts, fetched.last)
        course = _noted(course, sentences.believed(sentences.gives_less(window, fetched.total)))
    # If records come, the provider works; an empty window says nothing about that.
    failed = 0 if fetched.has_records else course.failed_lists + bool(fetched.total)
    course = replace(course, has_progressed=True, failed_lists=failed)
    return Step(course=course, page=fetched.last, transitions=(Close(window.id, fetched.total),))


def _give_up(error: ProviderError, facts: Facts) -> Step:
    """Postpones all windows to the next harvest: this program is refused, and more requests would not help it."""
    left = {window.id: str(error) for window in facts.ledger if window.state == "open"}
    course = replace(facts.course, failed={**left, **facts.course.failed}, is_refused=True)
    return Step(course=replace(course, suspended=course.suspended | left.keys()))


def _leave_open(window: RunWindow, error: ProviderError, facts: Facts) -> Plan[Step]:
    """Postpones the window to its second attempt or to the next harvest, or reads its list as one."""
    if _refuses_dates(error, window, facts.ledger):
        return Step(course=facts.course, transitions=_as_one_list(window, facts.ledger))
    reason = yield from _explained(error, window.window.prefix)
    return Step(course=replace(facts.course, failed={**facts.course.failed, window.id: reason}))


def _explained(error: ProviderError, prefix: str) -> Plan[str]:
    """The failure in one sentence, with what is already known about its cause."""
    if not by_identifier.lacks_format(error):
        return str(error)
    answer = yield ListFormats()
    offered = [] if isinstance(answer, ProviderError) else sorted(row.prefix for row in answer)
    return str(error) if not offered or prefix in offered else sentences.no_such_format(prefix, offered)


# -------------------------------------------------------------------------------------- dates that are refused


def _refuses_dates(error: ProviderError, window: RunWindow, ledger: Iterable[RunWindow]) -> bool:
    """Whether a list that was split for its size may have to be read as one: no part with an end ever arrived."""
    if error.overloaded or not isinstance(error, (ProtocolError, BadStatus)):
        return False
    if window.window.until is None or _root(window, ledger).attempts:
        return False
    return not any(other.state == "done" and other.window.until for other in ledger)


def _as_one_list(window: RunWindow, ledger: Iterable[RunWindow]) -> tuple[Transition, ...]:
    """Reads the list as one again: dates are refused, or ignored, and then every window gives the whole list."""
    root = _root(window, ledger)
    parts = (other for other in ledger if other.id != root.id and _root(other, ledger).id == root.id)
    return (Restart(root.id), *(Close(part.id, 0) for part in parts))  # what the parts gave is given again


def _root(window: RunWindow, ledger: Iterable[RunWindow]) -> RunWindow:
    """The window that this one was split from, directly or indirectly."""
    by_id = {other.id: other for other in ledger}
    while window.parent is not None:
        window = by_id[window.parent]
    return window


# --------------------------------------------------------------------------------------- no list is being read


def when_idle(facts: Facts) -> Plan[Step | None]:
    """Closes windows whose parts are done, then retries failed windows once; `None` if nothing is left."""
    course, transitions = facts.course, list[Transition]()
    for whole in facts.ledger:
        parts = [window for window in facts.ledger if window.parent == whole.id]
        if whole.state == "split" and all(part.state == "done" for part in parts):
            closed, note = yield from _close_split(whole, parts, facts)
            transitions += closed
            course = _noted(course, note) if note else course
    if transitions:
        return Step(course=course, transitions=tuple(transitions))
    if course.failed.keys() - course.suspended and course.has_progressed and not course.has_retried:
        left = {number: reason for number, reason in course.failed.items() if number in course.suspended}
        return Step(course=replace(course, has_retried=True, failed=left))
    return None


def _close_split(
    whole: RunWindow, parts: list[RunWindow], facts: Facts
) -> Plan[tuple[tuple[Transition, ...], str | None]]:
    """Closes a window whose parts are done, unless they gave less than it had announced; also returns a note."""
    seen = sum(part.seen for part in parts)
    doubt = lists.doubt(seen, whole.list_size)
    if doubt and not whole.attempts:
        return (*(Close(part.id, 0) for part in parts), Restart(whole.id)), None  # what they gave is given again
    note = None
    if doubt or (whole.list_size is None and whole.parent is None):  # records without a date are in none of the parts
        complete = yield from by_identifier.fetch_unlisted(facts.asked(whole.window), whole.list_size, facts.patience)
        note = sentences.believed(doubt) if doubt and not complete else None
    return (Close(whole.id, seen),), note


def _noted(course: Course, note: str) -> Course:
    return replace(course, notes=(*course.notes, note))
