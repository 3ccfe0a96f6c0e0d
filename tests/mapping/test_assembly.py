"""One article of several formats and the configuration (mapping J11, D4)."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from msgspec.structs import replace

import harvester
from harvester import findings
from harvester.mapping import assembly
from harvester.mapping.assembly import assemble, mint
from harvester.model import (
    Article,
    Finding,
    Hints,
    Issn,
    Journal,
    JournalFacts,
    Keyword,
    LangText,
    License,
    PubDate,
    Reading,
    Title,
)
from harvester.text import Math
from tests.strategies import articles, of_articles

JATS = Article(
    format="jats",
    doi="10.5555/jla.12",
    titles=(Title(text=("On honey",), subtitle=("A study",), lang="en"),),
    journal=Journal(issns=(Issn("0317-8471"), Issn("1050-124X", "electronic"))),
    volume="3",
    dates=(PubDate(year=2020),),
    provenance={"doi": "article-id"},
)
CORE = Article(
    format="oai_dc",
    doi="10.5555/JLA.12",
    landing_page="https://journal.example/12",
    language="en",
    titles=(Title(text=("On honey: a study",)),),
    volume="3",
    dates=(PubDate(year=2020, month=5),),
    first_page="7",
    keywords=(Keyword("honey"), Keyword("bees")),
    licenses=(License(url="https://creativecommons.org/licenses/by/4.0/"),),
    provenance={"landing_page": "dc:identifier", "keywords[0]": "dc:subject", "keywords[1]": "dc:subject"},
)
FACTS = JournalFacts(
    title="Annals",
    abbreviation="Ann.",
    issn_print="0317-8471",
    issn_electronic="1050-124X",
    language="ru",
    publisher="A House",
    landing_page="https://annals.example/{volume}/{first_page}",
    doi_pattern="10.5555/{year}-{volume}-{first_page}",
    mint_dois=True,
)
HINTS = Hints(journals={"0317-8471": FACTS, "1050-124X": FACTS})


NO_HINTS = Hints()


def together(jats=JATS, core=CORE, hints=NO_HINTS, jats_findings=(), core_findings=()):
    readings = {"jats": Reading(jats, tuple(jats_findings)), "oai_dc": Reading(core, tuple(core_findings))}
    return assemble(readings, hints)


# ------------------------------------------------------------------------------------------------ formats


def test_the_best_format_wins_as_a_whole_record():
    article = together().article
    assert (article.format, article.titles, article.dates) == ("jats", JATS.titles, JATS.dates)
    assert article.first_page is None  # no field of the closed list


def test_only_the_closed_list_is_filled_and_says_where_from():
    article = together().article
    assert {name: getattr(article, name) for name in assembly.FILLED} == {
        name: getattr(CORE, name) for name in assembly.FILLED
    }
    assert article.provenance == {
        "doi": "article-id",
        "landing_page": "oai_dc: dc:identifier",
        "licenses": "oai_dc",
        "keywords": "oai_dc: dc:subject",
        "language": "oai_dc",
    }


def test_what_the_winner_has_is_not_filled():
    article = together(jats=replace(JATS, language="es", keywords=(Keyword("miel"),))).article
    assert (article.language, article.keywords) == ("es", (Keyword("miel"),))


def test_formats_that_say_the_same_agree():
    """Case of the DOI, subtitle behind a colon, a day more: none is a contradiction."""
    assert together().findings == ()


@pytest.mark.parametrize(
    ("code", "path", "field", "changes"),
    [
        ("formats-disagree-doi", "doi", None, {"doi": "10.5555/jla.21"}),
        ("formats-disagree", "titles[0]", "title", {"titles": (Title(text=("On bees",)),)}),
        ("formats-disagree", "dates[0]", "year", {"dates": (PubDate(year=2019),)}),
        ("formats-disagree", "volume", "volume", {"volume": "4"}),
    ],
)
def test_a_contradiction_is_said_and_the_best_format_stands(code, path, field, changes):
    reading = together(core=replace(CORE, **changes))
    [finding] = reading.findings
    assert (finding.code, finding.path, finding.detail.get("field")) == (code, path, field)
    assert (finding.detail["format"], finding.detail["other_format"]) == ("jats", "oai_dc")
    assert reading.article.doi == JATS.doi
    assert findings.sentence(finding)


def test_a_doi_that_differs_holds_the_record_back_and_a_title_does_not():
    assert findings.kinds()["formats-disagree-doi"].severity == "error"
    assert findings.kinds()["formats-disagree"].severity == "warning"


@pytest.mark.parametrize(
    "titles",
    [
        (),
        (Title(text=("О мёде",)), Title(text=("ON HONEY",))),
        (Title(text=("“On honey”",)),),
        (Title(text=("On bees ", Math("<math/>"))),),
    ],
)
def test_titles_are_compared_by_their_letters_in_any_language(titles):
    assert together(core=replace(CORE, titles=titles)).findings == ()


def test_doubts_about_what_was_taken_come_with_it_and_others_do_not():
    doubts = [Finding("license-conflict", "licenses"), Finding("name-unparsed", "contributors[0]", "X")]
    assert together(core_findings=doubts).findings == (doubts[0],)


def test_doubts_of_the_winner_stay():
    doubt = Finding("orcid-invalid", "contributors[0].orcid", "1")
    assert together(jats_findings=[doubt, doubt]).findings == (doubt,)


def test_a_format_without_an_article_is_passed_over_and_named():
    reading = together(jats=None, jats_findings=[Finding("article-meta-missing")])
    assert reading.article == CORE
    [finding] = reading.findings
    assert (finding.code, finding.value) == ("format-unread", "jats")
    assert finding.detail == {"used": "oai_dc", "why": "article-meta-missing"}


def test_without_any_article_all_findings_stand():
    reading = together(jats=None, core=None, jats_findings=[Finding("article-meta-missing")])
    assert reading == Reading(None, (Finding("article-meta-missing"),))
    assert assemble({}, HINTS) == Reading(None)


# ------------------------------------------------------------------------------------------ configuration


def alone(article, hints=HINTS, *doubts):
    return assemble({article.format: Reading(article, doubts)}, hints)


def test_the_configuration_fills_what_the_record_leaves_open():
    article = alone(replace(JATS, first_page="7")).article
    assert article.journal == Journal(
        titles=(LangText(("Annals",)),),
        abbreviation="Ann.",
        issns=(Issn("0317-8471", "print"), Issn("1050-124X", "electronic")),
        publisher="A House",
        language="ru",
    )
    assert (article.language, article.landing_page) == ("ru", "https://annals.example/3/7")


def test_every_value_of_the_configuration_says_so():
    provenance = alone(replace(JATS, first_page="7")).article.provenance
    assert provenance == {
        "doi": "article-id",
        "language": 'journals."0317-8471".language',
        "landing_page": 'journals."0317-8471".landing_page',
        "journal.titles[0]": 'journals."0317-8471".title',
        "journal.abbreviation": 'journals."0317-8471".abbreviation',
        "journal.publisher": 'journals."0317-8471".publisher',
        "journal.language": 'journals."0317-8471".language',
        "journal.issns[0].medium": 'journals."0317-8471".issn_print',
    }


def test_what_the_record_says_is_not_replaced():
    said = replace(
        JATS,
        language="es",
        landing_page="https://journal.example/12",
        journal=Journal(
            titles=(LangText(("Anales",), "es"),),
            abbreviation="An.",
            issns=(Issn("0317-8471", "electronic"),),
            publisher="La Casa",
            language="es",
        ),
    )
    assert alone(said).article == said


def test_the_registered_title_of_the_journal_stands_first():
    """Crossref knows the journal by one title, and OJS sets that of the article's language before it."""
    titles = LangText(("Anales",), "es"), LangText(("Annals",), "en")
    article = alone(replace(JATS, journal=Journal(titles=titles, issns=(Issn("0317-8471", "print"),)))).article
    assert article.journal.titles == (titles[1], titles[0])
    assert "journal.titles[0]" not in article.provenance


