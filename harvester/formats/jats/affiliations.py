"""Affiliations: one <aff> to institutions, and which author belongs to which (mapping J7).

An <aff> is read as a row of pieces in document order. Where everything is tagged, name, departments and place are taken
from the tags; where text stands between the tags, the affiliation is what it reads, and only the place behind it
is taken apart.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from harvester.formats.entities import character_of
from harvester.formats.jats.inline import words
from harvester.formats.jats.tree import Element, attribute, child, children, descendants, href, vocabulary
from harvester.formats.notes import Notes
from harvester.identifiers import clean_isni, clean_ror
from harvester.model import Affiliation
from harvester.text import fold
from harvester.xmltools import local

_DROPPED = vocabulary("label email phone fax xref fn target alt-text object-id")
_LINKS = frozenset({"ext-link", "uri"})
_DEPARTMENTS = vocabulary("dept department division org-division orgdiv orgdiv1 orgdiv2 orgdiv3 orgdiv4 laboratory")
_PLACES = frozenset({"city", "state", "country", "region", "province", "city-state"})
_STREETS = vocabulary("postal-code postcode street postbox zip street-address zipcode postal-address")
_REPEATED = frozenset({"original", "normalized"})
_GRID = re.compile(r"grid\.\d+\.[0-9a-f]+", re.IGNORECASE)
_WIKIDATA = re.compile(r"\bQ\d+\b")
_LOOSE_COMMA = re.compile(r"\s+([,;])|,(?:\s*,)+")
_FULL_STOP = re.compile(r"(?<=[^\W\d_]{4})\.$")  # "Brazil.", but not "Ltd." or "U.S.A."
_MAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_MAIL_LABEL = re.compile(r"\(?\be-?mails?\b(?: address(?:es)?)?\s*:?.*$", re.IGNORECASE | re.DOTALL)
_LETTER = re.compile(r"[^\W\d_]")
_WORD = re.compile(r"[^\W\d_]{3,}")
_EDGES = " ,;:"


class Piece(NamedTuple):
    """Some characters of an <aff> and what they are: name department place street address text original normalized."""

    kind: str
    value: str
    tagged: bool


def institutions(aff: Element, path: str, notes: Notes) -> tuple[Affiliation, ...]:
    """The affiliations of one <aff>: one, unless it wraps several institutions each with its own identifier."""
    wraps = [wrap for wrap in children(aff, "institution-wrap") if child(wrap, "institution-id") is not None]
    if len(wraps) < 2:
        found = _affiliation(list(_pieces(aff, "text")), _identifiers(aff, path, notes))
        return (found,) if found else ()
    common = [piece for piece in _pieces(aff, "text") if piece.kind in ("place", "address")]
    each = (_affiliation([*_pieces(wrap, "name"), *common], _identifiers(wrap, path, notes)) for wrap in wraps)
    return tuple(found for found in each if found)


# --------------------------------------------------------------------------------------------- one <aff>


def _pieces(element: Element, kind: str) -> Iterator[Piece]:
    if element.text:
        yield Piece(kind, element.text, False)
    for each in element:
        yield from _piece(each, kind)
        if each.tail:
            yield Piece(kind, each.tail, False)


def _piece(element: Element, kind: str) -> Iterator[Piece]:
    name = local(element)
    if not name:
        yield Piece(kind, character_of(element), False)
    elif name == "institution":
        yield Piece(_institution_kind(element), words(element) or "", True)
    elif (known := _address_kind(element, name)) is not None:
        yield Piece(known, words(element) or "", True)
    elif name == "addr-line":
        yield from _pieces(element, "address")
    elif not _is_apparatus(element, name):
        yield from _pieces(element, kind)


def _is_apparatus(element: Element, name: str) -> bool:
    """Labels, addresses of the net and footnote marks, which say nothing about the institution."""
    if name in ("sup", "sub"):
        return sum(each.isalpha() for each in words(element) or "") < 2
    return name in _DROPPED or name in _LINKS or name == "institution-id"


def _institution_kind(element: Element) -> str:
    said = attribute(element, "content-type")
    if said in _DEPARTMENTS:
        return "department"
    return said if said in _REPEATED else "name"


def _address_kind(element: Element, name: str) -> str | None:
    said = name if name not in ("named-content", "addr-line") else attribute(element, "content-type")
    if said in _PLACES:
        return "place"
    if said in _STREETS:
        return "street"
    if said in _DEPARTMENTS:
        return "department"
    return "name" if said in ("institution", "orgname", "org-name") else None


def _affiliation(pieces: list[Piece], identifiers: dict[str, str]) -> Affiliation | None:
    pieces = _without_mail(_without_repetition(pieces))
    has_name = any(piece.kind == "name" and piece.value for piece in pieces)
    loose = ("text",) if has_name else ("text", "address")
    if has_name and not any(piece.kind in loose and _has_letters(piece.value) for piece in pieces):
        found = _tagged(pieces)
    else:
        found = _as_it_reads(pieces)
    if not any(found.values()) and not identifiers:
        return None
    return Affiliation(**found, **identifiers)  # type: ignore[arg-type]


def _without_repetition(pieces: list[Piece]) -> list[Piece]:
    """SciELO gives an institution up to three times, as printed, normalised and in parts: the parts are taken."""
    kinds = {piece.kind for piece in pieces if piece.value}
    if "name" in kinds:
        return [piece for piece in pieces if piece.kind not in _REPEATED]
    for kind in ("original", "normalized"):
        if kind in kinds:
            return [Piece("name", piece.value, True) for piece in pieces if piece.kind == kind]
    return pieces


def _without_mail(pieces: list[Piece]) -> list[Piece]:
    """Drops e-mail addresses, the word before them, and the initials some publishers set behind each."""
    kept: list[Piece] = []
    behind_label = False
    for piece in pieces:
        value = _MAIL.sub("", piece.value) if "@" in piece.value else piece.value
        label = _MAIL_LABEL.search(value) if not piece.tagged and _has_letters(value) else None
        if label:
            value = value[: label.start()]
        elif behind_label and not piece.tagged and not _WORD.search(value):
            value = ""
        behind_label = behind_label or label is not None
        kept.append(piece if value == piece.value else piece._replace(value=value))
    return kept


def _tagged(pieces: list[Piece]) -> dict[str, object]:
    names: list[str] = []
    departments: list[str] = []
    places: list[str] = []
    rooms = {"name": names, "department": departments, "place": places, "address": places}
    for piece in pieces:
        if piece.kind in rooms and (tidied := tidy(piece.value)):
            rooms[piece.kind].append(tidied)
    return {
        "name": ", ".join(names) or None,
        "departments": tuple(each for each in departments if each not in names),
        "place": ", ".join(dict.fromkeys(places)) or None,
    }


def _as_it_reads(pieces: list[Piece]) -> dict[str, object]:
    """The whole line, without the city and country tagged at its end."""
    end = len(pieces)
    while end and (pieces[end - 1].kind == "place" or not _has_letters(pieces[end - 1].value)):
        end -= 1
    places = [tidied for piece in pieces[end:] if piece.kind == "place" and (tidied := tidy(piece.value))]
    return {"name": tidy(_joined(pieces[:end])) or None, "place": ", ".join(places) or None}


def _joined(pieces: list[Piece]) -> str:
    """The pieces as one line, with a comma where two elements stand side by side with nothing but blanks between."""
    line = ""
    after_tag = False
    for piece in pieces:
        if piece.tagged and after_tag and line.strip():
            line = line.rstrip() + ", "
        line += piece.value
        after_tag = piece.tagged or (after_tag and not piece.value.strip())
    return line


def tidy(value: str) -> str:
    """A name without loose commas and the full stop of the line it stood in."""
    line = fold(value)
    if "," in line or ";" in line:
        line = _LOOSE_COMMA.sub(lambda found: found[1] or ",", line)
    line = line.strip(_EDGES)
    return _FULL_STOP.sub("", line) if line.endswith(".") else line


def _has_letters(value: str) -> bool:
    return _LETTER.search(value) is not None


def _identifiers(element: Element, path: str, notes: Notes) -> dict[str, str]:
    """ROR, GRID, ISNI and Wikidata of the institution; the first of each."""
    found: dict[str, str] = {}
    for each in descendants(element, "institution-id", "ext-link", "uri"):
        said = attribute(each, "institution-id-type", "vocab", "ext-link-type")
        value = words(each) or href(each) or ""
        for key, cleaned in _identifier(said, value, href(each) or "", path, notes).items():
            found.setdefault(key, cleaned)
    return found


def _identifier(said: str, value: str, link: str, path: str, notes: Notes) -> dict[str, str]:
    if said == "ror" or "ror.org/" in value or "ror.org/" in link:
        return _ror(value, link, path, notes)
    if said == "isni":
        isni = clean_isni(value)
        if isni is None and value:
            notes.report("isni-invalid", path, value)
        return {"isni": isni} if isni else {}
    if said == "grid" and (grid := _GRID.search(value)):
        return {"grid": grid[0].lower()}
    if said == "wikidata" and (item := _WIKIDATA.search(value)):
        return {"wikidata": f"https://www.wikidata.org/entity/{item[0]}"}
    return {}


def _ror(value: str, link: str, path: str, notes: Notes) -> dict[str, str]:
    ror = clean_ror(value) or clean_ror(link)
    if ror is None:
        notes.report("ror-invalid", path, value or link)
    return {"ror": ror} if ror else {}


# ------------------------------------------------------------------------------------ who belongs where


class Places:
    """Every <aff> of an article by identifier, each read once and only when somebody belongs there."""

    def __init__(self, meta: Element | None, language: str | None, notes: Notes) -> None:
        self._elements: dict[str, Element] = {}
        self._read: dict[Element, tuple[Affiliation, ...]] = {}
        self._language = language
        self._notes = notes
        self._used: set[Element] = set()
        self._meta = meta
        for aff in descendants(meta, "aff", "aff-alternatives") if meta is not None else ():
            if (identifier := aff.get("id")) and identifier not in self._elements:
                self._elements[identifier] = aff

    def of(self, contrib: Element, path: str) -> tuple[Affiliation, ...]:
        """The affiliations written in a contributor or referred to by it, in its order."""
        found: list[Affiliation] = []
        for each in _own_and_referred(contrib):
            if local(each) == "xref":
                found += self._referred(each, path)
            else:
                found += self.read(each, path)
        return tuple(dict.fromkeys(found))

    def read(self, element: Element, path: str) -> tuple[Affiliation, ...]:
        """The institutions of an <aff>, or of the one <aff> in the article's language among alternatives."""
        self._used.add(element)
        if element not in self._read:
            chosen = self._chosen(element)
            self._read[element] = institutions(chosen, path, self._notes) if chosen is not None else ()
        return self._read[element]

    def unused(self, candidates: Iterable[Element]) -> list[Element]:
        """Those that nobody was found to belong to."""
        return [each for each in candidates if each not in self._used]

    def is_known(self, identifier: str) -> bool:
        return identifier in self._elements

    def _referred(self, xref: Element, path: str) -> list[Affiliation]:
        said = attribute(xref, "ref-type")
        found: list[Affiliation] = []
        for identifier in (xref.get("rid") or "").split():
            element = self._elements.get(identifier)
            if element is not None and said in ("aff", ""):
                found += self.read(element, path)
            elif said == "aff" and not self._is_note(identifier):
                self._notes.report("affiliation-missing", path, identifier)
        return found

    def _is_note(self, identifier: str) -> bool:
        """Whether a footnote or an address has that identifier: the American Physical Society refers to them so."""
        notes = descendants(self._meta, "fn", "corresp") if self._meta is not None else ()
        return any(each.get("id") == identifier for each in notes)

    def _chosen(self, element: Element) -> Element | None:
        parent = element.getparent()
        if parent is not None and local(parent) == "aff-alternatives":
            self._used.add(parent)
            element = parent
        if local(element) == "aff":
            return element
        alternatives = list(children(element, "aff"))
        return next(
            (each for each in alternatives if self._in_language(each)), alternatives[0] if alternatives else None
        )

    def _in_language(self, aff: Element) -> bool:
        said = (aff.get("{http://www.w3.org/XML/1998/namespace}lang") or "").lower()
        return self._language is not None and said.partition("-")[0] == self._language


def _own_and_referred(contrib: Element) -> Iterator[Element]:
    """What ties a contributor to institutions: its own <aff>, its <xref>, those in its <collab>."""
    for each in children(contrib, "aff", "aff-alternatives", "xref", "collab"):
        if local(each) == "collab":
            yield from children(each, "aff", "aff-alternatives", "xref")
        else:
            yield each
