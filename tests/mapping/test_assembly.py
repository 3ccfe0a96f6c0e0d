"""One article from several formats and the configuration (mapping J11, D4)."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from msgspec.structs import replace

import harvester
from harvester import findings
from harvester.mapping import assembly
from harvester.mapping.assembly import assemble
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


def assemble_both(jats=JATS, core=CORE, hints=NO_HINTS, jats_findings=(), core_findings=()):
    readings = {"jats": Reading(jats, tuple(jats_findings)), "oai_dc": Reading(core, tuple(core_findings))}
    return assemble(readings, hints)


# ------------------------------------------------------------------------------------------------ formats


def test_the_best_format_wins_as_a_whole_record():
    article = assemble_both().article
    assert (article.format, article.titles, article.dates) == ("jats", JATS.titles, JATS.dates)
    assert article.first_page is None  # not in the closed list


def test_only_the_closed_list_is_filled_with_its_provenance():
    article = assemble_both().article
    assert {name: getattr(article, name) for name in assembly.FILLED_FIELDS} == {
        name: getattr(CORE, name) for name in assembly.FILLED_FIELDS
    }
    assert article.provenance == {
        "doi": "article-id",
        "landing_page": "oai_dc: dc:identifier",
        "licenses": "oai_dc",
        "keywords": "oai_dc: dc:subject",
        "language": "oai_dc",
    }


def test_fields_of_the_best_format_are_not_replaced():
    article = assemble_both(jats=replace(JATS, language="es", keywords=(Keyword("miel"),))).article
    assert (article.language, article.keywords) == ("es", (Keyword("miel"),))


def test_formats_with_equal_values_agree():
    """Case of the DOI, a subtitle after a colon, and an additional day are not contradictions."""
    assert assemble_both().findings == ()


@pytest.mark.parametrize(
    ("code", "path", "field", "changes"),
    [
        ("formats-disagree-doi", "doi", None, {"doi": "10.5555/jla.21"}),
        ("formats-disagree", "titles[0]", "title", {"titles": (Title(text=("On bees",)),)}),
        ("formats-disagree", "dates[0]", "year", {"dates": (PubDate(year=2019),)}),
        ("formats-disagree", "volume", "volume", {"volume": "4"}),
    ],
)
def test_a_contradiction_is_reported_and_the_best_format_is_used(code, path, field, changes):
    reading = assemble_both(core=replace(CORE, **changes))
    [finding] = reading.findings
    assert (finding.code, finding.path, finding.detail.get("field")) == (code, path, field)
    assert (finding.detail["format"], finding.detail["other_format"]) == ("jats", "oai_dc")
    assert reading.article.doi == JATS.doi
    assert findings.sentence(finding)


def test_different_dois_hold_the_record_back_but_different_titles_do_not():
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
    assert assemble_both(core=replace(CORE, titles=titles)).findings == ()


def test_only_findings_about_filled_fields_are_adopted():
    reported = [Finding("license-conflict", "licenses"), Finding("name-unparsed", "contributors[0]", "X")]
    assert assemble_both(core_findings=reported).findings == (reported[0],)


def test_findings_of_the_best_format_are_kept_once():
    finding = Finding("orcid-invalid", "contributors[0].orcid", "1")
    assert assemble_both(jats_findings=[finding, finding]).findings == (finding,)


def test_a_format_without_an_article_is_skipped_and_reported():
    reading = assemble_both(jats=None, jats_findings=[Finding("article-meta-missing")])
    assert reading.article == CORE
    [finding] = reading.findings
    assert (finding.code, finding.value) == ("format-unread", "jats")
    assert finding.detail == {"used": "oai_dc", "why": "article-meta-missing"}


def test_without_any_article_all_findings_are_kept():
    reading = assemble_both(jats=None, core=None, jats_findings=[Finding("article-meta-missing")])
    assert reading == Reading(None, (Finding("article-meta-missing"),))
    assert assemble({}, HINTS) == Reading(None)


# ------------------------------------------------------------------------------------------ configuration


def assemble_one(article, hints=HINTS, *reported):
    return assemble({article.format: Reading(article, reported)}, hints)


def test_the_configuration_fills_missing_values():
    article = assemble_one(replace(JATS, first_page="7")).article
    assert article.journal == Journal(
        titles=(LangText(("Annals",)),),
        abbreviation="Ann.",
        issns=(Issn("0317-8471", "print"), Issn("1050-124X", "electronic")),
        publisher="A House",
        language="ru",
    )
    assert (article.language, article.landing_page) == ("ru", "https://annals.example/3/7")


def test_every_value_of_the_configuration_has_its_provenance():
    provenance = assemble_one(replace(JATS, first_page="7")).article.provenance
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


def test_values_of_the_record_are_not_replaced():
    complete = replace(
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
    assert assemble_one(complete).article == complete


def test_the_registered_title_of_the_journal_is_first():
    """Crossref knows the journal by one title, but OJS puts the title in the article's language first."""
    titles = LangText(("Anales",), "es"), LangText(("Annals",), "en")
    article = assemble_one(replace(JATS, journal=Journal(titles=titles, issns=(Issn("0317-8471", "print"),)))).article
    assert article.journal.titles == (titles[1], titles[0])
    assert "journal.titles[0]" not in article.provenance


def test_a_journal_that_is_not_configured_is_unchanged():
    assert assemble_one(JATS, NO_HINTS).article == JATS
    unnumbered = replace(JATS, journal=Journal(titles=(LangText(("Annals",)),)))
    assert assemble_one(unnumbered).article == unnumbered


def test_a_pattern_with_missing_values_gives_no_landing_page():
    assert assemble_one(JATS).article.landing_page is None


def test_the_configured_landing_page_resolves_an_ambiguity():
    finding = Finding("url-ambiguous", "landing_page", "https://a.example https://b.example")
    assert assemble_one(replace(JATS, first_page="7"), HINTS, finding).findings == ()
    assert assemble_one(JATS, HINTS, finding).findings == (finding,)


def test_findings_of_the_rules_are_not_reported_twice():
    reported = [Finding(code, "x") for code in sorted(assembly.CODES_OF_THE_RULES)]
    assert assemble_one(JATS, HINTS, *reported).findings == ()


def test_the_rules_have_the_codes_that_are_left_to_them():
    rules = "".join(path.read_text("utf-8") for path in Path(harvester.__file__).parent.glob("rules/*.py"))
    assert [code for code in assembly.CODES_OF_THE_RULES if f'"{code}"' not in rules] == []


@of_articles
@given(articles(), articles())
def test_nothing_of_the_best_format_is_ever_changed(first, second):
    article = assemble_both(first, second).article
    for name in first.__struct_fields__:
        if getattr(first, name) and name != "provenance":
            assert getattr(article, name) == getattr(first, name)
        elif name not in (*assembly.FILLED_FIELDS, "provenance"):
            assert not getattr(article, name)
