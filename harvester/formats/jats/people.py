"""The byline: persons, groups and anonymous authors in its order, with what belongs to each (mapping J6)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from msgspec.structs import replace

from harvester.formats.jats.affiliations import Places
from harvester.formats.jats.inline import words
from harvester.formats.jats.names import by_rank, group_name, has_parts, names, person_name
from harvester.formats.jats.roles import byline_role, credit_roles
from harvester.formats.jats.texts import language_of
from harvester.formats.jats.tree import Element, Grouped, attribute, child, children, descendants, href
from harvester.formats.jats.wording import as_it_reads
from harvester.formats.names import parse_creator, was_name
from harvester.formats.notes import Notes
from harvester.identifiers import clean_orcid
from harvester.model import Affiliation, AltName, Contributor, Hints
from harvester.xmltools import local


class Entry(NamedTuple):
    """One <contrib> or <on-behalf-of>, its group, and its role in the byline (`None`: it is not in it)."""

    element: Element
    group: Element
    role: str | None


class Byline:
    """Reads the contributors of one article."""

    def __init__(self, meta: Element | None, groups: Grouped, language: str | None, hints: Hints, notes: Notes) -> None:
        self._meta = meta
        self._groups = groups
        self._language = language
        self._hints = hints
        self._notes = notes
        self._places = Places(meta, language, notes)
        self._corresponding = {
            identifier
            for author_notes in groups.get("author-notes", ())
            for each in children(author_notes, "corresp")
            if (identifier := each.get("id"))
        }

    def contributors(self) -> tuple[Contributor, ...]:
        """Everyone in the byline, in document order."""
        entries = [entry for group in self._groups.get("contrib-group", ()) for entry in _entries(group)]
        self._report_left_out([entry for entry in entries if entry.role is None])
        byline: list[tuple[Entry, Contributor]] = []
        for entry in entries:
            if entry.role is not None:
                byline += [(entry, person) for person in self._read(entry, len(byline))]
        return self._with_common_places(byline)

    def _read(self, entry: Entry, index: int) -> list[Contributor]:
        """The contributors of one entry: mostly one, a person and a group where both stand in it."""
        path = f"contributors[{index}]"
        found = [*self._person(entry, path), *self._group_and_anonymous(entry)]
        if not found:
            said = " ".join(map(as_it_reads, names(entry.element)))
            if was_name(said):
                self._notes.report("name-refused", path, said)
            else:
                self._notes.report("contributor-empty", path, words(entry.element) or "")
            return []
        return [self._with_details(found[0], entry.element, path), *found[1:]]

    def _person(self, entry: Entry, path: str) -> list[Contributor]:
        elements = by_rank(names(entry.element), self._language)
        found = [(each, element) for element in elements if (each := self._name(element, path)) is not None]
        if not found:
            return []
        (main, element), others = found[0], [each for each, _ in found[1:]]
        person = self._in_parts(main, element, path)
        return [replace(person, role=entry.role or "author", lang=main.lang, alt_names=_other_names(main, others))]

    def _name(self, element: Element, path: str) -> AltName | None:
        return person_name(element, language_of(element, f"{path}.lang", self._notes))

    def _in_parts(self, main: AltName, element: Element, path: str) -> Contributor:
        """The person of a name; a name in one piece may be an organisation's, or in need of being taken apart."""
        person = Contributor(surname=main.surname, given=main.given, suffix=main.suffix)
        if main.given is not None:
            whole = f"{main.given} {main.surname}"
            return Contributor(kind="group", name=whole) if whole in self._hints.organizations else person
        creator, findings = parse_creator(main.surname, self._hints, path)
        if creator is None or (has_parts(element) and creator.kind == "person"):
            return person
        self._notes.add(findings)
        return creator

    def _group_and_anonymous(self, entry: Entry) -> Iterator[Contributor]:
        role = entry.role or "author"
        if local(entry.element) == "on-behalf-of":
            if found := group_name(entry.element):
                yield Contributor(kind="group", role=role, name=found)
            return
        for each in _collabs(entry.element):
            if found := group_name(each):
                self._report_members(each, found)
                yield Contributor(kind="group", role=role, name=found)
        if child(entry.element, "anonymous") is not None:
            yield Contributor(kind="anonymous", role=role)

    def _with_details(self, person: Contributor, contrib: Element, path: str) -> Contributor:
        orcid, authenticated = _orcid(contrib, f"{path}.orcid", self._notes)
        return replace(
            person,
            orcid=orcid or person.orcid,
            orcid_authenticated=authenticated,
            affiliations=self._places.of(contrib, f"{path}.affiliations") or person.affiliations,
            corresponding=self._is_corresponding(contrib),
            credit=credit_roles(contrib),
        )

    def _is_corresponding(self, contrib: Element) -> bool:
        if attribute(contrib, "corresp") == "yes":
            return True
        xrefs = list(children(contrib, "xref"))
        return any(attribute(xref, "ref-type") == "corresp" or _points_to(xref, self._corresponding) for xref in xrefs)

    # ------------------------------------------------------------------- affiliations of a whole group

    def _with_common_places(self, byline: list[tuple[Entry, Contributor]]) -> tuple[Contributor, ...]:
        """Adds the affiliations a group has in common: an <aff> beside its authors to which nobody refers."""
        people = [person for _, person in byline]
        groups = list(dict.fromkeys(entry.group for entry, _ in byline))
        for group in groups:
            members = [index for index, (entry, _) in enumerate(byline) if entry.group is group]
            if not any(people[index].affiliations for index in members):
                common = self._common(group, alone=len(groups) == 1, members=len(members))
                for index in members:
                    people[index] = replace(people[index], affiliations=common)
        self._report_unused()
        return tuple(people)

    def _common(self, group: Element, *, alone: bool, members: int) -> tuple[Affiliation, ...]:
        elements = list(children(group, "aff", "aff-alternatives"))
        if not elements and alone:
            elements = [*self._groups.get("aff", ()), *self._groups.get("aff-alternatives", ())]
        elements = [each for each in self._places.unused(elements) if not self._is_referred_to(each)]
        if len(elements) > 1 and members > 1:
            return ()  # whose is which? they are reported as unused
        found = [each for element in elements for each in self._places.read(element, "contributors.affiliations")]
        return tuple(dict.fromkeys(found))

    def _report_unused(self) -> None:
        beside = [*self._groups.get("aff", ()), *self._groups.get("aff-alternatives", ())]
        for group in self._groups.get("contrib-group", ()):
            beside += children(group, "aff", "aff-alternatives")
        for each in self._places.unused(beside):
            if not self._is_referred_to(each):
                self._notes.report("affiliation-unassigned", "contributors", words(each) or "")

    def _is_referred_to(self, element: Element) -> bool:
        """Whether anybody at all in the article points to it, an editor or a member of a group too."""
        inner = (aff.get("id") for aff in children(element, "aff"))
        identifiers = {each for each in (element.get("id"), *inner) if each}
        if not identifiers or self._meta is None:
            return False
        return any(_points_to(xref, identifiers) for xref in descendants(self._meta, "xref"))

    # -------------------------------------------------------------------------------- what is left out

    def _report_left_out(self, entries: list[Entry]) -> None:
        for entry in entries:
            people = [as_it_reads(each) for each in names(entry.element)]
            people += [group_name(each) or "" for each in _collabs(entry.element)]
            role = attribute(entry.element, "contrib-type") or attribute(entry.group, "contrib-type", "content-type")
            value = "; ".join(filter(None, people))
            self._notes.report("contributor-left-out", "contributors", value, role=role)

    def _report_members(self, collab: Element, group: str) -> None:
        if members := sum(1 for _ in descendants(collab, "contrib")):
            self._notes.report("group-members-left-out", "contributors", group, count=str(members))


