"""Export: what is new or changed since its last deposit, as files that are whole and schema-valid, or do not exist.

A batch is written into the ledger before it is built, and marked when its file has its name. A crash in between leaves
a planned batch; the next export marks its file, or builds the same one again, under the same id and timestamp.
"""

from __future__ import annotations

import hashlib
import json
import logging
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from harvester.checking.worded import worded_finding
from harvester.config import Config, Crossref
from harvester.crossref import bundles
from harvester.crossref import deposit as crossref
from harvester.deposits import outbox
from harvester.errors import ConfigError
from harvester.identifiers import doi_prefix
from harvester.model import Article, Batch
from harvester.reports import ExportReport, FileReport, HeldBack, RecordFinding
from harvester.rules import thinner
from harvester.store import Member, PlannedBatch, StoredArticle
from harvester.system.stopping import Stop, never_stop, until_stopped

if TYPE_CHECKING:
    from harvester.store import Store  # SQLAlchemy comes in when a store is opened

# Articles held in memory at once. They come sorted by journal and issue, so a slab cuts few issues in two.
SLAB = 2000

log = logging.getLogger(__name__)


def write_deposits(
    config: Config,
    store: Store,
    sources: Sequence[str],
    schema: bundles.Schema,
    *,
    now: Callable[[], datetime],
    everything: bool = False,
    dois: Sequence[str] = (),
    dry_run: bool = False,
    stop: Stop = never_stop,
) -> ExportReport:
    """Writes deposit files for these sources, each valid against `schema`; the caller holds the lock of exports.

    `everything` and `dois` export again what has not changed. A dry run builds and validates, and writes neither file
    nor ledger. Raises `ConfigError` without a `[crossref]` table, and `Stopped` between two files; the next export
    writes what is left.
    """
    job = _Job(config.exports_dir, store, crossref_settings(config), schema.version, schema, now, dry_run)
    files = list(until_stopped(job.unfinished(), stop))
    pending = store.pending(sources, dois, everything=everything)
    while slab := list(islice(pending, SLAB)):
        files.extend(until_stopped(job.deliver(slab), stop))
    held = (*store.held_back(sources, dois), *job.invalid)
    warned = tuple(_thinner(store, files))
    unchanged = 0 if dois else store.ready_count(sources) - sum(job.handled[name] for name in sources)
    return ExportReport(files=tuple(files), held_back=held, thinner=warned, unchanged=unchanged)


def schema_for(config: Config, version: str | None = None) -> bundles.Schema:
    """The schema of this version, or of the configured one. Raises `ConfigError` and `BundleError`."""
    return bundles.load(version or crossref_settings(config).schema_version)


def preview(config: Config, article: Article, *, now: datetime, schema_version: str | None = None) -> bytes:
    """The deposit of one article as it would be written now, for people to look at. Raises `ConfigError`."""
    settings = crossref_settings(config)
    batch = Batch(
        id="preview",
        timestamp=timestamp(now),
        depositor=settings.depositor(),
        schema_version=schema_version or settings.schema_version,
    )
    return crossref.build([article], batch, _options(settings))


def timestamp(moment: datetime) -> int:
    """Crossref's 17 digits, YYYYMMDDHHMMSSmmm in UTC: shorter ones would count as older than those of OJS."""
    utc = moment.astimezone(UTC)
    return int(utc.strftime("%Y%m%d%H%M%S") + f"{utc.microsecond // 1000:03}")


def crossref_settings(config: Config) -> Crossref:
    if config.crossref is None:
        raise ConfigError(
            [f"{config.path}: there is no [crossref] table; set depositor_name, depositor_email and registrant in it"]
        )
    return config.crossref


def _thinner(store: Store, files: Sequence[FileReport]) -> Iterator[RecordFinding]:
    """What was said, before these files were written, about records that have less than their last deposit."""
    written = {doi for file in files for doi in file.dois}
    return (worded_finding(row) for row in store.findings(codes=thinner.CODES) if row.doi in written)


def _options(settings: Crossref) -> crossref.Options:
    return crossref.Options(title_order=settings.title_order, crossmark_policy=settings.crossmark_policy)


def _member(one: StoredArticle) -> Member:
    return Member(one.id, one.doi or "", one.fingerprint or "", thinner.richness(one.article) if one.article else {})


