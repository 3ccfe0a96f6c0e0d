"""The findings that `check` reports, for the chosen sources, codes and severities."""

from __future__ import annotations

import pytest

from harvester import pipeline
from harvester.errors import ConfigError
from tests.providers.press import Press, doi, name


@pytest.fixture
def doubtful(press: Press) -> Press:
    """Article 1 has no DOI and article 2 a foreign one; both have no findings in the mirror."""
    press.mirrored()
    press.correct(1, doi=None)
    press.correct(2, doi="10.7777/lamps.2")
    press.harvest()
    return press


def test_finding_comes_with_its_record_and_its_texts(doubtful: Press):
    (finding,) = doubtful.bench.check(codes=["doi-foreign-prefix"])
    assert (finding.source, finding.record, finding.doi) == ("journal", name(2), "10.7777/lamps.2")
    assert (finding.severity, finding.path, finding.value) == ("error", "doi", "10.7777/lamps.2")
    assert "10.7777/lamps.2" in finding.message
    assert "10.5555" in finding.message + finding.fix
    assert finding.who


def test_sources_codes_and_severities_are_combined(doubtful: Press):
    check = doubtful.bench.check
    everything = check()
    assert {one.source for one in everything} == {"journal", "mirror"}
    errors = check(severities=["error"])
    assert {one.code for one in errors} == {"doi-missing", "doi-foreign-prefix"}
    assert errors == [one for one in everything if one.severity == "error"]
    assert {one.source for one in check(names=["mirror"])} == {"mirror"}
    assert check(names=["mirror"], severities=["error"]) == []
    assert [one.record for one in check(names=["journal"], codes=["doi-missing"])] == [name(1)]


def test_finding_disappears_with_its_cause(doubtful: Press):
    doubtful.correct(1)
    doubtful.withdraw(2)
    doubtful.harvest()
    assert doubtful.bench.check(severities=["error"]) == []


def test_findings_are_sorted_by_source_and_identifier(doubtful: Press):
    keys = [(one.source, one.record) for one in doubtful.bench.check()]
    assert keys == sorted(keys)


def test_second_check_reports_the_same_and_changes_nothing(doubtful: Press):
    first = doubtful.bench.check()
    stored = doubtful.stored()
    assert doubtful.bench.check() == first
    assert doubtful.stored() == stored


def test_check_needs_no_crossref_table_and_no_provider(doubtful: Press):
    text = doubtful.bench.path.read_text()
    doubtful.bench.path.write_text(text[text.index("[sources.journal]") :].replace("/oai", "/gone"))
    assert [one.code for one in doubtful.bench.check(severities=["error"])] == ["doi-missing"]


def test_unknown_source_is_refused_before_anything_is_done(doubtful: Press):
    with doubtful.bench.opened() as (config, store), pytest.raises(ConfigError, match="did you mean journal"):
        pipeline.check(config, store, ["jurnal"], today="2026-11-24")


def test_doi_shared_with_the_mirror_is_reported_for_both_records(doubtful: Press):
    findings = doubtful.bench.check(codes=["doi-same-article"])
    assert {(one.source, one.doi) for one in findings} == {("journal", doi(3)), ("mirror", doi(3))}
