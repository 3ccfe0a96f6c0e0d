"""References for which the agency finds DOIs after it has processed a file."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

import pytest

from harvester import report
from harvester.answers import HeldRecord, Matched, Result, SentArticle
from harvester.crossref.agency import CROSSREF_AGENCY
from harvester.registration import by_hand
from harvester.registration.matches import MOST, of_the_day, read_matches
from harvester.registration.readback import has_registered
from harvester.registration.reader import matches as of_logs
from harvester.store import Matches, SeenDoi
from harvester.system.stopping import never_stop
from tests.registration.conftest import Depositor
from tests.workbench import NOW

DOI = "10.5555/lamps.2"
ARTICLES = (SentArticle(doi="10.5555/A", references=3), SentArticle(doi="10.5555/b"))


def log(*references: Matched) -> Result:
    return Result(state="completed", raw=b"", references=references)


def matched(key: str, doi: str | None = None, *, citing: str = "10.5555/a", status: str = "stored_query") -> Matched:
    return Matched(citing=citing, key=key, status=status, doi=doi)


@pytest.mark.parametrize(
    ("logs", "expected"),
    [
        ([], {"10.5555/A": Matches(refs=3)}),  # the log names none
        ([log(matched("", status="deferred"))], {"10.5555/A": Matches(refs=3)}),  # which is no reference
        (
            [log(matched("r1", "10.1/x"), matched("r2"))],
            {"10.5555/A": Matches(refs=3, matched=1, found={"r1": "10.1/x"})},
        ),
        (
            [log(matched("r1", "10.1/x"), matched("r2")), log(matched("r1"), matched("r2"))],
            {"10.5555/A": Matches(refs=3)},
        ),
        (
            [log(matched("r1", "10.1/x", citing="10.5555/c"))],
            {"10.5555/A": Matches(refs=3), "10.5555/c": Matches(refs=1, matched=1, found={"r1": "10.1/x"})},
        ),
    ],
)
def test_the_references_of_a_file_and_its_logs(logs: list[Result], expected: dict[str, Matches]):
    assert of_logs(logs, ARTICLES) == expected


def test_each_day_asks_for_others_and_never_for_more_than_fit():
    waiting = [SeenDoi(record=HeldRecord(doi=f"10.5555/{number}")) for number in range(2 * MOST + 7)]
    days = [of_the_day(waiting, NOW + timedelta(days=day)) for day in range(4)]
    assert sorted(map(len, days[:3])) == [7, MOST, MOST]
    assert sorted(one.record.doi for day in days[:3] for one in day) == sorted(one.record.doi for one in waiting)
    assert days[3] == days[0]
    assert of_the_day(waiting[:MOST], NOW) == waiting[:MOST]
    assert of_the_day([], NOW) == []


@pytest.fixture
def unlisted(depositor: Depositor) -> Depositor:
    """What is sent to the test system cannot be read back. The second article has two references."""
    depositor.configure(system="test", formats=("jats", "oai_dc"))
    path = depositor.press.bench.path
    path.write_text(re.sub(r"api_url = .*\n", "", path.read_text()))
    depositor.press.correct(2, references=("Reed, R. Lamps of old. 1999.", "Reed, R. Lamps of today. 2001."))
    depositor.deposit()
    depositor.settle()
    return depositor


def read(depositor: Depositor) -> int:
    with depositor.press.bench.opened() as (config, store):
        return read_matches(config, store, CROSSREF_AGENCY, depositor.tick, never_stop, lambda _: None)


def numbers(depositor: Depositor) -> tuple[int, int]:
    with depositor.press.bench.opened() as (config, store):
        gathered = report.gather(config, store, now=depositor.now())
    return gathered.references, gathered.matched


def is_due(depositor: Depositor) -> bool:
    with depositor.press.bench.opened() as (config, store):
        return has_registered(config, store)


@pytest.mark.slow
def test_matches_are_read_until_each_reference_has_one(unlisted: Depositor):
    assert (numbers(unlisted), is_due(unlisted)) == ((2, 0), True)
    assert (read(unlisted), numbers(unlisted)) == (1, (2, 0))  # none yet: 404
    for number, key in enumerate(keys(unlisted), 1):
        unlisted.standin.state.match_reference(DOI, key, f"10.1/{number}")
        assert (read(unlisted), numbers(unlisted)) == (1, (2, number))
    assert (read(unlisted), is_due(unlisted)) == (0, False)
    with unlisted.press.bench.opened() as (_, store):
        seen = store.held_records.of_dois("crossref", "test", [DOI])[DOI]
    assert seen.found == {key: f"10.1/{number}" for number, key in enumerate(keys(unlisted), 1)}
    assert unlisted.standin.state.credentials_in_query == 0


@pytest.mark.slow
def test_a_refused_login_stops_the_account(unlisted: Depositor):
    unlisted.standin.state.accounts.pop("demo")
    assert read(unlisted) == 0
    report = unlisted.round()
    assert report.stopped
    assert "refuses the login" in report.stopped
    requests = len(unlisted.standin.state.requests)
    assert (read(unlisted), len(unlisted.standin.state.requests)) == (0, requests)


@pytest.mark.slow
def test_an_older_log_does_not_change_the_numbers(unlisted: Depositor):
    (first,) = unlisted.files()
    old = unlisted.standin.state.result(first.names[0])
    assert old
    unlisted.press.correct(2, references=("Reed, R. Lamps of old. 1999.",))
    unlisted.deposit()
    unlisted.settle()
    assert numbers(unlisted) == (1, 0)
    with unlisted.press.bench.opened() as (config, store):
        other = old.replace(b"</doi_batch_diagnostic>", b" </doi_batch_diagnostic>")
        by_hand.read_logs(config, store, CROSSREF_AGENCY, "test", other, unlisted.tick)
    assert numbers(unlisted) == (1, 0)


def keys(depositor: Depositor) -> list[str]:
    (file,) = depositor.files()
    return re.findall('<citation key="([^"]+)"', Path(file.path).read_text(encoding="utf-8"))
