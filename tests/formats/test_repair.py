"""Damaged texts are repaired only if the configuration asks for it."""

from __future__ import annotations

from harvester.formats.repair import repair_texts
from harvester.model import (
    Abstract,
    Article,
    Finding,
    Keyword,
    ListBlock,
    Paragraph,
    Reading,
    Reference,
    Section,
    Title,
)
from harvester.text import Span, plain
from tests.formats.oai_dc.reading import read


def test_texts_are_repaired_only_if_configured():
    pairs = (("title", "An eff ective PÃ©rez"), ("description", "Diff erent mills."), ("subject", "specifi c mills"))
    article, findings = read(*pairs)
    assert plain(article.titles[0].text) == "An eff ective PÃ©rez"
    assert sorted(set(findings)) == ["encoding-suspect", "text-broken-ligature"]
    article, findings = read(*pairs, repairs=("ligatures",))
    assert plain(article.titles[0].text) == "An effective PÃ©rez"
    assert article.abstracts[0].blocks == (Paragraph(("Different mills.",)),)
    assert article.keywords[0].text == "specific mills"
    assert sorted(set(findings)) == ["encoding-suspect", "text-repaired"]


TORN, WHOLE = "An eff ective mill", "An effective mill"
ARTICLE = Article(
    format="jats",
    titles=(Title(text=(Span("italic", (TORN,)),), subtitle=("PÃ©rez",)), Title(text=("Sound",))),
    abstracts=(Abstract(blocks=(Section(title=(TORN,), blocks=(ListBlock(items=((TORN,), ("Sound",))),)),)),),
    keywords=(Keyword(TORN, "en"),),
    references=(Reference(key="a", text=TORN, article_title=TORN), Reference(key="b")),
    volume=TORN,
)
REPORTED = (
    Finding("text-broken-ligature", "titles[0]", "eff ective"),
    Finding("encoding-suspect", "titles[0].subtitle", "PÃ©rez"),
    Finding("text-broken-ligature", "contributors[0]", "eff ective"),
    Finding("doi-invalid", "titles[0]"),
)


def test_titles_abstracts_keywords_and_references_are_repaired():
    reading = repair_texts(Reading(ARTICLE, REPORTED), ("ligatures",))
    article = reading.article
    assert article is not None
    assert article.titles == (Title(text=(Span("italic", (WHOLE,)),), subtitle=("PÃ©rez",)), Title(text=("Sound",)))
    section = Section(title=(WHOLE,), blocks=(ListBlock(items=((WHOLE,), ("Sound",))),))
    assert article.abstracts == (Abstract(blocks=(section,)),)
    assert article.keywords == (Keyword(WHOLE, "en"),)
    assert article.references == (Reference(key="a", text=WHOLE, article_title=TORN), Reference(key="b"))
    assert article.volume == TORN


def test_a_repair_replaces_only_the_finding_about_the_same_damage():
    reading = repair_texts(Reading(ARTICLE, REPORTED), ("ligatures",))
    assert reading.findings[:3] == REPORTED[1:]
    paths = ("titles[0]", "abstracts[0]", "abstracts[0]", "keywords[0]", "references[0].text")
    assert [(finding.code, finding.path) for finding in reading.findings[3:]] == [
        ("text-repaired", path) for path in paths
    ]


def test_both_kinds_of_damage():
    reading = repair_texts(Reading(ARTICLE, REPORTED), ("ligatures", "mojibake"))
    assert reading.article is not None
    assert reading.article.titles[0].subtitle == ("Pérez",)
    assert ("text-repaired", "titles[0].subtitle") in [(finding.code, finding.path) for finding in reading.findings]
    assert [finding.code for finding in reading.findings[:2]] == ["text-broken-ligature", "doi-invalid"]


def test_an_undamaged_article_is_unchanged():
    sound = Reading(Article(format="jats", titles=(Title(text=("A staff of Cardiff",)),)), REPORTED[3:])
    assert repair_texts(sound, ("ligatures", "mojibake")) == sound
    assert repair_texts(Reading(None, REPORTED), ("ligatures",)) == Reading(None, REPORTED)
