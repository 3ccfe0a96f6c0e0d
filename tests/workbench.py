"""A folder with a configuration, in which harvest, check and export run as for a user."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from harvester import pipeline
from harvester.config import Config, load
from harvester.crossref.target import CROSSREF
from harvester.identifiers import clean_issn
from harvester.oai import backoff
from harvester.reports import ExportReport, RecordFinding, RunReport
from harvester.store import Selection, Store
from harvester.system.progress import Progress, watching

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)

CROSSREF_TABLE = """
[crossref]
depositor_name = "Example Depositor"
depositor_email = "deposits@example.org"
registrant = "Example Press"
prefixes = {prefixes}
"""


PREFIX = re.compile(rb"10\.\d{4,9}(?=/)")
ISSN = re.compile(rb"<issn[^>]*>\s*([0-9]{4}-?[0-9]{3}[0-9Xx])\s*<")


def prefixes_in(data: bytes) -> list[str]:
    """Every DOI prefix in the data, as if the depositor could use all of them."""
    return sorted({match.decode() for match in PREFIX.findall(data)})


def journals_in(data: bytes) -> str:
    """A table with a landing page for each journal whose ISSN is in the data."""
    issns = {issn for match in ISSN.findall(data) if (issn := clean_issn(match.decode()))}
    page = 'landing_page = "https://journal.example.org/doi/{doi}"'
    return "".join(f'\n[journals."{issn}"]\n{page}\n' for issn in sorted(issns))


def in_another_process() -> None:
    """Forgets which hosts wanted no requests from this process, as another process would not know it."""
    backoff._pauses.clear()


@contextmanager
def watching_pages(see: Callable[[int], None]) -> Iterator[None]:
    """Calls `see` after each page of a harvest, with the number of records that came so far."""

    def watch(step: Progress) -> None:
        if step.done is not None and step.task.endswith(")"):  # the task of a run: "journal (oai_dc)"
            see(step.done)

    with watching(watch):
        yield


class Workbench:
    """A folder with config.toml, store and exports, and a clock that advances by a second with every call."""

    store_url: str | None = None  # else the store is a file in the folder

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.path = folder / "config.toml"
        self.moment = NOW

    def now(self) -> datetime:
        self.moment += timedelta(seconds=1)
        return self.moment

    def configure(self, url: str, formats: list[str], *, prefixes: list[str], more: str = "") -> Config:
        """Writes the configuration of one source named `journal`, with no retries unless `more` sets them."""
        retries = "" if "retries = " in more else "retries = 0\n"
        source = f'[sources.journal]\nurl = "{url}"\nformats = {formats}\nallow_private = true\n{retries}'
        store = f'[store]\nurl = "{self.store_url}"\n' if self.store_url else ""
        self.path.write_text(store + CROSSREF_TABLE.format(prefixes=prefixes) + source + more, encoding="utf-8")
        return load(self.path)

    @contextmanager
    def opened(self) -> Iterator[tuple[Config, Store]]:
        config = load(self.path)
        with pipeline.opened(config) as store:
            yield config, store

    def harvest(self, **options: object) -> list[RunReport]:
        with self.opened() as (config, store):
            return pipeline.harvest(config, store, now=self.now, **options)  # type: ignore[arg-type]

    def export(self, *, dois: Sequence[str] = (), **options: object) -> ExportReport:
        options.setdefault("selection", Selection(dois=tuple(dois)))
        with self.opened() as (config, store):
            return pipeline.export(config, store, CROSSREF, now=self.now, **options)  # type: ignore[arg-type]

    def check(self, **options: object) -> list[RecordFinding]:
        with self.opened() as (config, store):
            today = NOW.date().isoformat()
            return list(pipeline.check(config, store, today=today, **options))  # type: ignore[arg-type]
