"""Any tree gives a Reading: mutated fixtures, and every recorded file."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from harvester.findings import kinds
from harvester.model import from_json, to_json
from harvester.xmltools import local
from tests.formats.jats.reading import codes, read_element

FIXTURES = [path.read_bytes() for path in sorted((Path(__file__).parent / "fixtures").glob("*.xml"))]
STRAY = ("", " ", ".", "10.5555/x", "2020-13-45", "٣", "\u0085", "http://[", "&lt;i&gt;", "1. a 2. b", "Ё" * 300)


def mutate(root: etree._Element, chance: random.Random) -> None:
    """Moves, copies, empties, renames and fills elements at random."""
    elements = [element for element in root.iter() if element is not root and local(element)]
    for _ in range(chance.randint(1, 12)):
        element, other = chance.choice(elements), chance.choice(elements)
        action = chance.randrange(6)
        if action == 0:
            element.tag = other.tag
        elif action == 1:
            element.text = chance.choice(STRAY)
        elif action == 2:
            element.attrib.clear()
        elif action == 3:
            for key in element.attrib:
                element.set(key, chance.choice(STRAY).replace("\u0085", ""))
        elif action == 4 and element is not other and element not in other.iterancestors():
            other.append(element)
        else:
            element.append(etree.Entity(chance.choice(("scaron", "fdg"))))


@given(fixture=st.sampled_from(FIXTURES), chance=st.randoms(use_true_random=False))
def test_mutated_articles_never_raise(fixture, chance):
    root = etree.fromstring(fixture)
    mutate(root, chance)
    reading = read_element(root)
    if reading.article is None:
        assert "article-meta-missing" in codes(reading)
    else:
        assert from_json(to_json(reading.article)) == reading.article
    assert set(codes(reading)) <= set(kinds())


def articles(path: Path) -> list[etree._Element]:
    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False, remove_comments=True)
    try:
        root = etree.fromstring(path.read_bytes(), parser)
    except etree.XMLSyntaxError:
        return []
    return [root] if local(root) == "article" else list(root.iter("{*}article"))


@pytest.mark.shared
def test_every_recorded_article_is_read_completely(shared):
    folder = shared / "data"
    paths = [*sorted((folder / "jats").iterdir()), *sorted((folder / "recorded").rglob("*jats*.xml"))]
    readings = [read_element(article) for path in paths for article in articles(path)]
    assert len(readings) > 300
    for reading in readings:
        assert set(codes(reading)) <= set(kinds())
        if (article := reading.article) is None:
            continue
        assert from_json(to_json(article)) == article
        assert len({reference.key for reference in article.references}) == len(article.references)
    assert (
        sum(reading.article is not None and bool(reading.article.titles) for reading in readings) >= len(readings) - 2
    )
