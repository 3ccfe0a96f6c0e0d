from __future__ import annotations

from msgspec.structs import replace

from harvester.model import Abstract, Article, File, Paragraph, PubDate, Relation, Title
from tests.crossref.deposit.deposits import deposit
from tests.crossref.deposit.test_fixtures import fixture

ARTICLE = "//c:journal_article"


def plain(**fields) -> Article:
    return replace(fixture("translation"), relations=(), **fields)


class TestTitles:
    titles = (Title(text=("Лёд",), lang="ru"), Title(text=("Ice",), lang="en"), Title(text=("Glace",), lang="fr"))

    def test_one_titles_element_for_each_language_in_the_order_of_the_article(self) -> None:
        found = deposit(plain(language="ru", titles=self.titles))
        assert found.texts(f"{ARTICLE}/c:titles/c:title") == ["Лёд", "Ice", "Glace"]

    def test_the_setting_puts_the_language_of_the_article_last(self) -> None:
        found = deposit(plain(language="ru", titles=self.titles), title_order="article-language-last")
        assert found.texts(f"{ARTICLE}/c:titles/c:title") == ["Ice", "Glace", "Лёд"]

    def test_a_bilingual_article_is_no_translation(self) -> None:
        assert deposit(plain()).count("//c:original_language_title") == 0

    def test_a_translation_names_the_original_title_whatever_the_order(self) -> None:
        for order in ("article-language-first", "article-language-last"):
            found = deposit(fixture("translation"), title_order=order)
            assert found.texts(f"{ARTICLE}/c:titles/c:title") == ["Ice and water"]
            assert found.texts("//c:original_language_title[@language='ru']") == ["Лёд и вода"]
            assert found.texts(f"{ARTICLE}//c:subtitle") == ["A history", "История"]

    def test_with_three_languages_which_is_the_original_is_not_guessed(self) -> None:
        article = plain(language="ru", titles=self.titles)
        translation = replace(article, relations=(Relation(kind="isTranslationOf", target="10.12345/1"),))
        assert deposit(translation).count("//c:original_language_title") == 0


class TestLanguage:
    def test_stands_on_the_article(self) -> None:
        assert deposit(plain()).texts(f"{ARTICLE}/@language") == ["en"]

    def test_of_three_letters_is_left_out_where_the_schema_has_two(self) -> None:
        karelian = plain(language="krl")
        assert deposit(karelian, "5.4.0").texts(f"{ARTICLE}/@language") == ["krl"]
        assert deposit(karelian, "5.3.1").texts(f"{ARTICLE}/@language") == []
        assert deposit(plain(language="zu"), "5.3.1").texts(f"{ARTICLE}/@language") == []

    def test_is_absent_where_it_is_not_known(self) -> None:
        assert deposit(plain(language=None)).texts(f"{ARTICLE}/@language") == []


class TestDates:
    def test_a_medium_is_always_written(self) -> None:
        dates = (PubDate(year=2021, month=3, day=5, medium="online"), PubDate(year=2021, month=22))
        found = deposit(plain(dates=dates, accepted=PubDate(year=2020)))
        assert found.texts(f"{ARTICLE}/c:publication_date/@media_type") == ["online", "other"]
        assert found.texts(f"{ARTICLE}/c:acceptance_date/@media_type") == ["other"]

    def test_month_day_year_have_two_two_and_four_digits(self) -> None:
        found = deposit(plain(dates=(PubDate(year=2021, month=3, day=5, medium="print"),)))
        assert found.texts(f"{ARTICLE}/c:publication_date/*") == ["03", "05", "2021"]

    def test_the_same_date_twice_is_one(self) -> None:
        assert deposit(plain(dates=(PubDate(year=2021),) * 2)).count(f"{ARTICLE}/c:publication_date") == 1


class TestPages:
    def test_a_last_page_without_a_first_has_no_place(self) -> None:
        assert deposit(plain(last_page="9")).count("//c:pages") == 0

    def test_an_elocation_id_is_the_number_of_the_article(self) -> None:
        found = deposit(plain(elocation_id="e7"))
        assert found.texts("//c:item_number[@item_number_type='article_number']") == ["e7"]


class TestFiles:
    html = File(url="https://journal.example.org/1.html", mime="text/html")
    pdf = File(url="https://journal.example.org/1.pdf", mime="application/pdf")
    odd = File(url="https://journal.example.org/1.odd", mime="application/x-odd")
    mined = "//c:collection[@property='text-mining']/c:item/c:resource"
    checked = "//c:collection[@property='crawler-based']/c:item[@crawler='iParadigms']/c:resource"

    def test_all_are_for_text_mining_and_the_pdf_for_similarity_check(self) -> None:
        found = deposit(plain(files=(self.html, self.pdf)))
        assert found.texts(self.mined) == [self.html.url, self.pdf.url]
        assert found.texts(self.checked) == [self.pdf.url]

    def test_without_a_pdf_the_first_is_checked(self) -> None:
        assert deposit(plain(files=(self.html, self.odd))).texts(self.checked) == [self.html.url]

    def test_a_media_type_the_schema_does_not_list_is_not_written(self) -> None:
        found = deposit(plain(files=(self.pdf, self.odd)))
        assert found.texts(f"{self.mined}/@mime_type") == ["application/pdf"]

    def test_without_files_there_is_no_collection(self) -> None:
        assert deposit(plain()).count("//c:collection") == 0


def test_each_abstract_has_its_language() -> None:
    abstracts = tuple(Abstract(blocks=(Paragraph((lang or "?",)),), lang=lang) for lang in ("ru", "en", None))
    found = deposit(plain(abstracts=abstracts))
    assert found.texts("//jats:abstract") == ["\nru\n", "\nen\n", "\n?\n"]
    assert found.texts("//jats:abstract/@xml:lang") == ["ru", "en"]


def test_an_abstract_without_text_is_absent() -> None:
    assert deposit(plain(abstracts=(Abstract(blocks=(Paragraph(()),)),))).count("//jats:abstract") == 0
