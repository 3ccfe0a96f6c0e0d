"""The byline: persons with roles, affiliations, ORCID iDs and names in other scripts; groups; the anonymous."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from harvester.exporters.crossref.versions import Version, language
from harvester.exporters.crossref.vocabulary import CREDIT_ROLES, OLD_ROLES, ROLES
from harvester.exporters.xml import attributes, element, wrap
from harvester.model import Affiliation, AltName, Contributor

_MOST_DEPARTMENTS = 6


def contributors(people: Sequence[Contributor], version: Version) -> str:
    """`<contributors>` in the order of the byline; empty when nobody can be named."""
    parts: list[str] = []
    for person in people:
        if part := _contributor(person, version, "additional" if parts else "first"):
            parts.append(part)
    return wrap("contributors", parts)


def _contributor(person: Contributor, version: Version, sequence: str) -> str:
    role = _role(person, version)
    if role is None:
        return ""
    attrs = attributes(
        sequence=sequence,
        contributor_role=None if version.role_elements and person.kind != "group" else role,
        language=language(person.lang, version),
    )
    if person.kind == "group":  # has text and attributes only: no affiliation, no role element
        return element("organization", person.name, attrs)
    if person.kind == "anonymous":
        inner = "".join((*_role_elements(person, role, version), affiliations(person.affiliations)))
        return f"<anonymous{attrs}>{inner}</anonymous>"
    return _person(person, role, version, attrs)


def _person(person: Contributor, role: str, version: Version, attrs: str) -> str:
    surname, given = (person.surname, person.given) if person.surname else (person.given, None)
    if surname is None:
        return ""
    parts = (
        element("given_name", given),
        element("surname", surname),
        element("suffix", person.suffix),
        *_role_elements(person, role, version),
        affiliations(person.affiliations),
        _orcid(person),
        _alt_names(person.alt_names, version),
    )
    return f"<person_name{attrs}>{''.join(parts)}</person_name>"


def _role(person: Contributor, version: Version) -> str | None:
    """The role as the version spells it; `None` where it has no word for it: not everyone is an author."""
    if version.role_elements:
        return person.role if person.role in ROLES else None
    role = "author" if person.role == "corresponding-author" else person.role
    return role if role in OLD_ROLES else None


def _role_elements(person: Contributor, role: str, version: Version) -> Iterator[str]:
    if not version.role_elements:
        return
    yield f'<role vocab="crossref" type="{role}"/>'
    if person.corresponding and role != "corresponding-author":
        yield '<role vocab="crossref" type="corresponding-author"/>'
    for each in dict.fromkeys(person.credit):
        if each in CREDIT_ROLES:
            yield f'<role vocab="credit" type="{each}"/>'


def _orcid(person: Contributor) -> str:
    authenticated = None if person.orcid_authenticated is None else str(person.orcid_authenticated).lower()
    return element("ORCID", person.orcid, attributes(authenticated=authenticated))


def _alt_names(names: Sequence[AltName], version: Version) -> str:
    if not version.alt_names or not names:
        return ""
    return f"<alt-name>{''.join(_alt_name(name, version) for name in names)}</alt-name>"


def _alt_name(name: AltName, version: Version) -> str:
    parts = element("surname", name.surname) + element("given_name", name.given) + element("suffix", name.suffix)
    return f"<name{attributes(language=language(name.lang, version))}>{parts}</name>"


def affiliations(known: Sequence[Affiliation]) -> str:
    inner = "".join(_institution(each) for each in known)
    return f"<affiliations>{inner}</affiliations>" if inner else ""


def _institution(known: Affiliation) -> str:
    """Needs a name or an identifier; one given by its department or place alone is named so. There is no GRID here."""
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
        + "".join(element("institution_department", each) for each in departments[:_MOST_DEPARTMENTS])
    )
    return f"<institution>{inner}</institution>" if inner else ""
