"""Creators, with their names in other languages (mapping D6)."""

from __future__ import annotations

import unicodedata
from functools import lru_cache

from msgspec import structs

from harvester.formats.damage import text_findings
from harvester.formats.languages import script_of
from harvester.formats.names import parse_creator
from harvester.formats.notes import Notes
from harvester.formats.oai_dc.fields import Fields, Value
from harvester.model import AltName, Contributor, Hints

People = list[Contributor]

_script = lru_cache(1 << 12)(script_of)


def contributors(fields: Fields, language: str | None, hints: Hints, notes: Notes) -> tuple[Contributor, ...]:
    """The authors in the article's language, with their names in the other languages.

    OJS 3.4 and later repeats the whole list for each language, so the same position is the same person.
    """
    groups = _by_language(fields.all("creator"))
    if not groups:
        return ()
    chosen = language if language in groups else next(iter(groups))
    people = _people(groups.pop(chosen), hints, notes)
    others = {lang: _people(values, hints, Notes()) for lang, values in groups.items()}
    if all(_same_people(people, other) for other in others.values()):
        return tuple(_with_alternative_names(person, index, others) for index, person in enumerate(people))
    sizes = ", ".join(f"{lang}: {len(group)}" for lang, group in ({chosen: people} | others).items())
    notes.report("creators-language-mismatch", "contributors", sizes)
    return tuple(people)


def _by_language(values: list[Value]) -> dict[str | None, list[Value]]:
    """The creators by language. If any creator has no language, all are in one group."""
    groups: dict[str | None, list[Value]] = {}
    for value in values:
        groups.setdefault(value.lang, []).append(value)
    return {None: values} if None in groups else groups


def _people(values: list[Value], hints: Hints, notes: Notes) -> People:
    people: People = []
    for value in values:
        path = f"contributors[{len(people)}]"
        person, findings = parse_creator(value.text, hints, path)
        notes.add(findings)
        if person:
            if not value.text.isascii():
                notes.add(text_findings(path, " ".join(filter(None, (person.given, person.surname, person.name)))))
            people.append(structs.replace(person, lang=value.lang) if value.lang else person)
    return people


def _same_people(people: People, others: People) -> bool:
    """Whether two lists may name the same people: names in the same script and position have the same first letter."""
    return len(people) == len(others) and all(map(_may_be_same_person, people, others))


def _may_be_same_person(person: Contributor, other: Contributor) -> bool:
    first, second = person.surname or person.name or "", other.surname or other.name or ""
    return person.kind == other.kind and (_initial(first) == _initial(second) or _script(first) != _script(second))


def _initial(name: str) -> str:
    return unicodedata.normalize("NFD", name)[:1].lower()


def _with_alternative_names(person: Contributor, index: int, others: dict[str | None, People]) -> Contributor:
    names: dict[tuple[str, str | None], AltName] = {}
    for lang, group in others.items():
        other = group[index]
        if other.surname and (other.surname, other.given) != (person.surname, person.given):
            alternative = AltName(surname=other.surname, given=other.given, suffix=other.suffix, lang=lang)
            names.setdefault((other.surname, other.given), alternative)
    return structs.replace(person, alt_names=tuple(names.values())) if names else person
