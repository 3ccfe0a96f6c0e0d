"""DOI, ISSN, ORCID, ROR, ISNI and funder ids: cleaned to their canonical form, check digits verified.

A function `clean_…` takes what people write and returns the identifier in the form of its registry, or `None`. The
identifier must be the whole value: a partial match is not an identifier. Nothing is looked up.
"""

from __future__ import annotations

import re
from functools import lru_cache
from html import unescape
from typing import Literal
from urllib.parse import unquote

from stdnum import isni, issn
from stdnum.iso7064 import mod_97_10

from harvester.doi_ends import doi_at_start, ends_in_view, without_trailing

_CACHED = 1 << 14

# Characters without width or only for layout, which are pasted by accident.
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060\ufeff]")
_HYPHENS = dict.fromkeys(map(ord, "\u2010\u2011\u2012\u2013\u2014\u2212\uff0d"), "-")

# ------------------------------------------------------------------------------------------------ DOI

_DOI = re.compile(r"10\.\d{4,9}/\S+")
_DOI_URL = re.compile(r"(?:https?:)?/{0,2}(?:www\.|dx\.)?doi\.org[/:]*\s*", re.IGNORECASE)
_DOI_LABEL = re.compile(r"(?:info:doi/|(?:urn:)?doi\b[\s:/]*)", re.IGNORECASE)
_LINE_BREAK = re.compile(r"[ \t\u00a0]*[\r\n]+[ \t\u00a0]*")
_SECOND_DOI = re.compile(r".10\.\d{4,9}/")


def clean_doi(raw: str) -> str | None:
    """The bare DOI if the whole value is a DOI, in any spelling; case and parentheses stay (mapping D1).

    >>> clean_doi("http://dx.doi.org/doi:10.15514/ispras-2019-31(3)-16")
    '10.15514/ispras-2019-31(3)-16'
    """
    if "10." not in raw and raw.isascii() and raw.isprintable() and "%" not in raw and "&" not in raw:
        return None  # it contains no encoded character that could become a DOI
    if raw.startswith("10.") and raw.isascii() and "&" not in raw and _DOI.fullmatch(raw):
        return raw  # it is bare already
    return _clean_doi(raw)


@lru_cache(_CACHED)
def _clean_doi(raw: str) -> str | None:
    value = _INVISIBLE.sub("", raw).strip()
    broken = "\n" in value or "\r" in value
    value = _without_resolver(_LINE_BREAK.sub("", value))
    if "&" in value:
        value = unescape(value)
    if not _DOI.fullmatch(value) or (broken and _SECOND_DOI.search(value)):
        return None
    return value


def _without_resolver(value: str) -> str:
    """Removes resolver addresses and labels, also repeated ones. A value that was a URL is percent-decoded."""
    as_url = False
    while True:
        if match := _DOI_URL.match(value):
            as_url = True
        elif not (match := _DOI_LABEL.match(value)):
            return unquote(value) if as_url and "%" in value else value
        value = value[match.end() :].lstrip()


def doi_prefix(doi: str) -> str:
    """The prefix of a DOI: the part before its first slash."""
    return doi.partition("/")[0]


_FOLD = {upper: upper + 32 for upper in range(ord("A"), ord("Z") + 1)}


def fold_doi(doi: str) -> str:
    """The form to compare: DOIs that differ only in the case of ASCII letters are the same (DOI Handbook, 2.4)."""
    return doi.lower() if doi.isascii() else doi.translate(_FOLD)


# An angle bracket belongs to a DOI only in the old SICI form: …17:15<1661::AID-SIM968>3.0.CO;2-2
# The lookbehind comes after the literal `10.`, because the search for a literal is faster.
_DOI_IN_TEXT = re.compile(r"(?P<prefix>10\.(?<![\d.]10\.)\d{4,9}(?:/|%2[Ff]))(?:[^\s\"<>]|<\d+:[^\s<>]*>)+")
_RUN_ON = re.compile(
    r"[,;.|]?(?:https?:|doi:|doi\.org/|PMC?ID\b|10\.\d{4,9}/|\[(?:cross\s?ref|pubmed|google))", re.IGNORECASE
)
_ADDRESS_BEFORE = re.compile(r"https?://(?!(?:dx\.|www\.)?doi\.org/)\S*$", re.IGNORECASE)
_LONGEST_ADDRESS = 300  # characters before the DOI
# A blank after or before a hyphen, slash or full stop, and more of a DOI: `10.1093/nar/ gkz1`, `10.1016/j.x .12`.
_TORN = re.compile(r"(?<=[-_/])\s+[0-9a-z]|\s[._/-](?=\d)")
_WITHOUT_DIGIT = re.compile(r"10\.\d+/\D+")
_DIGIT_FOLLOWS = re.compile(r"(?<=\w)\s+(?!10\.)\d")


