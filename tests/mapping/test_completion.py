"""What a second format adds to an article, and what it must not add (mapping J11)."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from harvester.mapping.completion import completed
from harvester.model import (
    Abstract,
    Article,
    Contributor,
    Finding,
    Keyword,
    License,
    Paragraph,
    Reading,
    Title,
)

BERG, MOON = Contributor(surname="Berg", given="Ada"), Contributor(surname="Moon", given="Eva")
GROUP = Contributor(kind="group", name="Tide Working Group")
JATS = Article(
    format="jats", doi="10.5555/1", volume="3", issue="1-2", titles=(Title(text=("Tides",), lang="en"),), language="en"
)
CORE = Article(
    format="oai_dc",
    doi="10.5555/1",
    volume="3",
    issue="1–2",
    first_page="24",
    last_page="33",
    landing_page="https://x.example/1",
    licenses=(License(url="https://creativecommons.org/licenses/by/4.0/"),),
    keywords=(Keyword("tide"),),
    provenance={"landing_page": "dc:identifier", "keywords[0]": "dc:subject", "first_page": "dc:source"},
)


def fill(ours: Article, theirs: Article, found: tuple[Finding, ...] = (), own: tuple[Finding, ...] = ()):
    return completed(ours, list(own), Reading(theirs, found), "oai_dc")


def pages(article: Article) -> tuple[str | None, ...]:
    return article.first_page, article.last_page, article.other_pages, article.elocation_id


def test_what_is_missing_is_filled_in_with_its_provenance():
    article, _ = fill(JATS, CORE)
    assert (article.landing_page, article.licenses, article.keywords) == (
        CORE.landing_page,
        CORE.licenses,
        CORE.keywords,
    )
    assert article.provenance == {
        "landing_page": "oai_dc: dc:identifier",
        "keywords": "oai_dc: dc:subject",
        "first_page": "oai_dc: dc:source",
        "last_page": "oai_dc",
        "licenses": "oai_dc",
    }


def test_what_is_there_is_not_replaced():
    ours = replace(JATS, keywords=(Keyword("sea"),), landing_page="https://y.example/1")
    article, _ = fill(ours, CORE)
    assert (article.keywords, article.landing_page) == (ours.keywords, ours.landing_page)


@pytest.mark.parametrize(
    ("ours", "theirs", "right"),
    [
        ({}, {}, ("24", "33", None, None)),
        ({}, {"first_page": "S20", "last_page": "S24"}, ("S20", "S24", None, None)),
        ({}, {"first_page": "18", "last_page": "25", "other_pages": "38"}, ("18", "25", "38", None)),
        ({}, {"first_page": None, "last_page": None, "elocation_id": "e1128"}, (None, None, None, "e1128")),
        ({"first_page": "24"}, {}, ("24", "33", None, None)),
        ({"elocation_id": "e24"}, {"first_page": "1", "last_page": "9"}, ("1", "9", None, "e24")),
        # one number, as a page here and as an article number there
        ({"elocation_id": "e24"}, {"first_page": "e24", "last_page": None}, (None, None, None, "e24")),
        ({"first_page": "e24"}, {"first_page": None, "elocation_id": "e24"}, ("e24", None, None, None)),
        # pages that differ
        ({"first_page": "25"}, {}, ("25", None, None, None)),
        ({"first_page": "24", "last_page": "30"}, {}, ("24", "30", None, None)),
        # another issue or volume
        ({"issue": "2"}, {}, (None, None, None, None)),
        ({"volume": "33"}, {}, (None, None, None, None)),
        ({"issue": None}, {}, ("24", "33", None, None)),
    ],
)
def test_pages_are_filled_in_if_the_place_agrees(ours, theirs, right):
    article, _ = fill(replace(JATS, **ours), replace(CORE, **theirs))
    assert pages(article) == right


def test_volume_and_issue_are_filled_in():
    article, _ = fill(replace(JATS, volume=None, issue=None), CORE)
    assert (article.volume, article.issue) == ("3", "1–2")


def test_a_licence_is_not_lost_to_another_issue():
    assert fill(replace(JATS, issue="7"), CORE)[0].licenses == CORE.licenses


def test_nothing_is_taken_from_an_article_with_another_doi():
    assert fill(JATS, replace(CORE, doi="10.5555/2")) == (JATS, [])


def test_findings_about_missing_fields_are_adopted():
    unread = Finding("pages-unparsed", "first_page", "24 to 33")
    other = Finding("name-unparsed", "contributors[0]", "X")
    assert fill(JATS, replace(CORE, first_page=None, last_page=None), (unread, other))[1] == [unread]


# ---------------------------------------------------------------------------------------------- languages


def abstract(text: str, lang: str | None) -> Abstract:
    return Abstract(blocks=(Paragraph(text=(text,)),), lang=lang)


def titled(*titles: tuple[str, str | None]) -> tuple[Title, ...]:
    return tuple(Title(text=(text,), lang=lang) for text, lang in titles)


@pytest.mark.parametrize(
    ("theirs", "added"),
    [
        (titled(("Tides", "en"), ("Marés", "pt")), titled(("Marés", "pt"))),
        (titled(("Marés", "pt"), ("Mareas", "es")), titled(("Marés", "pt"), ("Mareas", "es"))),
        (titled(("Marés", "pt"), ("As marés", "pt")), titled(("Marés", "pt"))),
        (titled(("Tides", "es"), ("TIDES.", "pt")), ()),  # one title under several tags
        (titled(("Tides and moons", "en")), ()),
        (titled(("Marés", None)), ()),
    ],
)
def test_titles_in_further_languages_are_added(theirs, added):
    article, _ = fill(JATS, replace(CORE, titles=theirs))
    assert article.titles == (*JATS.titles, *added)


def test_abstracts_in_further_languages_are_added_with_their_findings():
    ours = replace(JATS, abstracts=(abstract("On tides.", "en"),))
    theirs = replace(CORE, abstracts=(abstract("On tides", "en"), abstract("Sobre marés.", "pt")))
    damage = Finding("encoding-suspect", "abstracts[1]", "x"), Finding("encoding-suspect", "abstracts[0]", "y")
    article, findings = fill(ours, theirs, damage)
    assert [each.lang for each in article.abstracts] == ["en", "pt"]
    assert findings == [damage[0]]
    assert article.provenance["abstracts[1]"] == "oai_dc"


def test_a_text_of_unknown_language_may_be_any():
    ours = replace(JATS, titles=titled(("Tides", None)))
    assert fill(ours, replace(CORE, titles=titled(("Marés", "pt"))))[0].titles == ours.titles


# ------------------------------------------------------------------------------------------- contributors


def empty(place: int) -> Finding:
    return Finding("contributor-empty", f"contributors[{place}]", "University of Example")


@pytest.mark.parametrize(
    ("ours", "places", "theirs"),
    [
        ((BERG,), (1,), (BERG, GROUP)),
        ((BERG,), (0,), (GROUP, BERG)),
        ((BERG, MOON), (1,), (BERG, GROUP, MOON)),
        ((BERG, MOON), (0, 2), (GROUP, BERG, MOON, GROUP)),
        ((), (0,), (GROUP,)),
    ],
)
def test_a_contributor_without_a_name_is_filled_in(ours, places, theirs):
    article, findings = fill(
        replace(JATS, contributors=ours),
        replace(CORE, contributors=theirs),
        (Finding("possible-organization", f"contributors[{theirs.index(GROUP)}]", "Tide Working Group"),),
        tuple(map(empty, places)),
    )
    assert article.contributors == theirs
    assert findings == []


@pytest.mark.parametrize(
    ("ours", "places", "theirs"),
    [
        ((BERG,), (), (BERG, GROUP)),  # nobody is missing
        ((BERG,), (1,), (BERG, MOON, GROUP)),
        ((BERG,), (1,), (MOON, GROUP)),
        ((BERG,), (0,), (BERG, GROUP)),  # another order
    ],
)
def test_a_list_is_never_mixed_otherwise(ours, places, theirs):
    own = tuple(map(empty, places))
    article, findings = fill(replace(JATS, contributors=ours), replace(CORE, contributors=theirs), (), own)
    assert (article.contributors, findings) == (ours, list(own))


def test_findings_follow_their_contributors():
    own = empty(0), Finding("orcid-invalid", "contributors[0].orcid", "1"), Finding("doi-invalid", "doi", "2")
    found = (
        Finding("name-order-unknown", "contributors[0]", "The Ebbs"),
        Finding("name-unparsed", "contributors[1]", "3"),
    )
    unsplit = Contributor(surname="The Ebbs")
    article, findings = fill(
        replace(JATS, contributors=(BERG,)), replace(CORE, contributors=(unsplit, BERG)), found, own
    )
    assert article.contributors == (unsplit, BERG)
    assert findings == [Finding("orcid-invalid", "contributors[1].orcid", "1"), own[2], found[0]]
