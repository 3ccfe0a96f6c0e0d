"""A first look at recorded providers, replayed over HTTP."""

from datetime import UTC, datetime

import pytest

from harvester.config import load
from harvester.errors import ProviderError
from harvester.probing.probe import probe
from harvester.probing.suggestions import journal_block, source_block
from tests.providers.server import Request, Server, envelope, error, reply

NOW = datetime(2026, 2, 3, 4, 5, 0, tzinfo=UTC)


def replay(folder):
    """A provider that gives the first page of each list, and the other verbs."""

    def answer(request: Request) -> bytes:
        prefix = request.query.get("metadataPrefix")
        name = f"{request.query['verb']}{f'-{prefix}-1' if prefix else ''}.xml"
        return reply((folder / name).read_bytes())

    return answer


@pytest.mark.shared
@pytest.mark.parametrize(
    ("name", "citation"),
    [("ojs34-testj", True), ("janeway-testj", False)],
)
def test_recorded_providers(shared, tmp_path, name, citation):
    with Server(replay(shared / "data" / "recorded" / name)) as server:
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


def answers(**given):
    """A provider that answers the verbs named, and refuses the others."""
    return lambda request: reply(envelope(given[v]) if (v := request.query["verb"]) in given else error("badVerb"))


IDENTIFY = (
    "<Identify><repositoryName>R</repositoryName><baseURL>x</baseURL><protocolVersion>2.0</protocolVersion>"
    "<adminEmail>a@example.org</adminEmail><earliestDatestamp>2020-01-01</earliestDatestamp>"
    "<deletedRecord>no</deletedRecord><granularity>YYYY-MM-DD</granularity></Identify>"
)
STRANGE = (
    "<ListMetadataFormats><metadataFormat><metadataPrefix>nlm</metadataPrefix><schema>s</schema>"
    "<metadataNamespace>http://jats.nlm.nih.gov</metadataNamespace></metadataFormat></ListMetadataFormats>"
)


def test_a_provider_with_nothing_for_us():
    with Server(answers(Identify=IDENTIFY, ListMetadataFormats=STRANGE)) as server:
        report = probe(server.url, allow_private=True, now=lambda: NOW)
    (nlm,) = report.formats
    assert nlm.error
    assert "badVerb" in nlm.error
    assert (report.readable, report.sets) == ((), ())
    assert report.sets_error
    assert report.clock_skew == 6.0
    assert report.suggestions.journals == ()


def test_something_that_is_no_provider():
    with Server([reply("<html/>", 404)]) as server, pytest.raises(ProviderError):
        probe(server.url, allow_private=True, now=lambda: NOW)
