"""Names in parts, without what does not belong to a name (mapping J6)."""

from __future__ import annotations

from msgspec.structs import replace

from harvester.formats.degrees import tidied, without_degrees_behind
from harvester.formats.names import split_suffix
from harvester.formats.notes import Notes
from harvester.model import AltName


def tidied_name(name: AltName, path: str, notes: Notes) -> AltName:
    """The name without degrees, titles and footnote marks, which are reported.

    If nothing is left of the family name, the given names hide it, and it is not known which word it is.
    """
    surname, removed = _tidied_surname(name.surname or "", name.given)
    if not surname:
        if name.given:
            notes.report("name-unparsed", path, f"{name.given} {name.surname}")
        return name
    given, removed_from_given = _without_degrees(name.given or "", before=1)
    suffix, removed_from_suffix = _without_degrees(name.suffix or "", before=2)
    removed += removed_from_given + removed_from_suffix
    if removed:
        whole = " ".join(filter(None, (name.given, name.surname, name.suffix)))
        notes.report("name-tidied", path, whole, removed=", ".join(removed))
    given, from_given = split_suffix(given)
    return replace(name, surname=surname, given=given or None, suffix=suffix or from_given)


def _tidied_surname(surname: str, given: str | None) -> tuple[str, tuple[str, ...]]:
    """The family name and what was removed. After a comma, `MD` is a degree if the given name is known."""
    parts = [part.strip() for part in surname.split(",")]
    kept = without_degrees_behind([given, *parts])[1:] if given and len(parts) > 1 else parts
    rest = tidied(", ".join(kept) if len(kept) < len(parts) else surname)
    return rest.part, (*rest.removed, *parts[len(kept) :])


def _without_degrees(part: str, before: int) -> tuple[str, tuple[str, ...]]:
    """A part of a name with this number of parts before it, and what was removed.

    After a comma `MD` is a degree, as the family name is known; in the place of a suffix, it always is.
    """
    if not part:
        return part, ()
    parts = [one.strip() for one in part.split(",")]
    kept = without_degrees_behind([""] * before + parts)[before:]
    rest = tidied(", ".join(kept))
    return rest.part, (*rest.removed, *parts[len(kept) :])
