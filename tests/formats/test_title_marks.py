"""Footnote marks at the end of titles."""

from __future__ import annotations

import pytest

from harvester.formats.notes import Notes
from harvester.formats.title_marks import without_mark
from harvester.text import Span, Text

MARKED: list[tuple[Text, Text]] = [
    (("Tides*",), ("Tides",)),
    (("Tides and reeds **",), ("Tides and reeds",)),
    (("What is a tide?†",), ("What is a tide?",)),
    (("Tides", Span("sup", ("*",))), ("Tides",)),
    (("Tides", Span("sup", ("†, ‡",))), ("Tides",)),
    ((Span("italic", ("Phragmites",)), "*"), (Span("italic", ("Phragmites",)),)),
]
UNMARKED: list[Text] = [
    ("Tides",),
    ("On the algebra C*",),
    ("The *reeds*",),
    ("* Tides",),
    ("Area in km", Span("sup", ("2",))),
    ("Flow of Ca", Span("sup", ("2+",))),
    ("Reeds per metre", Span("sup", ("-1",))),
    ("Title of 12*",),
    (),
]


@pytest.mark.parametrize(("title", "kept"), MARKED)
def test_a_sign_after_a_word_is_removed(title, kept):
    notes = Notes()
    assert without_mark(title, "titles[0]", notes) == kept
    assert [finding.code for finding in notes.findings] == ["title-mark-left-out"]


@pytest.mark.parametrize("title", UNMARKED)
def test_what_belongs_to_the_title_is_kept(title):
    notes = Notes()
    assert without_mark(title, "titles[0]", notes) == title
    assert notes.findings == []


@pytest.mark.parametrize("mark", ["1", "12", "a"])
def test_a_raised_number_or_letter_is_reported_and_kept(mark):
    notes = Notes()
    title = ("Tides", Span("sup", (mark,)))
    assert without_mark(title, "titles[0]", notes) == title
    assert [(finding.code, finding.detail) for finding in notes.findings] == [("title-mark-suspect", {"mark": mark})]
