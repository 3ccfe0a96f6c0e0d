from harvester.model import Affiliation, Article, Contributor, File, Funding, Issn, Journal, LangText, PubDate, Relation
from harvester.rules.completeness import MEASURES, completeness, measures
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


def test_crossmark_is_the_publishers_and_not_the_articles():
    update = article(relations=(Relation(kind="correction", target="10.5555/1", update=True),))
    assert "crossmark" not in list(measures(update))
    assert completeness([ARTICLE], 2021, crossmark=True)["0317-8471"].current.percent("crossmark") == 100


def test_each_measure_is_counted_for_itself():
    assert list(measures(ARTICLE)) == ["references", "abstracts", "orcid", "affiliations", "licenses"]
    assert list(measures(article(contributors=(), abstracts=(), licenses=(), references=()))) == []


def test_this_year_and_two_back_are_current():
    years = [article(dates=(PubDate(year=year), PubDate(year=year + 1))) for year in (2021, 2022, 2023, 2025)]
    tally = completeness(years, 2025)["0317-8471"]
    assert (tally.title, tally.current.articles, tally.back_file.articles) == ("Annals of Invented Results", 2, 2)


def test_shares_are_percent_of_the_articles():
    bare = article(references=(), abstracts=(), contributors=(), licenses=())
    current = completeness([ARTICLE, bare, bare, RICH], 2021)["0317-8471"].current
    assert current.percent("references") == 50
    assert current.percent("ror") == 25
    assert completeness([ARTICLE], 2021)["0317-8471"].back_file.percent("references") == 0


def test_an_article_without_a_date_is_not_counted():
    assert completeness([article(dates=())], 2025) == {}


def test_the_configuration_holds_the_numbers_of_a_journal_together():
    online = with_journal(issns=(Issn("1050-124X", "electronic"),))
    assert list(completeness([ARTICLE, online], 2021)) == ["0317-8471", "1050-124X"]
    facts = {"0317-8471": FACTS, "1050-124X": FACTS}
    assert list(completeness([online, ARTICLE], 2021, facts)) == ["0317-8471"]


def test_a_journal_without_issn_goes_by_its_title():
    untold = article(journal=Journal(titles=(LangText(("Untold",)),)))
    assert list(completeness([untold], 2021)) == ["Untold"]
