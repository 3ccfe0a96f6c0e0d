"""JATS and Dublin Core together: what either format of a record has is in the deposit, and nothing else is."""

from __future__ import annotations

import re
from collections import Counter

import pytest
from lxml import etree

from harvester.crossref import deposit as crossref
from harvester.crossref.versions import DEFAULT
from harvester.findings import is_blocking
from harvester.mapping import ArticleMapper
from harvester.model import Batch, Hints, JournalFacts, Policy, RawRecord
from harvester.oai import pages
from harvester.xmltools import parse
from tests.fidelity import test_jats, test_oai_dc
from tests.fidelity.comparison import Comparison
from tests.fidelity.facts import Facts, below, deposit_facts, fold, lost_affiliations, source_facts, words

pytestmark = pytest.mark.slow

FORMATS = ("jats", "oai_dc")
FACTS = JournalFacts(issn_electronic="2049-3630", landing_page=test_jats.LANDING)
MAPPER = ArticleMapper(
    Hints(journals={"2049-3630": FACTS}, organizations=("The COVID-19 Working Group",)),
    Policy(today="2026-11-24", doi_prefixes=("10.5555",), journals={"2049-3630": FACTS}),
)
PAGE = re.compile(r"[A-Za-z]{0,2}\d+")


def recorded_pairs(shared, provider: str) -> dict[str, dict[str, RawRecord]]:
    """The records of a provider that are recorded in both formats."""
    found: dict[str, dict[str, RawRecord]] = {}
    for prefix in FORMATS:
        for path in sorted((shared / "data" / "recorded" / provider).glob(f"ListRecords-{prefix}-*.xml")):
            for raw in pages.page(pages.read(path.read_bytes()), "ListRecords").records:
                if raw.payload:
                    found.setdefault(raw.identifier, {})[prefix] = raw
    return {identifier: live for identifier, live in found.items() if len(live) == len(FORMATS)}


def core_facts(record: etree._Element) -> Facts:
    """People, year, licence, DOI, volume and issue, and every page in Dublin Core."""
    facts = Counter(
        fact for fact in test_oai_dc.source_facts(record) if fact[0] in ("person", "year", "licence", "doi")
    )
    sources = [words(node) for node in record.iter("{*}source") if ";" in words(node)]
    extents = [words(node) for node in record.iter("{*}format.extent")]
    placed = [source.rpartition(";")[2] for source in sources if source.count(";") > 1] + extents
    facts.update({("page", fold(page)) for value in placed for page in PAGE.findall(value)})
    numbers = [match for source in sources for match in re.findall(r"(Vol|No)\. ?(\w+)", source)]
    facts.update({("volume" if label == "Vol" else "issue", fold(number)) for label, number in numbers})
    return facts


def merged_facts(deposit: etree._Element) -> Facts:
    facts = test_oai_dc.deposit_facts(deposit)
    numbers = " ".join(words(node) for pages in deposit.iter("{*}pages") for node in pages)
    facts.update({("page", fold(page)) for page in PAGE.findall(numbers)})
    facts.update({("page", fold(words(node))) for node in deposit.iter("{*}item_number")})
    facts.update(fact for fact in deposit_facts(deposit) if fact[0] in ("volume", "issue"))
    return facts


@pytest.mark.parametrize("provider", ["ojs34-testj", "janeway-testj"])
def test_what_either_format_has_is_in_the_deposit(shared, provider):
    comparison = Comparison()
    for identifier, live in recorded_pairs(shared, provider).items():
        reading = MAPPER.check(MAPPER.read(live))
        assert reading.article is not None
        if blocking := [finding.code for finding in reading.findings if is_blocking(finding)]:
            comparison.count_held_back(identifier, blocking)
            continue
        codes = [finding.code for finding in reading.findings]
        batch = Batch(id="fidelity", timestamp=20261124120000000, schema_version=DEFAULT)
        deposit = etree.fromstring(crossref.build([reading.article], batch, test_jats.SETTINGS))
        jats, core = (parse(live[prefix].payload or b"") for prefix in FORMATS)
        article = next(jats.iter("{*}article"))
        comparison.compare_facts(identifier, source_facts(article), deposit_facts(deposit), codes)
        comparison.compare_facts(identifier, core_facts(core), merged_facts(deposit), codes)
        assert not lost_affiliations(article, deposit), identifier
        both = etree.Element("both")
        both.extend([article, core])
        comparison.search_source(identifier, both, deposit)
        comparison.kept["affiliation"] += len(below(article, "front", "article-meta", "contrib-group"))
    comparison.assert_faithful()
    assert set(comparison.held) <= {"doi-missing"}
    for kind in ("page", "first_page", "volume", "issue", "licence", "person", "year", "affiliation"):
        assert comparison.kept[kind] >= 10, kind
