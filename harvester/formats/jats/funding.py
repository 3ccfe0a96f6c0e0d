"""Funders and their award numbers (mapping J10)."""

from __future__ import annotations

from harvester.formats.jats.inline import APPARATUS, is_empty, parts, words
from harvester.formats.jats.tree import Element, Grouped, attribute, children, descendants, href, vocabulary
from harvester.formats.notes import Notes
from harvester.identifiers import clean_funder_id, clean_ror
from harvester.model import Funding
from harvester.text import fold, plain, text
from harvester.xmltools import local

_NAMES = vocabulary("funder-name funder_name")
_IDENTIFIERS = vocabulary("funder-id funder_id funder-identifier funder_identifier fundref-id")
_FUNDER_PREFIX = "10.13039"


def funding(groups: Grouped, notes: Notes) -> tuple[Funding, ...]:
    """Every funder with its awards, as grouped by the source; the same line twice is one."""
    found: list[Funding] = []
    for group in groups.get("funding-group", ()):
        for each in children(group, "award-group", "funding-source"):
            for sources, awards in [([each], [])] if local(each) == "funding-source" else _runs(each):
                found += _award_group(each, sources, _awards(awards), len(found), notes)
    found += _before_jats(groups, len(found), notes)
    return tuple(dict.fromkeys(found))


def _runs(group: Element) -> list[tuple[list[Element], list[Element]]]:
    """Funders with their awards. A group is one award, of all its funders; but some set every funder into one group,
    each with its awards behind or before it: a new run begins where what the group began with comes again.
    """
    runs: list[tuple[list[Element], list[Element]]] = []
    first = ""
    for each in children(group, "funding-source", "award-id"):
        name = local(each)
        first = first or name
        if not runs or (name == first and all(runs[-1])):
            runs.append(([], []))
        runs[-1][name == "award-id"].append(each)
    return runs


def _award_group(
    group: Element, sources: list[Element], awards: tuple[str, ...], at: int, notes: Notes
) -> list[Funding]:
    """One entry for each funder of an award; the awards alone where no funder is named."""
    found = []
    for index, source in enumerate(sources):
        each = _funder(source, group, awards, f"funding[{at + index}]", notes)
        if each.funder or each.funder_id or each.ror or each.awards:
            found.append(each)
    return found or ([Funding(awards=awards)] if awards else [])


def _funder(source: Element, group: Element, awards: tuple[str, ...], path: str, notes: Notes) -> Funding:
    funder_id, ror = _identifiers(source, group, f"{path}.funder_id", notes)
    return Funding(funder=_name(source), funder_id=funder_id, ror=ror, awards=awards)


def _name(source: Element) -> str | None:
    named = [each for each in descendants(source, "named-content") if attribute(each, "content-type") in _NAMES]
    institutions = named or list(descendants(source, "institution"))
    if institutions:
        return ", ".join(dict.fromkeys(found for each in institutions if (found := words(each)))) or None
    run = [source.text or ""]
    for each in source:
        if local(each) not in APPARATUS and not _is_identifier(each) and local(each) != "xref":
            run.append(plain(text(parts(each))))
        run.append(each.tail or "")
    found = fold("".join(run)).strip(" ,;:")
    return found if any(map(str.isalpha, found)) else None


def _is_identifier(element: Element) -> bool:
    if local(element) == "institution-id":
        return True
    return local(element) == "named-content" and attribute(element, "content-type") in _IDENTIFIERS


def _identifiers(source: Element, group: Element, path: str, notes: Notes) -> tuple[str | None, str | None]:
    """The funder's identifier in the Funder Registry and in ROR, wherever a publisher hides it."""
    funder_id = ror = None
    tagged = [
        words(each) or "" for each in descendants(source, "institution-id", "named-content") if _is_identifier(each)
    ]
    for value in filter(None, tagged):
        funder_id = funder_id or clean_funder_id(value)
        ror = ror or (clean_ror(value) if "ror.org" in value else None)
        if funder_id is None and ror is None:
            notes.report("funder-id-invalid", path, value)
    for hidden in (source.get("id"), href(source), href(group)):
        if hidden and _FUNDER_PREFIX in hidden:
            funder_id = funder_id or clean_funder_id(hidden)
    return funder_id, ror


def _awards(elements: list[Element]) -> tuple[str, ...]:
    found = (words(each) for each in elements)
    return tuple(dict.fromkeys(each for each in found if each and not is_empty((each,))))


def _before_jats(groups: Grouped, at: int, notes: Notes) -> list[Funding]:
    """NLM 2.3: sponsors and numbers side by side in article-meta, tied by `rid` where there are several."""
    sponsors = [*groups.get("contract-sponsor", ()), *groups.get("grant-sponsor", ())]
    numbers = [*groups.get("contract-num", ()), *groups.get("grant-num", ())]
    found: list[Funding] = []
    tied: list[Element] = []
    for sponsor in sponsors:
        own = [each for each in numbers if len(sponsors) == 1 or _points_to(each, sponsor) or _points_to(sponsor, each)]
        tied += own
        found += _award_group(sponsor, [sponsor], _awards(own), at + len(found), notes)
    loose = _awards([each for each in numbers if each not in tied])
    return [*found, Funding(awards=loose)] if loose else found


def _points_to(element: Element, other: Element) -> bool:
    return bool(other.get("id")) and other.get("id") in (element.get("rid") or "").split()
