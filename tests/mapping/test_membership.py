"""Which records belong to a source is decided by their newest header, or by their journal once the sets are removed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harvester.article_rows import MappedArticle, to_row
from harvester.config import Source
from harvester.findings import is_blocking, remedy
from harvester.mapping.membership import Membership
from harvester.model import Article, Finding, Issn, Journal, JournalFacts, LangText, RawRecord

OWN, OTHER = "2049-3630", "1234-5679"
NOTE = Finding("doi-missing", "doi")


def source(*sets: str) -> Source:
    return Source(name="lamps", url="https://lamps.example/oai", formats=("jats", "oai_dc"), sets=sets)


def membership(*sets: str, earlier: tuple[str, ...] = ()) -> Membership:
    return Membership(source(*sets), earlier, {OWN: JournalFacts()})


def header(*sets: str, datestamp: str = "2024-05-01", listed_in: tuple[str, ...] = ()) -> RawRecord:
    return RawRecord(identifier="oai:x:1", datestamp=datestamp, sets=sets, payload=b"<r/>", listed_in=listed_in)


def mapped(*issns: str) -> MappedArticle:
    journal = Journal(titles=(LangText(("Lamps",)),), issns=tuple(map(Issn, issns)))
    return MappedArticle(to_row(Article(format="oai_dc", journal=journal)), (NOTE,))


def codes(member: Membership, *headers: RawRecord, issns: tuple[str, ...] = (OWN,)) -> list[str]:
    return [finding.code for finding in member.findings(mapped(*issns), headers)]


@pytest.mark.parametrize(
    ("sets", "found"),
    [
        (("a",), ["doi-missing"]),
        (("x", "a:part"), ["doi-missing"]),
        (("ab",), ["set-not-configured"]),
        (("b",), ["set-not-configured"]),
        ((), ["set-unknown"]),
    ],
)
def test_a_record_outside_of_the_sets_needs_no_other_finding(sets: tuple[str, ...], found: list[str]):
    assert codes(membership("a", "c"), header(*sets)) == found
    assert codes(membership("a", "c"), header(*sets), issns=(OTHER,)) == found


def test_a_record_is_in_the_sets_whose_lists_gave_it():
    assert codes(membership("a"), header(listed_in=("a",))) == ["doi-missing"]
    assert codes(membership("a"), header("b", listed_in=("c", "a"))) == ["doi-missing"]
    assert codes(membership("a"), header("b", listed_in=("c",))) == ["set-not-configured"]


@pytest.mark.parametrize("sets", [("a",), ("b",), ()])
def test_every_record_belongs_to_a_source_without_sets(sets: tuple[str, ...]):
    assert codes(membership(), header(*sets), issns=(OTHER,)) == ["doi-missing"]
    assert not membership().is_limited


def test_the_newest_header_of_several_formats_decides():
    old, new = header("a", datestamp="2024-05-01"), header("b", datestamp="2024-06-01")
    assert codes(membership("a"), old, new) == codes(membership("a"), new, old) == ["set-not-configured"]
    assert codes(membership("b"), old, new) == ["doi-missing"]
    assert codes(membership("a"), old, header("b")) == ["doi-missing"]  # of the same moment


@given(st.permutations([("a", "2024"), ("b", "2025"), ("b:c", "2025"), ("d", "2023")]))
def test_the_order_of_the_formats_does_not_matter(rows: list[tuple[str, str]]):
    headers = [header(spec, datestamp=datestamp) for spec, datestamp in rows]
    assert [membership(spec).includes(headers) for spec in ("a", "b", "b:c", "d")] == [False, True, True, False]


def test_a_deleted_record_has_no_membership():
    assert codes(membership("a")) == ["doi-missing"]
    assert membership("a").includes([])


class TestRemovedSets:
    def test_journals_without_a_table_are_held_back(self):
        (finding, note) = membership(earlier=("a",)).findings(mapped(OTHER), [header("b")])
        assert (finding.code, is_blocking(finding), note) == ("journal-not-configured", True, NOTE)
        assert remedy(finding, "lamps", OTHER) == (
            f'If the journal is yours, add a table [journals."{OTHER}"] with title = "Lamps". Otherwise '
            'set sets = ["a"] under '
            "[sources.lamps], as before."
        )

    def test_journals_with_a_table_and_the_earlier_sets_are_not(self):
        member = membership(earlier=("a",))
        assert codes(member, header("b"), issns=(OTHER, OWN)) == ["doi-missing"]
        assert codes(member, header("a:part"), issns=(OTHER,)) == ["doi-missing"]
        assert codes(member, header(listed_in=("a",)), issns=(OTHER,)) == ["doi-missing"]

    def test_a_record_without_a_journal_is_held_back(self):
        assert codes(membership(earlier=("a",)), header("b"), issns=()) == ["journal-not-configured", "doi-missing"]

    def test_what_is_no_article_has_no_journal(self):
        nothing = MappedArticle(None, (NOTE,))
        assert membership(earlier=("a",)).findings(nothing, [header("b")]) == (NOTE,)


def test_remedy_shows_the_line_that_includes_the_record():
    (finding,) = membership("a").findings(mapped(OWN), [header("b", "c")])
    assert 'set sets = ["a", "b"] under [sources.lamps]' in remedy(finding, "lamps", OWN)
