"""Creators, and the same people's names in other languages (mapping D6)."""

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

Group = list[Contributor]

_script = lru_cache(1 << 12)(script_of)


def contributors(fields: Fields, language: str | None, hints: Hints, notes: Notes) -> tuple[Contributor, ...]:
    """The authors in the article's language, with their names in the others.

    OJS from 3.4 on gives the whole list once for each language, so that equal places are one person.
    """
    groups = _by_language(fields.all("creator"))
    if not groups:
        return ()
    chosen = language if language in groups else next(iter(groups))
    people = _people(groups.pop(chosen), hints, notes)
    others = {lang: _people(values, hints, Notes()) for lang, values in groups.items()}
    if all(_same_people(people, other) for other in others.values()):
        return tuple(_with_names(person, place, others) for place, person in enumerate(people))
    sizes = ", ".join(f"{lang}: {len(group)}" for lang, group in ({chosen: people} | others).items())
    notes.report("creators-language-mismatch", "contributors", sizes)
    return tuple(people)


def _by_language(values: list[Value]) -> dict[str | None, list[Value]]:
    """The creators by language; all in one group as soon as one has no language."""
    groups: dict[str | None, list[Value]] = {}
    for value in values:
        groups.setdefault(value.lang, []).append(value)
    return {None: values} if None in groups else groups


def _people(values: list[Value], hints: Hints, notes: Notes) -> Group:
    people: Group = []
    for value in values:
        path = f"contributors[{len(people)}]"
        person, findings = parse_creator(value.text, hints, path)
        notes.add(findings)
        if person:
            if not value.text.isascii():
                notes.add(text_findings(path, " ".join(filter(None, (person.given, person.surname, person.name)))))
            people.append(structs.replace(person, lang=value.lang) if value.lang else person)
    return people


def _same_people(people: Group, others: Group) -> bool:
    """Whether two lists may be one list in two languages: names in one script must begin alike in the same place."""
    return len(people) == len(others) and all(map(_may_be_one, people, others))


def _may_be_one(one: Contributor, other: Contributor) -> bool:
    first, second = one.surname or one.name or "", other.surname or other.name or ""
    return one.kind == other.kind and (_initial(first) == _initial(second) or _script(first) != _script(second))


def _initial(name: str) -> str:
    return unicodedata.normalize("NFD", name)[:1].lower()


def _with_names(person: Contributor, place: int, others: dict[str | None, Group]) -> Contributor:
    names: dict[tuple[str, str | None], AltName] = {}
    for lang, group in others.items():
        other = group[place]
        if other.surname and (other.surname, other.given) != (person.surname, person.given):
            alternative = AltName(surname=other.surname, given=other.given, suffix=other.suffix, lang=lang)
            names.setdefault((other.surname, other.given), alternative)
    return structs.replace(person, alt_names=tuple(names.values())) if names else person
