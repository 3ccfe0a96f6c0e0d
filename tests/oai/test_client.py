"""Requests of the client and its answers against a real server."""

from __future__ import annotations

import pytest

from harvester.model import Access, Format, SetInfo, Token, Window
from harvester.oai import BadAnswer, ProtocolError, Provider
from tests.oai.one_page import DC, PAGE, access, harvest, refused
from tests.providers.server import Server, envelope, error, listing, record, reply


def test_a_page_of_records():
    page, server = harvest(reply(listing(record(1), record(2), token="a+b")))
    assert [raw.identifier for raw in page.records] == ["oai:x:1", "oai:x:2"]
    assert page.records[0].datestamp == "2026-01-01"
    assert page.records[0].sets == ("bees",)
    assert page.token == Token("a+b")
    assert page.response_date == "2026-02-03T04:05:06Z"
    assert page.url == server.url + "?verb=ListRecords&metadataPrefix=oai_dc"
    assert server.requests[0].headers["User-Agent"].startswith("harvester/0.")


def test_the_user_agent_names_whom_to_write_to():
    _, server = harvest(reply(PAGE), contact="me@example.org")
    assert server.requests[0].headers["User-Agent"].endswith(" (+me@example.org)")


def test_arguments_are_encoded_once_and_empty_ones_left_out():
    window = Window(prefix="oai_dc", set_spec="a+b c:d/é&f%20", since="2026-01-01T00:00:00Z", until="")
    _, server = harvest(reply(PAGE), window=window)
    assert "set=a%2Bb%20c%3Ad%2F%C3%A9%26f%2520&" in server.requests[0].target
    assert server.queries[0] == {
        "verb": "ListRecords",
        "metadataPrefix": "oai_dc",
        "set": "a+b c:d/é&f%20",
        "from": "2026-01-01T00:00:00Z",
    }


def test_a_token_goes_alone_and_encoded_once():
    _, server = harvest(reply(PAGE), token="a+b/c=d%3D&é|x")
    assert server.queries == [{"verb": "ListRecords", "resumptionToken": "a+b/c=d%3D&é|x"}]


def test_arguments_in_the_configured_address_stay_but_not_those_of_the_protocol():
    with Server([reply(PAGE)]) as server:
        settings = Access(url=server.url + "?page=oai&verb=Identify", allow_private=True)
        with Provider(settings) as provider:
            provider.page(DC)
        assert server.queries == [{"page": "oai", "verb": "ListRecords", "metadataPrefix": "oai_dc"}]


def test_a_refused_token_is_tried_once_as_it_stands_and_then_always_so():
    def answer(request):
        return reply(PAGE if "resumptionToken=1!a/b" in request.target else error("badResumptionToken"))

    with Server(answer) as server, Provider(access(server)) as provider:
        assert len(provider.page(DC, "1!a/b").records) == 2
        assert len(provider.page(DC, "1!a/b").records) == 2
        assert len(server.requests) == 3


def test_an_expired_token_is_an_error_of_the_protocol():
    with (
        Server([reply(error("badResumptionToken"))]) as server,
        Provider(access(server)) as provider,
        pytest.raises(ProtocolError) as caught,
    ):
        provider.page(DC, "a/b")
    assert caught.value.code == "badResumptionToken"
    assert len(server.requests) == 2


def test_a_token_that_encoding_does_not_change_is_asked_once():
    with Server([reply(error("badResumptionToken"))]) as server, Provider(access(server)) as provider:
        with pytest.raises(ProtocolError):
            provider.page(DC, "abc")
        assert provider.requests == 1


@pytest.mark.parametrize("status", [200, 404, 422, 500])
def test_nothing_matches_is_an_empty_page_under_any_status(status):
    page, server = harvest(reply(error("noRecordsMatch"), status))
    assert (page.records, page.token, page.response_date) == ((), None, "2026-02-03T04:05:06Z")
    assert len(server.requests) == 1


def test_headers_only():
    rows = '<header status="deleted"><identifier>oai:x:1</identifier><datestamp>2026</datestamp></header>'
    with Server([reply(listing(rows, verb="ListIdentifiers"))]) as server, Provider(access(server)) as provider:
        (raw,) = provider.identifiers(DC).records
    assert (raw.identifier, raw.deleted, raw.payload) == ("oai:x:1", True, None)


def test_one_record():
    with Server([reply(listing(record(7), verb="GetRecord"))]) as server, Provider(access(server)) as provider:
        page = provider.record("oai:x:7", "oai_dc")
    assert [raw.identifier for raw in page.records] == ["oai:x:7"]
    assert server.queries == [{"verb": "GetRecord", "identifier": "oai:x:7", "metadataPrefix": "oai_dc"}]


@pytest.mark.parametrize("answer", [listing(verb="GetRecord"), error("noRecordsMatch"), error("idDoesNotExist")])
def test_no_record_of_that_name(answer: str):
    with (
        Server([reply(answer)]) as server,
        Provider(access(server)) as provider,
        pytest.raises(ProtocolError) as caught,
    ):
        provider.record("oai:x:7", "oai_dc")
    assert caught.value.code == "idDoesNotExist"


def test_another_record_than_asked_for():
    with (
        Server([reply(listing(record(8), verb="GetRecord"))]) as server,
        Provider(access(server)) as provider,
        pytest.raises(BadAnswer, match="another, oai:x:8"),
    ):
        provider.record("oai:x:7", "oai_dc")


def test_identify_formats_and_sets():
    said = {
        "Identify": envelope("<Identify><repositoryName>Bees</repositoryName></Identify>"),
        "ListMetadataFormats": envelope(
            "<ListMetadataFormats><metadataFormat><metadataPrefix>jats</metadataPrefix></metadataFormat>"
            "</ListMetadataFormats>"
        ),
        "ListSets": envelope("<ListSets><set><setSpec>a</setSpec><setName>A</setName></set></ListSets>"),
    }
    with Server(lambda request: reply(said[request.query["verb"]])) as server, Provider(access(server)) as provider:
        assert provider.identify().repository == "Bees"
        assert provider.formats() == (Format("jats"),)
        assert provider.sets() == (SetInfo("a", "A"),)


def test_sets_over_pages_with_a_token_that_never_ends():
    def answer(request):
        number = int(request.query.get("resumptionToken", "0"))
        row = f"<set><setSpec>s{min(number, 2)}</setSpec></set>"
        return reply(listing(row, token=str(number + 1), verb="ListSets"))

    with Server(answer) as server, Provider(access(server)) as provider:
        assert [row.spec for row in provider.sets()] == ["s0", "s1", "s2"]


def test_sets_over_pages_whose_token_is_always_the_same():
    pages = iter(range(4))

    def answer(_):
        number = next(pages)
        row = f"<set><setSpec>s{number}</setSpec></set>"
        return reply(listing(row, token="session" if number < 3 else "", verb="ListSets"))

    with Server(answer) as server, Provider(access(server)) as provider:
        assert [row.spec for row in provider.sets()] == ["s0", "s1", "s2", "s3"]


def test_no_set_hierarchy_is_no_sets():
    with Server([reply(error("noSetHierarchy"))]) as server, Provider(access(server)) as provider:
        assert provider.sets() == ()


def test_an_answer_to_another_question_is_refused():
    fault, *_ = refused(reply(envelope("<Identify/>")))
    assert isinstance(fault, BadAnswer)
    assert "another question than ListRecords" in str(fault)
