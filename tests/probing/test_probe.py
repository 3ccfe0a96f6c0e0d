"""Probes of recorded providers, replayed over HTTP."""

from datetime import UTC, datetime, timedelta

import pytest

from harvester.config import load
from harvester.errors import ProviderError
from harvester.model import Format
from harvester.probing.probe import probe
from harvester.probing.suggestions import journal_block, source_block
from tests.providers.replay import recorded
from tests.providers.server import Request, Server, error, reply
from tests.providers.truth import Truth, broken

NOW = datetime(2026, 2, 3, 4, 5, 0, tzinfo=UTC)


@pytest.mark.shared
@pytest.mark.parametrize(
    ("name", "citation"),
    [("ojs34-testj", True), ("janeway-testj", False)],
)
def test_recorded_providers(shared, tmp_path, name, citation):
    with Server(recorded(shared / "data" / "recorded" / name)) as server:
        report = probe(server.url, allow_private=True, now=lambda: NOW)
    assert report.readable == ("jats", "oai_dc")
    assert {one.prefix for one in report.formats if one.reads} == {"jats", "oai_dc"}
    assert not [one for one in report.formats if one.reads and (one.error or one.unreadable)]
    assert bool(report.suggestions.citation) == citation
    assert not report.suggestions.citation or report.suggestions.citation.parsed
    block = source_block(report.url, report.readable, report.suggestions, allow_private=True)
    path = tmp_path / "config.toml"
    path.write_text("\n\n".join([block, *map(journal_block, report.suggestions.journals)]), encoding="utf-8")
    assert len(load(path).sources) == 1


def refused(request: Request, truth: Truth) -> bytes | None:
    """Refuses both lists and sets."""
    return reply(error("badVerb")) if request.query["verb"] in ("ListRecords", "ListSets") else None


def test_provider_without_a_readable_format():
    strange = Format("nlm", "s", "http://jats.nlm.nih.gov")
    truth = Truth([], formats=(strange,), clock=lambda: NOW + timedelta(seconds=6))
    with broken(truth, refused) as (_, server):
        report = probe(server.url, allow_private=True, now=lambda: NOW)
    (nlm,) = report.formats
    assert nlm.error
    assert "badVerb" in nlm.error
    assert (report.readable, report.sets) == ((), ())
    assert report.sets_error
    assert report.clock_skew == 6.0
    assert report.suggestions.journals == ()


def test_answer_that_is_not_oai_pmh_raises_provider_error():
    with Server([reply("<html/>", 404)]) as server, pytest.raises(ProviderError):
        probe(server.url, allow_private=True, now=lambda: NOW)


@pytest.mark.parametrize("answer", [error("noRecordsMatch"), error("badArgument")])
def test_a_list_that_needs_a_date_is_read_with_one(answer):
    def needs_a_date(request: Request, truth: Truth) -> bytes | None:
        is_list = request.query["verb"] in ("ListRecords", "ListIdentifiers")
        is_bare = "from" not in request.query and "resumptionToken" not in request.query
        return reply(answer) if is_list and is_bare else None

    with broken(Truth(), needs_a_date) as (_, server):
        report = probe(server.url, allow_private=True, now=lambda: NOW)
    assert report.readable == ("oai_dc",)
    assert report.checkup
    assert (report.checkup.paging.good, report.checkup.identifiers.good) == (True, True)
