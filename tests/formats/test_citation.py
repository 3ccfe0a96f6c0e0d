from __future__ import annotations

import time

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from harvester.formats.citation import Labels, ParsedCitation, _ojs_labels, parse_ojs
from harvester.formats.pages import parse_pages


def cited(journal="J", pages=None, **parts):
    return ParsedCitation(journal=journal, pages=parse_pages(pages) if pages else None, **parts)


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("J; Vol 1, No 2 (2013); 37-59", cited(volume="1", issue="2", year=2013, pages="37-59")),
        (
            "J; Vol 1, No 2 (2010): J Vol 1 No 2; 163-165",
            cited(volume="1", issue="2", year=2010, issue_title="J Vol 1 No 2", pages="163-165"),
        ),
        ("J; No 1 (2013)", cited(issue="1", year=2013)),
        ("J; v. 23, n. 1 (2013): Ano 21; 7", cited(volume="23", issue="1", year=2013, issue_title="Ano 21", pages="7")),
        ("J; Vol. 2 No. 1: Title '26; 1-12", cited(volume="2", issue="1", issue_title="Title '26", pages="1-12")),
        ("J; 2022", cited(year=2022)),
        ("J; 2022: Theme; 3", cited(year=2022, issue_title="Theme", pages="3")),
        ("J; 15-20", cited(pages="15-20")),
        ("J; Early Access", cited(issue_title="Early Access")),
        ("J; Online First (2022); 3-9", cited(issue_title="Online First (2022)", pages="3-9")),
        ("J; قيد النشر", cited(issue_title="قيد النشر")),
        ("J; S. 12-15", cited(pages="12-15")),
        ("J;", cited()),
        (
            "Ж; Том 12 № 3 (2019): Т. 5; 15–20",
            cited("Ж", "15–20", volume="12", issue="3", year=2019, issue_title="Т. 5"),
        ),
        ("J; Том 12, № 1 (45) (2019)", cited(volume="12", issue="1 (45)", year=2019)),
        ("J; Vol. 1 Núm. Extraordinario (2019)", cited(volume="1", issue="Extraordinario", year=2019)),
        ("J; Vol. 7 No. 1, Supl. 2 (2020)", cited(volume="7", issue="1, Supl. 2", year=2020)),
        ("J; Vol. XII No. 3-4", cited(volume="XII", issue="3-4")),
        ("J; Vol. 1 N.º 2 (2019)", cited(volume="1", issue="2", year=2019)),
        ("J; Vol. 1, Nº 2 (2019)", cited(volume="1", issue="2", year=2019)),
        ("Ж; Нөмір 1 № 2", cited("Ж", volume="1", issue="2")),
        ("م; مجلد 1 عدد 2 (2019)\u200f", cited("م", volume="1", issue="2", year=2019)),
        ("J;  1  2 (2020); 5-9", cited(volume="1", issue="2", year=2020, pages="5-9")),
        ("J;  1 Nr. 2 (2020)", cited(volume="1", issue="2", year=2020)),
        ("J; № 12; 5", cited(issue="12", pages="5")),
        ("A; Vol 2: B; Vol 1 No 2 (2019); 1-5", cited("A; Vol 2: B", "1-5", volume="1", issue="2", year=2019)),
        ("J; Vol. 1 No. 2; Article 5", cited(volume="1", issue="2", unread_pages="Article 5")),
    ],
)
def test_ojs_citations_are_split(raw, expected):
    assert parse_ojs(raw) == expected


@pytest.mark.parametrize(
    "raw",
    [
        "Journal of Examples",
        "Faculty Publications; Department of Art",
        "J; Vol 3 Papers",
        "J; Special issue; 1-5",
        ";",
        "",
        "J; Vol 1 Heft 2 (2013)",
        "J; Vol 1, Issue 2 (2013)",
        "J; Volcano (2019)",
        "J;  1 (2020)",
        "x" * 5000 + "; Vol 1",
        "J; Vol 1 No 2 (2019): K; Vol 3 No 4 (2020)",
    ],  # the last has two equally good interpretations
)
def test_other_text_is_not_a_citation(raw):
    assert parse_ojs(raw) is None


