"""Records of any content, made by a grammar of JATS and Dublin Core: no exception, and no invalid deposit.

Five minutes for each format, or HARVESTER_FUZZ_SECONDS. A fault is shrunk to the smallest record that has it.
"""

from __future__ import annotations

import os
import time
from collections import Counter
from collections.abc import Callable
from html import escape

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from harvester import formats, rules
from harvester.crossref import bundles
from harvester.crossref import deposit as crossref
from harvester.crossref.settings import CrossrefSettings
from harvester.crossref.versions import DEFAULT
from harvester.findings import is_blocking, kinds, remedy, sentence
from harvester.mapping import assembly
from harvester.model import Batch, Hints, JournalFacts, Policy, RawRecord, from_json, to_json
from tests.soak.grammar import ATTRIBUTES, CHILDREN, DUBLIN_CORE, LANGUAGES, TEXTS, VALUES

SECONDS = float(os.environ.get("HARVESTER_FUZZ_SECONDS", "300"))
ROUND = settings(max_examples=300, derandomize=False, deadline=None, suppress_health_check=list(HealthCheck))
SETTINGS = CrossrefSettings(depositor_name="D", depositor_email="d@example.org", registrant="R")
FACTS = JournalFacts(title="Reed Letters", issn_electronic="2049-3630", landing_page="https://reeds.example/{doi}")
HINTS = [
    Hints(journals={"2049-3630": FACTS}),
    Hints(name_order="given-first", journals={"2049-3630": FACTS}, repairs=("mojibake", "ligatures")),
    Hints(name_order="family-first", date_profile="dspace", citation_profile="scielo", abstract_types=("teaser",)),
]
NAMESPACES = 'xmlns:xlink="http://www.w3.org/1999/xlink" xmlns:ali="http://www.niso.org/schemas/ali/1.0/"'

# --------------------------------------------------------------------------------------------- grammar


@st.composite
def elements(draw: st.DrawFn, name: str, depth: int = 5) -> str:
    """An element with any of its attributes, texts and children."""
    names = draw(st.lists(st.sampled_from(ATTRIBUTES), max_size=2, unique=True))
    values = [draw(st.sampled_from(LANGUAGES if each == "xml:lang" else VALUES)) for each in names]
    attributes = "".join(f' {each}="{escape(value)}"' for each, value in zip(names, values, strict=True))
    children = draw(st.lists(st.sampled_from(CHILDREN[name]), max_size=4)) if depth and name in CHILDREN else []
    inner = _text(draw) if not children or draw(st.booleans()) else ""
    for child in children:
        inner += draw(elements(child, depth - 1)) + (_text(draw) if draw(st.integers(0, 3)) == 0 else "")
    space = ' xmlns="http://www.w3.org/1998/Math/MathML"' if name == "math" else ""
    return f"<{name}{space}{attributes}>{inner}</{name}>"


def _text(draw: st.DrawFn) -> str:
    return escape(draw(st.sampled_from(TEXTS)))


# What a deposit needs. Any other element of any content may be before or after it.
DOI = '<article-id pub-id-type="doi">10.5555/reeds.1</article-id>'
TITLE = "<title-group><article-title>Reeds</article-title>{}</title-group>"
DATE = '<pub-date pub-type="epub"><year>2021</year></pub-date>'
PAGE = '<self-uri xlink:href="https://reeds.example/1"/>'
JOURNAL = '<journal-title>Reed Letters</journal-title><issn pub-type="epub">2049-3630</issn>'


@st.composite
def jats_records(draw: st.DrawFn) -> str:
    def any_of(name: str, most: int = 2) -> str:
        return "".join(draw(st.lists(elements(name), max_size=most)))

    titles = any_of(draw(st.sampled_from(CHILDREN["title-group"])), 1)
    meta = ""
    if draw(st.integers(0, 4)):
        meta = DOI + TITLE.format(titles) + any_of("contrib-group", 1) + DATE + PAGE
    meta += "".join(any_of(draw(st.sampled_from(CHILDREN["article-meta"]))) for _ in range(3))
    journal = (JOURNAL if draw(st.integers(0, 4)) else "") + any_of(draw(st.sampled_from(CHILDREN["journal-meta"])), 1)
    back = f"<back><ref-list>{any_of('ref', 3)}</ref-list></back>"
    front = f"<front><journal-meta>{journal}</journal-meta><article-meta>{meta}</article-meta></front>"
    language = draw(st.sampled_from(LANGUAGES))
    return f'<article {NAMESPACES} xml:lang="{language}">{front}{back}{any_of("sub-article", 1)}</article>'


@st.composite
def dc_records(draw: st.DrawFn) -> str:
    fields = [("title", "Reeds"), ("identifier", "10.5555/reeds.1"), ("identifier", "https://reeds.example/1")]
    fields += [("date", "2021-03-15"), ("source", "2049-3630"), ("source", "Reed Letters; Vol. 3 No. 1 (2021); 12-15")]
    kept = [field for field in fields if draw(st.integers(0, 9))]
    kept += draw(st.lists(st.tuples(st.sampled_from(DUBLIN_CORE), st.sampled_from(TEXTS)), max_size=8))
    lines = ""
    for name, text in kept:
        language = draw(st.sampled_from(LANGUAGES))
        lines += f'<dc:{name} xml:lang="{language}">{escape(text)}</dc:{name}>'
    return f'<dc xmlns:dc="http://purl.org/dc/elements/1.1/">{lines}</dc>'


# ----------------------------------------------------------------------------------------------- check


def problems_of(record: str, hints: Hints, schema: bundles.Schema) -> tuple[str, list[str]]:
    """What became of a record, and what is wrong with its deposit. Exceptions are for the caller."""
    raw = RawRecord(identifier="oai:reeds:1", datestamp="2024-01-01", payload=record.encode())
    reading = assembly.assemble({"x": formats.read(raw, hints)}, hints)
    policy = Policy(today="2026-11-24", doi_prefixes=("10.5555",), journals=hints.journals, schema_version=DEFAULT)
    found = [*reading.findings, *(rules.check(reading.article, policy) if reading.article else ())]
    for finding in found:
        assert finding.code in kinds()
        assert sentence(finding)
        assert remedy(finding, "reeds", None)
    if reading.article is None:
        return "no article", []
    if any(map(is_blocking, found)):
        return "held back", []
    assert from_json(to_json(reading.article)) == reading.article
    batch = Batch(id="fuzz", timestamp=20261124120000000, schema_version=DEFAULT)
    return "deposited", schema.validate(crossref.build([reading.article], batch, SETTINGS))


@pytest.mark.parametrize("records", [jats_records, dc_records], ids=["jats", "oai_dc"])
def test_any_record_is_read_and_no_deposit_is_invalid(records: Callable[[], st.SearchStrategy[str]]):
    schema, counts = bundles.load(DEFAULT), Counter[str]()

    @ROUND
    @given(records(), st.sampled_from(HINTS))
    def one_round(record: str, hints: Hints) -> None:
        became, problems = problems_of(record, hints, schema)
        counts[became] += 1
        assert not problems

    end = time.monotonic() + SECONDS
    while time.monotonic() < end:
        one_round()
    print(dict(counts))
    assert counts["deposited"] > counts.total() / 50, "the grammar proves little"
