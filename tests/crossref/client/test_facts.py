"""What a deposit says, compared with what the stand-in shows of it: an untouched deposit is never another one."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import assume, given
from lxml import etree
from msgspec.structs import replace

from harvester import rules
from harvester.answers import Facts, HeldRecord
from harvester.crossref.client import facts
from harvester.crossref.client.works import read_held
from harvester.findings import is_blocking
from harvester.identifiers import doi_prefix, fold_doi
from harvester.model import Article, Policy
from harvester.registration.drift import Drift, Sent, compared
from harvester.standin import unixsd
from harvester.standin.accounts import Account
from harvester.standin.processing import Job, process
from harvester.standin.registry import Registry
from harvester.xmltools import parse
from tests.crossref.deposit.deposits import build
from tests.strategies import articles, of_articles

FIXTURES = sorted((Path(__file__).parents[1] / "deposit" / "articles").glob("*.xml"))
NOW = datetime(2026, 1, 2, tzinfo=UTC)
PREFIXES = ("10.5555", "10.48015")
POLICY = Policy(today="2026-01-02", doi_prefixes=PREFIXES)
ACCOUNT = Account(login="demo", password="demo", prefixes=PREFIXES)


def registered(data: bytes) -> Registry:
    """What the stand-in holds after a file. It validates nothing, because its schema is tested elsewhere."""
    registry = Registry()
    prefixes = {doi_prefix(doi) for doi in facts.of_file(data)}
    account = Account(login="demo", password="demo", prefixes=tuple(prefixes))
    process(data, Job(account=account, submission=1, at=NOW), registry, validate=lambda *_: [])
    return registry


def drifts(data: bytes, change: Callable[[etree._Element], None] = lambda _: None) -> list[Drift]:
    """What differs after each record at the stand-in was changed in place."""
    registry, found = registered(data), []
    for doi, ours in facts.of_file(data).items():
        record = registry.record(doi)
        assert record is not None, doi
        root = parse(record.newest.xml, huge=True)
        change(root)
        version = replace(record.newest, xml=etree.tostring(root))
        held = read_held(unixsd.resolved(record, version, ACCOUNT))
        assert held is not None
        assert held.record is not None
        assert held.version is not None
        theirs = HeldRecord(
            doi=held.doi, version=held.version, owner=held.owner_prefix, facts=facts.of_record(held.record, doi)
        )
        sent = Sent(doi=doi, held=held.version, versions=(held.version,), facts={held.version: ours})
        found.extend(compared(sent, theirs, (), NOW))
    return found


@pytest.mark.parametrize("path", FIXTURES, ids=lambda path: path.stem)
def test_an_untouched_fixture_does_not_differ(path: Path):
    data = path.read_bytes()
    assert facts.of_file(data)
    assert drifts(data) == []


@pytest.mark.slow
@of_articles
@given(articles())
def test_an_untouched_article_does_not_differ(article: Article):
    assume(not any(is_blocking(finding) for finding in rules.check(article, POLICY)))
    data = build(article)
    assert list(facts.of_file(data)) == [fold_doi(article.doi or "")]
    assert drifts(data) == []


WHOLE = b"""<doi_batch xmlns="http://www.crossref.org/schema/5.4.0" xmlns:jats="http://www.ncbi.nlm.nih.gov/JATS1"
 xmlns:ai="http://www.crossref.org/AccessIndicators.xsd" version="5.4.0"><head><doi_batch_id>b</doi_batch_id>
