"""Fills in from another format what the best format of a record lacks (mapping J11).

A value is filled in only if the formats agree on the DOI; the place in the journal only if they agree on volume and
issue too. A list is never mixed, with two exceptions: a contributor without a name in the best format, and titles and
abstracts in further languages.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any

from msgspec.structs import replace

from harvester.addresses import why_closed
from harvester.mapping.comparing import agree_on_doi, agree_on_issue, may_be_same, same_number, title_wordings
from harvester.model import Abstract, Article, Contributor, Finding, Reading, Title

FILLED_FIELDS = ("landing_page", "licenses", "keywords", "language", "titles", "abstracts")
# The place in the journal. The last page and further pages come with the first page.
PLACE_FIELDS = ("volume", "issue", "first_page", "elocation_id")
_PAGE_FIELDS = ("first_page", "elocation_id")

_AUTHOR = re.compile(r"contributors\[(\d+)\]")


def completed(article: Article, findings: list[Finding], reading: Reading, name: str) -> tuple[Article, list[Finding]]:
    """The article with what the format `name` adds, and its findings, with those of the format about these fields."""
    other = reading.article
    if other is None or not agree_on_doi(article, other):
        return article, findings
    is_same_place = agree_on_issue(article, other)
    lacking = [field for field in FILLED_FIELDS if not getattr(article, field)]
    lacking += ["landing_page"] if _is_closed(article.landing_page) and not _is_closed(other.landing_page) else []
    lacking += [field for field in PLACE_FIELDS if is_same_place and not getattr(article, field)]
    values = {field: value for field in lacking if field not in _PAGE_FIELDS and (value := getattr(other, field))}
    values |= _pages(article, other) if is_same_place else {}
    origins = {field: _origin(field, other, name) for field in values}
    filled = replace(article, **values, provenance={**article.provenance, **origins})
    adopted = [finding for finding in reading.findings if _field_of(finding.path) in lacking]
    for field in ("titles", "abstracts"):
        filled, moved = _with_further_languages(filled, field, reading.findings, other, name)
        adopted += moved
    return _with_named_contributors(filled, [*findings, *adopted], reading.findings, other, name)


def _is_closed(page: str | None) -> bool:
    """Whether there is a landing page that not everybody can open. Another one is better, as in a single format."""
    return page is not None and why_closed(page) is not None


def _origin(field: str, other: Article, name: str) -> str:
    places = dict.fromkeys(place for path, place in other.provenance.items() if _field_of(path) == field)
    return f"{name}: {', '.join(places)}" if places else name


def _field_of(path: str) -> str:
    return path.partition("[")[0].partition(".")[0]


def _pages(article: Article, other: Article) -> dict[str, str]:
    """Pages and article number, where the article has none, and the pages after its first page.

    A number that one format calls a page and the other an article number is not given twice.
    """
    values: dict[str, str | None] = {}
    if article.first_page is None and not _are_same(article.elocation_id, other.first_page):
        values = {field: getattr(other, field) for field in ("first_page", "last_page", "other_pages")}
    elif _are_same(article.first_page, other.first_page) and not (article.last_page or article.other_pages):
        values = {"last_page": other.last_page, "other_pages": other.other_pages}
    if article.elocation_id is None and not _are_same(article.first_page, other.elocation_id):
        values["elocation_id"] = other.elocation_id
    return {field: value for field, value in values.items() if value}


def _are_same(ours: str | None, theirs: str | None) -> bool:
    return ours is not None and theirs is not None and same_number(ours, theirs)


# ---------------------------------------------------------------------------------------------- languages


def _with_further_languages(
    article: Article, field: str, found: Sequence[Finding], other: Article, name: str
) -> tuple[Article, list[Finding]]:
    """Adds the titles or abstracts in languages in which the article has none, and the findings about them."""
    ours: Sequence[Title | Abstract] = getattr(article, field)
    theirs: Sequence[Title | Abstract] = getattr(other, field)
    further = _further(ours, theirs) if ours and all(each.lang for each in ours) else []
    if not further:
        return article, []
    values: dict[str, Any] = {field: (*ours, *(theirs[number] for number in further))}
    places = {f"{field}[{old}]": f"{field}[{new}]" for new, old in enumerate(further, len(ours))}
    origins = dict.fromkeys(places.values(), _origin(field, other, name))
    return replace(article, **values, provenance={**article.provenance, **origins}), _moved(found, places)


def _further(ours: Sequence[Title | Abstract], theirs: Sequence[Title | Abstract]) -> list[int]:
    """The numbers of those in a language of their own. A title that is ours under another tag is left out."""
    languages = {each.lang for each in ours} | {None}
    known = title_wordings(each for each in ours if isinstance(each, Title))
    further: list[int] = []
    for number, each in enumerate(theirs):
        is_ours = isinstance(each, Title) and not known.keys().isdisjoint(title_wordings([each]))
        if each.lang not in languages and not is_ours:
            languages.add(each.lang)
            further.append(number)
    return further


def _moved(findings: Iterable[Finding], places: dict[str, str]) -> list[Finding]:
    """The findings about these places, with the paths that they have now."""
    return [
        replace(finding, path=new + finding.path.removeprefix(old))
        for finding in findings
        for old, new in places.items()
        if finding.path == old or finding.path.startswith(f"{old}.")
    ]


# ------------------------------------------------------------------------------------------- contributors


def _with_named_contributors(
    article: Article, findings: list[Finding], found: Sequence[Finding], other: Article, name: str
) -> tuple[Article, list[Finding]]:
    """Adds the contributors whose name is empty in the best format: Janeway names groups in Dublin Core only.

    The other format must name the same contributors in the same order. Without a person's name in one format, a
    possible organisation in the other is one.
    """
    slots = _slots(article.contributors, findings)
    pairs = list(zip(slots, other.contributors, strict=False))
    is_same_list = len(slots) == len(other.contributors) and all(
        ours is None or may_be_same(ours, o) for ours, o in pairs
    )
    added = [f"contributors[{number}]" for number, ours in enumerate(slots) if ours is None]
    if not added or not is_same_list:
        return article, findings
    kept = [number for number, ours in enumerate(slots) if ours is not None]
    moves = {f"contributors[{old}]": f"contributors[{new}]" for old, new in enumerate(kept)}
    origins = dict.fromkeys(added, _origin("contributors", other, name))
    filled = replace(
        article,
        contributors=tuple(ours or theirs for ours, theirs in pairs),
        provenance={**article.provenance, **origins},
    )
    still_true = [finding for finding in findings if not _is_about_empty(finding)]
    about_added = [
        each for each in _moved(found, dict(zip(added, added, strict=True))) if each.code != "possible-organization"
    ]
    return filled, [*_renumbered(still_true, moves), *about_added]


def _slots(contributors: Sequence[Contributor], findings: Iterable[Finding]) -> list[Contributor | None]:
    """The contributors with `None` in the places of those that have no name."""
    slots: list[Contributor | None] = list(contributors)
    numbers = [int(match[1]) for each in findings if _is_about_empty(each) and (match := _AUTHOR.match(each.path))]
    for number in sorted(numbers, reverse=True):
        slots.insert(number, None)
    return slots


def _is_about_empty(finding: Finding) -> bool:
    return finding.code == "contributor-empty"


def _renumbered(findings: Iterable[Finding], moves: dict[str, str]) -> list[Finding]:
    """The findings, with the new numbers of contributors in their paths."""
    renumbered: list[Finding] = []
    for finding in findings:
        match = _AUTHOR.match(finding.path)
        new = moves.get(match[0]) if match else None
        renumbered.append(replace(finding, path=new + finding.path[match.end() :]) if match and new else finding)
    return renumbered
