"""Citations of platforms other than OJS: profiles that the configuration of a source chooses by name (mapping D3).

A profile names the element that contains the citation, and the forms of the citation. A form must match all of it.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from msgspec import Struct

from harvester.formats.citation import ParsedCitation
from harvester.formats.html import inline_from_html
from harvester.formats.pages import parse_pages
from harvester.identifiers import clean_issn
from harvester.text import plain

_MAX_LENGTH = 2000  # characters; a longer value is not a citation
_MIN_TITLE_LENGTH = 10  # characters; a shorter title may be in the citation by chance


class RecordContext(Struct, frozen=True):
    """Values of the record that a citation may repeat: the article's titles and the values of dc:source."""

    titles: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()


Parser = Callable[[str, RecordContext], ParsedCitation | None]


class Profile(Struct, frozen=True):
    element: str  # local name of the Dublin Core element
    parse: Parser


def _cleaned(raw: str) -> str:
    return plain(inline_from_html(raw)) if len(raw) <= _MAX_LENGTH else ""


def _first_match_of(forms: tuple[re.Pattern[str], ...]) -> Parser:
    """A parser that uses the first form that matches the whole citation."""

    def parse(raw: str, _: RecordContext) -> ParsedCitation | None:
        citation = _cleaned(raw)
        return next(
            (parsed for form in forms if (match := form.fullmatch(citation)) and (parsed := _from_match(match))), None
        )

    return parse


def _from_match(match: re.Match[str]) -> ParsedCitation | None:
    """The citation from the named groups of a form; `None` if its pages are invalid."""
    parts = {name: value.strip() for name, value in match.groupdict().items() if value and value.strip()}
    pages = parse_pages(parts["pages"]) if "pages" in parts else None
    if "pages" in parts and pages is None:
        return None
    return ParsedCitation(
        journal=parts.get("journal"),
        volume=parts.get("volume"),
        issue=parts.get("issue"),
        year=int(parts["year"]) if "year" in parts else None,
        pages=pages,
        elocation_id=parts.get("elocation"),
        issn=clean_issn(parts["issn"]) if "issn" in parts else None,
    )


_YEAR = r"(?P<year>(?:1[5-9]|20)\d\d)"
_RANGE = r"(?P<pages>[^\W\d_]{0,3}\d+[a-z]?(?:\s*[-\u2013]{1,2}\s*[^\W\d_]{0,3}\d+)?)"

