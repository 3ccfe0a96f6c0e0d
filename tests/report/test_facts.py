"""The facts gathered from a store that a harvest has filled."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from harvester import report
from harvester.errors import ConfigError
from harvester.findings import kinds
from harvester.report import facts
from harvester.reports import RecordFinding
from tests.demo.many import ISSNS
from tests.generated import harvest_generated
from tests.workbench import Workbench

NOW = datetime(2021, 6, 15, tzinfo=UTC)


@pytest.fixture(scope="module")
def bench(tmp_path_factory):
    return harvest_generated(Workbench(tmp_path_factory.mktemp("report")), 9)


def gathered(bench, *names: str, now: datetime = NOW) -> report.Report:
    with bench.opened() as (config, store):
        return report.gather(config, store, names, now=now)


def test_completeness_counts_articles_ready_for_deposit(bench):
    (journal,) = gathered(bench).journals
    assert (journal.journal, journal.current.articles, journal.back_file.articles) == (ISSNS[0], 9, 0)
    assert journal.current.percent["abstracts"] == 100
    assert journal.current.percent["ror"] == 0
    assert list(journal.current.percent) == list(report.MEASURES)
    (older,) = gathered(bench, now=NOW.replace(year=2031)).journals
    assert (older.current.articles, older.back_file.articles) == (0, 9)


def test_report_has_the_state_of_each_source(bench):
    result = gathered(bench)
    assert [(one.source, one.ready, one.held_back) for one in result.sources] == [("journal", 9, 0)]
    assert (result.held_count, result.held, result.last_export) == (0, (), None)


def test_records_held_back_have_their_sentences(tmp_path, monkeypatch):
    monkeypatch.setattr(facts, "HELD_SHOWN", 4)
    result = gathered(harvest_generated(Workbench(tmp_path), 7, prefix="10.12345"))
    assert (result.held_count, len(result.held), result.journals) == (7, 4, ())
    assert "not among yours" in result.held[0].sentences[0]
    assert result.held[0].title
    (foreign,) = (group for group in result.findings if group.code == "doi-foreign-prefix")
    assert (foreign.count, len(foreign.examples), foreign.who) == (7, 3, "configuration")
    assert (foreign.records, foreign.frees) == (7, 7)
    assert result.findings[0] is foreign
    assert foreign.examples[0].title == result.held[0].title
    assert (result.held[0].link or "").startswith("http")
    assert result.held[0].who == ("configuration",)


def finding(record: int, code: str) -> RecordFinding:
    kind = kinds()[code]
    return RecordFinding(
        code=code,
        severity=kind.severity,
        record=str(record),
        source="a",
        doi=None,
        path="",
        value="",
        message=code,
        fix="",
        who=kind.who,
    )


def test_a_fix_frees_the_records_that_have_no_other_error():
    found = [(1, "doi-missing"), (1, "doi-missing"), (2, "doi-missing"), (2, "title-missing"), (2, "name-digits")]
    findings = [finding(*one) for one in [*found, (3, "name-digits"), (4, "title-missing"), (4, "name-digits")]]
    held = facts._HeldBack()
    assert list(held.collecting(findings)) == findings
    assert (held.count, held.frees) == (3, {"doi-missing": 1, "title-missing": 1})
    assert [{one.code for one in errors} for errors in held.shown] == [
        {"doi-missing"},
        {"doi-missing", "title-missing"},
        {"title-missing"},
    ]


def test_unknown_source_is_refused(bench):
    with pytest.raises(ConfigError, match="no source other"):
        gathered(bench, "other")


def test_every_measure_and_severity_has_words():
    from harvester.findings import SEVERITIES
    from harvester.rules.completeness import MEASURES

    assert tuple(report.MEASURES) == MEASURES
    assert {kind.who for kind in kinds().values()} == set(report.WHO)
    assert tuple(report.words.SEVERITIES) == SEVERITIES
