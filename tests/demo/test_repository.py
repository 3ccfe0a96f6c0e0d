"""The protocol without a network: every verb and every error."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from urllib.parse import parse_qsl

import pytest
from lxml import etree

from harvester.demo.provider import Repository
from tests.demo.conftest import NOW, record

NS = {"o": "http://www.openarchives.org/OAI/2.0/"}
URL = "http://127.0.0.1:1/oai"


def ask(repository: Repository, query: str) -> etree._Element:
    root = etree.fromstring(repository.answer(URL, parse_qsl(query, keep_blank_values=True)))
    assert root.tag == "{http://www.openarchives.org/OAI/2.0/}OAI-PMH"
    assert root.findtext("o:responseDate", namespaces=NS) == "2024-05-06T07:08:09Z"
    assert root.findtext("o:request", namespaces=NS) == URL
    return root


def error(repository: Repository, query: str) -> str:
    root = ask(repository, query)
    found = root.findall("o:error", NS)
    assert len(found) == 1
    assert len(root) == 3
    assert found[0].text
    return str(found[0].get("code"))


def numbers(root: etree._Element) -> list[int]:
    """The numbers of the records on a page."""
    return [int(str(found.text).rpartition(":")[2]) for found in root.iterfind(".//o:header/o:identifier", NS)]


def walk(repository: Repository, query: str) -> Iterator[list[int]]:
    """Every page of a list."""
    verb = query.partition("&")[0]
    while True:
        root = ask(repository, query)
        yield numbers(root)
        token = root.findtext(".//o:resumptionToken", namespaces=NS)
        if not token:
            return
        query = f"{verb}&resumptionToken={token}"


def test_identify(repository: Repository) -> None:
    root = ask(repository, "verb=Identify")
    said = {etree.QName(child).localname: child.text for child in root.iterfind("o:Identify/*", NS)}
    assert said == {
        "repositoryName": "Demonstration repository",
        "baseURL": URL,
        "protocolVersion": "2.0",
        "adminEmail": "demo@example.org",
        "earliestDatestamp": "2024-01-01T12:00:00Z",
        "deletedRecord": "persistent",
        "granularity": "YYYY-MM-DDThh:mm:ssZ",
        "compression": "gzip",
    }


def test_formats_of_the_repository_and_of_an_item(repository: Repository) -> None:
    def prefixes(query: str) -> list[str | None]:
        return [found.text for found in ask(repository, query).iterfind(".//o:metadataPrefix", NS)]

    assert prefixes("verb=ListMetadataFormats") == ["oai_dc", "jats"]
    assert prefixes("verb=ListMetadataFormats&identifier=oai:test.example.org:4") == ["oai_dc"]


def test_sets_with_their_names(repository: Repository) -> None:
    root = ask(repository, "verb=ListSets")
    names = [found.text for found in root.iterfind(".//o:setName", NS)]
    assert names == ["Bees", "Honey & wax", "Wasps"]


def test_record_has_header_and_metadata(repository: Repository) -> None:
    query = "verb=GetRecord&identifier=oai:test.example.org:5&metadataPrefix=jats"
    root = ask(repository, query)
    request = root.find("o:request", NS)
    assert request is not None
    assert dict(request.items()) == dict(parse_qsl(query))
    assert root.findtext(".//o:datestamp", namespaces=NS) == "2024-01-05T12:00:00Z"
    assert root.findtext(".//o:setSpec", namespaces=NS) == "bees:honey"
    assert root.findtext(".//o:metadata/{urn:x}jats", namespaces=NS) == "5"


def test_deleted_record_has_only_a_header(repository: Repository) -> None:
    root = ask(repository, "verb=GetRecord&identifier=oai:test.example.org:3&metadataPrefix=jats")
    found = root.find(".//o:record", NS)
    assert found is not None
    assert [etree.QName(child).localname for child in found] == ["header"]
    assert found[0].get("status") == "deleted"


@pytest.mark.parametrize(
    ("query", "pages"),
    [
        ("metadataPrefix=oai_dc", [[1, 2, 3, 4], [5, 6, 7, 8], [9, 10]]),
        ("metadataPrefix=jats", [[1, 2, 3, 5], [6, 7, 8, 9], [10]]),
        ("metadataPrefix=oai_dc&set=bees", [[1, 3, 5, 7], [9]]),
        ("metadataPrefix=oai_dc&set=bees:honey", [[1, 3, 5, 7], [9]]),
        ("metadataPrefix=oai_dc&set=wasps&from=2024-01-04", [[4, 6, 8, 10]]),
        ("metadataPrefix=oai_dc&from=2024-01-09", [[9, 10]]),
        ("metadataPrefix=oai_dc&until=2024-01-02", [[1, 2]]),
        ("metadataPrefix=oai_dc&from=2024-01-04&until=2024-01-04", [[4]]),
        ("metadataPrefix=oai_dc&from=2024-01-05T12:00:00Z&until=2024-01-06T11:59:59Z", [[5]]),
        ("metadataPrefix=oai_dc&from=2024-01-05T12:00:01Z&until=2024-01-06T12:00:00Z", [[6]]),
        ("metadataPrefix=oai_dc&until=9999-12-31&from=2024-01-10", [[10]]),
    ],
)
@pytest.mark.parametrize("verb", ["ListRecords", "ListIdentifiers"])
def test_lists_are_paged_to_their_end(repository: Repository, verb: str, query: str, pages: list[list[int]]) -> None:
    assert list(walk(repository, f"verb={verb}&{query}")) == pages


def test_tokens_have_cursor_and_list_size(repository: Repository) -> None:
    seen = []
    query = "verb=ListIdentifiers&metadataPrefix=oai_dc"
    while query:
        token = ask(repository, query).find(".//o:resumptionToken", NS)
        assert token is not None
        seen.append((token.get("cursor"), token.get("completeListSize"), token.get("expirationDate")))
        query = f"verb=ListIdentifiers&resumptionToken={token.text}" if token.text else ""
    tomorrow = "2024-05-07T07:08:09Z"
    assert seen == [("0", "10", tomorrow), ("4", "10", tomorrow), ("8", "10", None)]


def test_list_on_one_page_has_no_token(repository: Repository) -> None:
    assert (
        ask(repository, "verb=ListRecords&metadataPrefix=oai_dc&until=2024-01-04").find(".//o:resumptionToken", NS)
        is None
    )


GET = "verb=GetRecord&metadataPrefix=oai_dc"
LIST = "verb=ListRecords&metadataPrefix=oai_dc"


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("", "badVerb"),
        ("metadataPrefix=oai_dc", "badVerb"),
        ("verb=", "badVerb"),
        ("verb=identify", "badVerb"),
        ("verb=Identify&verb=Identify", "badVerb"),
        ("verb=Identify&identifier=1", "badArgument"),
        ("verb=GetRecord&identifier=oai:test.example.org:1", "badArgument"),
        (GET, "badArgument"),
        ("verb=ListRecords", "badArgument"),
        (f"{LIST}&metadataPrefix=oai_dc", "badArgument"),
        (f"{LIST}&set=", "badArgument"),
        (f"{LIST}&resumptionToken=x", "badArgument"),
        (f"{LIST}&size=3", "badArgument"),
        (f"{LIST}&from=yesterday", "badArgument"),
        (f"{LIST}&from=2024-1-1", "badArgument"),
        (f"{LIST}&from=2024-02-30", "badArgument"),
        (f"{LIST}&from=2024-01-01T12:00Z", "badArgument"),
        (f"{LIST}&from=2024-01-02&until=2024-01-01", "badArgument"),
        (f"{LIST}&from=2024-01-01&until=2024-01-02T00:00:00Z", "badArgument"),
        (f"{LIST}&set=%01", "badArgument"),
        ("verb=ListMetadataFormats&set=bees", "badArgument"),
        ("verb=ListMetadataFormats&resumptionToken=x", "badArgument"),
        ("verb=ListRecords&metadataPrefix=mods", "cannotDisseminateFormat"),
        ("verb=GetRecord&identifier=oai:test.example.org:1&metadataPrefix=mods", "cannotDisseminateFormat"),
        ("verb=GetRecord&identifier=oai:test.example.org:4&metadataPrefix=jats", "cannotDisseminateFormat"),
        (f"{GET}&identifier=oai:test.example.org:11", "idDoesNotExist"),
        ("verb=ListMetadataFormats&identifier=%00%01", "badArgument"),
        ("verb=ListMetadataFormats&identifier=11", "idDoesNotExist"),
        ("verb=ListMetadataFormats&identifier=oai:test.example.org:3", "noMetadataFormats"),
        (f"{LIST}&from=2024-01-11", "noRecordsMatch"),
        (f"{LIST}&until=2023-12-31", "noRecordsMatch"),
        (f"{LIST}&set=bee", "noRecordsMatch"),
        ("verb=ListRecords&resumptionToken=", "badResumptionToken"),
        ("verb=ListRecords&resumptionToken=nonsense", "badResumptionToken"),
        ("verb=ListRecords&resumptionToken=Ж%00", "badResumptionToken"),
        ("verb=ListSets&resumptionToken=nonsense", "badResumptionToken"),
    ],
)
def test_errors_of_the_protocol(repository: Repository, query: str, code: str) -> None:
    assert error(repository, query) == code
    shown = ask(repository, query).find("o:request", NS)
    assert shown is not None
    assert (len(shown.attrib) == 0) == (code in ("badVerb", "badArgument"))


def test_token_belongs_to_its_verb_and_expires(repository: Repository) -> None:
    token = ask(repository, LIST).findtext(".//o:resumptionToken", namespaces=NS)
    assert error(repository, f"verb=ListIdentifiers&resumptionToken={token}") == "badResumptionToken"
    repository.clock = lambda: NOW + timedelta(hours=24)
    root = etree.fromstring(repository.answer(URL, [("verb", "ListRecords"), ("resumptionToken", str(token))]))
    assert root.find("o:error", NS).get("code") == "badResumptionToken"  # type: ignore[union-attr]


def test_granularity_of_days(repository: Repository) -> None:
    repository.granularity = "day"
    assert ask(repository, "verb=Identify").findtext(".//o:granularity", namespaces=NS) == "YYYY-MM-DD"
    assert error(repository, f"{LIST}&from=2024-01-05T12:00:00Z") == "badArgument"
    root = ask(repository, f"{LIST}&from=2024-01-05&until=2024-01-05")
    assert root.findtext(".//o:datestamp", namespaces=NS) == "2024-01-05"


def test_repository_without_deletions(repository: Repository) -> None:
    repository.deleted_record = "no"
    assert list(walk(repository, LIST)) == [[1, 2, 4, 5], [6, 7, 8, 9], [10]]
    assert error(repository, f"{GET}&identifier=oai:test.example.org:3") == "idDoesNotExist"


def test_repository_without_sets(repository: Repository) -> None:
    repository.sets = ()
    assert error(repository, "verb=ListSets") == "noSetHierarchy"
    assert error(repository, f"{LIST}&set=bees") == "noSetHierarchy"


def test_empty_repository() -> None:
    empty = Repository(clock=lambda: NOW)
    assert error(empty, LIST) == "noRecordsMatch"
    assert ask(empty, "verb=Identify").findtext(".//o:earliestDatestamp", namespaces=NS) == "2024-05-06T07:08:09Z"


def test_records_are_added_and_replaced(repository: Repository) -> None:
    repository.put(record(5, deleted=True))
    repository.put(record(11))
    assert list(walk(repository, LIST)) == [[1, 2, 3, 4], [5, 6, 7, 8], [9, 10, 11]]
    root = ask(repository, f"{GET}&identifier=oai:test.example.org:5")
    assert root.find(".//o:header", NS).get("status") == "deleted"  # type: ignore[union-attr]


def test_echoed_arguments_are_escaped(repository: Repository) -> None:
    root = ask(repository, f"{GET}&identifier=%22%3E%3Cx%26")
    assert root.find("o:request", NS).get("identifier") == '"><x&'  # type: ignore[union-attr]
