"""A journal whose articles are deposited at the stand-in of Crossref, with one clock for both."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from harvester import pipeline
from harvester.answers import System
from harvester.crossref.agency import CROSSREF_AGENCY
from harvester.crossref.client import works
from harvester.crossref.target import CROSSREF
from harvester.registration.round import RoundReport
from harvester.reports import ExportReport
from harvester.standin.registry import Version
from harvester.store import DoiRow, Registration, Submission
from harvester.system.stopping import Stop, never_stop
from tests.providers.press import Press, press
from tests.standin.running import PASSWORD, Running
from tests.workbench import NOW

SETTINGS = """deposit = "{system}"
login = "{login}"
password_file = "password.txt"
deposit_url = "{root}"
api_url = "{root}"
"""


class Depositor:
    """The journal, its store, the stand-in and their clock."""

    def __init__(self, press: Press, standin: Running) -> None:
        self.press, self.standin = press, standin
        self.folder = press.bench.folder
        self.clock = standin.clock
        self.clock.now = NOW
        self.system: System = "live"
        (self.folder / "password.txt").write_text(f"{PASSWORD}\n")
        self.configure()

    def configure(
        self, *, login: str = "demo", system: System = "live", more: str = "", journal: str = "", **options: Any
    ) -> None:
        self.system = system
        settings = SETTINGS.format(system=system, login=login, root=self.standin.root)
        self.press.configure(journal, crossref=settings + more, **options)

    def now(self) -> datetime:
        return self.clock.now

    def tick(self) -> datetime:
        """The clock of the program, which goes on by a millisecond with each look."""
        self.clock.now += timedelta(milliseconds=1)
        return self.clock.now

    def export(self, **options: Any) -> ExportReport:
        self.press.harvest()
        with self.press.bench.opened() as (config, store):
            return pipeline.export(config, store, CROSSREF, now=self.tick, **options)

    def round(self, exported: ExportReport | None = None, stop: Stop = never_stop) -> RoundReport:
        with self.press.bench.opened() as (config, store):
            return pipeline.deposit(config, store, CROSSREF_AGENCY, now=self.tick, exported=exported, stop=stop)

    def deposit(self) -> RoundReport:
        """Exports what is pending and does a round."""
        return self.round(self.export())

    def settle(self, hours: float = 6.0) -> RoundReport:
        """Rounds until nothing is due in so many hours by the clock."""
        end = self.clock.now + timedelta(hours=hours)
        report = self.round()
        while report.next is not None and report.next <= end:
            self.clock.now = max(self.clock.now, report.next)
            report = self.round()
        return report

    def files(self) -> list[Submission]:
        with self.press.bench.opened() as (_, store):
            return store.submissions.all("crossref", self.system)

    def file_states(self) -> list[str]:
        return [file.state for file in self.files()]

    def rows(self) -> dict[str, DoiRow]:
        """What became of each DOI, by the number of its article."""
        with self.press.bench.opened() as (_, store):
            return {row.doi.rpartition(".")[2]: row for row in store.registrations.rows("crossref", self.system)}

    def states(self) -> dict[str, str]:
        return {number: row.state for number, row in self.rows().items()}

    def registration(self, number: int) -> Registration:
        found = self.rows()[str(number)].registration
        assert found is not None
        return found

    def held(self, number: int) -> int | None:
        """The version of a DOI at the stand-in."""
        record = self.standin.state.held(f"10.5555/lamps.{number}")
        return record.newest.number if record else None

    def uploads(self) -> list[str]:
        """The names of all files that were received, in order."""
        return [one.file_name for one in self.standin.state.submissions]


@pytest.fixture
def depositor(tmp_path: Path, crossref_standin: Running, monkeypatch: pytest.MonkeyPatch) -> Iterator[Depositor]:
    """Reads what the stand-in holds as patiently as the program, but a hundred times as fast.

    The stand-in allows that. The limits have their own tests in tests/crossref/client/test_works.py.
    """
    monkeypatch.setattr(works, "_PAUSES", (works._PAUSES[0] / 100, works._PAUSES[1]))
    monkeypatch.setattr(works, "_RATES", {pool: rate * 100 for pool, rate in works._RATES.items()})
    crossref_standin.state.knobs.rate_limited = False
    with press(tmp_path) as made:
        yield Depositor(made, crossref_standin)


OJS = """<journal xmlns="http://www.crossref.org/schema/5.3.1"><journal_metadata>
<full_title>Journal of Lamps</full_title>
<issn>00000108</issn></journal_metadata><journal_article><titles><title>On lamps, by another program</title></titles>
<contributors><person_name sequence="first" contributor_role="author"><given_name>Ada</given_name>
<surname>Adams</surname></person_name></contributors><publication_date><year>2024</year></publication_date>
<doi_data><doi>{doi}</doi><resource>https://example.org/{doi}</resource></doi_data>{more}</journal_article></journal>"""
REFERENCES = '<citation_list><citation key="a"><doi>10.1/a</doi></citation></citation_list>'
NINETEEN = 2026010112000000099


def put_foreign(depositor: Depositor, doi: str, version: int = 20200101000000000, more: str = "") -> None:
    """A deposit of another program, which the stand-in shows at once."""
    at = depositor.clock.now - timedelta(days=10)
    known = depositor.standin.state.registry.record(doi)
    if known:
        at = depositor.clock.now - depositor.standin.state.knobs.index_delay
    one = Version(number=version, xml=OJS.format(doi=doi, more=more).encode(), at=at, submission=1)
    registry = depositor.standin.state.registry
    title = registry.put_title("Journal of Lamps", "10.5555", "Lamp Press", [("0000-0108", "print")])
    registry.put(doi, "journal_article", one, title=title)
