import pytest

from harvester.model import Affiliation, Article, Contributor, File, Funding, Issn, Journal, LangText, PubDate, Relation
from harvester.rules.completeness import MEASURES, count_by_journal, measures
from tests.rules.samples import ARTICLE, FACTS, article, with_journal

RICH = article(
    contributors=(
        Contributor(
            surname="Carberry",
            orcid="https://orcid.org/0000-0002-1825-0097",
            affiliations=(Affiliation(ror="https://ror.org/05gq02987"),),
        ),
    ),
    files=(File(url="https://journal.example/7.pdf"),),
    funding=(Funding(funder="Some Fund", awards=("A-1",)),),
)


def test_a_bare_article_has_nothing():
    assert list(measures(Article(format="oai_dc"))) == []


def test_a_rich_article_has_everything():
    assert tuple(measures(RICH, crossmark=True)) == MEASURES


def test_crossmark_depends_on_the_configuration_not_on_the_article():
    update = article(relations=(Relation(kind="correction", target="10.5555/1", update=True),))
    assert "crossmark" not in list(measures(update))
    assert count_by_journal([ARTICLE], 2021)["0317-8471"].current.percent("crossmark") == 0
    assert count_by_journal([ARTICLE], 2021, crossmark=True)["0317-8471"].current.percent("crossmark") == 100


def test_each_measure_is_counted_on_its_own():
    assert list(measures(ARTICLE)) == ["references", "abstracts", "orcid", "affiliations", "licenses"]
    assert list(measures(article(contributors=(), abstracts=(), licenses=(), references=()))) == []


@pytest.mark.parametrize(
    ("funding", "counted"),
    [
        (Funding(funder="Some Fund"), ["funders"]),
        (Funding(funder_id="https://doi.org/10.13039/501100000780"), ["funders"]),
        (Funding(ror="https://ror.org/05dxps055"), ["funders"]),
        (Funding(awards=("A-1",)), ["awards"]),
    ],
)
def test_any_name_or_identifier_of_a_funder_counts(funding, counted):
    assert list(measures(Article(format="jats", funding=(funding,)))) == counted


def test_this_year_and_the_two_before_are_current():
    years = [article(dates=(PubDate(year=year), PubDate(year=year + 1))) for year in (2021, 2022, 2023, 2025)]
    counts = count_by_journal(years, 2025)["0317-8471"]
    assert (counts.title, counts.current.articles, counts.back_file.articles) == ("Annals of Invented Results", 2, 2)


def test_shares_are_percent_of_the_articles():
    bare = article(references=(), abstracts=(), contributors=(), licenses=())
    current = count_by_journal([ARTICLE, bare, bare, RICH], 2021)["0317-8471"].current
    assert current.percent("references") == 50
    assert current.percent("ror") == 25
    assert count_by_journal([ARTICLE], 2021)["0317-8471"].back_file.percent("references") == 0


def test_an_article_without_a_date_is_not_counted():
    assert count_by_journal([article(dates=())], 2025) == {}


def test_the_configuration_says_which_issns_belong_to_one_journal():
    online = with_journal(issns=(Issn("1050-124X", "electronic"),))
    assert list(count_by_journal([ARTICLE, online], 2021)) == ["0317-8471", "1050-124X"]
    facts = {"0317-8471": FACTS, "1050-124X": FACTS}
    assert list(count_by_journal([online, ARTICLE], 2021, facts)) == ["0317-8471"]


def test_a_journal_without_issn_is_counted_by_its_title():
    without_issn = article(journal=Journal(titles=(LangText(("Untold",)),)))
    assert list(count_by_journal([without_issn], 2021)) == ["Untold"]
