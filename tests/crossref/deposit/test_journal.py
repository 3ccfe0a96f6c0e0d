from __future__ import annotations

from msgspec.structs import replace

from harvester.crossref.deposit.journal import issue_of
from harvester.model import Issn, Journal, LangText, PubDate
from tests.crossref.deposit.deposits import deposit
from tests.crossref.deposit.test_fixtures import fixture

PLAIN = fixture("translation")


def test_titles_are_written_once_each() -> None:
    titles = tuple(LangText((name,)) for name in ("Notes", "Записки", "Notes"))
    found = deposit(replace(PLAIN, journal=Journal(titles=titles)))
    assert found.texts("//c:full_title") == ["Notes", "Записки"]


def test_a_medium_that_is_not_known_is_not_claimed() -> None:
    issns = (Issn("2049-3630", "electronic"), Issn("2049-3649"))
    found = deposit(replace(PLAIN, journal=replace(PLAIN.journal, issns=issns)))
    assert found.texts("//c:issn") == ["2049-3630", "2049-3649"]
    assert found.texts("//c:issn/@media_type") == ["electronic"]


class TestIssue:
    def test_is_left_out_where_the_article_names_none(self) -> None:
        assert issue_of(PLAIN) is None
        assert deposit(PLAIN).count("//c:journal_issue") == 0

    def test_is_left_out_without_a_date(self) -> None:
        assert deposit(replace(PLAIN, volume="1", dates=())).count("//c:journal_issue") == 0

    def test_has_the_year_of_print_before_that_of_the_web(self) -> None:
        dates = (PubDate(year=2020, month=12, day=1, medium="online"), PubDate(year=2021, month=2, medium="print"))
        found = deposit(replace(PLAIN, volume="1", issue="2", dates=dates))
        assert found.texts("//c:journal_issue/c:publication_date[@media_type='print']/*") == ["2021"]

    def test_has_its_own_year_before_that_of_the_article(self) -> None:
        web = PubDate(year=2025, month=6, medium="online")
        article = replace(PLAIN, volume="24", issue_year=2019, dates=(web,))
        assert deposit(article).texts("//c:journal_issue/c:publication_date[@media_type='online']/*") == ["2019"]
        assert deposit(article).texts("//c:journal_article/c:publication_date/c:year") == ["2025"]
        printed = replace(article, dates=(web, PubDate(year=2020, medium="print")))
        assert deposit(printed).texts("//c:journal_issue/c:publication_date/*") == ["2020"]

    def test_is_equal_for_articles_of_different_days(self) -> None:
        days = [replace(PLAIN, issue="2", dates=(PubDate(year=2021, month=1, day=day),)) for day in (1, 2)]
        assert len({issue_of(article) for article in days}) == 1

    def test_volume_number_and_title_stand_as_they_are(self) -> None:
        found = deposit(replace(PLAIN, volume="XIII", issue="3-4", issue_title="Floods & fords"))
        assert found.texts("//c:journal_issue//c:title") == ["Floods & fords"]
        assert found.texts("//c:journal_issue//c:volume") == ["XIII"]
        assert found.texts("//c:journal_issue/c:issue") == ["3-4"]
