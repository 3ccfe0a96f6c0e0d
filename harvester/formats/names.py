"""Names of people and groups in dc:creator (mapping D6). A name is split only where the source shows how."""

from __future__ import annotations

import re
from functools import lru_cache

from msgspec import structs

from harvester.formats.html import inline_from_html
from harvester.formats.placeholders import is_placeholder, real_name
from harvester.identifiers import clean_orcid
from harvester.model import Affiliation, Contributor, Finding, Hints
from harvester.text import fold, plain

_SUFFIXES = {
    "jr": "Jr.",
    "sr": "Sr.",
    "ii": "II",
    "iii": "III",
    "iv": "IV",
    "filho": "Filho",
    "neto": "Neto",
    "júnior": "Júnior",
    "junior": "Junior",
    "sobrinho": "Sobrinho",
}

# Words that are common in names of organisations and rare in names of people. Whole words only.
_ORGANISATION_WORDS = r"""
universit(?:y|ies|é|à|ät|eit|et|as|atea|ate) universidade? univerzita uniwersytet üniversitesi
университет\w* університет\w* institut(?:e|es|o|os|ion)? институт\w* інститут\w* college faculty
faculdade facultad faculté факультет\w*
department departamento département кафедра laborator(?:y|ies|io|ium) laboratório laboratoire лаборатория
academy academia académie академи\w+ cent(?:er|re)\sfor hospital museum library
collaborations? consorti(?:um|a) consórcio consorcio committees? comité comitê комитет
commission comisión comissão комиссия ministry ministério ministerio ministère министерство
association associação asociación ассоциация society societ(?:à|as) sociedade? société общество
foundation fundação fundación organi[sz]ation council agency group grupo gruppe группа task\sforce network team
redaction redacción redação редакция редколлегия editorial\s(?:board|office|team|staff) editors? extension\sservice
inc ltd llc gmbh
"""
_ORGANISATION = re.compile(
    rf"(?<![\w'\u2019-])(?:{'|'.join(_ORGANISATION_WORDS.split())})(?![\w-])",
    re.IGNORECASE,
)
_STEMS = frozenset(word[:4] for word in _ORGANISATION_WORDS.split())  # no word has a pattern in its first four letters
_WORD = re.compile(r"\w+")
_DIGIT = re.compile(r"\d")
# Words in lower case before a family name that belong to it: Maria van der Berg.
_PARTICLE_WORDS = """
af al at auf aus av d da das de degli dei del della den der des di do dos du e el la las le lo los ten ter van von y zu
zum zur bin ibn op
"""
_PARTICLES = frozenset(_PARTICLE_WORDS.split())


def parse_creator(raw: str, hints: Hints, path: str = "contributors") -> tuple[Contributor | None, list[Finding]]:
    """The contributor named in a dc:creator (`None` if it names nobody), and the findings about it."""
    before, _, after = _without_markup(raw).partition(";")
    name = fold(before)
    if not any(map(str.isalpha, name)):
        return None, [Finding("name-refused" if lost_its_letters(name) else "contributor-empty", path, fold(raw))]
    if fold(raw) in hints.organizations or name in hints.organizations:
        return Contributor(kind="group", name=fold(raw) if fold(raw) in hints.organizations else name), []
    contributor, code = _contributor(name, hints.name_order)
    findings = [Finding(code, path, name)] if code else []
    if contributor.surname is not None:
        parts = real_name(contributor.surname, contributor.given)
        if parts is None:
            return None, [Finding("placeholder-value", path, name)]
        if parts != (contributor.surname, contributor.given):
            findings.append(Finding("placeholder-value", path, name))
            contributor = structs.replace(contributor, given=parts[1])
    return _with_affiliation(contributor, after, findings, path)


def lost_its_letters(letterless: str) -> bool:
    """Whether a name without letters once had some: a lost encoding leaves question marks."""
    return "??" in letterless


def _without_markup(raw: str) -> str:
    """The value without tags and entities. Line ends are kept, because they separate affiliations."""
    if "<" not in raw and "&" not in raw:
        return raw
    return "\n".join(plain(inline_from_html(line)) for line in raw.splitlines())


def _with_affiliation(
    person: Contributor, after: str, findings: list[Finding], path: str
) -> tuple[Contributor, list[Finding]]:
    """Adds the text after the semicolon: an ORCID iD, else the affiliation as written, on one or more lines."""
    statement = fold(after.replace("\n", " ")).strip("; ")
    if not statement:
        return person, findings
    if is_placeholder(statement):
        return person, [*findings, Finding("placeholder-value", f"{path}.affiliations", statement)]
    if orcid := clean_orcid(statement):
        return structs.replace(person, orcid=orcid), findings
    findings.append(Finding("affiliation-unverified", f"{path}.affiliations", statement))
    return structs.replace(person, affiliations=(Affiliation(name=statement),)), findings


@lru_cache(1 << 12)  # authors publish more than once, and a record repeats them in each language
def _contributor(name: str, order: str | None) -> tuple[Contributor, str | None]:
    """The contributor, and the code of the finding if there is one."""
    if _may_be_organisation(name):
        return Contributor(kind="group", name=name), "possible-organization"
    parts = [part for part in map(str.strip, name.split(",")) if part]
    if _DIGIT.search(name) or not parts:
        return Contributor(surname=name), "name-unparsed"
    person = _split_at_commas(parts) if "," in name else _split_by_order(name, order)
    if person is None:
        return Contributor(surname=name), "name-unparsed" if "," in name else "name-order-unknown"
    return person, None


def _may_be_organisation(name: str) -> bool:
    """Whether the name has a word of organisations. The slow pattern is tried only if a word begins like one."""
    return any(word[:4] in _STEMS for word in _WORD.findall(name.lower())) and bool(_ORGANISATION.search(name))


def _split_at_commas(parts: list[str]) -> Contributor | None:
    """`Family, Given`, perhaps with a suffix as a third part; `None` for any other third part."""
    suffixes = [suffix for part in parts[1:] if (suffix := _suffix(part))]
    rest = [parts[0], *(part for part in parts[1:] if not _suffix(part))]
    if len(suffixes) > 1 or len(rest) > 2:
        return None
    return Contributor(
        surname=rest[0],
        given=rest[1] if len(rest) > 1 else None,
        suffix=suffixes[0] if suffixes else None,
    )


def _suffix(part: str) -> str | None:
    return _SUFFIXES.get(part.rstrip(".").lower())


def _split_by_order(name: str, order: str | None) -> Contributor | None:
    """Splits a name without a comma by the configured order; `None` without one. A single word is a family name."""
    words = name.split()
    if len(words) == 1:
        return Contributor(surname=name)
    suffix = _suffix(words[-1]) if len(words) > 2 else None
    if suffix:
        words.pop()
    if order == "family-first":
        return Contributor(surname=words[0], given=" ".join(words[1:]), suffix=suffix)
    if order == "given-first":
        first = _start_of_family_name(words)
        return Contributor(surname=" ".join(words[first:]), given=" ".join(words[:first]) or None, suffix=suffix)
    return None


def _start_of_family_name(words: list[str]) -> int:
    start = len(words) - 1
    while start > 1 and words[start - 1] in _PARTICLES:
        start -= 1
    return start
