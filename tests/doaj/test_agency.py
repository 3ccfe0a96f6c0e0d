"""From a harvested journal to DOAJ, through the real commands, and what became of each article."""

from __future__ import annotations

import json
import traceback
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
from click.testing import CliRunner, Result

from harvester.cli import main
from harvester.standin import doaj
from harvester.standin.doaj import DoajStandIn
from harvester.standin.json_api import ApiFault
from tests.providers.press import ISSN, Press, doi, press
from tests.system.repeating import repeating

KEY = "k3y-of-the-journal"
TABLE = """
[doaj]
deposit = "live"
contact = "doi@example.org"
api_key_file = "doaj-key.txt"
api_url = "{root}"
pace = 0.0005
max_records = {size}
"""


class Doaj:
    """The journal and the stand-in."""

    def __init__(self, press: Press, standin: DoajStandIn) -> None:
        self.press, self.standin = press, standin
        (press.bench.folder / "doaj-key.txt").write_text(f"{KEY}\n")
        self.configure()
        press.harvest()

    def configure(self, size: int = 100, key_file: str = "doaj-key.txt") -> None:
        table = TABLE.format(root=self.standin.root, size=size).replace("doaj-key.txt", key_file)
        self.press.configure(table)

    def call(self, *args: str) -> Result:
        done = CliRunner().invoke(main, ["--config", str(self.press.bench.path), *args])
        assert KEY not in done.output
        return done

    def deposit(self, *args: str) -> tuple[int, dict[str, Any]]:
        done = self.call("deposit", "--json", *args)
        assert done.exit_code in (0, 1, 3, 4), done.output
        document: dict[str, Any] = json.loads(done.stdout)
        return done.exit_code, document["states"]

    def asked(self) -> list[str]:
        return [f"{one.method} {one.status}" for one in self.standin.exchanges if one.method != "GET"]


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Doaj]:
    with press(tmp_path) as made, doaj.serve(KEY, [ISSN], ["2049-3630"]) as standin:
        yield Doaj(made, standin)


def test_a_journal_goes_the_whole_way(journal: Doaj):
    assert journal.deposit("--wait", "1") == (0, {"registered": 3})
    assert journal.standin.held(doi(2).upper()) is not None
    assert journal.asked() == ["POST 201"] * 3
    assert journal.deposit() == (0, {"registered": 3})
    assert journal.asked() == ["POST 201"] * 3, "nothing is sent twice"
    journal.press.correct(2, title={"en": "Corrected"})
    journal.press.harvest()
    assert journal.deposit("--wait", "1") == (0, {"registered": 3})
    held = journal.standin.held(doi(2))
    assert held is not None
    assert held["bibjson"]["title"] == "Corrected"
    assert len(journal.standin.articles) == 3


def test_one_refused_article_costs_the_others_nothing(journal: Doaj):
    journal.standin.knobs.errors[doi(2)] = (400, "Invalid DOI format.")
    assert journal.deposit("--wait", "1") == (4, {"registered": 2, "refused": 1})
    said = " ".join(journal.call("deposit").output.split())
    assert "DOAJ refuses the form of the DOI." in said
    assert doi(2) in said


def test_a_journal_of_another_account_is_refused_in_plain_words(journal: Doaj):
    journal.standin.issns, journal.standin.others = {"2049-3630"}, {ISSN}
    assert journal.deposit("--wait", "1") == (4, {"refused": 3})
    assert "does not belong to the DOAJ account of the API key" in " ".join(journal.call("deposit").output.split())


def test_a_duplicate_is_replaced_by_its_id(journal: Doaj):
    journal.deposit("--wait", "1")
    journal.standin.merges = False
    journal.press.correct(1, title={"en": "Corrected"})
    journal.press.harvest()
    assert journal.deposit("--wait", "1") == (0, {"registered": 3})
    assert journal.asked()[3:] == ["POST 403", "PUT 204"]


@pytest.mark.parametrize("fault", [ApiFault.THROTTLED, ApiFault.UNAVAILABLE, ApiFault.OTHER_PAGE, ApiFault.DROP,
                                   ApiFault.LOST_ANSWER])  # fmt: skip
def test_after_a_fault_the_file_is_sent_again_and_nothing_is_there_twice(journal: Doaj, fault: ApiFault):
    knobs = journal.standin.knobs
    knobs.faults = [fault]
    _, first = journal.deposit()
    assert "registered" not in first, "nothing is said to be there before it is known"
    assert journal.deposit("--wait", "1") == (0, {"registered": 3})
    assert len(journal.standin.articles) == 3


def test_a_short_pause_is_waited_out_in_the_middle_of_a_file(journal: Doaj):
    journal.standin.knobs.faults = [ApiFault.THROTTLED]
    journal.standin.knobs.retry_after = 0
    assert journal.deposit() == (0, {"registered": 3})
    assert journal.asked() == ["POST 429", *["POST 201"] * 3]


def test_an_error_of_the_host_about_one_article_is_not_a_refusal(journal: Doaj):
    journal.standin.knobs.faults = [ApiFault.ERROR]
    assert journal.deposit("--wait", "1") == (4, {"unaccounted": 1, "registered": 2})


def test_a_wrong_key_stops_the_account_after_one_request(journal: Doaj):
    (journal.press.bench.folder / "other.txt").write_text("wrong-key\n")
    journal.configure(key_file="other.txt")
    code, states = journal.deposit("--wait", "1")
    assert (code, journal.asked()) == (1, [])
    assert set(states) <= {"waiting", "never_sent"}
    journal.configure()
    assert journal.deposit("--wait", "1") == (0, {"registered": 3})


def test_the_key_is_nowhere(journal: Doaj, caplog: pytest.LogCaptureFixture):
    caplog.set_level("DEBUG")
    journal.standin.knobs.errors[doi(1)] = (400, f"the key {KEY} is odd")
    journal.deposit("--wait", "1")
    kept = [
        path.read_bytes()
        for path in journal.press.bench.folder.rglob("*")
        if path.is_file() and path.stem != "doaj-key"
    ]
    assert not any(KEY.encode() in data for data in kept)
    assert KEY not in "".join(record.getMessage() for record in caplog.records if record.name.startswith("harvester"))


@pytest.mark.parametrize("owner", ["http.Http.upload", "http.Http.get", "network.Session.request"])
@pytest.mark.parametrize("error", [RuntimeError, requests.ConnectionError])
def test_the_key_is_in_no_error_that_repeats_the_request(
    journal: Doaj, owner: str, error: type[Exception], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
):
    failing = repeating(monkeypatch, owner, error)
    caplog.set_level("DEBUG")
    done = journal.call("-v", "deposit")
    monkeypatch.undo()
    assert KEY in failing.words
    shown = "".join(traceback.format_exception(done.exception)) if done.exception else ""
    listed = journal.call("deposits", "--json").output + journal.call("deposits").output
    for secret in (KEY,):
        assert secret not in done.output + shown + caplog.text + repr(done.exception) + listed