def test_a_journal_that_is_not_configured_is_left_alone():
    assert alone(JATS, NO_HINTS).article == JATS
    unnumbered = replace(JATS, journal=Journal(titles=(LangText(("Annals",)),)))
    assert alone(unnumbered).article == unnumbered


def test_a_pattern_without_its_values_gives_no_page():
    assert alone(JATS).article.landing_page is None


def test_the_configured_page_decides_between_several():
    doubt = Finding("url-ambiguous", "landing_page", "https://a.example https://b.example")
    assert alone(replace(JATS, first_page="7"), HINTS, doubt).findings == ()
    assert alone(JATS, HINTS, doubt).findings == (doubt,)


def test_what_the_rules_will_say_is_not_said_twice():
    doubts = [Finding(code, "x") for code in sorted(assembly.SAID_BY_THE_RULES)]
    assert alone(JATS, HINTS, *doubts).findings == ()


def test_the_rules_say_what_is_left_to_them():
    rules = "".join(path.read_text("utf-8") for path in Path(harvester.__file__).parent.glob("rules/*.py"))
    assert [code for code in assembly.SAID_BY_THE_RULES if f'"{code}"' not in rules] == []


@of_articles
@given(articles(), articles())
def test_nothing_of_the_winner_is_ever_changed(first, second):
    article = together(first, second).article
    for name in first.__struct_fields__:
        if getattr(first, name) and name != "provenance":
            assert getattr(article, name) == getattr(first, name)
        elif name not in (*assembly.FILLED, "provenance"):
            assert not getattr(article, name)


# ------------------------------------------------------------------------------------------------ minting


def test_a_doi_is_minted_by_the_pattern_where_that_is_configured():
    bare = replace(JATS, doi=None, first_page="7")
    assert mint(bare, FACTS) == "10.5555/2020-3-7"
    assert mint(bare, replace(FACTS, mint_dois=False)) is None
    assert mint(bare, replace(FACTS, doi_pattern=None)) is None


def test_no_doi_is_minted_for_an_article_that_has_one_or_lacks_a_value():
    assert mint(replace(JATS, first_page="7"), FACTS) is None
    assert mint(replace(JATS, doi=None), FACTS) is None
    assert mint(replace(JATS, doi=None, first_page="vii–ix"), FACTS) is None
