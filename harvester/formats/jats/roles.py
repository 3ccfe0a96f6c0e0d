"""Who is in the byline, and what each person did: contributor types and CRediT roles."""

from __future__ import annotations

import re
from typing import NamedTuple

from harvester.formats.jats.inline import plain_text
from harvester.formats.jats.tree import Element, attribute, children, vocabulary

_AUTHORS = vocabulary(
    "author authors all person collaboration collab group organization organisation on-behalf-of contributor "
    "corresponding-author first-author"
)
# The person-group-type of the authors of a reference; often missing.
AUTHOR_GROUPS = frozenset({"", "author", "authors", "allauthors"})
_CREDIT = (
    "conceptualization",
    "data-curation",
    "formal-analysis",
    "funding-acquisition",
    "investigation",
    "methodology",
    "project-administration",
    "resources",
    "software",
    "supervision",
    "validation",
    "visualization",
    "writing-original-draft",
    "writing-review-editing",
)
_TRANSLATORS = vocabulary("translator translators")
# Parts of the words for roles in other languages and spellings: Co-Autor, Herausgeber, переводчик.
_NOT_AUTHORS = re.compile(
    r"non-?byline|member|edit[oeèö]|éditeur|(?:^|-)eds?(?:-|$)|redact|redakt|rédact|herausgeb|szerkeszt|toimitta|curator|"
    r"compil|organiz|organis|coord|review|referee|revis|evalua|parecer|relect|gutacht|hakem|manager|chair|advis|superv|"
    r"illustr|photogr|fotogr|interview|proof|typeset|acknowl|penyunting|reda[ck]|редак|director-de|orientador|рецензент|编辑|編集|編者|编者|审稿|審稿|편집"
)
_AUTHOR_WORDS = re.compile(
    r"auth?or(?!i[tz]|env)|auteur|autrice|autore|verfasser|автор|yazar|penulis|pengarang|kirjoittaj|författar|forfatter|szerző|"
    r"συγγραφ|writer|creator|corresp|作者|著者|저자|مؤلف|نویسنده|tác-giả|(?:^|-)aut(?:-|$)"
)
_TRANSLATOR_WORDS = re.compile(
    r"translat|traduc|tradut|tradutt|traduttor|übersetz|перевод|переклад|çevirmen|penerjemah|översätt|oversett|译者|翻訳|번역"
)
_NOT_LETTERS = re.compile(r"[^a-z]+")
_NO_WORD = re.compile(r"[\W\d_]+")
_CREDIT_PAGE = re.compile(r"credit\.(?:casrai|niso)\.org/contributor-roles/([^/]+)")


class Role(NamedTuple):
    """The role in the byline (`None`: not in it), and the code of the finding if the source's word is not usual."""

    name: str | None
    doubt: str | None = None


def role_value(contrib: Element, group: Element) -> str:
    """The word for the role in the source, in lower case: of the entry, else of its group."""
    return attribute(contrib, "contrib-type") or attribute(group, "contrib-type", "content-type")


def byline_role(contrib: Element, group: Element) -> Role:
    """`author` or `translator`; none for people who are not in the byline: editors, reviewers, group members.

    A word in another language or spelling is understood by its stem. An unknown word proves nothing.
    """
    role = _NO_WORD.sub("-", role_value(contrib, group)).strip("-")
    if not role or role in _AUTHORS:
        return Role("author")
    if role in _TRANSLATORS:
        return Role("translator")
    if _NOT_AUTHORS.search(role):
        return Role(None)
    if _TRANSLATOR_WORDS.search(role):
        return Role("translator", "contributor-type-unusual")
    if _AUTHOR_WORDS.search(role):
        return Role("author", "contributor-type-unusual")
    return Role(None, "contributor-type-unknown")


def credit_roles(contrib: Element) -> tuple[str, ...]:
    """The contributor's distinct CRediT roles in Crossref's spelling. Other roles (Professor, Reviewer) are ignored."""
    roles = (_credit_role(role) for role in children(contrib, "role"))
    return tuple(dict.fromkeys(role for role in roles if role))


def _credit_role(role: Element) -> str | None:
    address = attribute(role, "vocab-term-identifier") + " " + attribute(role, "content-type")
    page = _CREDIT_PAGE.search(address)
    candidates = (page[1] if page else "", attribute(role, "vocab-term"), plain_text(role) or "")
    return next((spelling for candidate in candidates if (spelling := _credit_spelling(candidate))), None)


def _credit_spelling(name: str) -> str | None:
    spelling = _NOT_LETTERS.sub("-", name.casefold().replace("&", " ").replace("visualisation", "visualization"))
    spelling = spelling.strip("-").replace("writing-review-and-editing", "writing-review-editing")
    spelling = spelling.replace("conceptualisation", "conceptualization")
    return spelling if spelling in _CREDIT else None
