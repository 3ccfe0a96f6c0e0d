"""The run of `harvester demo`: from the demo provider to registered DOIs, as for any other source."""

from __future__ import annotations

import json
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from msgspec import Struct

from harvester import pipeline
from harvester.config import Config, load
from harvester.crossref.agency import CROSSREF_AGENCY
from harvester.crossref.target import CROSSREF
from harvester.demo import configuration, crossref, ojs
from harvester.demo.ports import started
from harvester.demo.provider import Server, serve
from harvester.deposits.manifest import manifest_path
from harvester.errors import HarvesterError, Stopped
from harvester.registration.round import RoundReport
from harvester.registration.waiting import until_settled
from harvester.reports import ExportReport, FileReport, HeldBack, RunReport
from harvester.store import Store
from harvester.system.stopping import Stop, never_stop

_LONGEST_WAIT = timedelta(seconds=10)  # for the results; the stand-in has them in less than a second


class Part(Struct, frozen=True):
    """The articles of one journal issue in a deposit file."""

    journal: str
    volume: str | None
    issue: str | None
    records: int


class Deposited(Struct, frozen=True, kw_only=True):
    """A deposit file and what is in it."""

    path: str
    records: int
    bytes: int
    parts: tuple[Part, ...]


class HeldBackSummary(Struct, frozen=True, kw_only=True):
    """A record held back, with one sentence for each reason."""

    source: str
    record: str
    doi: str | None
    sentences: tuple[str, ...]


class Summary(Struct, frozen=True, kw_only=True):
    """What one run of the demonstration did."""

    config: str
    provider: str  # its address during the run
    runs: tuple[RunReport, ...]
    files: tuple[Deposited, ...]
    held: tuple[HeldBackSummary, ...]
    unchanged: int  # ready for deposit, and written by an earlier run
    sent: int = 0  # files that the stand-in of Crossref received
    states: dict[str, int] = {}  # how many DOIs that were ever sent are in each state

    @property
    def without_result(self) -> int:
        """How many DOIs were sent by a run that was stopped before it had their results."""
        return self.states.get("waiting", 0) + self.states.get("uncertain", 0)

    @property
    def nothing_new(self) -> bool:
        changed = any(run.new or run.changed or run.deleted for run in self.runs)
        return not changed and not self.files and not self.sent and all(run.state == "complete" for run in self.runs)


def now_utc() -> datetime:
    return datetime.now(UTC)


def run(
    folder: Path,
    *,
    now: Callable[[], datetime] = now_utc,
    stop: Stop = never_stop,
) -> Summary:
    """Serves the articles of the demo on loopback, harvests and checks them, exports them to `folder`, and sends the
    files to a stand-in of Crossref.

    It creates the folder. A second run uses the configuration and the store of the first, and sends only what is new.
    Raises `HarvesterError` as the single commands do.
    """
    path = folder / "config.toml"
    with _serving_again(path) as server:
        configuration.write(path, server.root)
        config = load(path)
        with pipeline.opened(config) as store, crossref.sending(config) as sending:
            runs = pipeline.harvest(config, store, now=now, stop=stop)
            # A new stand-in knows nothing of earlier deposits, so there is nothing to read back before the next.
            report = pipeline.export(sending, store, CROSSREF, now=now, reads_back=False)
            sent = _deposit(sending, store, report, now, stop)
            states = store.registrations.counts(CROSSREF_AGENCY.name, "live")
            held = tuple(_held(config, store, report.held_back, now().date().isoformat()))
        return Summary(
            config=str(path),
            provider=server.root,
            runs=tuple(runs),
            files=tuple(map(_deposited, report.files)),
            held=held,
            unchanged=report.unchanged,
            sent=sent,
            states=dict(states.items()),
        )


def _deposit(config: Config, store: Store, exported: ExportReport, now: Callable[[], datetime], stop: Stop) -> int:
    """Sends what is due and waits for the results; returns how many files were received."""

    def do_round(fresh: ExportReport | None = None) -> RoundReport:
        return pipeline.deposit(config, store, CROSSREF_AGENCY, now=now, exported=fresh, stop=stop)

    deadline = now() + _LONGEST_WAIT
    try:
        first = do_round(exported)
    except Stopped:
        return 0
    return until_settled(first, do_round, deadline=deadline, now=now, stop=stop, sleep=time.sleep).sent


@contextmanager
def serving(port: int = 0) -> Iterator[Server]:
    """The demo provider with both sites. Port 0 is any free port. Raises `HarvesterError` if the port is in use."""
    with started(lambda number: serve(ojs.repositories(), number), port) as server:
        yield server


@contextmanager
def _serving_again(path: Path) -> Iterator[Server]:
    """The provider at the address in the configuration if possible, or else at a free one.

    With the same address the harvest is incremental. At another one there could be another repository.
    """
    with ExitStack() as stack:
        try:
            server = stack.enter_context(serving(configuration.port(path)))
        except HarvesterError:
            server = stack.enter_context(serving())
        yield server


def _deposited(file: FileReport) -> Deposited:
    """The file with its parts, which are in its manifest."""
    manifest = json.loads(manifest_path(file).read_text(encoding="utf-8"))
    parts = Counter((row["journal"], row["volume"], row["issue"]) for row in manifest["records"])
    return Deposited(
        path=file.path,
        records=file.records,
        bytes=file.bytes,
        parts=tuple(Part(*key, records) for key, records in parts.items()),
    )


def _held(config: Config, store: Store, held: Sequence[HeldBack], today: str) -> Iterator[HeldBackSummary]:
    """The records held back, with the messages of their findings."""
    sentences: dict[tuple[str, str], list[str]] = {}
    for finding in pipeline.check(config, store, today=today, severities=("error",)):
        sentences.setdefault((finding.source, finding.record), []).append(finding.message)
    for record in held:
        reasons = sentences.get((record.source, record.record)) or list(record.codes)
        yield HeldBackSummary(
            source=record.source, record=record.record, doi=record.doi, sentences=tuple(dict.fromkeys(reasons))
        )
