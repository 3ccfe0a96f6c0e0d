import pytest
from msgspec.structs import replace

from harvester import patterns
from harvester.model import JournalFacts, PubDate
from tests.rules.samples import ARTICLE, FACTS, article


def page(pattern, **changes):
    return patterns.landing_page(article(**changes), JournalFacts(landing_page=pattern))


def test_landing_page_is_filled_from_the_article():
    assert page("https://j.example/{year}/{volume}/{issue}/{first_page}") == "https://j.example/2021/13/1/32"
    assert page("https://doi.example/{doi}", doi="10.5555/a(1)") == "https://doi.example/10.5555/a(1)"
    assert page("https://j.example/{identifier}", identifiers=("77",)) == "https://j.example/77"
    assert (
        page("https://j.example/{article_id}", landing_page="http://localhost/article/view/7") == "https://j.example/7"
    )


def test_characters_not_allowed_in_a_url_are_encoded():
    assert page("https://j.example/{volume}", volume="1 & Ж") == "https://j.example/1%20&%20%D0%96"
    assert page("https://j.example/{volume}", volume="#?%") == "https://j.example/%23%3F%25"


def test_missing_value_gives_no_landing_page():
    assert page("https://j.example/{volume}", volume=None) is None
    assert patterns.landing_page(ARTICLE, JournalFacts()) is None


def test_two_different_years_give_no_year():
    assert page("https://j.example/{year}", dates=(PubDate(year=2020), PubDate(year=2021))) is None
    assert page("https://j.example/{year}", dates=(PubDate(year=2021), PubDate(year=2021))) == "https://j.example/2021"


def test_each_issn_of_the_journal_gives_a_doi():
    assert list(patterns.dois(ARTICLE, FACTS)) == [
        "10.5555/0317-8471-2021-13-1-32-57",
        "10.5555/1050-124X-2021-13-1-32-57",
    ]


def test_values_that_a_doi_cannot_contain_give_no_doi():
    assert list(patterns.dois(article(issue="1–2"), FACTS)) == []
    assert list(patterns.dois(article(last_page=None), FACTS)) == []
    assert list(patterns.dois(ARTICLE, replace(FACTS, doi_pattern=None))) == []
    assert list(patterns.dois(ARTICLE, replace(FACTS, doi_prefix=None))) == []


def test_pattern_of_a_real_journal_gives_its_doi():
    facts = JournalFacts(issn_print="2076-7404", doi_prefix="10.48015", doi_pattern=FACTS.doi_pattern)
    assert next(patterns.dois(ARTICLE, facts)) == "10.48015/2076-7404-2021-13-1-32-57"


OJS = "https://journal.example.org/index.php/j/article/view/510"


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("10.5555/j.v%vi%i.%a", "10.5555/j.v13i1.510"),
        ("10.5555/j.%Y.%p", "10.5555/j.2021.32-57"),
        ("10.5555/j.{year}.{pages}", "10.5555/j.2021.32-57"),
        ("10.5555/j.{article_id}", "10.5555/j.510"),
        ("10.5555/{identifier}", "10.5555/77"),
    ],
)
def test_doi_patterns_as_ojs_users_know_them(pattern, expected):
    facts = JournalFacts(issn_print="0317-8471", doi_pattern=patterns.in_our_words(pattern))
    assert list(patterns.dois(article(landing_page=OJS, identifiers=("77",)), facts))[:1] == [expected]


@pytest.mark.parametrize(
    ("page", "number"),
    [
        (OJS, "510"),
        ("https://j.example/article/id/77/", "77"),
        ("https://j.example/article/77", "77"),
        ("https://j.example/index.php/j/article/view/on-lamps", None),
        ("https://j.example/index.php/j/article/view/510/377", None),  # a galley
        ("https://j.example/handle/10/510", None),
        (None, None),
    ],
)
def test_number_of_the_article_is_in_the_address_of_its_page(page, number):
    facts = JournalFacts(issn_print="0317-8471", doi_pattern="10.5555/{article_id}")
    bare = article(landing_page=page)
    assert list(patterns.dois(bare, facts))[:1] == ([f"10.5555/{number}"] if number else [])
    assert patterns.lacking(bare, facts) == ([] if number else ["article_id"])


@pytest.mark.parametrize(
    ("pattern", "suffix", "fits"),
    [
        ("{prefix}/jrh.v{volume}i{issue}.p{first_page}", "JRH.V1i2.p38", True),
        ("{prefix}/jrh.v{volume}i{issue}.p{first_page}", "jrh.v1i2-3.pe38", True),
        ("{prefix}/jrh.v{volume}i{issue}.p{first_page}", "jrh.v1i2.38", False),
        ("{prefix}/jrh.v{volume}i{issue}.p{first_page}", "jrhxv1i2.p38", False),
        ("{prefix}/{volume}.{issue}", "jrh.2019", False),
        ("{prefix}/{volume}.{issue}", "IX.2", True),
        ("{prefix}/{pages}", "10-19", True),
        ("{prefix}/{article_id}", "a12", False),
        ("{prefix}/{identifier}", "any-thing(1)", True),
    ],
)
def test_whether_a_doi_has_the_form_of_the_pattern(pattern, suffix, fits):
    facts = JournalFacts(doi_pattern=pattern, doi_prefix="10.5555")
    assert patterns.has_form(f"10.5555/{suffix}", facts) is fits
    assert not patterns.has_form(f"10x5555/{suffix}", facts)


def test_without_a_pattern_no_doi_has_its_form():
    assert not patterns.has_form("10.5555/1", JournalFacts())
