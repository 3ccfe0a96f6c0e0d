"""The byline: persons with roles, affiliations, ORCID iDs and names in other scripts; groups; the anonymous."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from harvester.crossref.deposit.xml import attributes, element, wrap
from harvester.crossref.versions import Version, language
from harvester.model import Affiliation, AltName, Contributor


def contributors(people: Sequence[Contributor], version: Version) -> str:
    """`<contributors>` in the order of the byline."""
    parts = [_contributor(person, version, "additional" if place else "first") for place, person in enumerate(people)]
    return wrap("contributors", parts)


def _contributor(person: Contributor, version: Version, sequence: str) -> str:
    attrs = attributes(
        sequence=sequence,
        contributor_role=None if version.role_elements and person.kind != "group" else person.role,
        language=language(person.lang, version),
    )
    if person.kind == "group":  # the element has text and attributes only: no affiliation, no role
        return element("organization", person.name, attrs)
    if person.kind == "anonymous":
        inner = "".join((*_role_elements(person, version), affiliations(person.affiliations)))
        return f"<anonymous{attrs}>{inner}</anonymous>"
    return _person(person, version, attrs)


def _person(person: Contributor, version: Version, attrs: str) -> str:
    parts = (
        element("given_name", person.given),
        element("surname", person.surname),
        element("suffix", person.suffix),
        *_role_elements(person, version),
        affiliations(person.affiliations),
        _orcid(person),
        _alt_names(person.alt_names, version),
    )
    return f"<person_name{attrs}>{''.join(parts)}</person_name>"


def _role_elements(person: Contributor, version: Version) -> Iterator[str]:
    if not version.role_elements:
        return
    yield f'<role vocab="crossref" type="{person.role}"/>'
    if person.corresponding:
        yield '<role vocab="crossref" type="corresponding-author"/>'
    for each in dict.fromkeys(person.credit):
        yield f'<role vocab="credit" type="{each}"/>'


def _orcid(person: Contributor) -> str:
    authenticated = None if person.orcid_authenticated is None else str(person.orcid_authenticated).lower()
    return element("ORCID", person.orcid, attributes(authenticated=authenticated))


def _alt_names(names: Sequence[AltName], version: Version) -> str:
    if not version.alt_names or not names:
        return ""
    return f"<alt-name>{''.join(_alt_name(name, version) for name in names)}</alt-name>"


def _alt_name(name: AltName, version: Version) -> str:
    if name.name:
        return element("string-name", name.name, attributes(language=language(name.lang, version)))
    parts = element("surname", name.surname) + element("given_name", name.given) + element("suffix", name.suffix)
    return f"<name{attributes(language=language(name.lang, version))}>{parts}</name>"


def affiliations(known: Sequence[Affiliation]) -> str:
    inner = "".join(_institution(each) for each in known)
    return f"<affiliations>{inner}</affiliations>" if inner else ""


def _institution(known: Affiliation) -> str:
    """Needs a name or an identifier. Without both, the departments are the name, else the place. There is no GRID."""
    departments, place = known.departments, known.place
    name = known.name
    identifiers = "".join(
        element("institution_id", value, f' type="{kind}"')
        for kind, value in (("ror", known.ror), ("isni", known.isni), ("wikidata", known.wikidata))
    )
    if name is None and not identifiers:
        name, departments, place = (", ".join(departments), (), place) if departments else (place, departments, None)
    inner = (
        element("institution_name", name)
        + identifiers
        + element("institution_place", place)
        + "".join(element("institution_department", each) for each in departments)
    )
    return f"<institution>{inner}</institution>" if inner else ""
