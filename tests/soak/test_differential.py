"""Every fact that a recorded record states is deposited, reported, or known to have no place at Crossref."""

from __future__ import annotations

import html
import re
from collections import Counter
from collections.abc import Iterator

import msgspec
from lxml import etree

from harvester import formats, rules
from harvester.crossref import deposit as crossref
from harvester.crossref.versions import DEFAULT
from harvester.findings import is_blocking, sentence
from harvester.identifiers import clean_issn
from harvester.mapping import assembly
from harvester.model import Article, Batch, Finding, Hints, JournalFacts, Policy, RawRecord
from harvester.xmltools import parse
from tests.fidelity.facts import ADDED, fold, local
from tests.fidelity.recorded import recorded_payloads
from tests.fidelity.test_jats import LANDING, SETTINGS
from tests.soak.source_facts import (
    DC_WITHOUT_PLACE,
    JATS_WITHOUT_PLACE,
    Fact,
    dc_facts,
    is_reported,
    jats_facts,
    reason_for_no_place,
)
from tests.workbench import prefixes_in

ISSN = re.compile(rb"\b\d{4}-\d{3}[\dXx]\b")


def outcome(payload: bytes) -> tuple[Article | None, list[Finding], bool]:
    """The article, all findings about it, and whether it is deposited. Its journal is configured."""
    issns = {issn for match in ISSN.findall(payload) if (issn := clean_issn(match.decode()))}
    journals = {issn: JournalFacts(issn_electronic=issn, landing_page=LANDING) for issn in issns}
    hints = Hints(journals=journals)
    raw = RawRecord(identifier="oai:x:1", datestamp="2024-01-01", payload=payload)
    reading = assembly.assemble({"x": formats.read(raw, hints)}, hints)
    findings = list(reading.findings)
    if reading.article is not None:
        policy = Policy(today="2026-11-24", doi_prefixes=tuple(prefixes_in(payload)), journals=journals)
        findings += rules.check(reading.article, policy)
    return reading.article, findings, reading.article is not None and not any(map(is_blocking, findings))


def facts_of(payload: bytes) -> tuple[list[Fact], dict[str, str]]:
    """The facts that a payload states, and the table of those without a place."""
    root = parse(payload)
    found = next((node for node in root.iter() if local(node) in ("article", "dc")), None)
    if found is None:
        return [], {}
    return (list(jats_facts(found)), JATS_WITHOUT_PLACE) if local(found) == "article" else (
        list(dc_facts(found)), DC_WITHOUT_PLACE
    )  # fmt: skip


def kept_text(article: Article, is_deposited: bool) -> str:
    """The folded text of the deposit; of the article document if the record is held back."""
    if not is_deposited:
        return fold(" ".join(_strings(msgspec.to_builtins(article))))
    batch = Batch(id="differential", timestamp=20261124120000000, schema_version=DEFAULT)
    return fold(" ".join(map(str, etree.fromstring(crossref.build([article], batch, SETTINGS)).itertext())))


def _strings(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for each in value.values():
            yield from _strings(each)
    elif isinstance(value, list | tuple):
        for each in value:
            yield from _strings(each)


def is_stated(text: str, where: str) -> bool:
    """Whether the text is in the folded text: as a whole, or word for word if it was split into parts."""
    plain = re.sub(r"<[^<>]*>", " ", html.unescape(html.unescape(text)))
    words = map(fold, re.split(r"[\W_]+", plain))
    return fold(text) in where or all(word in where for word in words if word not in ADDED)


def test_no_fact_is_lost_without_a_word(shared):
    counts: Counter[str] = Counter()
    missed: Counter[str] = Counter()
    reasons: Counter[str] = Counter()
    for name, payload in recorded_payloads(shared):
        article, findings, is_deposited = outcome(payload)
        if article is None:
            counts["records without an article, reported"] += bool(findings)
            assert findings, name
            continue
        facts, table = facts_of(payload)
        kept = kept_text(article, is_deposited)
        codes = {finding.code for finding in findings}
        reported = fold(" ".join([sentence(each) + each.value for each in findings]))
        for path, text in facts:
            if is_stated(text, kept):
                counts["kept"] += 1
            elif is_stated(text[:100], reported) or is_reported(path, codes):
                counts["dropped knowingly"] += 1
                reasons["a finding"] += 1
            elif reason := reason_for_no_place((path, text), table):
                counts["dropped knowingly"] += 1
                reasons[reason] += 1
            else:
                missed[path] += 1
                print("missed", name, path, text[:200])
    print(dict(counts), dict(reasons))
    print("missed", sum(missed.values()), dict(missed))
    assert not missed


def test_a_lost_fact_is_missed():
    journal = "<journal-meta><journal-title>Reed Letters</journal-title></journal-meta>"
    title = "<title-group><article-title>On <i>reeds</i></article-title></title-group>"
    meta = f"<article-meta>{title}<kwd-group><kwd>water</kwd></kwd-group></article-meta>"
    back = "<back><ref-list><ref><mixed-citation>Berg A.</mixed-citation></ref></ref-list></back>"
    article = etree.fromstring(f"<article><front>{journal}{meta}</front>{back}</article>")
    facts = dict(jats_facts(article))
    assert [text.split() for text in facts.values()] == [
        ["Reed", "Letters"],
        ["On", "reeds"],
        ["water"],
        ["Berg", "A."],
    ]
    assert [reason_for_no_place(fact, JATS_WITHOUT_PLACE) is None for fact in facts.items()] == [
        True,
        True,
        False,
        True,
    ]
    assert not is_stated("On reeds", fold("Reed Letters"))