class _Job:
    """One export. `invalid` collects records whose deposit the schema refuses although every rule let them pass;
    `handled` counts these and those that are in a file, by source."""

    def __init__(
        self,
        folder: Path,
        store: Store,
        settings: Crossref,
        version: str,
        schema: bundles.Schema,
        now: Callable[[], datetime],
        dry_run: bool,
    ) -> None:
        self.folder, self.store, self.settings, self.version = folder, store, settings, version
        self.schema, self.now, self.dry_run = schema, now, dry_run
        self.invalid: list[HeldBack] = []
        self.handled: Counter[str] = Counter()
        self._resumed: set[int] = set()
        self._seen: tuple[str | None, str | None] | None = None
        self._last = store.last_timestamp()

    def unfinished(self) -> Iterator[FileReport]:
        """Finishes what a crash left planned; a batch whose articles moved on since is given up."""
        if self.dry_run:
            return
        outbox.clean(self.folder)
        for planned in self.store.planned_batches():
            members = self.store.articles_by_id([member.article_id for member in planned.members])
            if [m.fingerprint for m in planned.members] != [a.fingerprint for a in members if a.state == "ready"]:
                self.store.abandon_batch(planned.id)
                continue
            self._resumed.update(one.id for one in members)
            if (left := self._left(planned)) is not None:
                self._mark(planned, left)
                yield self._report(planned, members, left)
            else:
                yield from self._finish(planned, members)

    def _left(self, planned: PlannedBatch) -> bytes | None:
        """The file of a batch that only lacks its mark. As settings may have changed, it cannot be made again."""
        data, manifest = outbox.get(self.folder, f"{planned.id}.xml"), f"{planned.id}.json"
        if data is None:
            outbox.drop(self.folder, manifest)
            return None
        told = outbox.get(self.folder, manifest) or b""
        return data if hashlib.sha256(data).hexdigest().encode() in told else None

    def deliver(self, slab: Sequence[StoredArticle]) -> Iterator[FileReport]:
        """Writes what is new in the slab, grouped into files by prefix, journal and issue."""
        held = {id(stored.article): stored for stored in self._fresh(slab)}
        limits = {"max_records": self.settings.max_records, "max_bytes": self.settings.max_bytes}
        articles = [stored.article for stored in held.values() if stored.article]
        for group in crossref.group(articles, **limits):
            yield from self._deliver([held[id(article)] for article in group])

    def _fresh(self, slab: Sequence[StoredArticle]) -> Iterator[StoredArticle]:
        """Without what a resumed batch has; once where several records say the same, as those come side by side."""
        for stored in slab:
            before, self._seen = self._seen, (stored.doi, stored.fingerprint)
            if self._seen != before and stored.id not in self._resumed:
                yield stored

    def _deliver(self, group: Sequence[StoredArticle]) -> Iterator[FileReport]:
        if group:
            yield from self._finish(self._plan(group), group)

    def _plan(self, group: Sequence[StoredArticle]) -> PlannedBatch:
        self._last = candidate = max(timestamp(self.now()), self._last + 1)
        batch_id = f"{doi_prefix(group[0].doi or '')}-{candidate}"
        members = tuple(map(_member, group))
        if not self.dry_run:
            candidate = self.store.plan_batch(batch_id, candidate, self.version, members, self.now())
        return PlannedBatch(
            id=batch_id, timestamp=candidate, schema_version=self.version, planned=self.now(), members=members
        )

    def _finish(self, planned: PlannedBatch, group: Sequence[StoredArticle]) -> Iterator[FileReport]:
        """Builds, validates, writes and marks one planned batch."""
        articles = [stored.article for stored in group if stored.article]
        data = self._build(planned, articles)
        if problems := self._schema_of(planned).validate(data):
            yield from self._without_culprits(planned, group, problems)
            return
        if not self.dry_run:
            self._put(planned, articles, data)
            self._mark(planned, data)
            log.info("wrote %s, %d records", self._path(planned), len(group))
        yield self._report(planned, group, data)

    def _report(self, planned: PlannedBatch, group: Sequence[StoredArticle], data: bytes) -> FileReport:
        self.handled.update(stored.source for stored in group)
        return FileReport(
            path=self._path(planned),
            batch_id=planned.id,
            schema_version=planned.schema_version,
            records=len(group),
            dois=tuple(stored.doi or "" for stored in group),
            bytes=len(data),
        )

    def _path(self, planned: PlannedBatch) -> str:
        return str(self.folder / f"{planned.id}.xml")

    def _batch(self, planned: PlannedBatch) -> Batch:
        return Batch(
            id=planned.id,
            timestamp=planned.timestamp,
            depositor=self.settings.depositor(),
            schema_version=planned.schema_version,
        )

    def _build(self, planned: PlannedBatch, articles: Sequence[Article]) -> bytes:
        return crossref.build(articles, self._batch(planned), _options(self.settings))

    def _schema_of(self, planned: PlannedBatch) -> bundles.Schema:
        return self.schema if planned.schema_version == self.version else bundles.load(planned.schema_version)

    def _put(self, planned: PlannedBatch, articles: Sequence[Article], data: bytes) -> None:
        """The manifest first: that the deposit has its name is the sign that all of it is there."""
        manifest = crossref.manifest(articles, self._batch(planned), f"{planned.id}.xml", data)
        text = json.dumps(manifest, ensure_ascii=False, indent=2) + "\n"
        outbox.put(self.folder, f"{planned.id}.json", text.encode())
        outbox.put(self.folder, f"{planned.id}.xml", data)

    def _mark(self, planned: PlannedBatch, data: bytes) -> None:
        sha256 = hashlib.sha256(data).hexdigest()
        self.store.mark_exported(planned.id, self._path(planned), sha256, len(data), self.now())

    def _without_culprits(
        self, planned: PlannedBatch, group: Sequence[StoredArticle], problems: Sequence[str]
    ) -> Iterator[FileReport]:
        """Delivers the neighbours of records that the schema refuses. It means a rule is missing: that is logged."""
        if not self.dry_run:
            self.store.abandon_batch(planned.id)
        refused = [one for one in group if self._refuses(planned, one)] or list(group)
        self.handled.update(one.source for one in refused)
        for one in refused:
            log.error("the schema refuses the deposit of %s: %s; please report this", one.identifier, problems[0])
            self.invalid.append(
                HeldBack(record=one.identifier, source=one.source, doi=one.doi, codes=("deposit-invalid",))
            )
        yield from self._deliver([one for one in group if one not in refused])

    def _refuses(self, planned: PlannedBatch, one: StoredArticle) -> bool:
        alone = self._build(planned, [one.article] if one.article else [])
        return bool(self._schema_of(planned).validate(alone))
