"""The byline: people, groups and anonymous authors in order, with their details (mapping J6)."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import NamedTuple

from msgspec.structs import replace

from harvester.formats.jats.affiliations import AffiliationIndex
from harvester.formats.jats.groups import MemberLists, group_elements, member_count
from harvester.formats.jats.inline import plain_text
from harvester.formats.jats.names import (
    group_name,
    has_parts,
    name_elements,
    one_piece,
    parts_without_letters,
    person_name,
    ranked,
)
from harvester.formats.jats.roles import Role, byline_role, credit_roles, role_value
from harvester.formats.jats.texts import language_of
from harvester.formats.jats.tree import Element, Grouped, attribute, child, children, descendants, href
from harvester.formats.jats.wording import visible_text
from harvester.formats.names import lost_its_letters, parse_creator, placeholder_kind
from harvester.formats.notes import Notes
from harvester.formats.placeholders import real_name, unless_placeholder
from harvester.formats.same_person import may_be_one_person
from harvester.formats.several import (
    are_names_with_initials,
    has_form_of_person,
    names_several,
    parts_name_several,
    with_plain_separators,
)
from harvester.formats.tidied_names import tidied_name
from harvester.identifiers import clean_orcid
from harvester.model import Affiliation, AltName, Contributor, Hints
from harvester.xmltools import local

_EXCERPT_LENGTH = 80  # characters of an entry in a finding


class ContribEntry(NamedTuple):
    """One <contrib>, <on-behalf-of> or <collab>, its group, and its role (`None` if it is not in the byline)."""

    element: Element
    group: Element
    role: str | None
    doubt: str | None = None  # the code of a finding about the role


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
        groups = self._groups.get("contrib-group", [])
        entries = self._without_members([entry for group in groups for entry in _entries(group)])
        self._report_left_out([entry for entry in entries if entry.role is None])
        byline: list[tuple[ContribEntry, Contributor]] = []
        for entry in entries:
            if entry.role is not None:
                byline += [(entry, person) for person in self._read(entry, len(byline))]
        if not byline and any(entry.doubt == "contributor-type-unknown" for entry in entries):
            self._notes.report("authors-unknown", "contributors", ", ".join(dict.fromkeys(map(_role_of, entries))))
        return self._with_shared_affiliations(byline)

    def _without_members(self, entries: list[ContribEntry]) -> list[ContribEntry]:
        """The entries without the members of groups, which are reported."""
        lists = MemberLists(self._groups.get("contrib-group", []))
        members = [entry.element for entry in entries if lists.has(entry.element, entry.group)]
        for group, count in lists.counts(members).items():
            self._notes.report("group-members-left-out", "contributors", group, count=str(count))
        return [entry for entry in entries if entry.element not in members]

    def _read(self, entry: ContribEntry, index: int) -> list[Contributor]:
        """The contributors of one entry: usually one; a person and a group if the entry has both."""
        path = f"contributors[{index}]"
        reported = len(self._notes.findings)
        contributors = [*self._person(entry, path), *self._group_and_anonymous(entry)]
        if contributors:
            self._report_role(entry, path)
            return [self._with_details(contributors[0], entry.element, path), *contributors[1:]]
        name = " ".join(map(visible_text, name_elements(entry.element)))
        if lost_its_letters(name):
            self._notes.report("name-refused", path, name)
        elif not any(finding.code == "placeholder-value" for finding in self._notes.findings[reported:]):
            self._notes.report("contributor-empty", path, plain_text(entry.element) or "")
        return []

    def _report_role(self, entry: ContribEntry, path: str) -> None:
        if entry.doubt:
            self._notes.report(entry.doubt, path, visible_text(entry.element)[:_EXCERPT_LENGTH], role=_role_of(entry))

    def _person(self, entry: ContribEntry, path: str) -> list[Contributor]:
        elements = ranked(name_elements(entry.element), self._language)
        pairs = [(name, element) for element in elements if (name := self._name_of(element, path)) is not None]
        if not pairs:
            return []
        (main, element), others = pairs[0], pairs[1:]
        self._report_other_people(
            entry, [name for name, each in pairs if each.getparent() is entry.element], main, path
        )
        alternatives = [one_piece(name, each) for name, each in others]
        person = self._person_or_group(main, element, path)
        if person is None:
            return []
        if person.kind == "anonymous":
            return [replace(person, role=entry.role or "author")]
        names = _other_names(main, alternatives)
        return [replace(person, role=entry.role or "author", lang=main.lang, alt_names=names)]

    def _report_other_people(self, entry: ContribEntry, names: list[AltName], main: AltName, path: str) -> None:
        """Reports names next to each other that cannot be those of one person."""
        if len(names) > 1 and not all(may_be_one_person(main, name) for name in names):
            together = "; ".join(map(visible_text, name_elements(entry.element)))
            self._notes.report("name-unparsed", path, together)

    def _name_of(self, element: Element, path: str) -> AltName | None:
        name = person_name(element, language_of(element, f"{path}.lang", self._notes))
        if name is None:
            return None
        if (name.given is None or name.surname is None) and (lost := parts_without_letters(element)):
            self._notes.report("name-tidied", path, visible_text(element), removed=", ".join(lost))
        parts = real_name(name.surname or "", name.given)
        if parts != (name.surname, name.given):
            self._notes.report("placeholder-value", path, " ".join(filter(None, (name.given, name.surname))))
        return tidied_name(replace(name, surname=parts[0], given=parts[1]), path, self._notes) if parts else None

    def _person_or_group(self, main: AltName, element: Element, path: str) -> Contributor | None:
        """The person with this name; `None` if it names nobody.

        A name without parts, or with all of them in one, may be an organisation, or is split like a dc:creator.
        """
        person = Contributor(surname=main.surname, given=main.given, suffix=main.suffix)
        whole = " ".join(filter(None, (main.given, main.surname)))
        kind = placeholder_kind(whole)
        if main.given is not None and kind is None:
            if whole in self._hints.organizations:
                return Contributor(kind="group", name=whole)
            if parts_name_several(with_plain_separators(main.surname or ""), with_plain_separators(main.given)):
                self._notes.report("name-unparsed", path, f"{main.surname}, {main.given}")
            return person
        if main.given is not None and kind == "account" and whole not in self._hints.organizations:
            self._notes.report("name-is-account", path, whole)
            return person
        creator, findings = parse_creator(whole, self._hints, path)
        plain = with_plain_separators(whole)
        is_more = "," in plain or kind is not None or names_several(plain)
        if creator is not None and has_parts(element) and creator.kind == "person" and not is_more:
            return person
        if creator is not None and has_parts(element) and creator.given:
            self._notes.report("name-in-surname", path, whole)
        self._notes.add(findings)
        return creator

    def _group_and_anonymous(self, entry: ContribEntry) -> Iterator[Contributor]:
        role = entry.role or "author"
        if local(entry.element) == "on-behalf-of":
            if name := group_name(entry.element):
                yield Contributor(kind="group", role=role, name=name)
            return
        for collab in group_elements(entry.element):
            if name := unless_placeholder(group_name(collab), "contributors", self._notes):
                self._report_members(collab, name)
                if code := _doubt_about_group(name, entry.element, self._hints):
                    self._notes.report(code, "contributors", name)
                yield Contributor(kind="group", role=role, name=name)
        if child(entry.element, "anonymous") is not None:
            yield Contributor(kind="anonymous", role=role)

    def _with_details(self, person: Contributor, contrib: Element, path: str) -> Contributor:
        orcid, authenticated = _orcid(contrib, f"{path}.orcid", self._notes)
        if person.kind == "group" and orcid:
            self._notes.report("group-details-left-out", path, person.name or "", what="ORCID iD")
        if person.kind != "person":
            orcid, authenticated = None, None
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
        self._report_unused(groups)
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

    def _report_unused(self, groups: list[Element]) -> None:
        """Reports the affiliations of these groups to which nobody belongs. Those of editors are not deposited."""
        elements = [*self._groups.get("aff", ()), *self._groups.get("aff-alternatives", ())] if groups else []
        for group in groups:
            elements += children(group, "aff", "aff-alternatives")
        for element in self._affiliations.unused(elements):
            if not self._is_referenced(element):
                self._notes.report("affiliation-unassigned", "contributors", plain_text(element) or "")

    def _is_referenced(self, element: Element) -> bool:
        """Whether anybody in the article refers to it, even an editor or a member of a group."""
        inner = (aff.get("id") for aff in children(element, "aff"))
        identifiers = {identifier for identifier in (element.get("id"), *inner) if identifier}
        xrefs = self._xrefs
        return any(_refers_to(xref, identifiers) or self._affiliations.is_labelled(element, xref) for xref in xrefs)

    @cached_property
    def _xrefs(self) -> list[Element]:
        return list(descendants(self._meta, "xref")) if self._meta is not None else []

    # ------------------------------------------------------------------------------- left out of the byline

    def _report_left_out(self, entries: list[ContribEntry]) -> None:
        for entry in entries:
            people = [visible_text(element) for element in name_elements(entry.element)]
            people += [group_name(collab) or "" for collab in group_elements(entry.element)]
            value = "; ".join(filter(None, people))
            self._notes.report(entry.doubt or "contributor-left-out", "contributors", value, role=_role_of(entry))

    def _report_members(self, collab: Element, group: str) -> None:
        if members := member_count(collab):
            self._notes.report("group-members-left-out", "contributors", group, count=str(members))


def _refers_to(xref: Element, identifiers: set[str]) -> bool:
    return not identifiers.isdisjoint((xref.get("rid") or "").split())


def _entries(group: Element) -> Iterator[ContribEntry]:
    for element in children(group, "contrib", "on-behalf-of", "collab", "collab-name", "collab-wrap"):
        role = byline_role(element, group) if local(element) in ("contrib", "on-behalf-of") else Role("author")
        yield ContribEntry(element, group, role.name, role.doubt)


def _role_of(entry: ContribEntry) -> str:
    return role_value(entry.element, entry.group)


def _doubt_about_group(name: str, contrib: Element, hints: Hints) -> str | None:
    """The code of a finding if the name of a group is that of people: `Walsh, Kay; Osei, Tom`, `Walsh, Kay`."""
    if name in hints.organizations:
        return None
    plain = with_plain_separators(name)
    parts = [part.strip() for part in plain.split(";") if part.strip()]
    creators = [parse_creator(part, hints)[0] for part in parts]
    if not creators or any(creator is None or creator.kind != "person" for creator in creators):
        return None
    if len(creators) > 1:
        return "name-unparsed" if all(creator and creator.given for creator in creators) else None
    if are_names_with_initials(plain):
        return "name-unparsed"
    has_orcid = not name_elements(contrib) and _orcid(contrib, "", Notes())[0] is not None
    return "possible-person" if has_orcid or has_form_of_person(plain) else None


def _other_names(main: AltName, others: list[AltName]) -> tuple[AltName, ...]:
    """The distinct names that differ from the main one by more than the order of their parts."""
    kept = {_sorted_letters(main): main}
    for name in others:
        kept.setdefault(_sorted_letters(name), name)
    return tuple(kept.values())[1:]


def _sorted_letters(name: AltName) -> str:
    """The letters of a name, sorted: `Siri Berg` and `Berg, Siri` give the same string."""
    parts = filter(None, (name.surname, name.given, name.suffix, name.name))
    return "".join(sorted("".join(parts).replace(" ", "").replace(",", "")))


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
