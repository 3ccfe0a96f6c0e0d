"""From a harvested journal to DataCite, through the real commands, and what became of each DOI."""

from __future__ import annotations

import json
import traceback
from base64 import b64encode
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
from click.testing import CliRunner, Result

from harvester.cli import main
from harvester.standin import datacite
from harvester.standin.datacite import DataciteStandIn
from harvester.standin.json_api import ApiFault
from tests.providers.press import Press, doi, press
from tests.system.repeating import repeating

PASSWORD = "p4ss-of-the-repository"
BASIC = b64encode(f"DEMO.LAMPS:{PASSWORD}".encode()).decode()
TABLE = """
[datacite]
deposit = "test"
contact = "doi@example.org"
repository_id = "DEMO.LAMPS"
password_file = "datacite.txt"
api_url = "{root}"
pace = 0.0005
max_records = {size}
"""


class Datacite:
    """The journal and the stand-in."""

    def __init__(self, press: Press, standin: DataciteStandIn) -> None:
        self.press, self.standin = press, standin
        (press.bench.folder / "datacite.txt").write_text(f"{PASSWORD}\n")
        self.configure()
        press.harvest()

    def configure(self, size: int = 100, journal: str = "") -> None:
        self.press.configure(journal + TABLE.format(root=self.standin.root, size=size))

    def call(self, *args: str) -> Result:
        done = CliRunner().invoke(main, ["--config", str(self.press.bench.path), *args])
        assert PASSWORD not in done.output
        return done

    def deposit(self, *args: str) -> tuple[int, dict[str, int]]:
        done = self.call("deposit", "--json", *args)
        assert done.exit_code in (0, 1, 3, 4), done.output
        document: dict[str, Any] = json.loads(done.stdout)
        return done.exit_code, document["states"]

    def asked(self) -> list[str]:
        return [f"{one.method} {one.status}" for one in self.standin.exchanges if one.method != "GET"]


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Datacite]:
    with press(tmp_path) as made, datacite.serve(("DEMO.LAMPS", PASSWORD), ["10.5555"]) as standin:
        yield Datacite(made, standin)


def test_a_journal_goes_the_whole_way_and_the_newest_data_win(journal: Datacite):
    assert journal.deposit("--wait", "1") == (0, {"registered": 3})
    assert journal.asked() == ["PUT 201"] * 3
    journal.press.correct(2, title={"en": "Corrected"})
    journal.press.harvest()
    assert journal.deposit("--wait", "1") == (0, {"registered": 3})
    assert journal.asked()[3:] == ["PUT 200"]
    held = journal.standin.held(doi(2))
    assert held is not None
    assert held["titles"] == [{"title": "Corrected", "lang": "en"}]


def test_what_is_registered_at_test_counts_nowhere_else(journal: Datacite):
    journal.deposit("--wait", "1")
    path = journal.press.bench.path
    path.write_text(path.read_text().replace('deposit = "test"', 'deposit = "live"'))
    waiting = json.loads(journal.call("deposit", "--dry-run", "--json").stdout)["waiting"]
    assert len(waiting) == 1, "the file was never sent to the real system"


def test_a_prefix_of_another_repository_is_refused_per_doi(journal: Datacite):
    journal.press.correct(2, doi=doi(2, "10.6666"))
    journal.press.harvest()
    assert journal.deposit("--wait", "1") == (4, {"registered": 2, "refused": 1})
    said = " ".join(journal.call("deposit").output.split())
    assert "The repository account may not register this DOI, or not change it." in said


def test_an_error_of_one_record_is_shown_with_its_words(journal: Datacite):
    journal.standin.knobs.errors[doi(1)] = (422, "URL is not allowed by repository domain settings.")
    assert journal.deposit("--wait", "1") == (4, {"registered": 2, "refused": 1})
    assert "URL is not allowed by repository domain settings." in " ".join(journal.call("deposit").output.split())


def test_an_article_without_an_author_is_held_back_from_datacite_only(journal: Datacite):
    journal.press.correct(3, authors=())
    journal.press.harvest()
    done = journal.call("export", "datacite")
    assert "The record names no author, and DataCite requires one." in " ".join(done.output.split())
    assert journal.deposit("--wait", "1") == (0, {"registered": 2})
    exported = json.loads(journal.call("export", "crossref", "--json").stdout)
    assert doi(3) in [one for file in exported["files"] for one in file["dois"]]


@pytest.mark.parametrize(
    "fault", [ApiFault.THROTTLED, ApiFault.UNAVAILABLE, ApiFault.DROP, ApiFault.LOST_ANSWER, ApiFault.ERROR]
)
def test_after_a_fault_the_truth_is_reached(journal: Datacite, fault: ApiFault):
    journal.standin.knobs.faults = [fault]
    journal.deposit()
    _, states = journal.deposit("--wait", "1")
    expected = {"registered": 2, "unaccounted": 1} if fault is ApiFault.ERROR else {"registered": 3}
    assert states == expected
    assert len(journal.standin.records) == expected["registered"]


def test_files_of_one_article_go_one_after_the_other(journal: Datacite):
    journal.configure(size=1)
    done = journal.call("deposit", "--wait", "1")
    assert "3 files sent to DataCite (test)." in done.output
    assert journal.asked() == ["PUT 201"] * 3


def test_a_wrong_password_stops_the_account_and_another_one_frees_it(journal: Datacite):
    journal.standin.login = ("DEMO.LAMPS", "new-password")
    code, _ = journal.deposit("--wait", "1")
    assert (code, journal.asked()) == (1, [])
    assert "DataCite refuses the login" in journal.call("deposit").output
    (journal.press.bench.folder / "datacite.txt").write_text("new-password\n")
    assert journal.deposit("--wait", "1") == (0, {"registered": 3})


def test_the_password_is_nowhere(journal: Datacite, caplog: pytest.LogCaptureFixture):
    caplog.set_level("DEBUG")
    journal.standin.knobs.errors[doi(1)] = (422, f"the password {PASSWORD} is odd")
    journal.deposit("--wait", "1")
    files = [path for path in journal.press.bench.folder.rglob("*") if path.is_file() and path.name != "datacite.txt"]
    assert not any(PASSWORD.encode() in path.read_bytes() for path in files)
    assert PASSWORD not in caplog.text


@pytest.mark.parametrize("owner", ["http.Http.upload", "http.Http.get", "network.Session.request"])
@pytest.mark.parametrize("error", [RuntimeError, requests.ConnectionError])
def test_the_password_is_in_no_error_that_repeats_the_request(
    journal: Datacite,
    owner: str,
    error: type[Exception],
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
):
    failing = repeating(monkeypatch, owner, error)
    caplog.set_level("DEBUG")
    done = journal.call("-v", "deposit")
    monkeypatch.undo()
    assert BASIC in failing.words
    shown = "".join(traceback.format_exception(done.exception)) if done.exception else ""
    listed = journal.call("deposits", "--json").output + journal.call("deposits").output
    for secret in (PASSWORD, BASIC):
        assert secret not in done.output + shown + caplog.text + repr(done.exception) + listed
