"""Who stands in the byline, and what each did: contributor types and CRediT roles."""

from __future__ import annotations

import re

from harvester.formats.jats.inline import words
from harvester.formats.jats.tree import Element, attribute, children, vocabulary

_AUTHORS = vocabulary(
    "author authors all person collaboration collab group organization organisation on-behalf-of contributor "
    "corresponding-author first-author"
)
# What the group of a reference's authors calls itself, where it says so at all.
CITED_AUTHORS = frozenset({"", "author", "authors", "allauthors"})
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
_NOT_LETTERS = re.compile(r"[^a-z]+")
_CREDIT_PAGE = re.compile(r"credit\.(?:casrai|niso)\.org/contributor-roles/([^/]+)")


def byline_role(contrib: Element, group: Element) -> str | None:
    """`author` or `translator`; `None` for whoever is not in the byline: editors, reviewers, group members."""
    said = attribute(contrib, "contrib-type") or attribute(group, "contrib-type", "content-type")
    said = _NOT_LETTERS.sub("-", said)
    if not said or said in _AUTHORS:
        return "author"
    return "translator" if said in ("translator", "translators") else None


def credit_roles(contrib: Element) -> tuple[str, ...]:
    """The contributor's CRediT roles in Crossref's spelling, once each; other roles (Professor, Reviewer) are none."""
    roles = (_credit_role(role) for role in children(contrib, "role"))
    return tuple(dict.fromkeys(role for role in roles if role))


def _credit_role(role: Element) -> str | None:
    address = attribute(role, "vocab-term-identifier") + " " + attribute(role, "content-type")
    page = _CREDIT_PAGE.search(address)
    candidates = (page[1] if page else "", attribute(role, "vocab-term"), words(role) or "")
    return next((found for each in candidates if (found := _known(each))), None)


def _known(said: str) -> str | None:
    spelled = _NOT_LETTERS.sub("-", said.casefold().replace("&", " ").replace("visualisation", "visualization"))
    spelled = spelled.strip("-").replace("writing-review-and-editing", "writing-review-editing")
    spelled = spelled.replace("conceptualisation", "conceptualization")
    return spelled if spelled in _CREDIT else None
