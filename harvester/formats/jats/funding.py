"""Funders and their award numbers (mapping J10)."""

from __future__ import annotations

import re

from harvester.formats.jats.inline import NON_TEXT, content_parts, is_empty, plain_text, unescaped_line
from harvester.formats.jats.tree import Element, Grouped, attribute, children, descendants, href, vocabulary
from harvester.formats.notes import Notes
from harvester.formats.placeholders import says_no_funding, says_no_number
from harvester.identifiers import cited_doi, clean_funder_id, clean_ror
from harvester.model import Funding
from harvester.text import fold, plain, text
from harvester.xmltools import local

_NAMES = vocabulary("funder-name funder_name")
_IDENTIFIERS = vocabulary("funder-id funder_id funder-identifier funder_identifier fundref-id")
_DOI_FORM = re.compile(r"(?:https?://(?:dx\.)?doi\.org/|doi:\s?|(?!10\.(?:19|20)\d\d/))10\.\d{4,9}/", re.IGNORECASE)
_FUNDER_PREFIX = "10.13039"


def funding(groups: Grouped, notes: Notes) -> tuple[Funding, ...]:
    """The distinct funders with their awards, as grouped by the source."""
    collected: list[Funding] = []
    for group in groups.get("funding-group", ()):
        for element in children(group, "award-group", "funding-source"):
            for sources, awards in [([element], [])] if local(element) == "funding-source" else _runs(element):
                collected += _award_group(element, sources, _awards(awards, notes), len(collected), notes)
    collected += _nlm_funding(groups, len(collected), notes)
    return tuple(dict.fromkeys(collected))


def _runs(group: Element) -> list[tuple[list[Element], list[Element]]]:
    """The funders of a group with their awards.

    A group is meant for one award with all its funders. But some publishers put all funders into one group, each with
    its awards after or before it. So a new run begins where the first kind of element in the group appears again.
    """
    runs: list[tuple[list[Element], list[Element]]] = []
    first = ""
    for element in children(group, "funding-source", "award-id"):
        name = local(element)
        first = first or name
        if not runs or (name == first and all(runs[-1])):
            runs.append(([], []))
        runs[-1][name == "award-id"].append(element)
    return runs


def _award_group(
    group: Element, sources: list[Element], awards: tuple[str, ...], at: int, notes: Notes
) -> list[Funding]:
    """One entry for each funder of an award; the awards alone if no funder is named."""
    collected = []
    for index, source in enumerate(sources):
        funding = _funder(source, group, awards, f"funding[{at + index}]", notes)
        if funding.funder or funding.funder_id or funding.ror or funding.awards:
            collected.append(funding)
    return collected or ([Funding(awards=awards)] if awards else [])


def _funder(source: Element, group: Element, awards: tuple[str, ...], path: str, notes: Notes) -> Funding:
    funder_id, ror = _identifiers(source, group, f"{path}.funder_id", notes)
    name = _name(source)
    if name is not None and _is_funder(name):
        name = None
    if name is not None and says_no_funding(name):
        notes.report("funder-none", f"{path}.funder", name)
        name = None
    return Funding(funder=name, funder_id=funder_id, ror=ror, awards=awards)


def _name(source: Element) -> str | None:
    named = [part for part in descendants(source, "named-content") if attribute(part, "content-type") in _NAMES]
    institutions = named or list(descendants(source, "institution"))
    if institutions:
        return ", ".join(dict.fromkeys(name for part in institutions if (name := plain_text(part)))) or None
    run = [source.text or ""]
    for part in source:
        if local(part) not in NON_TEXT and not _is_identifier(part) and local(part) != "xref":
            run.append(plain(text(content_parts(part))))
        run.append(part.tail or "")
    name = unescaped_line(fold("".join(run))).strip(" ,;:")
    return name if any(map(str.isalpha, name)) else None


def _is_identifier(element: Element) -> bool:
    if local(element) == "institution-id":
        return True
    return local(element) == "named-content" and attribute(element, "content-type") in _IDENTIFIERS


def _identifiers(source: Element, group: Element, path: str, notes: Notes) -> tuple[str | None, str | None]:
    """The funder's identifiers in the Funder Registry and in ROR, from all the places where publishers put them."""
    funder_id = ror = None
    tagged = [
        plain_text(part) or ""
        for part in descendants(source, "institution-id", "named-content")
        if _is_identifier(part)
    ]
    for value in filter(None, tagged):
        funder_id = funder_id or clean_funder_id(value)
        ror = ror or (clean_ror(value) if "ror.org" in value else None)
        if funder_id is None and ror is None:
            notes.report("funder-id-invalid", path, value)
    for hidden in (source.get("id"), href(source), href(group), *_misplaced(source, group)):
        if hidden and _FUNDER_PREFIX in hidden:
            funder_id = funder_id or clean_funder_id(hidden)
    return funder_id, ror


def _misplaced(source: Element, group: Element) -> list[str]:
    """The values in place of the funder's name and, if the group has no other funder, of an award number."""
    alone = len(list(children(group, "funding-source"))) == 1
    elements = (source, *(children(group, "award-id") if alone else ()))
    return [plain_text(element) or "" for element in elements]


def _is_funder(value: str) -> bool:
    """Whether the whole value is an identifier of the Funder Registry. A bare number may be that of an award."""
    return _FUNDER_PREFIX in value and clean_funder_id(value) is not None


def _awards(elements: list[Element], notes: Notes) -> tuple[str, ...]:
    written = [(element, plain_text(element) or "") for element in elements]
    awards = [_grant_doi(element) or value for element, value in written if not _is_funder(value)]
    for award in filter(None, awards):
        if says_no_number(award):
            notes.report("placeholder-value", "funding.awards", award)
    return tuple(
        dict.fromkeys(award for award in awards if award and not is_empty((award,)) and not says_no_number(award))
    )


def _grant_doi(element: Element) -> str | None:
    """The DOI of a grant as a URL, if the award is identified by one."""
    value = plain_text(element) or ""
    is_tagged = attribute(element, "award-id-type", "pub-id-type", "assigning-authority") == "doi"
    doi = cited_doi(value) if is_tagged or _DOI_FORM.match(value) else None
    return f"https://doi.org/{doi}" if doi else None


def _nlm_funding(groups: Grouped, at: int, notes: Notes) -> list[Funding]:
    """NLM 2.3: sponsors and award numbers are siblings in article-meta, linked by `rid` if there are several."""
    sponsors = [*groups.get("contract-sponsor", ()), *groups.get("grant-sponsor", ())]
    numbers = [*groups.get("contract-num", ()), *groups.get("grant-num", ())]
    collected: list[Funding] = []
    tied: list[Element] = []
    for sponsor in sponsors:
        own = [
            number
            for number in numbers
            if len(sponsors) == 1 or _refers_to(number, sponsor) or _refers_to(sponsor, number)
        ]
        tied += own
        collected += _award_group(sponsor, [sponsor], _awards(own, notes), at + len(collected), notes)
    loose = _awards([number for number in numbers if number not in tied], notes)
    return [*collected, Funding(awards=loose)] if loose else collected


def _refers_to(element: Element, other: Element) -> bool:
    return bool(other.get("id")) and other.get("id") in (element.get("rid") or "").split()
