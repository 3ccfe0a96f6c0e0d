"""Invisible characters in a payload."""

from __future__ import annotations

import pytest

from harvester import formats
from harvester.formats.invisible import cleaned, invisible_findings
from harvester.model import (
    Abstract,
    Article,
    Contributor,
    Hints,
    Journal,
    LangText,
    Paragraph,
    RawRecord,
    Reference,
    Title,
)
from harvester.text import Math, Span
from tests.formats.oai_dc.reading import element

SHY, ZWSP = "\u00ad", "\u200b"


@pytest.mark.parametrize(
    ("payload", "clean"),
    [
        (f"<a>bio{SHY}geo{ZWSP}</a>", "<a>biogeo</a>"),
        ("<a>bio&amp;shy;geo&#8203;gr&#xAD;aphy</a>", "<a>biogeography</a>"),
        ("<a>R&amp;D &amp;#039; &#233;</a>", None),
        ("<a>می\u200cروم</a>", None),
        ("<a>10–20 “reeds”</a>", None),
    ],
)
def test_a_payload_is_changed_only_if_it_has_some(payload, clean):
    written = payload.encode()
    assert cleaned(written) == (clean.encode() if clean else written)
    assert (cleaned(written) is written) is (clean is None)


def test_a_payload_that_is_not_utf8_is_left_as_it_is():
    assert cleaned(b"<a>\xc2\xad\xff</a>") == b"<a>\xc2\xad\xff</a>"


def test_each_value_with_invisible_characters_is_reported_by_its_field():
    article = Article(
        format="jats",
        titles=(Title(text=("Bio", Span("italic", (f"geo{SHY}graphy",)))),),
        abstracts=(Abstract(blocks=(Paragraph(("Reeds",)), Paragraph((f"Re{ZWSP}eds",)))),),
        contributors=(Contributor(surname=f"Smi{ZWSP}th", given="Bo"),),
        journal=Journal(titles=(LangText((f"Reeds{SHY}",)),)),
        references=(Reference(key="R1", text=f"Be{SHY}rg"),),
    )
    assert [(finding.path, finding.value) for finding in invisible_findings(article)] == [
        ("titles[0]", "geo␣graphy"),
        ("abstracts[0]", "Re␣eds"),
        ("contributors[0].surname", "Smi␣th"),
        ("journal.titles[0]", "Reeds␣"),
        ("references[0].text", "Be␣rg"),
    ]


def test_a_formula_may_have_invisible_operators():
    article = Article(format="jats", titles=(Title(text=(Math("<math>\u2061\u00ad</math>"),)),))
    assert list(invisible_findings(article)) == []


def test_every_field_is_read_without_them():
    xml = element(
        ("title", f"Bio{SHY}geography"),
        ("creator", f"Smi{ZWSP}th,\ufeff Bo"),
        ("date", f"2020-01-02{ZWSP}"),
        ("language", "en\u200e"),
        ("title", "می\u200cروم", "fa"),
    )
    reading = formats.read(RawRecord(identifier="oai:x:1", datestamp="", payload=xml.encode()), Hints())
    assert reading.article is not None
    assert [title.text for title in reading.article.titles] == [("Biogeography",), ("می\u200cروم",)]
    assert (reading.article.contributors[0].surname, reading.article.language) == ("Smith", "en")
    assert len(reading.article.dates) == 1
    assert {(finding.code, finding.path) for finding in reading.findings} == {
        ("control-characters", "titles[0]"),
        ("control-characters", "contributors[0].surname"),
        ("control-characters", "contributors[0].given"),
    }
