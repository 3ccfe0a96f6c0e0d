"""What `check` says of stored records, and of which."""

from __future__ import annotations

import pytest

from harvester import pipeline
from harvester.errors import ConfigError
from tests.providers.press import Press, doi, name


@pytest.fixture
def doubtful(press: Press) -> Press:
    """Number 1 has no DOI, number 2 a foreign one; the mirror has both without a fault."""
    press.mirrored()
    press.correct(1, doi=None)
    press.correct(2, doi="10.7777/lamps.2")
    press.harvest()
    return press


def test_a_finding_has_its_record_and_its_words(doubtful: Press):
    (said,) = doubtful.bench.check(codes=["doi-foreign-prefix"])
    assert (said.source, said.record, said.doi) == ("journal", name(2), "10.7777/lamps.2")
    assert (said.severity, said.path, said.value) == ("error", "doi", "10.7777/lamps.2")
    assert "10.7777/lamps.2" in said.message
    assert "10.5555" in said.message + said.fix
    assert said.who


def test_sources_codes_and_severities_are_chosen_together(doubtful: Press):
    check = doubtful.bench.check
    everything = check()
    assert {one.source for one in everything} == {"journal", "mirror"}
    errors = check(severities=["error"])
    assert {one.code for one in errors} == {"doi-missing", "doi-foreign-prefix"}
    assert errors == [one for one in everything if one.severity == "error"]
    assert {one.source for one in check(names=["mirror"])} == {"mirror"}
    assert check(names=["mirror"], severities=["error"]) == []
    assert [one.record for one in check(names=["journal"], codes=["doi-missing"])] == [name(1)]


def test_a_finding_goes_with_its_cause(doubtful: Press):
    doubtful.correct(1)
    doubtful.withdraw(2)
    doubtful.harvest()
    assert doubtful.bench.check(severities=["error"]) == []


def test_findings_come_by_source_and_identifier(doubtful: Press):
    places = [(one.source, one.record) for one in doubtful.bench.check()]
    assert places == sorted(places)


def test_checking_twice_says_the_same_and_changes_nothing(doubtful: Press):
    first = doubtful.bench.check()
    stored = doubtful.stored()
    assert doubtful.bench.check() == first
    assert doubtful.stored() == stored


def test_it_needs_no_crossref_table_and_no_provider(doubtful: Press):
    text = doubtful.bench.path.read_text()
    doubtful.bench.path.write_text(text[text.index("[sources.journal]") :].replace("/oai", "/gone"))
    assert [one.code for one in doubtful.bench.check(severities=["error"])] == ["doi-missing"]


def test_a_name_that_is_none_is_refused_before_anything_is_done(doubtful: Press):
    with doubtful.bench.opened() as (config, store), pytest.raises(ConfigError, match="did you mean journal"):
        pipeline.check(config, store, ["jurnal"], today="2026-11-24")


def test_what_the_mirror_says_alike_is_said_of_both(doubtful: Press):
    said = doubtful.bench.check(codes=["doi-same-article"])
    assert {(one.source, one.doi) for one in said} == {("journal", doi(3)), ("mirror", doi(3))}
