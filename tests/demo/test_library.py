"""The articles of the demo: they cover all features, and values are wrong only on purpose."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

import pytest
from stdnum import issn
from stdnum.iso7064 import mod_11_2

from harvester.demo.library import Article, Issue, Journal, institutions, journals, name_parts, parts, plain, published

BAD_ORCID = "0000-0000-0000-5051"
BAD_ISSN = "0000-0079"


def everything() -> list[tuple[Journal, Issue, Article]]:
    return [
        (journal, issue, article) for journal in journals() for issue in journal.issues for article in issue.articles
    ]


def articles() -> list[Article]:
    return [article for _, _, article in everything()]


def test_there_are_about_forty_articles() -> None:
    assert len(articles()) == 42
    assert sum(len(journal.deleted) for journal in journals()) == 4


@pytest.mark.parametrize(("language", "least"), [("ru", 7), ("es", 7), ("ar", 2), ("de", 4)])
def test_there_are_enough_bilingual_articles(language: str, least: int) -> None:
    found = [
        one
        for one in articles()
        if one.language == language and {"en", language} <= one.title.keys() & one.abstract.keys()
    ]
    assert len(found) >= least


def test_articles_cover_every_feature() -> None:
    texts = [text for one in articles() for text in one.title.values()]
    authors = [author for one in articles() for author in one.authors]
    suffixes = {name_parts(name)[2] for author in authors for name in author.name.values()}
    assert any("<italic>" in text for text in texts)
    assert any("<mml:math>" in text for text in texts)
    assert any(author.group for author in authors)
    assert {"Jr.", "III"} <= suffixes
    assert any(len(author.name) == 2 for author in authors)
    assert any(len(author.at) == 2 for author in authors)
    assert any(institutions()[key].ror for author in authors for key in author.at)
    assert any(part.title for one in articles() for text in one.abstract.values() for part in parts(text))
    assert any(issue.number and not issue.volume for _, issue, _ in everything())
    assert any(one.elocation for one in articles())
    assert max(len(one.references) for one in articles()) == 120


def test_correction_refers_to_an_article_of_the_demo() -> None:
    targets = {related.doi for one in articles() for related in one.related}
    assert targets
    assert targets <= {one.doi for one in articles()}


def test_ids_and_dois_are_unique_except_one_on_purpose() -> None:
    ids = Counter((journal.platform, one.id) for journal, _, one in everything())
    ids.update((journal.platform, gone.id) for journal in journals() for gone in journal.deleted)
    dois = Counter(one.doi for one in articles() if one.doi)
    assert max(ids.values()) == 1
    assert [doi for doi, count in dois.items() if count > 1] == ["10.5555/hsp.41.3"]


def test_check_digits_are_right_except_on_purpose() -> None:
    orcids = {author.orcid for one in articles() for author in one.authors if author.orcid}
    wrong = {orcid for orcid in orcids if not mod_11_2.is_valid(orcid.replace("-", ""))}
    issns = {number for journal in journals() for number in (journal.issn_print, journal.issn_electronic) if number}
    assert wrong == {BAD_ORCID}
    assert {number for number in issns if not issn.is_valid(number)} == {BAD_ISSN}


def test_ror_ids_are_well_formed() -> None:
    found = [institution.ror for institution in institutions().values() if institution.ror]
    assert found
    for ror in found:
        name = re.fullmatch(r"https://ror\.org/0([a-hj-km-np-tv-z0-9]{6})(\d\d)", ror)
        assert name
        number = 0
        for letter in name[1]:
            number = number * 32 + "0123456789abcdefghjkmnpqrstvwxyz".index(letter)
        assert 98 - number * 100 % 97 == int(name[2])


def test_every_institution_is_defined_and_used() -> None:
    used = {key for one in articles() for author in one.authors for key in author.at}
    assert used == institutions().keys()


def _texts() -> Iterator[str]:
    for one in articles():
        yield from (
            *one.title.values(),
            *one.subtitle.values(),
            *(word for row in one.keywords.values() for word in row),
        )
        yield from (
            paragraph for text in one.abstract.values() for part in parts(text) for paragraph in part.paragraphs
        )
        yield from (reference for reference in one.references if isinstance(reference, str))


def test_every_text_is_well_formed_markup() -> None:
    for text in _texts():
        assert plain(text).strip() == plain(text) != ""


def test_abstract_is_split_into_parts() -> None:
    found = parts("\nOne.\n\n## Aim\nTo see.\n\nAnd more.\n\n## End\nSeen.\n")
    assert [(part.title, part.paragraphs) for part in found] == [
        (None, ("One.",)),
        ("Aim", ("To see.", "And more.")),
        ("End", ("Seen.",)),
    ]


def test_publication_dates() -> None:
    by_id = {one.id: published(issue, one) for journal, issue, one in everything() if journal.platform == "ojs34"}
    assert by_id[1] == "2021"
    assert by_id[110] == "2022-03-30"
    assert by_id[510] == "2093-09-15"
    assert by_id[512] is None
