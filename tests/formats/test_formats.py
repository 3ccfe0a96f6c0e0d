"""The entry point of all readers: formats are recognised, and no bytes raise an exception."""

from __future__ import annotations

from collections import Counter
from html import escape
from itertools import islice
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from harvester import formats
from harvester.findings import kinds
from harvester.model import Hints, RawRecord, Reading, from_json, to_json
from harvester.xmltools import serialise

DC = 'xmlns:oai_dc="http://www.openarchives.org/OAI/2.0/oai_dc/" xmlns:dc="http://purl.org/dc/elements/1.1/"'
TITLE = "<dc:title>Mills</dc:title>"


def record(payload, **more):
    return RawRecord(identifier="oai:example:1", datestamp="2020-01-01", payload=payload, **more)


def read(payload, hints=None):
    return formats.read(record(payload), hints or Hints())


@pytest.mark.parametrize(
    "payload",
    [
        f"<record><metadata><oai_dc:dc {DC}>{TITLE}</oai_dc:dc></metadata><about><p/></about></record>",
        f"<metadata><oai_dc:dc {DC}>{TITLE}</oai_dc:dc></metadata>",
        f"<oai_dc:dc {DC}>{TITLE}</oai_dc:dc>",
        f"<dc {DC}>{TITLE}</dc>",
        '<dc xmlns="http://www.openarchives.org/OAI/2.0/oai_dc/"><title>Mills</title></dc>',
    ],
)
def test_dublin_core_is_recognised_by_its_root(payload):
    article = read(payload.encode()).article
    assert article is not None
    assert (article.format, len(article.titles)) == ("oai_dc", 1)


def test_jats_is_recognised_by_its_root():
    front = (
        "<front><article-meta><title-group><article-title>Mills</article-title></title-group></article-meta></front>"
    )
    for payload in (f"<article>{front}</article>", f"<record><metadata><article>{front}</article></metadata></record>"):
        article = read(payload.encode()).article
        assert article is not None
        assert (article.format, len(article.titles)) == ("jats", 1)


def test_payloads_without_an_article():
    unknown = read(b"<record><metadata><mods><title>Mills</title></mods></metadata></record>")
    assert (unknown.article, [(finding.code, finding.value) for finding in unknown.findings]) == (
        None,
        [("format-unknown", "mods")],
    )
    assert [finding.code for finding in read(b"<record><metadata>").findings] == ["payload-unreadable"]
    declared = b'<!DOCTYPE dc [<!ENTITY x "y">]><dc/>'
    assert [finding.code for finding in read(declared).findings] == ["payload-unreadable"]
    assert formats.read(record(None, deleted=True), Hints()) == Reading(None)


def test_only_dublin_core_elements_are_read():
    other = f'<oai_dc:dc {DC} xmlns:x="http://example.org/x"><x:title>Other</x:title>{TITLE}</oai_dc:dc>'
    article = read(other.encode()).article
    assert article is not None
    assert [title.text for title in article.titles] == [("Mills",)]


@given(st.binary(max_size=200))
def test_any_bytes_give_an_article_or_a_finding(payload):
    reading = read(payload)
    assert reading.article is not None or reading.findings


ELEMENTS = st.sampled_from(
    [
        "title",
        "creator",
        "subject",
        "description",
        "publisher",
        "date",
        "type",
        "identifier",
        "source",
        "language",
        "relation",
        "rights",
    ]
)
PIECES = st.sampled_from(
    [
        "10.5555/a",
        "https://doi.org/",
        "; Vol 1 No 2 (2019)",
        "2049-3630",
        "; 1-5",
        "<i>",
        "</p>",
        "&amp;",
        "Doe, J.",
        "ru",
        "2013-05",
        "http://e.example/article/view/1",
        "Ð˜Ð²Ð°Ð½",
        "eff ective",
        "info:eu-repo/semantics/altIdentifier/doi/",
        "http://[::1",
    ]
)
TEXTS = st.lists(
    PIECES | st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Cn")), max_size=10), max_size=4
)
VALUES = st.tuples(ELEMENTS, TEXTS.map("".join), st.sampled_from([None, "en", "ru-RU", "xx"]))
HINTS = st.builds(
    Hints,
    name_order=st.sampled_from([None, "family-first", "given-first"]),
    citation_profile=st.sampled_from(
        ["ojs", "erudit", "scielo", "zenodo", "hal", "eprints", "dspace", "arxiv", "none"]
    ),
    date_profile=st.sampled_from([None, "dspace"]),
    repairs=st.sampled_from([(), ("ligatures", "mojibake")]),
)


