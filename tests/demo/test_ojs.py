"""The records of the demo as they are sent."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from lxml import etree

from harvester.demo import dublin_core, jats, ojs
from harvester.demo.library import Article, Issue, Journal, journals
from harvester.demo.lists import Record

DC = {"dc": "http://purl.org/dc/elements/1.1/"}
J = {"j": "https://jats.nlm.nih.gov/publishing/1.1/", "m": "http://www.w3.org/1998/Math/MathML"}
LANG = "{http://www.w3.org/XML/1998/namespace}lang"
SEED_DOI = "10.48015/2076-7404-2021-13-1-32-57"
SEED_DOIS = (
    "10.20542/0131-2227-2018-62-7-93-104",
    "10.24866/1998-6785/2019-1/7-16",
    "10.24833/2073-8420-2018-3-48-99-106",
    "10.1080/08865655.2016.1267589",
    "10.1080/08865655.2016.1238315",
)


def records() -> dict[str, Record]:
    return {one.identifier: one for site in ojs.repositories().values() for one in site.records}


def article(number: int, host: str = "journals") -> Record:
    return records()[f"oai:{host}.example.org:article/{number}"]


def core(number: int, host: str = "journals") -> etree._Element:
    return etree.fromstring(article(number, host).metadata["oai_dc"])


def full(number: int) -> etree._Element:
    return etree.fromstring(article(number).metadata["jats"])


def values(page: etree._Element, name: str) -> list[tuple[str | None, str]]:
    """The elements of Dublin Core with this name, each with its language."""
    return [(found.get(LANG), found.text or "") for found in page.iterfind(f"dc:{name}", DC)]


def texts(page: etree._Element, path: str) -> list[str]:
    return [str(found.xpath("string()")) for found in page.iterfind(path, J)]


def test_every_record_is_well_formed_and_in_its_namespace() -> None:
    roots = {
        "oai_dc": "{http://www.openarchives.org/OAI/2.0/oai_dc/}dc",
        "jats": "{https://jats.nlm.nih.gov/publishing/1.1/}article",
    }
    known = {*DC.values(), *J.values(), "http://www.openarchives.org/OAI/2.0/oai_dc/"}
    for record in records().values():
        assert record.deleted == (not record.metadata)
        for prefix, page in record.metadata.items():
            root = etree.fromstring(page)
            assert root.tag == roots[prefix]
            assert {etree.QName(element).namespace for element in root.iter()} <= known


def test_two_sites_with_their_formats_and_granularities() -> None:
    new, old = ojs.repositories().values()
    assert (new.granularity, old.granularity) == ("second", "day")
    assert [one.prefix for one in old.formats] == ["oai_dc"]
    assert all(one.metadata.keys() == {"oai_dc", "jats"} for one in new.records if not one.deleted)
    specs = {one.spec for one in (*new.sets, *old.sets)}
    assert {spec for one in records().values() for spec in one.sets} <= specs
    assert {one.name for one in new.sets} >= {"Вестник истории чертежа и карты", "Статьи"}


def bilingual() -> list[tuple[Journal, Issue, Article]]:
    found = [(journal, issue, one) for journal in journals() for issue in journal.issues for one in issue.articles]
    return [row for row in found if len(row[2].title) == 2]


@pytest.mark.parametrize("row", bilingual(), ids=lambda row: f"{row[0].path}-{row[2].id}")
def test_bilingual_article_is_bilingual_in_both_formats(row: tuple[Journal, Issue, Article]) -> None:
    journal, _, one = row
    page = etree.fromstring(dublin_core.render(*row))
    for name, held in (("title", one.title), ("description", one.abstract), ("subject", one.keywords)):
        assert {lang for lang, _ in values(page, name)} == {journal.tag(lang) for lang in held}
    page = etree.fromstring(jats.render(*row))
    (other,) = one.title.keys() - {one.language}
    assert [found.get(LANG) for found in page.iterfind(".//j:title-group/j:article-title", J)] == [one.language]
    assert [found.get(LANG) for found in page.iterfind(".//j:trans-title-group", J)][-1] == other
    if one.abstract:
        assert [found.get(LANG) for found in page.iterfind(".//j:abstract", J)] == [one.language]
        assert [found.get(LANG) for found in page.iterfind(".//j:trans-abstract", J)] == [other]
    assert [found.get(LANG) for found in page.iterfind(".//j:kwd-group", J)] == list(one.keywords)


def test_dublin_core_as_ojs_34_writes_it() -> None:
    page = core(112)
    assert values(page, "title") == [
        ("ru", "Масштаб и мера: как землемеры XVIII века считали вёрсты"),
        ("en", "Scale and measure: how eighteenth-century surveyors counted versts"),
    ]
    assert values(page, "creator") == [
        ("ru", "Громов, Пётр Сергеевич"),
        ("ru", "Аль-Рашид, Мариам"),
        ("en", "Gromov, Pyotr S."),
        ("en", "Al-Rashid, Mariam"),
    ]
    assert "p &lt; 0,05" in values(page, "description")[0][1]  # escaped twice
    assert values(page, "source") == [
        ("ru", "Вестник истории чертежа и карты; Том 5 № 1 (2022); 19–33"),
        ("en", "Bulletin of the History of Plans and Maps; Vol. 5 No. 1 (2022); 19–33"),
        (None, "0000-0027"),
        (None, "0000-0019"),
    ]
    assert values(page, "identifier") == [
        (None, "https://journals.example.org/index.php/vick/article/view/112"),
        (None, "10.5555/vick.2022.1.3"),
    ]
    assert values(page, "language") == [(None, "rus")]
    assert values(page, "rights")[1] == ("ru", "https://creativecommons.org/licenses/by/4.0")


def test_dublin_core_as_ojs_33_writes_it() -> None:
    page = core(24, "archive")
    assert values(page, "creator") == [(None, "von der Heide, Karl-Otto")]
    assert values(page, "source")[0] == (
        "de-DE",
        "Zeitschrift für Gartenkunde und Wetterbeobachtung; Bd. 10 Nr. 1 (2017): Hecken; Zäune; Mauern; 1–16",
    )
    assert values(page, "language") == [(None, "ger")]
    assert values(core(41, "archive"), "source")[0] == ("en-US", "Harbour Society Papers; No. 41 (2015); 3–19")


def test_article_in_a_right_to_left_script() -> None:
    page = core(701)
    assert values(page, "source")[0] == ("ar", "مجلة دراسات الورق والحبر; عدد 7 (2022); 7–24")
    assert values(page, "creator")[0] == ("ar", "الحسيني, ليلى")


def test_people_in_jats() -> None:
    page = full(502)
    assert texts(page, ".//j:contrib/j:name-alternatives/j:name/j:surname") == ["Marsh", "de Vries", "Ó Dálaigh"]
    assert [found.get("rid") for found in page.iterfind(".//j:contrib/j:xref", J)] == [
        "aff-1",
        "aff-2",
        "aff-3",
        "aff-4",
        "aff-1",
    ]
    assert texts(page, ".//j:aff[@id='aff-2']//j:institution-id") == ["https://ror.org/03yrm5c26"]
    assert texts(full(504), ".//j:suffix") == ["Jr.", "III"]
    assert texts(full(503), ".//j:collab") == ["Thermometer Calibration Group"]
    scripts = [found.get(LANG) for found in full(111).iterfind(".//j:contrib//j:name", J)]
    assert scripts == ["ru", "en"]


def test_texts_and_links_in_jats() -> None:
    assert full(501).find(".//j:article-title//m:math", J) is not None
    assert texts(full(502), ".//j:abstract/j:sec/j:title") == ["Background", "Methods", "Results", "Conclusions"]
    related = full(508).find(".//j:related-article", J)
    assert related is not None
    assert related.get("{http://www.w3.org/1999/xlink}href") == "10.5555/jsdcm.2023.1.2"
    assert texts(full(508), ".//j:elocation-id") == ["e200"]
    assert len(full(505).findall(".//j:ref", J)) == 120
    assert texts(full(502), ".//j:award-id") == ["DEMO-000907"]


def test_seed_article_in_both_formats() -> None:
    page, said = full(1), core(1)
    assert page.get(LANG) == "ru"
    assert values(said, "language") == [(None, "rus")]
    title = "Foreign Policy of Russia: ‘Soft Power’ of the Regions"
    assert (texts(page, ".//j:article-title"), values(said, "title")) == ([title], [("en", title)])
    assert texts(page, ".//j:article-id")[0] == SEED_DOI
    assert values(said, "identifier") == [(None, SEED_DOI)]
    assert values(said, "source") == [
        ("en", "Lomonosov World Politics Journal; Vol. 13 No. 1 (2021); 32–57"),
        (None, "2076-7404"),
    ]
    assert values(said, "creator") == [("en", "Arteev, S. P.")]
    assert texts(page, ".//j:aff/j:addr-line") == [
        "76 Prospect Vernadskogo, Moscow, 119454",
        "23, Profsoyuznaya Str., Moscow, 117997",
    ]
    assert [texts(page, f".//j:{name}")[0] for name in ("volume", "issue", "fpage", "lpage")] == ["13", "1", "32", "57"]
    references = texts(page, ".//j:ref/j:mixed-citation")
    assert len(references) == 39
    found = [doi for text in references for doi in re.findall(r"DOI: (\S+?)\.?(?: |$)", text)]
    assert tuple(found) == SEED_DOIS
    assert not page.findall(".//j:self-uri", J)


@pytest.mark.shared
def test_seed_article_word_for_word(shared: Path) -> None:
    lines = [line.strip() for line in (shared / "seed/article-page.txt").read_text(encoding="utf-8").splitlines()]
    page = full(1)
    numbered = [found[1] for line in lines if (found := re.match(r"\d+\. (.+)$", line))]
    assert texts(page, ".//j:mixed-citation") == numbered
    start, end = lines.index("Abstract"), lines.index("About the Author")
    assert texts(page, ".//j:abstract/j:p") == [line for line in lines[start + 1 : end] if line]
    affiliations = lines[lines.index("S. P. Arteev") + 1].split("; ")
    assert texts(page, ".//j:aff/j:institution") == affiliations
    assert texts(page, ".//j:aff/j:country") == ["Russian Federation"] * 2