def find_dois(text: str) -> list[str]:
    """The DOIs in running text such as a citation, in order, each once, without what follows them directly."""
    if "10." not in text:
        return []
    text = _INVISIBLE.sub("", text)
    dois: dict[str, str] = {}
    position = 0
    while match := _DOI_IN_TEXT.search(text, position):
        position = _end(match)
        run = unquote(text[match.start() : position])
        before = text[max(0, match.start() - _LONGEST_ADDRESS) : match.start()]
        doi = doi_at_start(run, in_address=_ADDRESS_BEFORE.search(before) is not None)
        if doi and _DOI.fullmatch(doi) and not _is_torn(doi, text, position) and doi_problem(doi) is None:
            dois.setdefault(fold_doi(doi), doi)
    return list(dois.values())


def _is_torn(doi: str, text: str, end: int) -> bool:
    """Whether a blank may be inside the DOI. `10.1093/nar gkz1` cannot be known, but few DOIs have no digits."""
    return bool(_TORN.match(text, end) or (_WITHOUT_DIGIT.fullmatch(doi) and _DIGIT_FOLLOWS.match(text, end)))


def _end(match: re.Match[str]) -> int:
    """Where the DOI ends: before a link or identifier that follows without a space."""
    run_on = _RUN_ON.search(match.string, match.end("prefix") + 1, match.end())
    return run_on.start() if run_on else match.end()


def cited_doi(raw: str) -> str | None:
    """The DOI of another work that the whole value names, without what follows it directly; `None` if not exactly one.

    Unlike the article's own DOI (`clean_doi`), it may be corrected: Crossref would not find it otherwise.
    """
    value = clean_doi(raw)
    if value is not None and _PLAIN_DOI.fullmatch(value):  # most are
        return value if doi_problem(value) is None else None
    if value is None:
        value = raw.strip()
        if not _PAGE_ADDRESS.fullmatch(value):
            return None
    dois = find_dois(value)
    return dois[0] if len(dois) == 1 else None


_PAGE_ADDRESS = re.compile(r"https?://\S+", re.IGNORECASE)
# Nothing follows such a DOI. Those of bioRxiv and medRxiv may have a version.
_PLAIN_DOI = re.compile(r"10\.(?!(?:1101|64898)/)\d{4,9}/[A-Za-z0-9.-]*\d", re.ASCII)

# ------------------------------------------------------------------------------------- doubtful DOIs

DoiProblem = Literal["end", "slashes", "second", "unfilled", "brackets", "view"]

_ANOTHER = re.compile(r"(?<!\d)10\.(?!(?:19|20)\d\d/)\d{4,9}/|https?:|doi\.org|doi:", re.IGNORECASE)
# What a pattern for DOIs leaves if nobody fills it in. XXX alone may be a Roman numeral.
_UNFILLED = re.compile(
    r"(?:^|[./_-])(?:x{4,}|yyyy)(?=$|[./_-])|^(?:x+|0+|n/?a|doi|test|dummy|todo|pending|placeholder|to-?be-?assigned|(?:insert|enter|your|add)[-_.]?.*doi.*)$|(?:^|[./_])(?:none|null|undefined|tbd|tba)(?=$|[./_]|-\d)|[{}]|%[a-z]\b",
    re.IGNORECASE,
)
_SICI_END = re.compile(r";2-#$")


def doi_problem(doi: str) -> DoiProblem | None:
    """What shows that a DOI was put together incorrectly, although it has the form of a DOI.

    It ends in punctuation or like the address of a page, has two slashes in a row or half a pair of brackets, contains
    another DOI, or its suffix was never filled in.
    """
    prefix, _, suffix = doi.partition("/")
    if _UNFILLED.search(suffix) or not prefix.removeprefix("10.").strip("0"):
        return "unfilled"
    if _ANOTHER.search(suffix) or f"{prefix}/" in suffix:
        return "second"
    if "//" in doi:
        return "slashes"
    if suffix.count("(") != suffix.count(")"):
        return "brackets"
    if ends_in_view(doi):
        return "view"
    is_closed = suffix[-1] in ")]}>" and without_trailing(suffix) == suffix
    return None if suffix[-1].isalnum() or is_closed or _SICI_END.search(suffix) else "end"


# ----------------------------------------------------------------------------------------------- ISSN

_ISSN_LABEL = re.compile(
    r"(?:https?://(?:portal|urn)\.issn\.org/(?:resource/)?(?:issn/|urn:issn:)?|urn:issn:)|"
    r"(?P<e>e|online|electronic)?(?P<p>p|print)?[\s-]*issn(?:[\s-]*(?P<l>l\b))?[\s:]*"
    r"(?:\(?(?:(?P<online>online|electronic)|(?P<print>print))\)?[\s:]*)?",
    re.IGNORECASE,
)
_ISSN_END = re.compile(r"\s*\((?:(?P<online>online|electronic)|(?P<print>print))\)$", re.IGNORECASE)
_EMPTY_ISSN = re.compile(r"0{4}-?0{4}")
_ISSN_SHAPE = re.compile(r"\d{4}-?\d{3}[\dXx]")
_CYRILLIC_X = {ord("\u0425"): "X", ord("\u0445"): "X"}  # the check digit shows whether the letter X was meant


