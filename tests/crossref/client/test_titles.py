"""Titles and ISSNs, compared with Crossref's records of journals."""

from __future__ import annotations

import pytest

from harvester.crossref.client import titles
from harvester.crossref.client.titles import Difference, TitleRecord, compare, of_journal, read_list
from harvester.errors import TitleListError

BEES = TitleRecord(title="Journal of Bees", issns=("1234-5679", "2377-1666"))
HEAD = '"JournalTitle","JournalID","Publisher","pissn","eissn","additionalIssns","doi","(year1)[volume1]issue1,…"\n'


@pytest.mark.parametrize(
    ("title", "is_spelling"),
    [("Journal of bees", True), ("Journal  of Bees", True), ("Journal of Bees.", True), ("The Journal of Bees", False)],
)
def test_every_letter_of_a_title_counts(title, is_spelling):
    expected = Difference(field="title", ours=title, theirs=("Journal of Bees",), is_spelling=is_spelling)
    assert compare(title, ["1234-5679"], BEES) == [expected]


def test_the_same_title_and_issns_differ_in_nothing():
    assert compare("Journal of Bees", ["12345679", "2377-1666"], BEES) == []
    assert compare("Journal of Bees", [], BEES) == []


def test_an_issn_that_the_record_lacks():
    assert compare("Journal of Bees", ["1234-5679", "1046-8986"], BEES) == [
        Difference(field="issn", ours="1046-8986", theirs=BEES.issns)
    ]


def test_the_record_in_an_answer():
    message = {
        "title": "Journal of Bees",
        "publisher": "Hive",
        "ISSN": ["1234-5679"],
        "issn-type": [{"type": "print", "value": "1234-5679"}, {"type": "electronic", "value": "2377-1666"}],
    }
    assert of_journal(message) == TitleRecord(title="Journal of Bees", issns=BEES.issns, publisher="Hive")
    assert of_journal({}) == TitleRecord(title="", issns=())
    assert of_journal({"ISSN": None, "issn-type": None, "title": None}).issns == ()


def test_a_title_list(tmp_path):
    path = tmp_path / "titleFile.csv"
    rows = (
        '"Journal of Bees","35258","Hive","12345679","23771666","10468986; 2049-3630","10.5555/bees","(2001)[1]1"\n'
        '"The \\"Ant\\", a Journal","2","Hill, Inc.","","","","",""\n'
        '"Short"\n'
        "\n"
    )
    path.write_text("\ufeff" + HEAD + rows, encoding="utf-8")
    bees, ant, short = read_list(path)
    assert bees.title == "Journal of Bees"
    assert bees.issns == ("1234-5679", "2377-1666", "1046-8986", "2049-3630")
    assert (bees.publisher, bees.journal_id, bees.doi) == ("Hive", "35258", "10.5555/bees")
    assert (ant.title, ant.publisher, ant.issns) == ("The Ant, a Journal", "Hill, Inc.", ())
    assert short == TitleRecord(title="Short", issns=())
    assert titles.with_issn([bees, ant, short], ["1046-8986"]) == [bees]


@pytest.mark.parametrize("content", [b"", b"<html/>", b"a,b,c\n1,2,3\n", b"\xff\xfe\x00"])
def test_another_file_is_refused(tmp_path, content):
    path = tmp_path / "titleFile.csv"
    path.write_bytes(content)
    with pytest.raises(TitleListError, match="download https"):
        list(read_list(path))


def test_a_file_that_is_not_there(tmp_path):
    with pytest.raises(TitleListError, match="cannot be read"):
        list(read_list(tmp_path / "none.csv"))


def test_a_field_that_never_ends(tmp_path):
    path = tmp_path / "titleFile.csv"
    path.write_text(HEAD + '"' + "x" * 200_000 + "\n", encoding="utf-8")
    with pytest.raises(TitleListError, match="damaged"):
        list(read_list(path))