def test_a_known_title_resolves_ambiguity():
    raw = "J; Vol 1 No 2 (2019): K; Vol 3 No 4 (2020)"
    expected = cited(volume="1", issue="2", year=2019, issue_title="K; Vol 3 No 4 (2020)")
    assert parse_ojs(raw, ("J",)) == expected
    assert parse_ojs("J; Special issue; 1-5", ("J",)) == cited(issue_title="Special issue", pages="1-5")


def test_configured_labels_of_a_journal():
    labels = Labels(("Jahrgang",), ("Heft",))
    assert parse_ojs("J; Jahrgang 3 Heft 2 (2013)", (), labels) == cited(volume="3", issue="2", year=2013)
    assert parse_ojs("J; Vol 3 Heft 2 (2013)", (), labels) == cited(volume="3", issue="2", year=2013)


def test_no_word_means_both_volume_and_number():
    volumes, numbers = _ojs_labels()
    assert not {label.strip(".").lower() for label in volumes} & {label.strip(".").lower() for label in numbers}


TITLE = st.lists(
    st.sampled_from(
        ["Vol", "No", "Annals", "of", "(2nd", "1914)", "Proc.", "№", "12", "War;", "A:", "Том", "'26", "новая"]
    ),
    min_size=1,
    max_size=6,
).map(" ".join)
VALUE = st.sampled_from(["1", "12", "3-4", "S1", "XII", "2/3", "1 (45)", "2A"])
PAGES = st.sampled_from([None, "1-12", "e1001", "S1–S5", "7", "17-24, 37"])
LABELS = st.sampled_from([(v, n) for v in sorted(_ojs_labels()[0]) for n in sorted(_ojs_labels()[1])])


@given(TITLE, LABELS, VALUE, VALUE, st.integers(1850, 2099), st.none() | TITLE, PAGES, st.sampled_from([" ", ", "]))
def test_a_citation_in_the_form_of_ojs_is_parsed_back(journal, labels, volume, issue, year, title, pages, between):
    assume(title is None or not (title.endswith(";") or ("; " in title and parse_pages(title.rpartition(";")[2]))))
    assume(title is None or title.strip())
    raw = f"{journal}; {labels[0]} {volume}{between}{labels[1]} {issue} ({year})"
    raw += f": {title}" if title else ""
    raw += f"; {pages}" if pages else ""
    parsed = parse_ojs(raw)
    assert parsed == ParsedCitation(
        journal=journal,
        volume=volume,
        issue=issue,
        year=year,
        issue_title=title,
        pages=parse_pages(pages) if pages else None,
    )


@given(st.text(max_size=80))
def test_no_citation_is_found_in_blank_text(raw):
    parsed = parse_ojs(raw)
    assert parsed is None or raw.strip()


def test_hostile_citations_take_little_time():
    started = time.process_time()
    for piece in ("1-", "1 ", "a ", ";", " Vol 1;", "1-1,", "No 1 (", "; Vol 1 No 2 (2019): "):
        parse_ojs("J; Vol " + piece * (900 // len(piece)))
    assert time.process_time() - started < 2


KNOWN = ("Journal of Reeds",)


@pytest.mark.parametrize(
    "rest",
    [
        "Vol. 5 No. 2 (2021); 1-10; e0012",
        "Band 5 Heft 2 (2021); 1-10",
        "Heft 2; 1-10",
        "2021 vol 5; 1-10",
        "5(2); 1-10",
        "Reeds in winter; e0012; 1-10",
    ],
)
def test_a_known_title_does_not_make_the_rest_known(rest):
    assert parse_ojs(f"Journal of Reeds; {rest}", KNOWN) is None


@pytest.mark.parametrize(
    "title", ["Reeds in winter", "Winter 2020", "Special Issue 2: Reeds", "Volume de nuit", "Agenda 2030", "COVID-19"]
)
def test_the_title_of_an_issue_after_a_known_title(title):
    parsed = parse_ojs(f"Journal of Reeds; {title}; 1-10", KNOWN)
    assert parsed is not None
    assert (parsed.issue_title, parsed.volume, parsed.issue) == (title, None, None)
