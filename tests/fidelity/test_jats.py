"""The article in the deposit equals the article in the source: nothing Crossref supports is lost, nothing invented."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from lxml import etree

from harvester import formats, rules
from harvester.crossref import deposit as crossref
from harvester.crossref.settings import CrossrefSettings
from harvester.crossref.versions import DEFAULT
from harvester.findings import is_blocking
from harvester.identifiers import clean_issn
from harvester.mapping import assembly
from harvester.model import Batch, Hints, JournalFacts, Policy, RawRecord
from harvester.xmltools import parse
from tests.fidelity.comparison import Comparison
from tests.fidelity.facts import (
    citation_count,
    deposit_facts,
    lost_affiliations,
    reference_count,
    source_facts,
    surnames,
)
from tests.workbench import ISSN, prefixes_in

pytestmark = pytest.mark.slow

LANDING = "https://journal.example.org/doi/{doi}"
SETTINGS = CrossrefSettings(depositor_name="D", depositor_email="d@example.org", registrant="R")


def recorded_articles(shared: Path) -> Iterator[tuple[str, bytes]]:
    """Every JATS article in the recorded data, with a name to find it by."""
    for path in sorted((shared / "data" / "jats").iterdir()):
        yield path.name, path.read_bytes()
    for path in sorted((shared / "data" / "recorded").glob("*/ListRecords-jats-*.xml")):
        for number, article in enumerate(parse(path.read_bytes()).iter("{*}article")):
            yield f"{path.parent.name}/{path.stem}#{number}", etree.tostring(article, with_tail=False)


def deposit_of(data: bytes, version: str = DEFAULT) -> tuple[bytes | None, tuple[str, ...]]:
    """The deposit of an article, or the codes that hold it back."""
    issns = {issn for match in ISSN.findall(data) if (issn := clean_issn(match.decode()))}
    journals = {issn: JournalFacts(landing_page=LANDING) for issn in issns}
    policy = Policy(today="2026-11-24", doi_prefixes=tuple(prefixes_in(data)), journals=journals)
    hints = Hints(journals=journals)
    raw = RawRecord(identifier="oai:x:1", datestamp="2024-01-01", payload=data)
    reading = assembly.assemble({"jats": formats.read(raw, hints)}, hints)
    if reading.article is None:
        return None, tuple(finding.code for finding in reading.findings)
    findings = (*reading.findings, *rules.check(reading.article, policy))
    if blocking := tuple(finding.code for finding in findings if is_blocking(finding)):
        return None, blocking
    batch = Batch(id="fidelity", timestamp=20261124120000000, schema_version=version)
    return crossref.build([reading.article], batch, SETTINGS), tuple(finding.code for finding in findings)


def test_everything_in_the_source_is_in_the_deposit(shared):
    comparison = Comparison()
    for name, data in recorded_articles(shared):
        deposit, codes = deposit_of(data)
        if deposit is None:
            comparison.count_held_back(name, codes)
            continue
        source, deposit_tree = parse(data), etree.fromstring(deposit)
        expected, actual = source_facts(source), deposit_facts(deposit_tree)
        comparison.compare_facts(name, expected, actual, codes)
        comparison.search_source(name, source, deposit_tree)
        assert citation_count(deposit_tree) >= reference_count(source), name
        assert [surname for surname in surnames(actual) if surname in surnames(expected)] == surnames(expected), name
        comparison.kept["reference"] += reference_count(source)
        assert not lost_affiliations(source, deposit_tree) or "affiliation-unassigned" in codes, (
            name,
            lost_affiliations(source, deposit_tree),
        )
    comparison.assert_faithful()