<timestamp>20260102030405678</timestamp><depositor><depositor_name>n</depositor_name>
<email_address>a@example.org</email_address></depositor><registrant>r</registrant></head><body><journal>
<journal_metadata language="en"><full_title>Lamps</full_title><issn media_type="print">00000108</issn>
</journal_metadata><journal_issue><publication_date media_type="other"><year>2024</year></publication_date>
<journal_volume><volume>3</volume></journal_volume><issue>1</issue></journal_issue>
<journal_article publication_type="full_text"><titles>
<title>On <i>lamps</i></title><subtitle>A study</subtitle></titles>
<contributors><person_name sequence="first"><given_name>Ada</given_name><surname>Adams</surname>
<ORCID authenticated="true">https://orcid.org/0000-0002-1825-0097</ORCID><role vocab="crossref" type="author"/>
</person_name><person_name sequence="additional"><surname>Brown</surname>
<role vocab="crossref" type="editor"/></person_name>
</contributors><jats:abstract><jats:p>All about <jats:italic>lamps</jats:italic>.</jats:p></jats:abstract>
<publication_date media_type="online"><month>05</month><day>01</day><year>2024</year></publication_date>
<pages><first_page>10</first_page><last_page>19</last_page></pages>
<publisher_item><item_number item_number_type="article_number">e7</item_number></publisher_item>
<ai:program name="AccessIndicators"><ai:license_ref>https://creativecommons.org/licenses/by/4.0/</ai:license_ref>
</ai:program><doi_data><doi>10.5555/lamps.1</doi><resource>https://example.org/1</resource></doi_data>
<citation_list><citation key="r1"><unstructured_citation>A book.</unstructured_citation></citation></citation_list>
</journal_article></journal></body></doi_batch>"""
FIELDS = [
    ("landing_page", "{*}resource", "http://example.org/1"),  # another scheme is another address
    ("title", "{*}titles/{*}title", "Under lamps"),
    ("subtitle", "{*}subtitle", "Another study"),
    ("journal", "{*}full_title", "LAMPS"),
    ("issn", "{*}issn", "00000116"),
    ("volume", "{*}volume", "4"),
    ("issue", "{*}issue", "2"),
    ("pages", "{*}last_page", "18"),
    ("article_number", "{*}item_number", "e8"),
    ("authors", "{*}given_name", "Eve"),
    ("contributors", "{*}person_name[2]/{*}surname", "Black"),
    ("orcid", "{*}ORCID", "https://orcid.org/0000-0001-5109-3700"),
    ("dates", "{*}journal_article/{*}publication_date/{*}day", "02"),
    ("license", "{*}license_ref", "https://creativecommons.org/licenses/by/3.0/"),
    ("abstract", "{*}abstract/{*}p", "All about candles."),
]


def found_in(root: etree._Element, path: str) -> etree._Element:
    return next(root.iterfind(f".//{path}"))


@pytest.mark.parametrize(("field", "path", "value"), FIELDS, ids=[row[0] for row in FIELDS])
def test_one_changed_field_is_that_drift_alone(field: str, path: str, value: str):
    def change(root: etree._Element) -> None:
        element = found_in(root, path)
        for child in list(element):
            element.remove(child)
        element.text = value

    (drift,) = drifts(WHOLE, change)
    assert (drift.kind, drift.field) == ("field", field)
    assert drift.ours
    assert drift.theirs
    assert drift.ours != drift.theirs
    assert drift.held_version == 20260102030405678


def test_a_reference_less_is_a_drift():
    def change(root: etree._Element) -> None:
        found_in(root, "{*}citation_list").clear()

    (drift,) = drifts(WHOLE, change)
    assert (drift.field, drift.ours, drift.theirs) == ("references", ("1",), ("0",))


REWRITTEN = [
    ("{*}issn", "0000-0108"),
    ("{*}ORCID", "http://orcid.org/0000-0002-1825-0097"),
    ("{*}license_ref", "http://creativecommons.org/licenses/by/4.0"),
    ("{*}doi_data/{*}doi", "10.5555/LAMPS.1"),
    ("{*}journal_article/{*}publication_date/{*}month", "5"),
    ("{*}titles/{*}title/{*}i", "lamps "),
    ("{*}abstract/{*}p/{*}italic", "\n  lamps"),
]


@pytest.mark.parametrize(("path", "value"), REWRITTEN)
def test_the_same_fact_in_another_form_is_not_a_drift(path: str, value: str):
    def change(root: etree._Element) -> None:
        found_in(root, path).text = value

    assert drifts(WHOLE, change) == []


def test_an_abstract_without_its_markup_is_the_same():
    def change(root: etree._Element) -> None:
        abstract = found_in(root, "{*}abstract")
        words = "".join(map(str, abstract.itertext()))
        for child in list(abstract):
            abstract.remove(child)
        abstract.text = words

    assert drifts(WHOLE, change) == []


def test_long_abstracts_that_differ_at_the_end_differ():
    def facts_of(text: str) -> Facts:
        return facts.of_file(WHOLE.replace(b"All about", text.encode()))["10.5555/lamps.1"]

    one, other = facts_of("word " * 100 + "x"), facts_of("word " * 100 + "y")
    assert one["abstract"] != other["abstract"]
    assert len(one["abstract"][0]) < 350


def test_what_is_not_an_article_has_no_facts():
    assert facts.of_record(b"<doi_record><crossref><book/></crossref></doi_record>", "10.5555/a") == {}
