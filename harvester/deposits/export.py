"""Export: what is new or changed since its last deposit, as files that are whole and valid, or do not exist."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from datetime import datetime
from itertools import chain, islice
from typing import TYPE_CHECKING

from msgspec import Struct, structs

from harvester.answers import System
from harvester.checking.worded import worded_finding
from harvester.config import Config
from harvester.counting import counted
from harvester.deposits.batches import Batches, timestamp
from harvester.deposits.deposit_files import DepositFiles
from harvester.deposits.target import Target
from harvester.errors import Stopped
from harvester.findings import PLANNED_DOI
from harvester.mapping import membership
from harvester.model import Article, Batch
from harvester.reports import ExportReport, FileReport, HeldBack, NewDoi, RecordFinding
from harvester.rules import deletions, redeposits
from harvester.store import MintedDoi, PlannedBatch, Selection, StoredArticle
from harvester.system import progress
from harvester.system.stopping import Stop, never_stop, until_stopped

if TYPE_CHECKING:
    from harvester.store import Store  # SQLAlchemy comes in when a store is opened
    from harvester.store.ready import PendingArticles

# They come sorted by journal and issue, so that few issues are split between two files.
ARTICLES_IN_MEMORY = 2000

Clear = Callable[[Sequence[StoredArticle]], Sequence[StoredArticle]]  # those that may be deposited now

log = logging.getLogger(__name__)


class Request(Struct, frozen=True, kw_only=True):
    """What is to be exported: of these `sources`, of all that are `configured`, what is selected, new or changed.

    With `everything`, and with DOIs in the selection, also what has not changed. A `dry_run` builds and validates, and
    writes neither file nor ledger.
    """

    sources: Sequence[str]
    configured: Collection[str]
    selection: Selection = Selection()
    everything: bool = False
    dry_run: bool = False


class Sending(Struct, frozen=True, kw_only=True):
    """What follows from sending the files to a `system`.

    With `waits`, a DOI is left out while the result of an earlier file is awaited. `cleared` leaves out what must not
    be deposited now.
    """

    system: System = "live"
    waits: bool = False
    cleared: Clear | None = None


NOT_SENT = Sending()


def write_deposits(
    store: Store,
    files: DepositFiles,
    request: Request,
    sending: Sending = NOT_SENT,
    *,
    now: Callable[[], datetime],
    minted: Sequence[MintedDoi] = (),
    stop: Stop = never_stop,
) -> ExportReport:
    """Writes deposit files; the caller holds the lock of exports. `minted` are the DOIs that articles have just got.

    Raises `Stopped` between two files, with their number so far; the next export writes what is left.
    """
    target, sources, selection = files.target.name, request.sources, request.selection
    batches = Batches(store, target, files.version, now=now, dry_run=request.dry_run, system=sending.system)
    export = _Export(files, batches, dry_run=request.dry_run)

    def fresh() -> Iterator[FileReport]:
        yield from export.fresh(_pending(store, target, request, sending, now()), sending.cleared)

    written = _until_stopped(chain(export.resume(request.configured), fresh()), stop)
    return ExportReport(
        files=tuple(written),
        minted=tuple(map(_new_doi, minted)),
        held_back=(*store.findings.held_back(sources, selection), *export.invalid),
        thinner=tuple(_metadata_lost(store, target, written)),
        deleted=tuple(worded_finding(row, {}) for row in store.findings.matching(sources, deletions.CODES)),
        unchanged=_unchanged(store, sources, selection, export.handled),
    )


def _pending(store: Store, target: str, request: Request, sending: Sending, now: datetime) -> PendingArticles:
    if not request.dry_run:
        store.deposits.settle_marks(target)
    return store.ready.pending(
        target,
        request.sources,
        request.selection,
        everything=request.everything,
        configured=request.configured,
        without=membership.CODES,
        system=sending.system,
        now=now,
        waits=sending.waits,
    )


def _new_doi(one: MintedDoi) -> NewDoi:
    return NewDoi(doi=one.doi, record=one.record, source=one.source, title=one.title)


def _until_stopped(files: Iterable[FileReport], stop: Stop) -> list[FileReport]:
    """All files. Raises `Stopped`, with the number of those before it."""
    before: list[FileReport] = []
    try:
        for file in until_stopped(files, stop):
            before.append(file)  # noqa: PERF402 — `extend` would lose them at a stop
    except Stopped:
        records = counted(sum(file.records for file in before), "record")
        written = f"{counted(len(before), 'file')} with {records}"
        raise Stopped(f"Stopped after {written}; the same command exports the others.") from None
    return before


def _with_dois(articles: Iterable[StoredArticle], *, dry_run: bool) -> Iterator[StoredArticle]:
    """Those that have a DOI; in a dry run also those that would get one."""
    for stored in articles:
        planned = next((each.value for each in stored.findings if each.code == PLANNED_DOI), None)
        if stored.doi:
            yield stored
        elif dry_run and planned and stored.article:
            yield structs.replace(stored, doi=planned, article=structs.replace(stored.article, doi=planned))


def _unchanged(store: Store, sources: Sequence[str], selection: Selection, handled: Counter[str]) -> int:
    """How many selected articles are ready and in no file now. Named DOIs are in one, changed or not."""
    if selection.dois:
        return 0
    # A batch that was resumed may contain articles outside of the selection.
    return max(0, store.ready.count(sources, selection) - sum(handled[name] for name in sources))


def preview(config: Config, target: Target, article: Article, *, now: datetime) -> bytes:
    """The deposit of one article as it would be written now, for people to look at. Raises `ConfigError`."""
    builder = target.builder(config)
    return builder.build([article], Batch(id="preview", timestamp=timestamp(now), schema_version=builder.version))


def _metadata_lost(store: Store, target: str, written: Sequence[FileReport]) -> Iterator[RecordFinding]:
    """The findings from before these files about records that have less than their last deposit for this target."""
    dois = {doi for file in written for doi in file.dois}
    for row in store.findings.matching(codes=redeposits.CODES):
        if row.doi in dois and row.finding.detail.get("target") == target:
            yield worded_finding(row, {})  # its remedy names no journal


class _Export:
    """One export. `invalid` collects records whose deposit is not valid although every rule passed, or that lack what
    the target requires; `handled` counts these and the records that are in a file, by source."""

    def __init__(self, files: DepositFiles, batches: Batches, *, dry_run: bool) -> None:
        self.invalid: list[HeldBack] = []
        self.handled: Counter[str] = Counter()
        self._files, self._batches, self._dry_run = files, batches, dry_run
        self._resumed: set[int] = set()
        self._previous: tuple[str | None, str | None] | None = None

    def report_progress(self, total: int) -> None:
        words = "validating deposit files" if self._dry_run else "writing deposit files"
        progress.report(words, self.handled.total(), total)

    def resume(self, configured: Collection[str]) -> Iterator[FileReport]:
        """Finishes what a crash left planned of the sources that are configured."""
        if not self._dry_run:
            self._files.clean()
        for planned, articles in self._batches.planned():
            # Somebody may upload the file, whatever has become of its articles: the ledger has to know it.
            if (data := self._files.left_by_crash(planned)) is not None:
                self._resumed.update(stored.id for stored in articles)
                self._batches.mark(planned, self._files.path(planned), data)
                yield self._report(planned, articles, data)
        for planned, articles in self._batches.unfinished(configured):
            self._resumed.update(stored.id for stored in articles)
            yield from self._finish(planned, articles)

    def fresh(self, pending: PendingArticles, cleared: Clear | None) -> Iterator[FileReport]:
        """Writes the articles to deposit, without those that are not `cleared`."""
        self.report_progress(len(pending))
        with_dois = _with_dois(pending, dry_run=self._dry_run)
        while articles := list(islice(with_dois, ARTICLES_IN_MEMORY)):
            for file in self.deliver(cleared(articles) if cleared else articles):
                self.report_progress(len(pending))
                yield file

    def deliver(self, articles: Sequence[StoredArticle]) -> Iterator[FileReport]:
        """Writes these articles, in the files that the target groups them into."""
        for of_one_floor, floor in self._batches.by_floor(list(self._complete(self._fresh(articles)))):
            stored = {id(one.article): one for one in of_one_floor}
            for group in self._files.group([one.article for one in of_one_floor if one.article]):
                yield from self._deliver([stored[id(article)] for article in group], floor)

    def _fresh(self, articles: Sequence[StoredArticle]) -> Iterator[StoredArticle]:
        """Without the articles of resumed batches. Of identical records, which come in succession, only the first."""
        for stored in articles:
            before, self._previous = self._previous, (stored.doi, stored.fingerprint)
            if self._previous != before and stored.id not in self._resumed:
                yield stored

    def _complete(self, articles: Iterable[StoredArticle]) -> Iterator[StoredArticle]:
        """Without the articles that lack what this target requires. Other targets may take them."""
        for stored in articles:
            codes = self._files.lacks(stored.article) if stored.article else ()
            if codes:
                self.handled[stored.source] += 1
                self.invalid.append(
                    HeldBack(record=stored.identifier, source=stored.source, doi=stored.doi, codes=codes)
                )
            else:
                yield stored

    def _deliver(self, group: Sequence[StoredArticle], floor: int = 0) -> Iterator[FileReport]:
        if group:
            yield from self._finish(self._batches.plan(group, floor), group, floor)

    def _finish(self, planned: PlannedBatch, group: Sequence[StoredArticle], floor: int = 0) -> Iterator[FileReport]:
        """Builds, validates, writes and marks one planned batch."""
        articles = [stored.article for stored in group if stored.article]
        data = self._files.build(planned, articles)
        if problems := self._files.problems(planned, data):
            yield from self._without_invalid(planned, group, problems, floor)
            return
        if not self._dry_run:
            self._files.put(planned, articles, data)
            self._batches.mark(planned, self._files.path(planned), data)
            log.info("wrote %s, %d records", self._files.path(planned), len(group))
        yield self._report(planned, group, data)

    def _report(self, planned: PlannedBatch, group: Sequence[StoredArticle], data: bytes) -> FileReport:
        self.handled.update(stored.source for stored in group)
        dois = {stored.id: stored.doi for stored in group}  # without articles that have changed since a crash
        return FileReport(
            path=str(self._files.path(planned)),
            batch_id=planned.id,
            schema_version=planned.schema_version,
            records=len(planned.members),
            dois=tuple(dois.get(member.article_id or 0) or member.doi for member in planned.members),
            bytes=len(data),
        )

    def _without_invalid(
        self, planned: PlannedBatch, group: Sequence[StoredArticle], problems: Sequence[str], floor: int
    ) -> Iterator[FileReport]:
        """Delivers the other records of a file that is not valid. That means a rule is missing: it is logged."""
        self._batches.abandon(planned)
        invalid = [one for one in group if self._is_invalid(planned, one)] or list(group)
        self.handled.update(one.source for one in invalid)
        for one in invalid:
            log.error("the schema refuses the deposit of %s: %s; please report this", one.identifier, problems[0])
            self.invalid.append(
                HeldBack(record=one.identifier, source=one.source, doi=one.doi, codes=("deposit-invalid",))
            )
        yield from self._deliver([one for one in group if one not in invalid], floor)

    def _is_invalid(self, planned: PlannedBatch, one: StoredArticle) -> bool:
        alone = self._files.build(planned, [one.article] if one.article else [])
        return bool(self._files.problems(planned, alone))