@lru_cache(_CACHED)
def typed_issn(raw: str) -> tuple[str | None, Literal["print", "electronic"] | None]:
    """The ISSN, `None` if invalid, and the medium that its label names: `EISSN: 2049-3630` is electronic."""
    digits, medium = _issn_parts(raw)
    return _checked_issn(digits), medium


def is_empty_issn(raw: str) -> bool:
    """Whether the value is 0000-0000, which is written for a journal without ISSN. Its check digit is correct."""
    return _EMPTY_ISSN.fullmatch(_issn_parts(raw)[0]) is not None


def clean_issn(raw: str) -> str | None:
    """The ISSN as NNNN-NNNC if the value is one, with or without a label, and its check digit is right."""
    return typed_issn(raw)[0]


def looks_like_issn(raw: str) -> bool:
    """Whether the value has the form of an ISSN, whatever its check digit: `1940-1949` does."""
    return _ISSN_SHAPE.fullmatch(_issn_parts(raw)[0]) is not None


def _issn_parts(raw: str) -> tuple[str, Literal["print", "electronic"] | None]:
    """The value without labels, and the medium that they name."""
    value = _INVISIBLE.sub("", raw).translate(_HYPHENS).translate(_CYRILLIC_X).strip()
    label, end = _ISSN_LABEL.match(value), _ISSN_END.search(value)
    digits = value[label.end() if label else 0 : end.start() if end else len(value)]
    named = {group for match in (label, end) if match for group, part in match.groupdict().items() if part}
    if named & {"e", "online"}:
        return digits, "electronic"
    return digits, "print" if named & {"p", "print"} else None


def _checked_issn(digits: str) -> str | None:
    if not _ISSN_SHAPE.fullmatch(digits) or not digits.isascii() or not issn.is_valid(digits):
        return None
    if _EMPTY_ISSN.fullmatch(digits):
        return None
    return str(issn.format(digits.upper()))


# ------------------------------------------------------------------------------- people, organisations

_SIXTEEN = re.compile(r"\d{4}([ -]?)\d{4}\1\d{4}\1\d{3}[\dXx]", re.ASCII)
_ORCID_LABEL = re.compile(r"(?:https?://)?(?:www\.)?orcid\.org/|orcid(?:\s+id)?[\s:]*", re.IGNORECASE)
_ISNI_LABEL = re.compile(r"(?:https?://)?(?:www\.)?isni\.org/(?:isni/)?|isni[\s:]*", re.IGNORECASE)


@lru_cache(_CACHED)
def clean_orcid(raw: str) -> str | None:
    """`https://orcid.org/0000-…` if the value is an ORCID iD in any spelling and its check digit is right."""
    digits = _sixteen_digits(raw, _ORCID_LABEL)
    return f"https://orcid.org/{'-'.join(digits[i : i + 4] for i in (0, 4, 8, 12))}" if digits else None


@lru_cache(_CACHED)
def clean_isni(raw: str) -> str | None:
    """`https://isni.org/isni/0000…` if the value is an ISNI and its check digit is right."""
    digits = _sixteen_digits(raw, _ISNI_LABEL)
    return f"https://isni.org/isni/{digits}" if digits else None


def _sixteen_digits(raw: str, label: re.Pattern[str]) -> str | None:
    value = _INVISIBLE.sub("", raw).translate(_HYPHENS).strip()
    while match := label.match(value):
        value = value[match.end() :]
    value = value.rstrip("/")
    if not _SIXTEEN.fullmatch(value):
        return None
    digits = value.replace("-", "").replace(" ", "").upper()
    return digits if isni.is_valid(digits) else None


_ROR = re.compile(r"(?:(?:https?://)?(?:www\.)?ror\.org/|ror[\s:]+)?(0[0-9a-hj-km-np-tv-z]{6}\d{2})/?", re.IGNORECASE)
_CROCKFORD = "0123456789abcdefghjkmnpqrstvwxyz"


@lru_cache(_CACHED)
def clean_ror(raw: str) -> str | None:
    """`https://ror.org/0…` if the value is a ROR ID and its two check digits are right (ISO 7064 mod 97-10)."""
    match = _ROR.fullmatch(_INVISIBLE.sub("", raw).strip())
    if not match or not match[1].isascii():
        return None
    code = match[1].lower()
    number = 0
    for letter in code[:7]:
        number = number * 32 + _CROCKFORD.index(letter)
    return f"https://ror.org/{code}" if mod_97_10.calc_check_digits(str(number)) == code[7:] else None


_FUNDER = re.compile(r"(?:.*[/:\s])?10\.13039/(\d{9,12})/?|((?:100|501100)\d{6})", re.IGNORECASE | re.ASCII)


@lru_cache(_CACHED)
def clean_funder_id(raw: str) -> str | None:
    """`https://doi.org/10.13039/…` if the value is an Open Funder Registry ID in any spelling or its bare number."""
    match = _FUNDER.fullmatch(_INVISIBLE.sub("", raw).strip())
    return f"https://doi.org/10.13039/{match[1] or match[2]}" if match else None
