"""The byline: people, groups and anonymous authors in order, with their details (mapping J6)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from msgspec.structs import replace

from harvester.formats.jats.affiliations import AffiliationIndex
from harvester.formats.jats.inline import plain_text
from harvester.formats.jats.names import group_name, has_parts, name_elements, person_name, ranked
from harvester.formats.jats.roles import byline_role, credit_roles
from harvester.formats.jats.texts import language_of
from harvester.formats.jats.tree import Element, Grouped, attribute, child, children, descendants, href
from harvester.formats.jats.wording import visible_text
from harvester.formats.names import lost_its_letters, parse_creator
from harvester.formats.notes import Notes
from harvester.formats.placeholders import real_name, unless_placeholder
from harvester.identifiers import clean_orcid
from harvester.model import Affiliation, AltName, Contributor, Hints
from harvester.xmltools import local


class ContribEntry(NamedTuple):
    """One <contrib>, <on-behalf-of> or <collab>, its group, and its role (`None` if it is not in the byline)."""

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
        self._affiliations = AffiliationIndex(meta, language, notes)
        self._corresponding = {
            identifier
            for author_notes in groups.get("author-notes", ())
            for corresp in children(author_notes, "corresp")
            if (identifier := corresp.get("id"))
        }

    def contributors(self) -> tuple[Contributor, ...]:
        """All contributors in the byline, in document order."""
        entries = [entry for group in self._groups.get("contrib-group", ()) for entry in _entries(group)]
        self._report_left_out([entry for entry in entries if entry.role is None])
        byline: list[tuple[ContribEntry, Contributor]] = []
        for entry in entries:
            if entry.role is not None:
                byline += [(entry, person) for person in self._read(entry, len(byline))]
        return self._with_shared_affiliations(byline)

    def _read(self, entry: ContribEntry, index: int) -> list[Contributor]:
        """The contributors of one entry: usually one; a person and a group if the entry has both."""
        path = f"contributors[{index}]"
        findings_before = len(self._notes.findings)
        contributors = [*self._person(entry, path), *self._group_and_anonymous(entry)]
        if not contributors and any(f.code == "placeholder-value" for f in self._notes.findings[findings_before:]):
            return []
        if not contributors:
            name = " ".join(map(visible_text, name_elements(entry.element)))
            if lost_its_letters(name):
                self._notes.report("name-refused", path, name)
            else:
                self._notes.report("contributor-empty", path, plain_text(entry.element) or "")
            return []
        return [self._with_details(contributors[0], entry.element, path), *contributors[1:]]

    def _person(self, entry: ContribEntry, path: str) -> list[Contributor]:
        elements = ranked(name_elements(entry.element), self._language)
        pairs = [(name, element) for element in elements if (name := self._name_of(element, path)) is not None]
        if not pairs:
            return []
        (main, element), others = pairs[0], [name for name, _ in pairs[1:]]
        person = self._person_or_group(main, element, path)
        return [replace(person, role=entry.role or "author", lang=main.lang, alt_names=_other_names(main, others))]

    def _name_of(self, element: Element, path: str) -> AltName | None:
        name = person_name(element, language_of(element, f"{path}.lang", self._notes))
        if name is None:
            return None
        parts = real_name(name.surname, name.given)
        if parts != (name.surname, name.given):
            self._notes.report("placeholder-value", path, " ".join(filter(None, (name.given, name.surname))))
        return replace(name, surname=parts[0], given=parts[1]) if parts else None

    def _person_or_group(self, main: AltName, element: Element, path: str) -> Contributor:
        """The person with this name. A name without parts may be an organisation, or is split like a dc:creator."""
        person = Contributor(surname=main.surname, given=main.given, suffix=main.suffix)
        if main.given is not None:
            whole = f"{main.given} {main.surname}"
            return Contributor(kind="group", name=whole) if whole in self._hints.organizations else person
        creator, findings = parse_creator(main.surname, self._hints, path)
        if creator is None or (has_parts(element) and creator.kind == "person"):
            return person
        self._notes.add(findings)
        return creator

    def _group_and_anonymous(self, entry: ContribEntry) -> Iterator[Contributor]:
        role = entry.role or "author"
        if local(entry.element) == "on-behalf-of":
            if name := group_name(entry.element):
                yield Contributor(kind="group", role=role, name=name)
            return
        for collab in _collabs(entry.element):
            if name := unless_placeholder(group_name(collab), "contributors", self._notes):
                self._report_members(collab, name)
                yield Contributor(kind="group", role=role, name=name)
        if child(entry.element, "anonymous") is not None:
            yield Contributor(kind="anonymous", role=role)

    def _with_details(self, person: Contributor, contrib: Element, path: str) -> Contributor:
        orcid, authenticated = _orcid(contrib, f"{path}.orcid", self._notes)
        return replace(
            person,
            orcid=orcid or person.orcid,
            orcid_authenticated=authenticated,
            affiliations=self._affiliations.of(contrib, f"{path}.affiliations") or person.affiliations,
            corresponding=self._is_corresponding(contrib),
            credit=credit_roles(contrib),
        )

    def _is_corresponding(self, contrib: Element) -> bool:
        if attribute(contrib, "corresp") == "yes":
            return True
        xrefs = list(children(contrib, "xref"))
        return any(attribute(xref, "ref-type") == "corresp" or _refers_to(xref, self._corresponding) for xref in xrefs)

    # ------------------------------------------------------------------- affiliations of a whole group

    def _with_shared_affiliations(self, byline: list[tuple[ContribEntry, Contributor]]) -> tuple[Contributor, ...]:
        """Adds the affiliations that a whole group shares: an <aff> in the group to which nobody refers."""
        people = [person for _, person in byline]
        groups = list(dict.fromkeys(entry.group for entry, _ in byline))
        for group in groups:
            members = [index for index, (entry, _) in enumerate(byline) if entry.group is group]
            if not any(people[index].affiliations for index in members):
                shared = self._shared_affiliations(group, alone=len(groups) == 1, members=len(members))
                for index in members:
                    people[index] = replace(people[index], affiliations=shared)
        self._report_unused()
        return tuple(people)

    def _shared_affiliations(self, group: Element, *, alone: bool, members: int) -> tuple[Affiliation, ...]:
        elements = list(children(group, "aff", "aff-alternatives"))
        if not elements and alone:
            elements = [*self._groups.get("aff", ()), *self._groups.get("aff-alternatives", ())]
        elements = [element for element in self._affiliations.unused(elements) if not self._is_referenced(element)]
        if len(elements) > 1 and members > 1:
            return ()  # it is unknown who belongs to which; they are reported as unused
        affiliations = [
            affiliation
            for element in elements
            for affiliation in self._affiliations.read(element, "contributors.affiliations")
        ]
        return tuple(dict.fromkeys(affiliations))

    def _report_unused(self) -> None:
        elements = [*self._groups.get("aff", ()), *self._groups.get("aff-alternatives", ())]
        for group in self._groups.get("contrib-group", ()):
            elements += children(group, "aff", "aff-alternatives")
        for element in self._affiliations.unused(elements):
            if not self._is_referenced(element):
                self._notes.report("affiliation-unassigned", "contributors", plain_text(element) or "")

    def _is_referenced(self, element: Element) -> bool:
        """Whether anybody in the article refers to it, even an editor or a member of a group."""
        inner = (aff.get("id") for aff in children(element, "aff"))
        identifiers = {identifier for identifier in (element.get("id"), *inner) if identifier}
        if not identifiers or self._meta is None:
            return False
        return any(_refers_to(xref, identifiers) for xref in descendants(self._meta, "xref"))

    # ------------------------------------------------------------------------------- left out of the byline

    def _report_left_out(self, entries: list[ContribEntry]) -> None:
        for entry in entries:
            people = [visible_text(element) for element in name_elements(entry.element)]
            people += [group_name(collab) or "" for collab in _collabs(entry.element)]
            role = attribute(entry.element, "contrib-type") or attribute(entry.group, "contrib-type", "content-type")
            value = "; ".join(filter(None, people))
            self._notes.report("contributor-left-out", "contributors", value, role=role)

    def _report_members(self, collab: Element, group: str) -> None:
        if members := sum(1 for _ in descendants(collab, "contrib")):
            self._notes.report("group-members-left-out", "contributors", group, count=str(members))


def _refers_to(xref: Element, identifiers: set[str]) -> bool:
    return not identifiers.isdisjoint((xref.get("rid") or "").split())


def _entries(group: Element) -> Iterator[ContribEntry]:
    for element in children(group, "contrib", "on-behalf-of", "collab"):
        role = "author" if local(element) == "collab" else byline_role(element, group)
        yield ContribEntry(element, group, role)


def _collabs(contrib: Element) -> list[Element]:
    """The elements with the group names of an entry. Of several alternatives, only the first."""
    if local(contrib) == "collab":
        return [contrib]
    collabs = list(children(contrib, "collab", "on-behalf-of"))
    alternatives = child(contrib, "collab-alternatives")
    first = child(alternatives, "collab")
    return [*collabs, first] if first is not None else collabs


def _other_names(main: AltName, others: list[AltName]) -> tuple[AltName, ...]:
    """The distinct names that differ from the main one by more than the order of their parts."""
    kept = {_sorted_letters(main): main}
    for name in others:
        kept.setdefault(_sorted_letters(name), name)
    return tuple(kept.values())[1:]


def _sorted_letters(name: AltName) -> str:
    """The letters of a name, sorted: `Siri Berg` and `Berg, Siri` give the same string."""
    return "".join(sorted(f"{name.surname}{name.given or ''}{name.suffix or ''}".replace(" ", "").replace(",", "")))


def _orcid(contrib: Element, path: str, notes: Notes) -> tuple[str | None, bool | None]:
    """The contributor's ORCID iD, and whether it was authenticated (`None` if the source does not say)."""
    for element in children(contrib, "contrib-id", "uri", "ext-link"):
        value = plain_text(element) or href(element) or ""
        if not _is_orcid(element, value):
            continue
        orcid = clean_orcid(value) or clean_orcid(href(element) or "")
        if orcid is None:
            notes.report("orcid-invalid", path, value)
            continue
        return orcid, _authenticated(element)
    return None, None


def _is_orcid(element: Element, value: str) -> bool:
    kind = attribute(element, "contrib-id-type", "content-type", "ext-link-type")
    if "orcid" in kind:
        return bool(value)
    link = value + (href(element) or "")
    return "orcid.org/" in link or (local(element) == "contrib-id" and not kind and clean_orcid(value) is not None)


def _authenticated(element: Element) -> bool | None:
    value = attribute(element, "authenticated")
    if value in ("true", "false"):
        return value == "true"
    return True if attribute(element, "specific-use") == "authenticated-true" else None
