"""Volume, issue and pages as journals type them."""

from __future__ import annotations

import pytest

from harvester.formats.notes import Notes
from harvester.formats.numbering import Numbering, in_no_issue, settled

AHEAD = """
Online First|Articles in press|Article in Press|ahead|Ahead of print|Online ahead of print|Epub ahead of print
Early View|Early Access|FirstView|First View|Just Accepted|Forthcoming|Online First (2021)
Online First / Articles in Press
(in press)|ONLINE-FIRST|En prensa|Artículos en prensa|Publicación anticipada|Avance en línea|No prelo
Publicação antecipada|Sous presse|À paraître|Im Druck|Online vorab|In corso di stampa|W druku|Baskıda|Erken Görünüm
Ahead-of-Print|2021: Online First|Articles in Advance|Preprint
Pre-press|Online Ready|Published online|Corrected proof|Next issue|Issue in progress|Unassigned|Im Erscheinen
Em impressão|Antes de imprimir|Erken Baskı|Dalam proses|В печать|Принято к печати|در حال انتشار
Em prelo|Онлайн-первый|المقالات الجاهزة للنشر|온라인 우선 출판|Artikel dalam proses cetak|Sắp xuất bản
Akan terbit|В печати|Статьи в печати|网络首发|早期公開|مقالات آماده انتشار|تحت الطبع
"""
ISSUES = """
Prelo|Онлайн|온라인|Proses
Special Issue|Winter|Spring 2020|Suppl.|Online|Online Special Issue|First|Ahead of Time|Press|A|12|1-2|Extraordinario
Ahead of print: the future of journals|Early modern rivers|The printing press|Accepted truths|In pressing need|Impresos
"""


def values(lines: str) -> list[str]:
    return lines.strip().replace("\n", "|").split("|")


@pytest.mark.parametrize("value", values(AHEAD))
def test_words_for_no_issue(value):
    assert in_no_issue(value)


@pytest.mark.parametrize("value", values(ISSUES))
def test_words_of_a_real_issue(value):
    assert not in_no_issue(value)


NUMBERS = [
    (("00", "00", None, "00", "00"), (None, None, None, None, None)),
    (("000", "0", None, "0", "0"), (None, None, None, None, None)),
    (("12", "00", None, "00", "00"), ("12", None, None, None, None)),
    (("12", "Online First", "Early View", "00", None), ("12", None, None, None, None)),
    (("Online First", "Articles in press", None, "1", "9"), (None, None, None, "1", "9")),
    (("None", "{$issue}", "xxxx", "[PAGE]", "-"), (None, None, None, None, None)),
    (("0", "0", None, "00-00", None), (None, None, None, None, None)),
    (("12", "0", None, None, None, None, "e000"), ("12", None, None, None, None, None, None)),
    (("0", "0", None, "1", "9"), ("0", "0", None, "1", "9")),
    (("0", "1", None, None, None), ("0", "1", None, None, None)),
    (("5", "2", None, "xi", "xx"), ("5", "2", None, "xi", "xx")),
    (("5", "2", None, "xx", "xx"), ("5", "2", None, None, None)),
    (("05", "002", None, "007", "009"), ("05", "002", None, "007", "009")),
    (("5", "2", "Ahead of print: a debate", "0", "12"), ("5", "2", "Ahead of print: a debate", "0", "12")),
]


def test_digits_of_other_scripts_are_ascii_digits():
    written = Numbering(volume="٤", issue="۲", first_page="１２", elocation_id="e٣")
    assert settled(written, Notes()) == Numbering(volume="4", issue="2", first_page="12", elocation_id="e3")


@pytest.mark.parametrize(("written", "kept"), NUMBERS)
def test_what_is_left_of_a_numbering(written, kept):
    notes = Notes()
    assert settled(Numbering(*written), notes) == Numbering(*kept)
    lost = [field for field, before, after in zip(Numbering._fields, written, kept, strict=False) if before != after]
    assert sorted(finding.path for finding in notes.findings) == sorted(lost)
    assert {finding.code for finding in notes.findings} <= {"issue-ahead-of-print", "placeholder-value"}


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        (Numbering(first_page="00", last_page="00", elocation_id="e12"), Numbering(elocation_id="e12")),
        (Numbering(volume="0", first_page="0", elocation_id="e12"), Numbering(volume="0", elocation_id="e12")),
        (Numbering(volume="0", issue="0", elocation_id="00"), Numbering()),
    ],
)
def test_zeros_next_to_an_article_number(written, kept):
    assert settled(written, Notes()) == kept


def test_an_article_number_of_zeros_is_left_out():
    notes = Notes()
    assert settled(Numbering(volume="3", elocation_id="0000"), notes) == Numbering(volume="3")
    assert [finding.detail for finding in notes.findings] == [{"field": "elocation id"}]
