"""The article schema: it has the shape of the model, and both validators agree."""

from __future__ import annotations

import copy

import msgspec
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from harvester.crossref.deposit import vocabulary
from harvester.model import Article, Journal, Title, to_json
from harvester.rules.schema import accepts, explain
from harvester.system import packaged
from tests.rules.samples import ARTICLE, article
from tests.strategies import articles, of_articles

SCHEMA = msgspec.json.decode(packaged.schema_text("article.schema.json"))
MODEL = msgspec.json.schema(Article)["$defs"]

# The name in the schema of each Struct.
NAMES = {
    "Abstract": "abstract",
    "Affiliation": "affiliation",
    "AltName": "alt_name",
    "Contributor": "contributor",
    "File": "file",
    "Funding": "funding",
    "Issn": "journal_issn",
    "Journal": "journal",
    "Keyword": "keyword",
    "LangText": "lang_text",
    "License": "license",
    "ListBlock": "list",
    "Math": "math",
    "Paragraph": "paragraph",
    "PubDate": "date",
    "Reference": "reference",
    "Relation": "relation",
    "Section": "section",
    "Span": "span",
    "Title": "title",
}


def defined(name):
    return SCHEMA if name == "Article" else SCHEMA["$defs"][NAMES[name]]


@pytest.mark.parametrize("struct", sorted(MODEL))
def test_a_struct_has_the_fields_of_the_schema(struct):
    assert defined(struct)["properties"].keys() == MODEL[struct]["properties"].keys()
    assert defined(struct)["additionalProperties"] is False


@pytest.mark.parametrize("struct", sorted(MODEL))
def test_the_schema_requires_what_a_struct_requires(struct):
    assert set(MODEL[struct].get("required", ())) <= set(defined(struct).get("required", ()))


def test_the_schema_has_the_vocabulary_of_the_deposit():
    words = SCHEMA["$defs"]
    assert set(words["update"]["enum"]) == vocabulary.UPDATES
    assert set(words["relationship"]["enum"]) == vocabulary.INTER_WORK | vocabulary.INTRA_WORK


@of_articles
@given(articles())
def test_hostile_text_is_accepted(sample):
    assert accepts(to_json(sample))
    assert explain(to_json(sample)) == []


# ------------------------------------------------------------------------------------- both validators agree

VALUES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-1, 3000),
    st.floats(allow_nan=False, allow_infinity=False),
    st.sampled_from(
        ["", " ", "\u00a0", "en\n", "EN", "1\x85", "a\u2028", "p", "list", "group", "anonymous", "2020-13-99"]
    ),
    st.sampled_from(
        ["10.1/a", "10.5555/a b", "10.5555/a\n", "https://orcid.org/0000-0002-1825-0097\n", "٣٤٥", "\ud800"]
    ),
    st.text(max_size=3),
    st.just([]),
    st.just({}),
    st.just(["x"]),
    st.just({"type": "p", "text": ["x"]}),
)


def places(value, path=()):
    """Every path in a JSON document."""
    yield path
    steps = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for step, inner in steps:
        yield from places(inner, (*path, step))


@st.composite
def damaged(draw):
    """A document with one to three values replaced, removed or added."""
    document = msgspec.json.decode(to_json(draw(articles())))
    for _ in range(draw(st.integers(1, 3))):
        paths = [place for place in places(document) if place] or [("format",)]
        *path, last = paths[draw(st.integers(0, len(paths) - 1))]
        holder = document
        for step in path:
            holder = holder[step]
        action = draw(st.sampled_from(["replace", "remove", "add"]))
        if action == "remove":
            del holder[last]
        elif action == "add" and isinstance(holder, dict):
            name = draw(st.sampled_from(["kind", "update", "surname", "name", "day", "lang", "extra", "text"]))
            holder[name] = copy.deepcopy(draw(VALUES))
        else:
            holder[last] = copy.deepcopy(draw(VALUES))
    return document


@of_articles
@given(damaged())
def test_every_refused_document_is_explained(document):
    assert accepts(document) == (explain(document) == [])


@settings(of_articles, max_examples=of_articles.max_examples // 2)
@given(damaged())
def test_bytes_and_decoded_documents_have_the_same_result(document):
    try:
        data = msgspec.json.encode(document)
    except UnicodeEncodeError:
        assume(False)
    assert accepts(data) == accepts(document)


@pytest.mark.parametrize(
    ("path", "problem", "changes"),
    [
        ("volume", "it has a control character in it", {"volume": "1\x00"}),
        ("volume", "it has half a character in it", {"volume": "\udc9f"}),
        ("identifiers[1]", "it has half a character in it", {"identifiers": ("a", "b\ud800")}),
        ("volume", "it does not have the form such a value has", {"volume": " "}),
        ("doi", "it does not have the form such a value has", {"doi": "doi:10.5555/1"}),
        ("doi", "it is longer than 2048 characters", {"doi": "10.5555/" + "1" * 2048}),
        ("titles[0].text", "it is empty", {"titles": (Title(text=()),)}),
    ],
)
def test_an_explanation_gives_place_and_reason(path, problem, changes):
    document = msgspec.to_builtins(article(**changes))
    findings = explain(document)
    assert accepts(document) is False
    assert [(finding.path, finding.detail["problem"]) for finding in findings] == [(path, problem)]


@pytest.mark.parametrize(("code", "accepted"), [(0xD7FF, True), (0xD800, False), (0xDFFF, False), (0xE000, True)])
def test_half_a_surrogate_pair_is_refused(code, accepted):
    document = msgspec.to_builtins(article(volume=chr(code)))
    assert (accepts(document), explain(document) == []) == (accepted, accepted)


def test_half_a_surrogate_pair_can_be_shown_anywhere():
    [finding] = explain(msgspec.to_builtins(article(titles=())) | {"titles": {"text": ["\ud800"]}})
    assert (finding.path, finding.value) == ("titles", '{"text":["?"]}')
    [finding] = explain(msgspec.to_builtins(article()) | {"language": "e\ud800"})
    assert finding.value == "e?"


@pytest.mark.parametrize(("length", "shown"), [(80, "x" * 80), (81, "x" * 79 + "…"), (500, "x" * 79 + "…")])
def test_a_long_value_is_shown_in_part(length, shown):
    [finding] = explain(msgspec.to_builtins(article(language="x" * length)))
    assert finding.value == shown


def test_the_good_article_is_accepted():
    assert accepts(to_json(ARTICLE))


def test_an_empty_journal_is_accepted():
    """msgspec omits a default only if it is the same object. An equal object is written as {}."""
    assert accepts(to_json(article(journal=Journal())))
