"""Creators, with their names in other languages (mapping D6)."""

from __future__ import annotations

from msgspec import structs

from harvester.formats.damage import text_findings
from harvester.formats.names import parse_creator
from harvester.formats.notes import Notes
from harvester.formats.oai_dc.fields import Fields, Value
from harvester.formats.same_person import have_same_beginning
from harvester.model import AltName, Contributor, Hints

People = list[Contributor]


def contributors(fields: Fields, language: str | None, hints: Hints, notes: Notes) -> tuple[Contributor, ...]:
    """The authors in the article's language, with their names in the other languages.

    OJS 3.4 and later repeats the whole list for each language, so the same position is the same person.
    """
    groups = _by_language(fields.all("creator"))
    if not groups:
        return ()
    chosen = language if language in groups else next(iter(groups))
    people = _people(groups.pop(chosen), hints, notes)
    others = {lang: _as_alternatives(values, hints) for lang, values in groups.items()}
    if all(_same_people(people, other) for other in others.values()):
        return tuple(_with_alternative_names(person, index, others) for index, person in enumerate(people))
    sizes = ", ".join(f"{lang}: {len(group)}" for lang, group in ({chosen: people} | others).items())
    notes.report("creators-language-mismatch", "contributors", sizes)
    return tuple(people)


def _as_alternatives(values: list[Value], hints: Hints) -> People:
    """The same people in another language. A name that cannot be split is a name in one piece."""
    notes = Notes()
    people = _people(values, hints, notes)
    unsplit = {finding.path for finding in notes.findings if finding.code in ("name-order-unknown", "name-unparsed")}
    return [
        structs.replace(person, surname=None, name=person.surname) if f"contributors[{number}]" in unsplit else person
        for number, person in enumerate(people)
    ]


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
    return len(people) == len(others) and all(map(have_same_beginning, people, others))


def _with_alternative_names(person: Contributor, index: int, others: dict[str | None, People]) -> Contributor:
    names: dict[AltName, AltName] = {}
    main = AltName(surname=person.surname, given=person.given)
    for lang, group in others.items():
        other = group[index]
        name = AltName(surname=other.surname, given=other.given, name=other.name if other.kind == "person" else None)
        if (name.surname or name.name) and name != main:
            names.setdefault(name, structs.replace(name, suffix=other.suffix, lang=lang))
    return structs.replace(person, alt_names=tuple(names.values())) if names else person