def _points_to(xref: Element, identifiers: set[str]) -> bool:
    return not identifiers.isdisjoint((xref.get("rid") or "").split())


def _entries(group: Element) -> Iterator[Entry]:
    for each in children(group, "contrib", "on-behalf-of", "collab"):
        role = "author" if local(each) == "collab" else byline_role(each, group)
        yield Entry(each, group, role)


def _collabs(contrib: Element) -> list[Element]:
    """The group names of an entry; one of several alternatives."""
    if local(contrib) == "collab":
        return [contrib]
    found = list(children(contrib, "collab", "on-behalf-of"))
    alternatives = child(contrib, "collab-alternatives")
    first = child(alternatives, "collab")
    return [*found, first] if first is not None else found


def _other_names(main: AltName, others: list[AltName]) -> tuple[AltName, ...]:
    """The names that differ from the main one, in whatever order their parts stand, each once."""
    kept = {_letters(main): main}
    for each in others:
        kept.setdefault(_letters(each), each)
    return tuple(kept.values())[1:]


def _letters(each: AltName) -> str:
    """A name's letters in the order of the alphabet: `Siri Berg` and `Berg, Siri` have the same."""
    return "".join(sorted(f"{each.surname}{each.given or ''}{each.suffix or ''}".replace(" ", "").replace(",", "")))


def _orcid(contrib: Element, path: str, notes: Notes) -> tuple[str | None, bool | None]:
    """The contributor's ORCID iD, and whether the source says it was authenticated."""
    for element in children(contrib, "contrib-id", "uri", "ext-link"):
        value = words(element) or href(element) or ""
        if not _is_orcid(element, value):
            continue
        found = clean_orcid(value) or clean_orcid(href(element) or "")
        if found is None:
            notes.report("orcid-invalid", path, value)
            continue
        return found, _authenticated(element)
    return None, None


def _is_orcid(element: Element, value: str) -> bool:
    said = attribute(element, "contrib-id-type", "content-type", "ext-link-type")
    if "orcid" in said:
        return bool(value)
    link = value + (href(element) or "")
    return "orcid.org/" in link or (local(element) == "contrib-id" and not said and clean_orcid(value) is not None)


def _authenticated(element: Element) -> bool | None:
    said = attribute(element, "authenticated")
    if said in ("true", "false"):
        return said == "true"
    return True if attribute(element, "specific-use") == "authenticated-true" else None
