"""The checkup finds the faults of a provider, in words and as settings."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from msgspec.structs import replace

from harvester.config import load
from harvester.probing.checkup import Checkup, Trial, settings, span
from harvester.probing.probe import ProbeReport, probe
from harvester.probing.suggestions import source_block
from tests.chaos.cases import CASES
from tests.providers.server import error, reply
from tests.providers.truth import Fault, Truth, broken

NOW = datetime(2025, 6, 1, 12, 0, tzinfo=UTC)
CASE = {case.name: case for case in CASES}


def probed(truth: Truth, fault: Fault | None = None) -> ProbeReport:
    with broken(truth, fault) as (_, server):
        return probe(server.url, allow_private=True, now=lambda: NOW)


def checked_up(name: str) -> tuple[Checkup, list[str]]:
    report = probed(*CASE[name].setting())
    assert report.checkup
    return report.checkup, settings(report.identity, report.checkup, report.slowest)


@pytest.mark.parametrize(
    ("software", "suggests"), [("DSpace OAI-PMH 7.6", True), ("Open Journal Systems 3.4", False), (None, False)]
)
def test_an_overlap_is_suggested_for_software_that_indexes_at_night(software: str | None, suggests: bool):
    report = probed(Truth())
    lines = settings(replace(report.identity, software=software), report.checkup, 0.0)
    assert any(line.startswith("overlap = 172800") for line in lines) is suggests


def test_healthy_provider():
    checkup, lines = checked_up("nothing-new")
    assert checkup == Checkup(
        prefix="oai_dc",
        paging=Trial(True, "5 records a page, 23 in all; paging works, for 24 hours"),
        dates=Trial(True, "filters work, to the second"),
        identifiers=Trial(True, "listed, 5 a page"),
    )
    assert lines == ['reconcile = "30 2 1 * *"  # every month: some changes are never announced']


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("expired-tokens", "the second does not come (the provider answered badResumptionToken: so it is)"),
        ("tokens-refused", "the second does not come (the provider answered with HTTP 406 Not Acceptable"),
        ("junk-token-starts-anew", "5 records a page, without saying how many in all; paging works"),
        ("never-a-token", "50 records on one page without a token, and more identifiers"),
    ],
)
def test_paging_of_faulty_providers(name: str, words: str):
    checkup, _ = checked_up(name)
    assert words in checkup.paging.said
    assert checkup.paging.good == ("paging works" in words)


def test_token_that_leads_to_the_first_page_is_reported():
    def fault(request, truth):
        first = "/oai?verb=ListRecords&metadataPrefix=oai_dc"
        again = "resumptionToken" in request.query
        return reply(truth.bytes_of(type(request)(first, {}))) if again else None

    report = probed(Truth(), fault)
    assert report.checkup
    assert report.checkup.paging.good is False
    assert "the second brings nothing new" in report.checkup.paging.said


@pytest.mark.parametrize(
    ("name", "good", "words"),
    [
        ("refuses-seconds", True, "filters work, to the day, though it declares the second"),
        ("refuses-days", True, "filters work, to the second, though it declares the day"),
        ("compared-by-day", True, "filters work, to the second"),
        ("midnights", True, "filters work, to the second; all datestamps are midnights"),
        ("dates-ignored", False, "ignored: records of other days come for 2020-02-04"),
        ("windows-are-empty", False, "ignored: nothing comes for 2020-02-04, of which a record is listed"),
        ("until-refused", False, "refused (the provider answered badArgument: so it is)"),
    ],
)
def test_selection_by_dates_of_faulty_providers(name: str, good: bool, words: str):
    checkup, lines = checked_up(name)
    assert checkup.dates == Trial(good, words)
    monthly = 'reconcile = "30 2 1 * *"  # every month: some changes are never announced'
    assert lines == [*([] if good else ["window_records = 0  # one list: it cannot be requested by dates"]), monthly]


def test_no_reconciliation_is_suggested_without_a_list_of_identifiers():
    truth = Truth(deleted_record="no")
    report = probed(truth, lambda request, _: reply(error("badVerb")) if "Identifiers" in request.target else None)
    assert report.checkup
    assert report.checkup.identifiers.good is False
    assert settings(report.identity, report.checkup, 0.0) == []


def test_suggested_lines_are_a_valid_configuration(tmp_path):
    report = probed(*CASE["dates-ignored"].setting())
    assert report.checkup
    lines = settings(replace(report.identity, deleted_record="no"), report.checkup, 42.0)
    path = tmp_path / "config.toml"
    path.write_text(source_block(report.url, ["oai_dc"], report.suggestions, allow_private=True, more=lines))
    (source,) = load(path).sources.values()
    assert (source.window_records, source.reconcile, source.deadline) == (0, "30 2 * * 0", 420)


def test_span_in_words():
    assert [span(seconds) for seconds in (75, 5400, 86400, 47035097)] == [
        "75 seconds", "90 minutes", "24 hours", "544 days",
    ]  # fmt: skip
