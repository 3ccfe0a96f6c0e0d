from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from harvester.crossref.deposit import group
from harvester.crossref.deposit.grouping import _largest_size
from harvester.crossref.versions import VERSIONS
from harvester.model import Abstract, Article, Journal, LangText, Paragraph
from tests.crossref.deposit.deposits import Deposit, build, build_all
from tests.crossref.deposit.test_fixtures import NAMES, fixture

PLAIN = fixture("translation")


def article(doi: str, volume: str = "1", journal: str = "Notes", size: int = 0) -> Article:
    abstracts = (Abstract(blocks=(Paragraph(("&" * size,)),)),)
    return replace(PLAIN, doi=doi, volume=volume, journal=Journal(titles=(LangText((journal,)),)), abstracts=abstracts)


def dois(files: list[list[Article]]) -> list[list[str]]:
    return [[each.doi or "" for each in file] for file in files]


def test_a_file_has_one_prefix() -> None:
    files = group([article("10.1234/a"), article("10.5678/b"), article("10.1234/c")])
    assert dois(files) == [["10.1234/a", "10.1234/c"], ["10.5678/b"]]


def test_an_issue_stands_together_in_the_order_it_first_appears() -> None:
    files = group([article("10.1234/a", "2"), article("10.1234/b", "1"), article("10.1234/c", "2")])
    assert dois(files) == [["10.1234/a", "10.1234/c", "10.1234/b"]]
    found = Deposit(build_all(files[0]))
    assert found.texts("//c:journal//c:volume") == ["2", "1"]


def test_journals_are_not_mixed() -> None:
    [file] = group(
        [article("10.1234/a", journal="A"), article("10.1234/b", journal="B"), article("10.1234/c", journal="A")]
    )
    assert Deposit(build_all(file)).texts("//c:full_title") == ["A", "B"]


def test_records_and_bytes_are_bounded() -> None:
    assert [len(file) for file in group([article(f"10.1234/{n}") for n in range(7)], max_records=3)] == [3, 3, 1]
    files = group([article(f"10.1234/{n}", size=5_000) for n in range(7)], max_bytes=100_000)
    assert len(files) > 1
    assert all(len(build_all(file)) <= 100_000 for file in files)


def test_an_article_beyond_the_bound_has_a_file_of_its_own() -> None:
    files = group([article("10.1234/a"), article("10.1234/b", size=50_000), article("10.1234/c")], max_bytes=10_000)
    assert ["10.1234/b"] in dois(files)


def test_a_doi_stands_once_in_a_file_whatever_its_case() -> None:
    files = group([article("10.1234/a"), article("10.1234/A"), article("10.1234/b")])
    assert dois(files) == [["10.1234/a"], ["10.1234/A", "10.1234/b"]]


def test_the_estimate_is_never_below_what_is_written() -> None:
    for name in NAMES:
        one = fixture(name)
        for version in VERSIONS:
            assert len(build(one, version)) <= _largest_size(one) + 2_000


@given(st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from("123"), st.sampled_from("xyzXY")), max_size=30))
def test_every_article_is_in_exactly_one_file(keys: list[tuple[str, str, str]]) -> None:
    articles = [article(f"10.{prefix * 4}/{suffix}", volume) for prefix, volume, suffix in keys]
    files = group(articles, max_records=4)
    assert sorted(id(each) for file in files for each in file) == sorted(map(id, articles))
    for file in files:
        names = [(each.doi or "").lower() for each in file]
        assert len(names) == len(set(names)) <= 4
        assert len({name.partition("/")[0] for name in names}) == 1
