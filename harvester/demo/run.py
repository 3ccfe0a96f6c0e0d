"""The guided run behind `harvester demo`: from the demo provider to deposit files, as any other source goes."""

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


class Held(Struct, frozen=True, kw_only=True):
    """A record that is held back, and why, one sentence for each reason."""

    source: str
    record: str
    doi: str | None
    sentences: tuple[str, ...]


class Summary(Struct, frozen=True, kw_only=True):
    """What one run of the demonstration did."""

    config: str
    provider: str  # where it answered while the run went on
    runs: tuple[RunReport, ...]
    files: tuple[Deposited, ...]
    held: tuple[Held, ...]
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
    progress: Callable[[pipeline.Progress], None] | None = None,
) -> Summary:
    """Serves the demo's articles on loopback, harvests, checks and exports them into `folder`, which is made.

    The second time it finds the configuration and the store of the first, and goes on from there. Raises
    `HarvesterError` as the single commands do.
    """
    path = folder / "config.toml"
    with _serving_again(path) as server:
        configuration.write(path, server.root)
        config = load(path)
        with pipeline.opened(config) as store:
            runs = pipeline.harvest(config, store, now=now, stop=stop, progress=progress)
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
    """The demo provider with both its sites. Port 0 is a free one; raises `HarvesterError` when the port is taken."""
    with ExitStack() as stack:
        try:
            server = stack.enter_context(serve(ojs.repositories(), port))
        except (OSError, OverflowError) as error:
            raise HarvesterError(f"port {port} cannot be had ({error}); name another with --port") from error
        yield server


@contextmanager
def _serving_again(path: Path) -> Iterator[Server]:
    """The provider at the address that the configuration names, or at a free one.

    The same address keeps the harvest incremental: at another one there may be another repository.
    """
    with ExitStack() as stack:
        try:
            server = stack.enter_context(serving(configuration.port(path)))
        except HarvesterError:
            server = stack.enter_context(serving())
        yield server


def _deposited(file: FileReport) -> Deposited:
    """The file with its parts, which its manifest names."""
    manifest = json.loads(manifest_path(file).read_text(encoding="utf-8"))
    parts = Counter((row["journal"], row["volume"], row["issue"]) for row in manifest["records"])
    return Deposited(
        path=file.path,
        records=file.records,
        bytes=file.bytes,
        parts=tuple(Part(*key, records) for key, records in parts.items()),
    )


def _held(config: Config, store: Store, held: Sequence[HeldBack], today: str) -> Iterator[Held]:
    """The records held back, with the words of their findings."""
    sentences: dict[tuple[str, str], list[str]] = {}
    for finding in pipeline.check(config, store, today=today, severities=("error",)):
        sentences.setdefault((finding.source, finding.record), []).append(finding.message)
    for one in held:
        said = sentences.get((one.source, one.record)) or list(one.codes)
        yield Held(source=one.source, record=one.record, doi=one.doi, sentences=tuple(dict.fromkeys(said)))
