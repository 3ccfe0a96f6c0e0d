"""Names of people and groups in dc:creator (mapping D6). What the source does not say is not split."""

from __future__ import annotations

import re
from functools import lru_cache

from msgspec import structs

from harvester.formats.html import inline_from_html
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

# Words that stand in names of organisations and hardly in names of people; whole words only.
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
_BEGINNINGS = frozenset(word[:4] for word in _ORGANISATION_WORDS.split())  # no pattern begins before the fifth letter
_WORD = re.compile(r"\w+")
_DIGIT = re.compile(r"\d")
# What stands before a family name in lower case and belongs to it: Maria van der Berg.
_PARTICLE_WORDS = """
af al at auf aus av d da das de degli dei del della den der des di do dos du e el la las le lo los ten ter van von y zu
zum zur bin ibn op
"""
_PARTICLES = frozenset(_PARTICLE_WORDS.split())


def parse_creator(raw: str, hints: Hints, path: str = "contributors") -> tuple[Contributor | None, list[Finding]]:
    """The contributor that a dc:creator names, and the doubts about it; `None` where it names nobody."""
    before, _, after = _lines(raw).partition(";")
    name = fold(before)
    if not any(map(str.isalpha, name)):
        return None, [Finding("name-refused" if was_name(name) else "contributor-empty", path, fold(raw))]
    if fold(raw) in hints.organizations or name in hints.organizations:
        return Contributor(kind="group", name=fold(raw) if fold(raw) in hints.organizations else name), []
    contributor, code = _person(name, hints.name_order)
    findings = [Finding(code, path, name)] if code else []
    return _with_affiliation(contributor, after, findings, path)


def was_name(letterless: str) -> bool:
    """Whether a name without letters had some once: question marks stand where an encoding was lost."""
    return "??" in letterless


def _lines(raw: str) -> str:
    """The value without tags and entities; line ends stay, since they part the affiliations."""
    if "<" not in raw and "&" not in raw:
        return raw
    return "\n".join(plain(inline_from_html(line)) for line in raw.splitlines())


def _with_affiliation(
    person: Contributor, after: str, findings: list[Finding], path: str
) -> tuple[Contributor, list[Finding]]:
    """What follows the semicolon: an ORCID iD, else the affiliation as it is given, on one line or several."""
    given = fold(after.replace("\n", " ")).strip("; ")
    if not given:
        return person, findings
    if orcid := clean_orcid(given):
        return structs.replace(person, orcid=orcid), findings
    findings.append(Finding("affiliation-unverified", f"{path}.affiliations", given))
    return structs.replace(person, affiliations=(Affiliation(name=given),)), findings


@lru_cache(1 << 12)  # people write more than once, and stand in each language of a record
def _person(name: str, order: str | None) -> tuple[Contributor, str | None]:
    """The contributor, and the code of the finding where there is a doubt."""
    if _may_be_organisation(name):
        return Contributor(kind="group", name=name), "possible-organization"
    parts = [part for part in map(str.strip, name.split(",")) if part]
    if _DIGIT.search(name) or not parts:
        return Contributor(surname=name), "name-unparsed"
    person = _by_commas(parts) if "," in name else _by_order(name, order)
    if person is None:
        return Contributor(surname=name), "name-unparsed" if "," in name else "name-order-unknown"
    return person, None


def _may_be_organisation(name: str) -> bool:
    """Looks closely only where a word begins like one of those that stand in names of organisations."""
    return any(word[:4] in _BEGINNINGS for word in _WORD.findall(name.lower())) and bool(_ORGANISATION.search(name))


def _by_commas(parts: list[str]) -> Contributor | None:
    """`Family, Given`, with a suffix as a part of its own; `None` for any other third part."""
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


def _by_order(name: str, order: str | None) -> Contributor | None:
    """A name without a comma by the order that the source is configured to have; a single word needs none."""
    words = name.split()
    if len(words) == 1:
        return Contributor(surname=name)
    suffix = _suffix(words[-1]) if len(words) > 2 else None
    if suffix:
        words.pop()
    if order == "family-first":
        return Contributor(surname=words[0], given=" ".join(words[1:]), suffix=suffix)
    if order == "given-first":
        first = _where_family_begins(words)
        return Contributor(surname=" ".join(words[first:]), given=" ".join(words[:first]) or None, suffix=suffix)
    return None


def _where_family_begins(words: list[str]) -> int:
    at = len(words) - 1
    while at > 1 and words[at - 1] in _PARTICLES:
        at -= 1
    return at
