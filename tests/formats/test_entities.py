"""Characters that only a DTD defines."""

from __future__ import annotations

import pytest
from lxml import etree

from harvester.formats.entities import character_of, report_unresolved
from harvester.formats.notes import Notes
from tests.formats.jats.reading import (
    article_of,
    codes,
    read_element,
)


def with_entity(name: str):
    article = etree.fromstring(
        "<article><front><article-meta><title-group><article-title>Ne</article-title></title-group>"
        "</article-meta></front></article>"
    )
    (title,) = article.iter("article-title")
    entity = etree.Entity(name)
    entity.tail = "lu"
    title.append(entity)
    return read_element(article)


def test_entities_of_a_dtd_are_resolved_by_name():
    reading = with_entity("scaron")
    assert article_of(reading).titles[0].text == ("Nešlu",)
    assert codes(reading) == []


def test_an_unknown_entity_is_reported():
    reading = with_entity("fdg")
    assert article_of(reading).titles[0].text == ("Ne&fdg;lu",)
    assert [(finding.code, finding.value) for finding in reading.findings] == [("unresolved-entity", "fdg")]


@pytest.mark.parametrize(
    ("name", "character"),
    [
        ("eacute", "é"),
        ("scaron", "š"),
        ("alpha", "α"),
        ("NotEqualTilde", "≂̸"),
        ("fdg", "&fdg;"),
        ("Eacutes", "&Eacutes;"),
    ],
)
def test_a_known_entity_becomes_its_character(name, character):
    assert character_of(etree.Entity(name)) == character


def test_an_unknown_name_is_reported_once_with_its_element():
    paragraph = etree.fromstring("<p><bold/><italic/></p>")
    for holder, name in ((paragraph[0], "fdg"), (paragraph[1], "fdg"), (paragraph[1], "eacute"), (paragraph, "xyz")):
        holder.append(etree.Entity(name))
    notes, seen = Notes(), {"xyz;"}
    report_unresolved(paragraph, seen, notes)
    assert [(finding.code, finding.value, finding.detail) for finding in notes.findings] == [
        ("unresolved-entity", "fdg", {"element": "bold"})
    ]
    report_unresolved(paragraph, seen, notes)
    assert len(notes.findings) == 1
