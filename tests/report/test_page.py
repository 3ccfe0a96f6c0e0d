"""The page is complete, valid and self-contained, and foreign text never becomes markup."""

import re
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import html as parser
from msgspec.structs import replace

from harvester.report import Share, to_html
from harvester.report.page import _rounded
from tests.report.samples import report

ATTACK = '"><script>alert(1)</script><img src=x onerror=y>\u202e'


@pytest.fixture(scope="module")
def document():
    return parser.document_fromstring(to_html(report()))


def test_page_loads_nothing(document):
    assert not document.xpath("//script|//link|//img|//iframe|//object|//@src|//@onclick|//form")
    assert "url(" not in to_html(report())
    assert "@import" not in to_html(report())
    assert document.xpath("//meta[@http-equiv='Content-Security-Policy']/@content")[0].startswith("default-src 'none'")


def test_foreign_text_never_becomes_markup():
    document = parser.document_fromstring(to_html(report(ATTACK)))
    assert not document.xpath("//script|//img|//*[@onerror]")
    assert to_html(report(ATTACK)).count("<bdi>&quot;&gt;&lt;script") >= 8
    assert to_html(report(ATTACK)).count("<section") == to_html(report()).count("<section")


@given(st.text(st.characters(codec="utf-8"), min_size=1))
def test_any_text_leaves_the_markup_of_the_page_unchanged(text):
    bare, filled = (re.sub(r'>[^<]*<|href="https://doi[^"]*"', "><", to_html(report(one))) for one in ("x", text))
    assert filled == bare


def test_page_is_accessible(document):
    assert document.get("lang") == "en"
    assert document.xpath("//title/text()") == ["Harvest report, 2025-06-15"]
    assert len(document.xpath("//h1")) == 1
    ids = document.xpath("//@id")
    assert len(ids) == len(set(ids))
    assert set(document.xpath("//nav//a/@href")) <= {f"#{one}" for one in ids}
    assert set(document.xpath("//@aria-labelledby")) <= set(ids)
    assert all(row.xpath("./th[@scope='row']") for row in document.xpath("//tbody/tr"))
    assert not document.xpath("//*[local-name()='svg' and not(@aria-hidden='true')]")
    levels = [int(heading.tag[1]) for heading in document.xpath("//h1|//h2|//h3|//h4")]
    assert all(after - before <= 1 for before, after in pairwise(levels))


def test_records_in_other_scripts_are_isolated(document):
    assert document.xpath("//section[@id='held']//h3/bdi/text()") == ["мост"]


def test_page_has_counts_and_shares(document):
    words = " ".join(document.text_content().split())
    for part in ("2new or changed", "1,234 new", "1 that could not be kept", "and 3 more: harvester check --code"):
        assert part.replace("2new", "new") in words
    assert "3 current, 0 in the back file" in words
    assert "33 %" in words
    assert "and 1 more: harvester check --severity error --csv" in words


def test_part_without_articles_has_no_bars(document):
    heads = document.xpath("//section[@id='completeness']//thead//th/text()")
    assert heads == ["Current"]


def test_report_of_an_empty_store():
    bare = report(sources=(), journals=(), findings=(), held=(), held_count=0, last_export=None)
    words = to_html(bare)
    for sentence in (
        "No deposit file has been written yet",
        "No article is ready",
        "Nothing found",
        "Every live record",
    ):
        assert sentence in words


def test_source_that_was_never_harvested():
    source = replace(report().sources[0], formats=())
    assert "never harvested" in to_html(report(sources=(source,)))


def test_current_and_back_file_are_shown_if_both_have_articles():
    journal = report().journals[0]
    both = replace(journal, back_file=Share(9, journal.current.percent))
    document = parser.document_fromstring(to_html(report(journals=(both,))))
    assert document.xpath("//section[@id='completeness']//thead//th/text()") == ["Current", "Back file"]


@pytest.mark.parametrize(
    ("percent", "words"), [(0, "0"), (0.3, "<1"), (33.3, "33"), (99.4, ">99"), (99.9, ">99"), (100, "100")]
)
def test_rounded_percentage_is_0_only_for_none_and_100_only_for_all(percent, words):
    assert _rounded(percent) == words


def test_the_sentence_comes_first_then_the_remedy_then_the_code():
    words = str(parser.document_fromstring(to_html(report("bridge"))).xpath("string(//div[@class='together'])"))
    order = ["bridge…", "4 records", "Fixing this releases 3 records.", "What to do: bridge", "Code: doi-missing"]
    assert sorted(order, key=words.index) == order


def test_what_is_to_be_done_comes_before_the_state_of_the_sources(document):
    assert document.xpath("//section/@id") == ["findings", "held", "completeness", "sources"]
    assert "The last harvest had problems" in document.xpath("string(//header)")


def test_a_card_says_who_can_fix_the_record(document):
    words = document.xpath("string(//section[@id='held']//div[@class='card'])")
    assert "Who can fix it: the journal, in its own system" in words


def test_titles_lead_to_the_landing_page_and_dois_to_the_resolver():
    held = replace(report().held[0], link="https://journal.example/1", doi="10.5555/a<b")
    document = parser.document_fromstring(to_html(report(held=(held,))))
    assert document.xpath("//section[@id='held']//a/@href") == [
        "https://journal.example/1",
        "https://doi.org/10.5555/a%3Cb",
    ]


@pytest.mark.parametrize("address", ["javascript:alert(1)", "data:text/html,x", "/12", "HTTPS ://x"])
def test_only_addresses_of_the_web_become_links(address):
    document = parser.document_fromstring(to_html(report(held=(replace(report().held[0], link=address, doi=None),))))
    assert document.xpath("//section[@id='held']//a") == []


def test_the_page_of_a_journal_says_nothing_of_sources():
    document = parser.document_fromstring(to_html(report(journal="2049-3630", title="Annals of мост", sources=())))
    assert document.xpath("string(//h1)") == "Annals of мост"
    assert document.xpath("//section/@id") == ["findings", "held", "completeness"]
    assert "deleted by the source" not in str(document.xpath("string(//body)"))
