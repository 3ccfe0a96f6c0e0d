"""Who is in the byline, and what each person did: contributor types and CRediT roles."""

from __future__ import annotations

import re

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
_NOT_LETTERS = re.compile(r"[^a-z]+")
_CREDIT_PAGE = re.compile(r"credit\.(?:casrai|niso)\.org/contributor-roles/([^/]+)")


def byline_role(contrib: Element, group: Element) -> str | None:
    """`author` or `translator`; `None` for people who are not in the byline: editors, reviewers, group members."""
    role = attribute(contrib, "contrib-type") or attribute(group, "contrib-type", "content-type")
    role = _NOT_LETTERS.sub("-", role)
    if not role or role in _AUTHORS:
        return "author"
    return "translator" if role in ("translator", "translators") else None


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
