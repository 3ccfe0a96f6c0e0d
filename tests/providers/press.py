"""A small journal on a real provider, whose editors correct and withdraw articles between the harvests."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from lxml import etree

from harvester.config import Config
from harvester.demo import dublin_core, jats
from harvester.demo.library import Article, Author, Issue, Journal
from harvester.demo.lists import Record
from harvester.demo.provider import serve
from harvester.demo.repository import Repository
from harvester.reports import ExportReport, RunReport
from harvester.store import StoredArticle
from tests.workbench import Workbench

PAST = datetime(2024, 5, 1, tzinfo=UTC)
ISSN = "0000-0108"
JOURNAL = Journal(
    path="lamps",
    locales=("en",),
    title={"en": "Journal of Lamps"},
    sections={"ART": {"en": "Articles"}},
    publisher="Lamp Press",
    issn_print=ISSN,
)
TABLE = f'\n[journals."{ISSN}"]\nissn_print = "{ISSN}"\n'


def name(number: int) -> str:
    return f"oai:lamps.example.org:article/{number}"


def now() -> datetime:
    """By the provider's clock."""
    return datetime.now(UTC)


def doi(number: int, prefix: str = "10.5555") -> str:
    return f"{prefix}/lamps.{number}"


def article(number: int, **changes: Any) -> Article:
    """Article `number`; `changes` are other values of its fields."""
    values: dict[str, Any] = {
        "id": number,
        "language": "en",
        "title": {"en": f"On lamps, part {number}"},
        "doi": doi(number),
        "authors": (Author(name={"en": "Adams, Ada"}),),
        "pages": f"{number}0-{number}9",
    }
    return Article(**values | changes)


def both(one: Article, volume: str = "3") -> dict[str, bytes]:
    """The article in both formats, in an issue of this volume."""
    issue = Issue(
        modified=PAST, articles=(one,), volume=volume, number="1", year=2024, published=date(2024, 4, int(volume))
    )
    return {"oai_dc": dublin_core.render(JOURNAL, issue, one), "jats": jats.render(JOURNAL, issue, one)}


def record(number: int, metadata: Mapping[str, bytes] | None = None, **changes: Any) -> Record:
    """Record `number` as it has always stood there."""
    return Record(identifier=name(number), datestamp=PAST, metadata=metadata or both(article(number, **changes)))


class Press:
    """The journal, and the workbench that harvests it."""

    def __init__(self, bench: Workbench, repository: Repository, mirror: Repository, root: str) -> None:
        self.bench, self.repository, self.mirror, self.root = bench, repository, mirror, root
        self.exports = bench.folder / "exports"

    def configure(
        self,
        more: str = "",
        *,
        formats: tuple[str, ...] = ("oai_dc",),
        crossref: str = "",
        source: str = "",
        prefixes: tuple[str, ...] = ("10.5555", "10.6666"),
    ) -> Config:
        """Another configuration; `crossref` and `source` are further lines of these tables, `more` of the journal's."""
        settings = self.bench.configure(
            f"{self.root}/oai", list(formats), prefixes=list(prefixes), more=source + TABLE + more
        )
        if crossref:
            text = settings.path.read_text(encoding="utf-8").replace("[crossref]", f"[crossref]\n{crossref}")
            settings.path.write_text(text, encoding="utf-8")
        return settings

    def mirrored(self, more: str = "") -> None:
        """A second source, `mirror`, beside `journal`."""
        url = f'url = "{self.root}/mirror"\nformats = ["oai_dc"]\nallow_private = true\nretries = 0\n'
        self.configure(f"\n[sources.mirror]\n{url}{more}")

    def correct(self, number: int, **changes: Any) -> None:
        """The editors change the article, or add it."""
        self.put(number, both(article(number, **changes)))

    def put(self, number: int, metadata: Mapping[str, bytes]) -> None:
        self.repository.put(Record(identifier=name(number), datestamp=now(), metadata=metadata))

    def withdraw(self, number: int) -> None:
        self.repository.put(Record(identifier=name(number), datestamp=now(), deleted=True))

    def harvest(self, **options: Any) -> list[RunReport]:
        runs = self.bench.harvest(**options)
        assert [run.state for run in runs] == ["complete"] * len(runs), runs
        return runs

    def export(self, **options: Any) -> ExportReport:
        """Exports; every live record asked for is in a file, held back or unchanged, and in one of them only."""
        report = self.bench.export(**options)
        if not options.get("dois"):
            live = [one for one in self.stored() if not one.deleted and one.source in self._asked(options)]
            said = sum(file.records for file in report.files) + len(report.held_back) + report.unchanged
            assert said == len(live)
        return report

    def _asked(self, options: Mapping[str, Any]) -> tuple[str, ...]:
        return tuple(options.get("names") or ("journal", "mirror"))

    def stored(self) -> list[StoredArticle]:
        with self.bench.opened() as (config, store):
            known = [one.name for one in config.sources.values()]
            return [
                one
                for source in known
                for identifier in store.articles.identifiers(source, "", 10_000)
                for one in store.articles.find(identifier, source)
                if one.identifier == identifier
            ]

    def one(self, number: int, source: str = "journal") -> StoredArticle:
        (found,) = (one for one in self.stored() if one.identifier == name(number) and one.source == source)
        return found

    def codes(self, number: int) -> set[str]:
        """The codes of what is said about a record."""
        return {finding.code for finding in self.one(number).findings}

    def said(self, *codes: str) -> list[tuple[str, str]]:
        """Source and number of the records that `check` says these codes of."""
        return [(one.source, one.record.rpartition("/")[2]) for one in self.bench.check(codes=codes)]

    def files(self) -> dict[str, bytes]:
        """Everything in the exports folder."""
        return {path.name: path.read_bytes() for path in sorted(self.exports.glob("*"))}


@contextmanager
def press(folder: Path, records: int = 3) -> Iterator[Press]:
    repository, mirror = (Repository([record(number) for number in range(1, records + 1)]) for _ in range(2))
    with serve({"/oai": repository, "/mirror": mirror}) as server:
        made = Press(Workbench(folder), repository, mirror, server.root)
        made.configure()
        yield made


def dois(report: ExportReport) -> list[str]:
    return sorted(doi for file in report.files for doi in file.dois)


def timestamps(path: str) -> list[int]:
    """The batch timestamp of a deposit file, and those of its articles where they have their own."""
    root = etree.parse(path).getroot()
    return [int(one.text or "") for one in root.iter("{*}timestamp")]


def manifest(path: str) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads(Path(path).with_suffix(".json").read_bytes())
    return loaded