# Revue d'exemple ; vol. 68 no. 3-4 (2015)
_ERUDIT = re.compile(rf"(?P<journal>.+?) ; (?:vol\. (?P<volume>[^\s()]+))?(?: ?no\. (?P<issue>[^()]+?))? \({_YEAR}\)")
# Revista de Exemplo v.29 n.3 1998
_SCIELO = re.compile(
    rf"(?P<journal>.+?)(?= (?:[vn]|suppl)\.)(?: v\.(?P<volume>[^\s.]+))?"
    rf"(?: (?:n\.(?=\S))?(?P<issue>(?:(?<=n\.)\S+)?(?: ?(?:suppl|spe)\.?[^\s]*)?))? {_YEAR}"
)
# Annals: 29 (1975) no. 4, pp. 750-762, and since 2023: Annals, 29(4), 750-762, (1975-05-01)
_ZENODO = (
    re.compile(
        rf"(?P<journal>.+): (?P<volume>[^\s():,]+)? ?\({_YEAR}\)"
        r"(?: no\. (?P<issue>[^,]+?))?,?(?: pp?\. (?P<pages>\S+))?"
    ),
    re.compile(
        rf"(?P<journal>.+?), (?P<volume>[^\s(),]+)?(?:\((?P<issue>[^()]+)\))?, {_RANGE}, \({_YEAR}(?:-\d\d){{0,2}}\)"
    ),
)
# Journal 56 (2009) 2989 · Journal 215 (2011), no. 12, 2797-2804 · Journal 102, 055501 (2009)
_ARXIV = (
    re.compile(
        rf"(?P<journal>\D+?) (?P<volume>[A-Z]?\d+) \({_YEAR}\),?"
        r"(?: no\. ?(?P<issue>[\d-]+),)? (?:pp?\. )?(?P<pages>[\w-]+)"
    ),
    re.compile(rf"(?P<journal>\D+?) (?P<volume>[A-Z]?\d+), (?P<pages>[\w-]+) \({_YEAR}\)"),
)
# The text after the article's title in an EPrints citation: Journal, 209 (4552). pp. 26-32. ISSN 0036-8075
_EPRINTS = re.compile(
    r"(?P<journal>.+?) ?, (?P<volume>[^\s,.()]+)?(?: ?\((?P<issue>[^()]+)\))? ?\."
    r"(?: pp?\. (?P<pages>[^\s.]+)\.?| (?:Art\. No\. )?(?P<elocation>[a-z]?\d+)\.?)?"
    r"(?: ISSN (?P<issn>[\dX-]{8,9})\b.*)?"
)
# Journal, 94(1) : 183-201. · Journal, 2010, 12 (4) · both also after authors, year and title
_DSPACE = re.compile(
    rf"(?P<journal>[^\d;:]+?),? (?:{_YEAR}, )?(?P<volume>(?!(?:1[5-9]|20)\d\d$)\d+)(?: ?\((?P<issue>[^()]+)\))?"
    rf"(?:(?: ?[:,] ?|, )(?:pp?\. ?)?{_RANGE})?\.?(?: (?:doi|DOI|https?):.*)?"
)
# Journal[, publisher], 2013, 112 (4), pp.25-37. and a DOI in angle brackets
_HAL = re.compile(
    rf"(?P<journal>.+?), {_YEAR}, (?P<volume>[^\s,()]+)?(?: ?\((?P<issue>[^()]+)\))?"
    r"(?:, (?:pp?\.(?P<pages>[^\s,]+?)|(?P<elocation>[A-Za-z]*\d+)))?(?:, \d+ p)?\.?(?: [\u27e8<\u3008].*)?"
)


def _hal(raw: str, context: RecordContext) -> ParsedCitation | None:
    """HAL separates journal and publisher with a comma, and both may contain one. Another dc:source is the journal."""
    match = _HAL.fullmatch(_cleaned(raw))
    parsed = _from_match(match) if match else None
    if not parsed or not parsed.journal or not (parsed.volume or parsed.pages or parsed.elocation_id):
        return None
    before = f"{parsed.journal}, "
    journal = next((source for source in context.sources if before.startswith(f"{source}, ")), None)
    if journal is None and ", " in parsed.journal:
        return None
    publisher = before[len(journal) + 2 :].removesuffix(", ") if journal else ""
    return _with_publisher(parsed, journal=journal or parsed.journal, publisher=publisher or None)


def _with_publisher(parsed: ParsedCitation, *, journal: str, publisher: str | None) -> ParsedCitation:
    return ParsedCitation(
        journal=journal,
        publisher=publisher,
        volume=parsed.volume,
        issue=parsed.issue,
        year=parsed.year,
        pages=parsed.pages,
        elocation_id=parsed.elocation_id,
    )


def _after_title(form: re.Pattern[str], *, or_alone: bool) -> Parser:
    """A parser for the text after the article's own title; with `or_alone`, also for a citation without the title."""

    def parse(raw: str, context: RecordContext) -> ParsedCitation | None:
        citation = _cleaned(raw)
        for title in context.titles:
            at = citation.lower().find(title.lower().rstrip(" .")) if len(title) >= _MIN_TITLE_LENGTH else -1
            if at >= 0:
                match = form.fullmatch(citation[at + len(title.rstrip(" .")) :].lstrip(" .?!\"'\u201d\u2019"))
                return _from_match(match) if match else None
        match = form.fullmatch(citation) if or_alone else None
        return _from_match(match) if match else None

    return parse


PROFILES = {
    "erudit": Profile("relation", _first_match_of((_ERUDIT,))),
    "scielo": Profile("source", _first_match_of((_SCIELO,))),
    "zenodo": Profile("source", _first_match_of(_ZENODO)),
    "hal": Profile("source", _hal),
    "eprints": Profile("identifier", _after_title(_EPRINTS, or_alone=False)),
    "dspace": Profile("identifier", _after_title(_DSPACE, or_alone=True)),
    "arxiv": Profile("identifier", _first_match_of(_ARXIV)),
}
