"""Contributors: names that Crossref accepts, and ORCID iDs that are valid and unique."""

from __future__ import annotations

import re
from collections.abc import Iterator

from harvester.crossref.limits import PERSON_NAME
from harvester.identifiers import clean_orcid
from harvester.model import AltName, Article, Contributor, Finding, Policy
from harvester.rules.rule import Rule
from harvester.scripts import foreign_letters

_DIGIT_OR_QUESTION = re.compile(r"[\d?]")
_WORD = re.compile(r"[^\W\d_]+")
_DIGIT = re.compile(r"\d")
_SUFFIXES = frozenset({"jr", "jr.", "sr", "sr.", "ii", "iii", "iv", "filho", "neto", "júnior", "junior"})


def names_are_accepted(article: Article, _: Policy) -> Iterator[Finding]:
    for number, person in enumerate(article.contributors):
        yield from _refused(person, "contributors[{}]", number)
        for other, alt in enumerate(person.alt_names):
            yield from _refused(alt, "contributors[{}].alt_names[{}]", number, other)


def _refused(holder: Contributor | AltName, path: str, *numbers: int) -> Iterator[Finding]:
    """The parts of a name that do not have the form that the schema requires."""
    for field, name in (("surname", holder.surname), ("given", holder.given)):
        if not name or not _DIGIT_OR_QUESTION.search(name):
            continue
        if not PERSON_NAME.fullmatch(name):
            yield Finding("name-refused", f"{path.format(*numbers)}.{field}", name)
        elif _DIGIT.search(name):
            yield Finding("name-digits", f"{path.format(*numbers)}.{field}", name)


def surnames_are_plausible(article: Article, _: Policy) -> Iterator[Finding]:
    """One letter, a suffix, only capitals: Crossref reports these to the publisher every week."""
    for number, person in enumerate(article.contributors):
        if person.surname and (code := _surname_problem(person.surname, person)):
            yield Finding(code, f"contributors[{number}].surname", person.surname)


def _surname_problem(surname: str, person: Contributor) -> str | None:
    if person.given and _is_initial(surname):
        return "surname-initial"
    if " " in surname and surname.rsplit(" ", 1)[1].casefold() in _SUFFIXES:
        return "surname-suffix"
    if surname.isupper() and sum(map(str.isalpha, surname)) > 1:
        return "name-all-caps"
    return None


def _is_initial(surname: str) -> bool:
    """One letter of a script that has capitals: 王 is a whole family name."""
    letters = surname.rstrip(".")
    return len(letters) == 1 and letters.lower() != letters.upper()


def names_have_one_script(article: Article, _: Policy) -> Iterator[Finding]:
    """Letters of another script look the same, and a search does not find the name."""
    for number, person in enumerate(article.contributors):
        for path, name in _written_names(person, f"contributors[{number}]"):
            for word in _WORD.findall(name) if not name.isascii() else ():
                if foreign := foreign_letters(word):
                    yield Finding("name-mixed-scripts", path, word, {"letters": foreign})


def _written_names(person: Contributor, path: str) -> Iterator[tuple[str, str]]:
    for holder, place in [(person, path), *((alt, f"{path}.alt_names[{n}]") for n, alt in enumerate(person.alt_names))]:
        for field in ("surname", "given", "name"):
            if value := getattr(holder, field):
                yield f"{place}.{field}", value


def orcids_are_valid(article: Article, _: Policy) -> Iterator[Finding]:
    """Crossref: "invalid checksum"."""
    for number, person in enumerate(article.contributors):
        if person.orcid and clean_orcid(person.orcid) != person.orcid:
            yield Finding("orcid-check-digit", f"contributors[{number}].orcid", person.orcid)


def orcids_are_unique(article: Article, _: Policy) -> Iterator[Finding]:
    """Crossref: "duplicates in contributor list"."""
    seen: set[str] = set()
    for number, person in enumerate(article.contributors):
        if person.orcid in seen:
            yield Finding("orcid-duplicate", f"contributors[{number}].orcid", person.orcid)
        if person.orcid:
            seen.add(person.orcid)


def people_are_unique(article: Article, _: Policy) -> Iterator[Finding]:
    """Namesakes differ in their affiliations or in their ORCID iDs."""
    seen: dict[tuple[str | None, ...], Contributor] = {}
    for number, person in enumerate(article.contributors):
        if not (name := person.name or person.surname):
            continue
        key = (person.kind, name, person.given, person.suffix)
        if key in seen and not _are_namesakes(seen[key], person):
            yield Finding("contributor-duplicate", f"contributors[{number}]", f"{person.given or ''} {name}".strip())
        seen.setdefault(key, person)


def _are_namesakes(person: Contributor, other: Contributor) -> bool:
    if person.orcid and other.orcid:
        return True  # the same iD twice is a matter for another rule
    return bool(person.affiliations and other.affiliations) and not set(person.affiliations) & set(other.affiliations)


RULES: tuple[Rule, ...] = (
    names_are_accepted,
    surnames_are_plausible,
    names_have_one_script,
    orcids_are_valid,
    orcids_are_unique,
    people_are_unique,
)