@given(st.lists(VALUES, max_size=12), HINTS)
def test_any_dublin_core_gives_an_article(values, hints):
    tags = (
        f"<dc:{name}{f' xml:lang={chr(34)}{lang}{chr(34)}' if lang else ''}>{escape(text)}</dc:{name}>"
        for name, text, lang in values
    )
    reading = read(f"<oai_dc:dc {DC}>{''.join(tags)}</oai_dc:dc>".encode(), hints)
    assert reading.article is not None
    assert from_json(to_json(reading.article)) == reading.article
    assert {finding.code for finding in reading.findings} <= kinds().keys()


# ---------------------------------------------------------------------------------------- recorded data


def payloads(path: Path):
    """The raw records of a recorded page. A page that is not well-formed is skipped: other tests cover it."""
    try:
        root = etree.parse(path, etree.XMLParser(resolve_entities=False, huge_tree=True)).getroot()
    except etree.XMLSyntaxError:
        return
    for element in root.iter("{*}record"):
        if element.find("{*}metadata") is not None:
            for header in element.findall("{*}header"):
                element.remove(header)
            yield record(serialise(element))


@pytest.mark.shared
def test_every_recorded_record_gives_a_reading(shared):
    codes: Counter[str] = Counter()
    read_as: Counter[str] = Counter()
    for path in sorted(shared.glob("data/oai/*.xml")):
        for raw in islice(payloads(path), 40):
            reading = formats.read(raw, Hints())
            read_as[reading.article.format if reading.article else "nothing"] += 1
            codes.update({finding.code for finding in reading.findings})
    print(dict(read_as), codes.most_common())
    assert read_as["oai_dc"] > 1000
    assert codes.keys() <= kinds().keys()


@pytest.mark.shared
@pytest.mark.parametrize("provider", ["ojs34-testj", "janeway-testj"])
def test_fully_recorded_providers_give_complete_articles(shared, provider):
    raws = [
        raw
        for path in sorted(shared.glob(f"data/recorded/{provider}/ListRecords-oai_dc-*.xml"))
        for raw in payloads(path)
    ]
    readings = [formats.read(raw, Hints()) for raw in raws]
    assert formats.read_all(raws, Hints()) == readings
    codes = Counter(finding.code for reading in readings for finding in reading.findings)
    print(provider, len(readings), codes.most_common())
    assert len(readings) > 90
    assert not codes.keys() & {
        "citation-unparsed",
        "citation-conflict",
        "pages-unparsed",
        "url-ambiguous",
        "doi-ambiguous",
    }
    for reading in readings:
        article = reading.article
        assert article is not None
        assert article.landing_page
        assert article.titles
        assert article.journal.titles
        assert article.journal.issns
        assert article.dates
        assert article.issue


@pytest.mark.parametrize("payload", ["<metadata/>", "", "<metadata> </metadata>", "<about><x>y</x></about>"])
def test_metadata_without_anything_are_empty(payload):
    assert codes(f"<record>{payload}</record>") == [("metadata-empty", "")]


@pytest.mark.parametrize(
    ("content", "shown"),
    [
        ("&lt;dc&gt;Bees&lt;/dc&gt;", "<dc>Bees</dc>"),
        ("&amp;lt;dc&amp;gt;Bees", "&lt;dc&gt;Bees"),
        ("<![CDATA[<dc>\n Bees</dc>]]>", "<dc> Bees</dc>"),
        ("none", "none"),
        ("x" * 1000, "x" * 60),
    ],
)
def test_metadata_that_are_text_are_not_a_wrong_setting(content, shown):
    assert codes(f"<record><metadata>{content}</metadata></record>") == [("metadata-is-text", shown)]


def codes(payload: str) -> list[tuple[str, str]]:
    return [(finding.code, finding.value or "") for finding in read(payload.encode()).findings]
