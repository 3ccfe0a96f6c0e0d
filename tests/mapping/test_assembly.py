"""One article from several formats and the configuration (mapping J11, D4)."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from msgspec.structs import replace

import harvester
from harvester import findings
from harvester.mapping import assembly, completion
from harvester.mapping.assembly import assemble
from harvester.model import (
    Article,
    File,
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
    issue="2",
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
    issue="2",
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


def test_the_best_format_wins():
    article = assemble_both().article
    assert (article.format, article.titles, article.dates) == ("jats", JATS.titles, JATS.dates)


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
        ("formats-disagree", "issue", "issue", {"issue": "2-3"}),
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
    finding, _ = reading.findings  # the other one is about the ISSN
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


@pytest.mark.parametrize("titles", [(), (LangText(("Annals",), "en"),)])
def test_the_issn_that_names_a_table_is_deposited_where_the_table_has_no_other(titles: tuple[LangText, ...]):
    """As `issn-missing` tells people to write it: a table with a title alone."""
    hints = Hints(journals={"0317-8471": JournalFacts(title="Annals")}, journal="0317-8471")
    article = assemble_one(replace(JATS, journal=Journal(titles=titles)), hints).article
    assert article.journal.issns == (Issn("0317-8471"),)
    assert article.provenance["journal.issns[0]"] == 'journals."0317-8471"'


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
    unnumbered = replace(JATS, journal=Journal(titles=(LangText(("Annals of Physics",)),)))
    assert assemble_one(unnumbered).article == unnumbered


@pytest.mark.parametrize(("own", "both"), [("0317-8471", "print electronic"), ("1050-124X", "electronic print")])
def test_both_configured_issns_are_in_the_article(own, both):
    article = assemble_one(replace(JATS, journal=Journal(issns=(Issn(own),)))).article
    assert [issn.medium for issn in article.journal.issns] == both.split()
    assert article.provenance["journal.issns[1]"] == f'journals."{own}".issn_{both.split()[1]}'


@pytest.mark.parametrize("medium", ["print", "electronic"])
def test_no_medium_is_there_twice(medium):
    """An ISSN that the configuration does not have keeps its medium."""
    issns = (Issn("0317-8471", "print"), Issn("2049-3630", "electronic"))
    article = assemble_one(replace(JATS, journal=Journal(issns=issns if medium == "print" else issns[::-1]))).article
    assert [issn.medium for issn in article.journal.issns].count(medium) == 1


def test_a_title_that_is_not_registered_is_replaced_by_the_one_that_is():
    known = replace(FACTS, other_titles=("An. of Honey",))
    journal = Journal(titles=(LangText(("An. of Honey",)),))
    reading = assemble_one(replace(JATS, journal=journal), Hints(journals={"0317-8471": known}))
    assert reading.article.journal.titles == (LangText(("Annals",)),)
    assert [issn.value for issn in reading.article.journal.issns] == ["0317-8471", "1050-124X"]


def test_the_set_names_the_journal_of_a_record_without_issn():
    hints = Hints(journals=HINTS.journals, set_journals={"honey": "1050-124X"})
    nameless = {"jats": Reading(replace(JATS, journal=Journal()))}
    article = assemble(nameless, hints, ("honey:ART",)).article
    assert article is not None
    assert [issn.value for issn in article.journal.issns] == ["0317-8471", "1050-124X"]
    [missing] = assemble(nameless, hints, ("bees",)).findings
    assert (missing.code, missing.detail["line"]) == ("issn-missing", '"bees" = "0317-8471"')


def test_a_pattern_with_missing_values_gives_no_landing_page():
    assert assemble_one(JATS).article.landing_page is None


@pytest.mark.parametrize(
    "page", ["http://localhost/12", "https://192.168.1.20/12", "https://lib.ezproxy.uni.example/12"]
)
def test_the_configured_landing_page_replaces_one_that_readers_cannot_open(page):
    reading = assemble_one(replace(JATS, landing_page=page, first_page="7"))
    assert reading.article.landing_page == "https://annals.example/3/7"
    assert assemble_one(replace(JATS, landing_page=page)).article.landing_page == page  # a value is missing


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
        if name in ("titles", "abstracts") and getattr(first, name):
            assert getattr(article, name)[: len(getattr(first, name))] == getattr(first, name)
        elif getattr(first, name) and name != "provenance":
            assert getattr(article, name) == getattr(first, name)
        elif name not in (
            *completion.FILLED_FIELDS,
            *completion.PLACE_FIELDS,
            "last_page",
            "other_pages",
            "provenance",
        ):
            assert not getattr(article, name)


LACKING = [
    ({"doi": None}, "doi", "10.5555/JLA.12", "DOI"),
    ({"dates": ()}, "dates", "2020", "publication date"),
]


@pytest.mark.parametrize(("changes", "path", "value", "field"), LACKING)
def test_a_required_value_that_only_the_other_format_has_is_reported(changes, path, value, field):
    reading = assemble({"jats": Reading(replace(JATS, **changes)), "oai_dc": Reading(CORE)}, Hints())
    expected = Finding("format-lacks", path, value, {"field": field, "format": "jats", "other_format": "oai_dc"})
    assert [finding for finding in reading.findings if finding.code == "format-lacks"] == [expected]


def test_the_journal_that_only_the_other_format_has_is_reported():
    core = replace(CORE, journal=Journal(titles=(LangText(("Annals",)),), issns=(Issn("0317-8471"),)))
    reading = assemble({"jats": Reading(replace(JATS, journal=Journal())), "oai_dc": Reading(core)}, Hints())
    assert [(f.path, f.value) for f in reading.findings] == [
        ("journal.titles", "Annals"),
        ("journal.issns", "0317-8471"),
    ]


@pytest.mark.parametrize(
    "jats",
    [
        Reading(JATS),
        Reading(replace(JATS, doi=None), (Finding("doi-ambiguous", "doi", "10.5555/a 10.5555/b"),)),
    ],
)
def test_a_value_that_is_there_or_explained_is_not_reported_as_lacking(jats):
    reading = assemble({"jats": jats, "oai_dc": Reading(CORE)}, Hints())
    assert "format-lacks" not in {finding.code for finding in reading.findings}


def test_a_value_that_no_format_has_is_not_reported_as_lacking():
    readings = {"jats": Reading(replace(JATS, doi=None)), "oai_dc": Reading(replace(CORE, doi=None))}
    assert assemble(readings, Hints()).findings == ()


# ---------------------------------------------------------------------------------------------------- files


@pytest.mark.parametrize("host", ["127.0.0.1:8000", "localhost", "192.168.1.4", "journal-server"])
def test_a_file_that_readers_cannot_download_is_left_out_and_holds_nothing_back(host: str):
    closed, opened = (File(url=f"http://{name}/1.pdf", mime="application/pdf") for name in (host, "j.example.org"))
    reading = assemble({"jats": Reading(replace(JATS, files=(closed, opened)))}, Hints())
    assert reading.article
    assert reading.article.files == (opened,)
    assert [(finding.code, finding.value) for finding in reading.findings] == [("file-left-out", closed.url)]


@pytest.mark.parametrize("host", ["j.example.org:8080", "localhost.example.org", "8.8.8.8"])
def test_a_file_on_a_public_host_is_kept(host: str):
    file = File(url=f"http://{host}/1.pdf", mime="application/pdf")
    reading = assemble({"jats": Reading(replace(JATS, files=(file,)))}, Hints())
    assert reading.article
    assert (reading.article.files, reading.findings) == ((file,), ())
