"""The run of `harvester demo`: from the demo provider to deposit files, as for any other source."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from pathlib import Path

from msgspec import Struct

from harvester import pipeline
from harvester.config import Config, load
from harvester.crossref.target import CROSSREF
from harvester.demo import configuration, ojs
from harvester.demo.ports import started
from harvester.demo.provider import Server, serve
from harvester.deposits.manifest import manifest_path
from harvester.errors import HarvesterError
from harvester.reports import FileReport, HeldBack, RunReport
from harvester.store import Store


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

    @property
    def nothing_new(self) -> bool:
        changed = any(run.new or run.changed or run.deleted for run in self.runs)
        return not changed and not self.files and all(run.state == "complete" for run in self.runs)


def now_utc() -> datetime:
    return datetime.now(UTC)


def run(
    folder: Path,
    *,
    now: Callable[[], datetime] = now_utc,
    stop: Callable[[], bool] = lambda: False,
) -> Summary:
    """Serves the articles of the demo on loopback, harvests and checks them, and exports them to `folder`.

    It creates the folder. A second run uses the configuration and the store of the first. Raises `HarvesterError` as
    the single commands do.
    """
    path = folder / "config.toml"
    with _serving_again(path) as server:
        configuration.write(path, server.root)
        config = load(path)
        with pipeline.opened(config) as store:
            runs = pipeline.harvest(config, store, now=now, stop=stop)
            report = pipeline.export(config, store, CROSSREF, now=now)
            held = tuple(_held(config, store, report.held_back, now().date().isoformat()))
        return Summary(
            config=str(path),
            provider=server.root,
            runs=tuple(runs),
            files=tuple(map(_deposited, report.files)),
            held=held,
            unchanged=report.unchanged,
        )


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
