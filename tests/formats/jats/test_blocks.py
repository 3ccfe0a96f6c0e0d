"""The blocks of an abstract."""

from __future__ import annotations

import pytest

from harvester.formats.jats.blocks import is_generic, report_pictures
from harvester.formats.notes import Notes
from harvester.model import ListBlock, Paragraph, Section
from tests.formats.jats.reading import (
    codes,
    element,
    meta,
    read_meta,
)


def blocks(inner: str, **options):
    abstracts = meta(f"<abstract>{inner}</abstract>", **options).abstracts
    return abstracts[0].blocks if abstracts else ()


ABSTRACTS = [
    ("<p>A</p><p>B</p>", (Paragraph(("A",)), Paragraph(("B",)))),
    ("Bare text.", (Paragraph(("Bare text.",)),)),
    ("<title>Abstract</title><p>A</p>", (Paragraph(("A",)),)),
    ("<title>РЕЗЮМЕ.</title><p>A</p>", (Paragraph(("A",)),)),
    ("<title>In brief</title><p>A</p>", (Section(title=("In brief",), blocks=(Paragraph(("A",)),)),)),
    ("<sec><title>Aim</title><p>A</p></sec>", (Section(title=("Aim",), blocks=(Paragraph(("A",)),)),)),
    ("<sec><p>A</p></sec>", (Paragraph(("A",)),)),
    (
        "<p>A <list list-type='bullet'><list-item><p>x</p></list-item></list> b</p>",
        (Paragraph(("A",)), ListBlock(items=(("x",),)), Paragraph(("b",))),
    ),
    ("<list list-type='order'><list-item><p>x</p></list-item></list>", (ListBlock(items=(("x",),), ordered=True),)),
    ("<p>&lt;p&gt;A&lt;/p&gt;&lt;p&gt;B&lt;/p&gt;</p>", (Paragraph(("A",)), Paragraph(("B",)))),
    ("<disp-formula><tex-math>x</tex-math></disp-formula>", (Paragraph(("x",)),)),
    ("<p>.</p>", ()),
    ("", ()),
]


@pytest.mark.parametrize(("inner", "expected"), ABSTRACTS)
def test_abstract_blocks(inner, expected):
    assert blocks(inner) == expected


def test_unsupported_content_of_an_abstract_is_reported():
    assert codes(read_meta("<abstract><p>A <table-wrap><label>T</label></table-wrap></p></abstract>")) == [
        "abstract-part-dropped"
    ]


MORE_BLOCKS = [
    (
        "A <disp-formula><tex-math>x</tex-math></disp-formula> b",
        (Paragraph(("A",)), Paragraph(("x",)), Paragraph(("b",))),
    ),
    ("<p>A <disp-formula><tex-math>x</tex-math></disp-formula> b</p>", (Paragraph(("A x b",)),)),
    (
        "<def-list><def-item><term>T</term><def><p>D</p></def></def-item></def-list>",
        (ListBlock(items=(("T D",),)),),
    ),
    ("<disp-quote><p>A</p></disp-quote><boxed-text><p>B</p></boxed-text>", (Paragraph(("A",)), Paragraph(("B",)))),
    (
        "<sec><title>One</title><sec><title>Two</title><p>A</p></sec></sec>",
        (Section(title=("One",), blocks=(Section(title=("Two",), blocks=(Paragraph(("A",)),)),)),),
    ),
    ("<list><list-item/></list>", ()),
    ("<sec><title>Aim</title></sec>", (Section(title=("Aim",)),)),
]


@pytest.mark.parametrize(("inner", "expected"), MORE_BLOCKS)
def test_elements_that_start_a_new_block(inner, expected):
    assert blocks(inner) == expected


@pytest.mark.parametrize(
    ("heading", "generic"),
    [
        ("Abstract", True),
        ("ABSTRACT:", True),
        ("摘要", True),
        (" Résumé —", True),
        ("Graphical abstract", False),
        ("", False),
    ],
)
def test_a_heading_that_only_says_abstract_is_recognised(heading, generic):
    assert is_generic((heading,)) == generic


PICTURES = [
    ("A <inline-graphic/>", ["inline-graphic"]),
    ("A <inline-formula><inline-graphic/></inline-formula>", ["inline-graphic"]),
    ("A <inline-formula><inline-graphic/><tex-math>x</tex-math></inline-formula>", []),
    ("A <alternatives><graphic/><mml:math><mml:mi>x</mml:mi></mml:math></alternatives>", []),
    ("A <fig><graphic/></fig>", []),  # the figure is reported as a whole
    ("A", []),
]


@pytest.mark.parametrize(("inner", "values"), PICTURES)
def test_a_formula_that_is_only_a_picture_is_reported(inner, values):
    notes = Notes()
    report_pictures(element(inner, "p"), "abstracts[0]", notes)
    assert [(finding.code, finding.path, finding.value) for finding in notes.findings] == [
        ("text-is-picture", "abstracts[0]", value) for value in values
    ]
