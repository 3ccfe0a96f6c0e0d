"""The same for Dublin Core: every title, creator, description, date and licence is deposited, nothing else is."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from lxml import etree

from harvester import formats, rules
from harvester.crossref import deposit as crossref
from harvester.crossref.versions import DEFAULT
from harvester.findings import is_blocking
from harvester.identifiers import clean_issn
from harvester.mapping import assembly
from harvester.model import Batch, Hints, JournalFacts, Policy, RawRecord
from harvester.oai import pages
from tests.fidelity.comparison import Comparison
from tests.fidelity.facts import Facts, below, fold, licence_key, local, words
from tests.fidelity.test_jats import LANDING, SETTINGS
from tests.workbench import prefixes_in

pytestmark = pytest.mark.slow

READ = ("title", "creator", "description", "date", "rights", "identifier")
DOI = re.compile(r"(https?://(dx\.)?doi\.org/)?10\.\d{4,9}/\S+$")
LICENCE = re.compile(r"https?://creativecommons\.org/[^\s\"'<>]+")
ISSN = re.compile(rb"\b\d{4}-\d{3}[\dXx]\b")


def recorded_records(shared: Path) -> Iterator[tuple[str, RawRecord]]:
    """Every Dublin Core record in the recorded data that can be read as a page of OAI-PMH."""
    folder = shared / "data"
    for path in sorted([*folder.glob("oai/*.xml"), *folder.glob("recorded/*/ListRecords-oai_dc-*.xml")]):
        try:
            document = pages.read(path.read_bytes())
            verb = next(local(node) for node in document.root if local(node) in ("ListRecords", "GetRecord"))
            records = pages.page(document, verb).records
        except Exception as error:  # not a page of records: other tests cover it
            print("no page", path.name, type(error).__name__)
            continue
        for raw in records:
            if raw.payload is not None and b"creator" in raw.payload:
                yield f"{path.parent.name}/{path.stem} {raw.identifier}", raw


def deposit_of(raw: RawRecord, version: str = DEFAULT) -> tuple[bytes | None, tuple[str, ...]]:
    """The deposit of a record with its journal configured, or the codes that hold it back."""
    payload = raw.payload or b""
    issns = {issn for match in ISSN.findall(payload) if (issn := clean_issn(match.decode()))}
    journals = {issn: JournalFacts(issn_electronic=issn, landing_page=LANDING) for issn in issns}
    hints = Hints(journals=journals)
    reading = assembly.assemble({"oai_dc": formats.read(raw, hints)}, hints)
    if reading.article is None:
        return None, tuple(finding.code for finding in reading.findings)
    policy = Policy(today="2026-11-24", doi_prefixes=tuple(prefixes_in(payload)), journals=journals)
    findings = (*reading.findings, *rules.check(reading.article, policy))
    if blocking := tuple(finding.code for finding in findings if is_blocking(finding)):
        return None, blocking
    batch = Batch(id="fidelity", timestamp=20261124120000000, schema_version=version)
    return crossref.build([reading.article], batch, SETTINGS), tuple(finding.code for finding in findings)


def source_facts(record: etree._Element) -> Facts:
    values = [(local(node), node.text or "") for node in record.iter() if local(node) in READ]
    titles = {("title", fold(text)) for kind, text in values if kind == "title"}
    abstracts = {("abstract", fold(text)) for kind, text in values if kind == "description"}
    people = {("person", name_key(text)) for kind, text in values if kind == "creator"}
    years = {("year", text.strip()[:4]) for kind, text in values if kind == "date"}
    licences = {
        ("licence", licence_key(url)) for kind, text in values if kind == "rights" for url in LICENCE.findall(text)
    }
    dois = {
        ("doi", fold(text.rpartition("doi.org/")[2]))
        for kind, text in values
        if kind == "identifier" and DOI.match(text)
    }
    return Counter(fact for fact in titles | abstracts | people | years | licences | dois if fact[1])


def deposit_facts(deposit: etree._Element) -> Facts:
    (article,) = (node for node in deposit.iter() if local(node) == "journal_article")
    facts = {("title", fold(words(node, ()))) for node in below(article, "titles", "title")}
    facts |= {("abstract", fold(words(node, ()))) for node in below(article, "abstract")}
    people = [node for group in below(article, "contributors") for node in group]
    facts |= {("person", name_key(words(node, ("affiliations", "ORCID", "alt-name")))) for node in people}
    facts |= {
        ("person", name_key(words(node, ()))) for person in people for alt in below(person, "alt-name") for node in alt
    }
    facts |= {("year", words(node)) for node in below(article, "publication_date", "year")}
    facts |= {("licence", licence_key(words(node))) for node in article.iter() if local(node) == "license_ref"}
    facts |= {("doi", fold(words(node))) for node in below(article, "doi_data", "doi")}
    return Counter(facts)


def name_key(name: str) -> str:
    """The letters of a name, independent of the order of its parts."""
    return "".join(sorted(fold(name)))


def test_everything_in_the_record_is_in_the_deposit(shared):
    comparison = Comparison()
    for name, raw in recorded_records(shared):
        deposit, codes = deposit_of(raw)
        if deposit is None:
            comparison.count_held_back(name, codes)
            continue
        source, deposit_tree = etree.fromstring(raw.payload or b""), etree.fromstring(deposit)
        comparison.compare_facts(name, source_facts(source), deposit_facts(deposit_tree), codes)
        comparison.search_source(name, source, deposit_tree)
    comparison.assert_faithful()
    assert comparison.kept["title"] > 100
