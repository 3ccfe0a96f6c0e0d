"""Affiliations: converts one <aff> to institutions, and finds the authors of each (mapping J7).

An <aff> is read as a sequence of pieces in document order. If everything is tagged, name, departments and place come
from the tags. If there is text between the tags, the name is the whole line, without the place at its end.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from msgspec.structs import replace

from harvester.formats.entities import character_of
from harvester.formats.jats.affiliation_names import names_several, without_mark
from harvester.formats.jats.inline import plain_text, unescaped_line
from harvester.formats.jats.tree import Element, attribute, child, children, descendants, href, vocabulary
from harvester.formats.notes import Notes
from harvester.formats.placeholders import unless_placeholder
from harvester.identifiers import clean_isni, clean_ror
from harvester.model import Affiliation
from harvester.text import fold
from harvester.xmltools import local

_IGNORED = vocabulary("label email phone fax xref fn target alt-text object-id")
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
_MAIL_LABEL = re.compile(
    r"\(?\b(?:e-?mails?(?: address(?:es)?)?|e-posta|courriels?|correos? electr[oó]nicos?|correo-e|"
    r"эл(?:\.|ектронная) ?почта)\b\s*:?",
    re.IGNORECASE,
)
_LETTER = re.compile(r"[^\W\d_]")
_WORD = re.compile(r"[^\W\d_]{3,}")
_EDGES = " ,;:"
# A full stop behind one of these words, or behind an initial, does not end a part of the line: Dept. de Física.
_ABBREVIATIONS = "dept depto dpto dep fac univ inst lab div esc prog prof dra dr eng av st pós grad sra"
_ABBREVIATED = "".join(rf"(?<!\b{word})" for word in _ABBREVIATIONS.split())
_PARTS_OF_LINE = re.compile(rf"[,;]|{_ABBREVIATED}(?<!\b\w)\.(?=\s)|\s[-\u2013]\s", re.IGNORECASE)
_DEPARTMENT_WORD = re.compile(
    r"depart|dept|dpto|facul|escola|school|escuela|école|laborat|program|institut|cent(?:er|re|ro)\b|núcleo|curso|setor|serviço|"
    r"servicio|unidade?\b|unit\b|prog\b|divis|seção|sección|hospital|clínica|coordena|pós-gradua|posgrado|cátedra|grupo|área|disciplina",
    re.IGNORECASE,
)
_LABELS = re.compile(r"[\s,;]+")


class Piece(NamedTuple):
    """A part of an <aff>. `kind` is name, department, place, street, address, text, original or normalized."""

    kind: str
    value: str
    tagged: bool


def read_affiliations(aff: Element, path: str, notes: Notes) -> tuple[Affiliation, ...]:
    """The affiliations of one <aff>: one, or several if it wraps institutions with identifiers of their own."""
    return tuple(real for one in _affiliations(aff, path, notes) if (real := _without_placeholders(one, path, notes)))


def _affiliations(aff: Element, path: str, notes: Notes) -> tuple[Affiliation, ...]:
    wraps = [wrap for wrap in children(aff, "institution-wrap") if child(wrap, "institution-id") is not None]
    if len(wraps) < 2:
        pieces = list(_pieces(aff, "text"))
        affiliation = _affiliation(pieces, _identifiers(aff, path, notes))
        if affiliation is None or affiliation.name is None:
            return (affiliation,) if affiliation else ()
        if line := _line_of_another(pieces):
            notes.report("affiliation-line-differs", path, line, used=affiliation.name)
        if names_several(affiliation.name) or _has_several_marks(aff):
            notes.report("affiliation-several", path, affiliation.name)
            return (affiliation,)
        return (replace(affiliation, name=without_mark(affiliation.name)),)
    common = [piece for piece in _pieces(aff, "text") if piece.kind in ("place", "address")]
    affiliations = (_affiliation([*_pieces(wrap, "name"), *common], _identifiers(wrap, path, notes)) for wrap in wraps)
    return tuple(affiliation for affiliation in affiliations if affiliation)


def _has_several_marks(aff: Element) -> bool:
    """Whether raised numbers count institutions: `<sup>1</sup>Institute A; <sup>2</sup>Institute B`."""
    marks = [(plain_text(mark) or "").strip(" .,()") for mark in children(aff, "sup", "label")]
    numbers = [int(mark) for mark in marks if mark.isdecimal()]
    return len(numbers) > 1 and numbers == list(range(1, len(numbers) + 1))


def _without_placeholders(affiliation: Affiliation, path: str, notes: Notes) -> Affiliation | None:
    """The affiliation without words in place of a name; `None` if nothing is left."""
    real = replace(
        affiliation,
        name=unless_placeholder(affiliation.name, path, notes),
        place=unless_placeholder(affiliation.place, path, notes),
        departments=tuple(one for one in affiliation.departments if unless_placeholder(one, path, notes)),
    )
    return real if real != Affiliation() else None


# --------------------------------------------------------------------------------------------- one <aff>


def _pieces(element: Element, kind: str) -> Iterator[Piece]:
    if element.text:
        yield Piece(kind, element.text, False)
    for inner in element:
        yield from _piece(inner, kind)
        if inner.tail:
            yield Piece(kind, inner.tail, False)


def _piece(element: Element, kind: str) -> Iterator[Piece]:
    name = local(element)
    if not name:
        yield Piece(kind, character_of(element), False)
    elif name == "institution":
        yield Piece(_institution_kind(element), plain_text(element) or "", True)
    elif (address_kind := _address_kind(element, name)) is not None:
        yield Piece(address_kind, plain_text(element) or "", True)
    elif name == "addr-line":
        yield from _pieces(element, "address")
    elif not _is_ignored(element, name):
        yield from _pieces(element, kind)


def _is_ignored(element: Element, name: str) -> bool:
    """Whether the element says nothing about the institution: a label, a link, an e-mail address, a footnote mark."""
    if name in ("sup", "sub"):
        return sum(character.isalpha() for character in plain_text(element) or "") < 2
    return name in _IGNORED or name in _LINKS or name == "institution-id"


def _institution_kind(element: Element) -> str:
    content_type = attribute(element, "content-type")
    if content_type in _DEPARTMENTS:
        return "department"
    return content_type if content_type in _REPEATED else "name"


def _address_kind(element: Element, name: str) -> str | None:
    kind = name if name not in ("named-content", "addr-line") else attribute(element, "content-type")
    if kind in _PLACES:
        return "place"
    if kind in _STREETS:
        return "street"
    if kind in _DEPARTMENTS:
        return "department"
    return "name" if kind in ("institution", "orgname", "org-name") else None


def _affiliation(pieces: list[Piece], identifiers: dict[str, str]) -> Affiliation | None:
    pieces = _without_mail(_without_repetition(pieces))
    has_name = any(piece.kind == "name" and piece.value for piece in pieces)
    loose = ("text",) if has_name else ("text", "address")
    if has_name and not any(piece.kind in loose and _has_letters(piece.value) for piece in pieces):
        fields = _tagged(pieces)
    else:
        fields = _as_line(pieces)
    if not any(fields.values()) and not identifiers:
        return None
    return Affiliation(**fields, **identifiers)  # type: ignore[arg-type]


def _without_repetition(pieces: list[Piece]) -> list[Piece]:
    """SciELO gives an institution up to three times: as printed, normalised, and in parts. The parts are preferred."""
    kinds = {piece.kind for piece in pieces if piece.value}
    if "name" in kinds:
        kept = [piece for piece in pieces if piece.kind not in _REPEATED]
        return [*kept, *_departments_as_printed(kept, [piece.value for piece in pieces if piece.kind == "original"])]
    for kind in ("original", "normalized"):
        if kind in kinds:
            return [Piece("name", piece.value, True) for piece in pieces if piece.kind == kind]
    return pieces


def _departments_as_printed(tagged: list[Piece], printed: list[str]) -> Iterator[Piece]:
    """The departments that only the printed line names, if that line names the tagged institution."""
    known = _letters(" ".join(piece.value for piece in tagged))
    for line in printed:
        if not _names_institution(line, tagged):
            continue
        for part in _departments(line):
            if _letters(part) not in known:
                known += _letters(part)
                yield Piece("department", part, True)


def _line_of_another(pieces: list[Piece]) -> str | None:
    """The printed line if it names departments, but not the tagged institution: they may be of another one."""
    printed = [piece.value for piece in pieces if piece.kind == "original"]
    tagged = [piece for piece in pieces if piece.kind not in _REPEATED] if printed else []
    known = _letters(" ".join(piece.value for piece in tagged))
    others = (line for line in printed if tagged and not _names_institution(line, tagged))
    return next((line for line in others if any(_letters(part) not in known for part in _departments(line))), None)


def _names_institution(line: str, tagged: list[Piece]) -> bool:
    letters = _letters(line)
    return all(_letters(piece.value) in letters for piece in tagged if piece.kind == "name")


def _departments(line: str) -> list[str]:
    return [part for part in map(tidy, _PARTS_OF_LINE.split(line)) if _DEPARTMENT_WORD.match(part)]


def _letters(value: str) -> str:
    return "".join(filter(str.isalnum, value.casefold()))


def _without_mail(pieces: list[Piece]) -> list[Piece]:
    """Drops e-mail addresses, the label before them, and the initials that some publishers write after them."""
    kept: list[Piece] = []
    after_label = False
    for piece in pieces:
        has_address = "@" in piece.value
        value = _MAIL.sub("", piece.value) if has_address else piece.value
        label = _MAIL_LABEL.search(value) if has_address or not piece.tagged else None
        rest = value[label.end() :] if label else ""
        if label and not _WORD.search(rest):
            value = value[: label.start()]
        elif label and has_address:
            value = value[: label.start()] + rest.lstrip(" .,;:")
        elif after_label and not piece.tagged and not _WORD.search(value):
            value = ""
        after_label = after_label or label is not None
        kept.append(piece if value == piece.value else piece._replace(value=value))
    return kept


def _tagged(pieces: list[Piece]) -> dict[str, object]:
    names: list[str] = []
    departments: list[str] = []
    places: list[str] = []
    lists = {"name": names, "department": departments, "place": places, "address": places}
    for piece in pieces:
        if piece.kind in lists and (tidied := tidy(piece.value)):
            lists[piece.kind].append(tidied)
    return {
        "name": ", ".join(names) or None,
        "departments": tuple(department for department in departments if department not in names),
        "place": ", ".join(dict.fromkeys(places)) or None,
    }


def _as_line(pieces: list[Piece]) -> dict[str, object]:
    """The whole line as the name, and the city and country tagged at its end as the place."""
    end = len(pieces)
    while end and (pieces[end - 1].kind == "place" or not _has_letters(pieces[end - 1].value)):
        end -= 1
    places = [tidied for piece in pieces[end:] if piece.kind == "place" and (tidied := tidy(piece.value))]
    return {"name": tidy(_joined(pieces[:end])) or None, "place": ", ".join(places) or None}


def _joined(pieces: list[Piece]) -> str:
    """The pieces as one line, with a comma between adjacent elements that only white space separates."""
    line = ""
    after_tag = False
    for piece in pieces:
        if piece.tagged and after_tag and line.strip():
            line = line.rstrip() + ", "
        line += piece.value
        after_tag = piece.tagged or (after_tag and not piece.value.strip())
    return line


def tidy(value: str) -> str:
    """The name without stray commas and without the full stop at the end of its line."""
    line = unescaped_line(fold(value))
    if "," in line or ";" in line:
        line = _LOOSE_COMMA.sub(lambda match: match[1] or ",", line)
    line = line.strip(_EDGES)
    return _FULL_STOP.sub("", line) if line.endswith(".") else line


def _has_letters(value: str) -> bool:
    return _LETTER.search(value) is not None


def _identifiers(element: Element, path: str, notes: Notes) -> dict[str, str]:
    """The first ROR, GRID, ISNI and Wikidata identifier of the institution, by field of `Affiliation`."""
    identifiers: dict[str, str] = {}
    for inner in descendants(element, "institution-id", "ext-link", "uri"):
        kind = attribute(inner, "institution-id-type", "vocab", "ext-link-type")
        value = plain_text(inner) or href(inner) or ""
        for key, cleaned in _identifier(kind, value, href(inner) or "", path, notes).items():
            if identifiers.setdefault(key, cleaned) != cleaned:
                notes.report("affiliation-id-left-out", path, cleaned, used=identifiers[key])
    return identifiers


def _identifier(kind: str, value: str, link: str, path: str, notes: Notes) -> dict[str, str]:
    if kind == "ror" or "ror.org/" in value or "ror.org/" in link:
        return _ror(value, link, path, notes)
    if kind == "isni":
        isni = clean_isni(value)
        if isni is None and value:
            notes.report("isni-invalid", path, value)
        return {"isni": isni} if isni else {}
    if kind == "grid" and (grid := _GRID.search(value)):
        return {"grid": grid[0].lower()}
    if kind == "wikidata" and (item := _WIKIDATA.search(value)):
        return {"wikidata": f"https://www.wikidata.org/entity/{item[0]}"}
    return {}


def _ror(value: str, link: str, path: str, notes: Notes) -> dict[str, str]:
    ror = clean_ror(value) or clean_ror(link)
    if ror is None:
        notes.report("ror-invalid", path, value or link)
    return {"ror": ror} if ror else {}


# ------------------------------------------------------------------------- the affiliations of an article


class AffiliationIndex:
    """The <aff> elements of an article by identifier. Each is read once, and only if somebody belongs to it."""

    def __init__(self, meta: Element | None, language: str | None, notes: Notes) -> None:
        self._elements: dict[str, Element] = {}
        self._labelled: dict[str, list[Element]] = {}
        self._read: dict[Element, tuple[Affiliation, ...]] = {}
        self._language = language
        self._notes = notes
        self._used: set[Element] = set()
        self._meta = meta
        for aff in descendants(meta, "aff", "aff-alternatives") if meta is not None else ():
            if (identifier := aff.get("id")) and identifier not in self._elements:
                self._elements[identifier] = aff
            for label in _labels_of(aff):
                self._labelled.setdefault(label, []).append(aff)

    def of(self, contrib: Element, path: str) -> tuple[Affiliation, ...]:
        """The affiliations that a contributor contains or refers to, in order."""
        affiliations: list[Affiliation] = []
        for element in _affiliation_elements(contrib):
            if local(element) == "xref":
                affiliations += self._referred(element, path)
            else:
                affiliations += self.read(element, path)
        return tuple(dict.fromkeys(affiliations))

    def read(self, element: Element, path: str) -> tuple[Affiliation, ...]:
        """The institutions of an <aff>. Of several alternatives, the one in the article's language, else the first."""
        self._used.add(element)
        if element not in self._read:
            chosen = self._chosen(element)
            self._read[element] = read_affiliations(chosen, path, self._notes) if chosen is not None else ()
        return self._read[element]

    def unused(self, candidates: Iterable[Element]) -> list[Element]:
        """The candidates that nobody belongs to."""
        return [element for element in candidates if element not in self._used]

    def _referred(self, xref: Element, path: str) -> list[Affiliation]:
        kind = attribute(xref, "ref-type")
        if kind == "aff" and not xref.get("rid"):
            return self._referred_by_label(xref, path)
        affiliations: list[Affiliation] = []
        for identifier in (xref.get("rid") or "").split():
            element = self._elements.get(identifier)
            if element is not None and kind in ("aff", ""):
                affiliations += self.read(element, path)
            elif kind == "aff" and not self._is_note(identifier):
                self._notes.report("affiliation-missing", path, identifier)
        return affiliations

    def _referred_by_label(self, xref: Element, path: str) -> list[Affiliation]:
        """The affiliations with the labels that the reference shows. A label of two affiliations is that of neither."""
        affiliations: list[Affiliation] = []
        for label in _shown_labels(xref):
            elements = self._labelled.get(label, [])
            if len(elements) == 1:
                affiliations += self.read(elements[0], path)
            else:
                self._notes.report("affiliation-missing", path, label)
        return affiliations

    def is_labelled(self, element: Element, xref: Element) -> bool:
        """Whether a reference without an identifier shows the label of this <aff>."""
        if xref.get("rid") or attribute(xref, "ref-type") != "aff":
            return False
        return any(element in self._labelled.get(label, ()) for label in _shown_labels(xref))

    def _is_note(self, identifier: str) -> bool:
        """Whether the identifier is that of a footnote or an address: the American Physical Society refers to both."""
        notes = descendants(self._meta, "fn", "corresp") if self._meta is not None else ()
        return any(note.get("id") == identifier for note in notes)

    def _chosen(self, element: Element) -> Element | None:
        parent = element.getparent()
        if parent is not None and local(parent) == "aff-alternatives":
            self._used.add(parent)
            element = parent
        if local(element) == "aff":
            return element
        alternatives = list(children(element, "aff"))
        return next((aff for aff in alternatives if self._in_language(aff)), alternatives[0] if alternatives else None)

    def _in_language(self, aff: Element) -> bool:
        lang = (aff.get("{http://www.w3.org/XML/1998/namespace}lang") or "").lower()
        return self._language is not None and lang.partition("-")[0] == self._language


def _labels_of(aff: Element) -> list[str]:
    """The label of an <aff>: its <label>, or a superscript at its beginning."""
    label = child(aff, "label")
    if label is None and len(aff) and local(aff[0]) == "sup" and not (aff.text or "").strip():
        label = aff[0]
    return _shown_labels(label)[:1]


def _shown_labels(element: Element | None) -> list[str]:
    shown = "" if element is None else "".join(map(str, element.itertext()))
    return [label for part in _LABELS.split(shown) if (label := part.strip("()[]."))]


def _affiliation_elements(contrib: Element) -> Iterator[Element]:
    """The elements that link a contributor to institutions: <aff> and <xref>, its own and those in its <collab>."""
    for element in children(contrib, "aff", "aff-alternatives", "xref", "collab"):
        if local(element) == "collab":
            yield from children(element, "aff", "aff-alternatives", "xref")
        else:
            yield element
