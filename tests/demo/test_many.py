from __future__ import annotations

from lxml import etree

from harvester.demo.provider import Repository
from tests.demo.many import many

DC = {"dc": "http://purl.org/dc/elements/1.1/"}
J = {"j": "https://jats.nlm.nih.gov/publishing/1.1/"}


def test_generated_records_are_unique() -> None:
    records = [*many(300), *many(300, seed=1)]
    assert len({record.identifier for record in records}) == 600
    pages = [etree.fromstring(record.metadata["oai_dc"]) for record in records]
    assert len({page.findtext("dc:identifier[2]", namespaces=DC) for page in pages}) == 600
    titles = [page.findtext("dc:title", namespaces=DC) for page in pages]
    assert len(set(titles[:300])) == 300


def test_both_formats_have_the_same_values() -> None:
    record = many(100_000)[99_999]
    core, article = etree.fromstring(record.metadata["oai_dc"]), etree.fromstring(record.metadata["jats"])
    doi = article.findtext(".//j:article-id[@pub-id-type='doi']", namespaces=J)
    assert doi == core.findtext("dc:identifier[2]", namespaces=DC) == "10.5555/many.0.99999"
    title = article.findtext(".//j:article-title", namespaces=J)
    assert title == core.findtext("dc:title", namespaces=DC)
    assert title is not None
    assert "99999 < 100000" in title


def test_a_million_records_are_created_on_request() -> None:
    records = many(1_000_000)
    assert len(records) == 1_000_000
    assert records[-1].identifier.endswith("/999999")
    assert [one.identifier for one in records[5:7]] == [records[5].identifier, records[6].identifier]


def test_records_have_references_and_are_reproducible() -> None:
    record = many(5, seed=3, references=39)[4]
    article = etree.fromstring(record.metadata["jats"])
    assert len(article.findall(".//j:mixed-citation", J)) == 39
    assert many(5, seed=3, references=39)[4].metadata["jats"] == record.metadata["jats"]


def test_repository_serves_generated_records() -> None:
    answer = Repository(many(250)).answer("x", [("verb", "ListRecords"), ("metadataPrefix", "jats")])
    root = etree.fromstring(answer)
    token = root.find(".//{*}resumptionToken")
    assert token is not None
    assert token.get("completeListSize") == "250"
    assert len(root.findall(".//{*}record")) == 100
