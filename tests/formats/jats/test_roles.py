"""Who is in the byline, and what each person did."""

from __future__ import annotations

import pytest

from harvester.formats.jats.roles import Role, byline_role, credit_roles
from tests.formats.jats.reading import article_of, codes, element, group, meta, person, read_meta

ROLES = [
    ("contrib-type='author'", "", ["author"]),
    ("", "content-type='authors'", ["author"]),
    ("", "", ["author"]),
    ("contrib-type='editor'", "content-type='authors'", []),
    ("", "content-type='editors'", []),
    ("contrib-type='author non-byline'", "", []),
    ("contrib-type='translator'", "", ["translator"]),
]


@pytest.mark.parametrize(("own", "of_group", "expected"), ROLES)
def test_only_the_byline_is_used(own, of_group, expected):
    reading = read_meta(f"<contrib-group {of_group}><contrib {own}>{person()}</contrib></contrib-group>")
    assert [contributor.role for contributor in article_of(reading).contributors] == expected
    assert codes(reading) == ([] if expected else ["contributor-left-out"])


@pytest.mark.parametrize(
    ("word", "role"),
    [
        ("Autor", "author"),
        ("Co-Autor", "author"),
        ("coautora", "author"),
        ("auteur", "author"),
        ("co-author", "author"),
        ("author-group", "author"),
        ("автор", "author"),
        ("соавтор", "author"),
        ("作者", "author"),
        ("yazar", "author"),
        ("نویسنده", "author"),
        ("traductor", "translator"),
        ("переводчик", "translator"),
    ],
)
def test_other_words_for_roles_in_the_byline_are_reported(word, role):
    reading = read_meta(f"<contrib-group><contrib contrib-type='{word}'>{person()}</contrib></contrib-group>")
    assert [each.role for each in article_of(reading).contributors] == [role]
    assert [(each.code, each.detail["role"]) for each in reading.findings] == [
        ("contributor-type-unusual", word.lower())
    ]


@pytest.mark.parametrize(
    "word",
    [
        "Herausgeber",
        "éditeur",
        "редактор",
        "revisor",
        "编辑",
        "assoc_ed",
        "section-editor",
        "jmanager",
        "reviewed-by",
        "editör",
    ],
)
def test_other_words_for_people_who_are_not_in_the_byline(word):
    editor, author = f"<contrib contrib-type='{word}'>{person()}</contrib>", f"<contrib>{person('Lee')}</contrib>"
    reading = read_meta(f"<contrib-group>{editor}{author}</contrib-group>")
    assert [each.surname for each in article_of(reading).contributors] == ["Lee"]
    assert codes(reading) == ["contributor-left-out"]


def test_an_unknown_word_is_reported_and_nobody_left_holds_the_article_back():
    unknown = f"<contrib contrib-type='petitioner'>{person()}</contrib>"
    alone = read_meta(f"<contrib-group>{unknown}</contrib-group>")
    assert codes(alone) == ["contributor-type-unknown", "authors-unknown"]
    together = read_meta(f"<contrib-group>{unknown}<contrib>{person('Lee')}</contrib></contrib-group>")
    assert codes(together) == ["contributor-type-unknown"]


CREDIT = [
    ("<role>Writing – original draft</role>", ("writing-original-draft",)),
    ("<role>writing - review and editing</role>", ("writing-review-editing",)),
    ("<role vocab='credit' vocab-term='Data curation'>Daten</role>", ("data-curation",)),
    ("<role content-type='http://credit.niso.org/contributor-roles/software/'>Code</role>", ("software",)),
    ("<role>Professor of Reeds</role>", ()),
]


@pytest.mark.parametrize(("inner", "expected"), CREDIT)
def test_credit_roles(inner, expected):
    assert meta(group(person(rest=inner))).contributors[0].credit == expected


@pytest.mark.parametrize(
    ("own", "of_group", "role"),
    [
        ("", "", "author"),
        ("Author", "", "author"),
        ("on behalf of", "", "author"),
        ("corresponding_author", "", "author"),
        ("translators", "", "translator"),
        ("", "translator", "translator"),
        ("reviewer", "author", None),
        ("", "editors", None),
    ],
)
def test_the_role_comes_from_the_entry_or_its_group(own, of_group, role):
    contrib, group = element("", "contrib"), element("", "contrib-group")
    contrib.set("contrib-type", own)
    group.set("content-type", of_group)
    assert byline_role(contrib, group) == Role(role)


def test_equal_credit_roles_are_kept_once():
    inner = (
        "<role>Software</role><role>SOFTWARE</role><role>Visualisation</role><role>Writing – Review & Editing</role>"
    )
    found = credit_roles(element(inner.replace("&", "&amp;"), "contrib"))
    assert found == ("software", "visualization", "writing-review-editing")


def test_the_vocabulary_term_is_preferred_to_the_text():
    inner = "<role vocab-term-identifier='https://credit.niso.org/contributor-roles/supervision/'>Software</role>"
    assert credit_roles(element(inner, "contrib")) == ("supervision",)
