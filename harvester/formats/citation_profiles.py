"""Citations of platforms other than OJS: profiles that a source's configuration chooses by name (mapping D3).

A profile says in which element the citation stands and which forms it has. A form must match the whole citation.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from msgspec import Struct

from harvester.formats.citation import Citation
from harvester.formats.html import inline_from_html
from harvester.formats.pages import parse_pages
from harvester.identifiers import clean_issn
from harvester.text import plain

_LONGEST = 2000  # characters of a citation; what is longer is none
_TELLING = 10  # characters: a shorter title may stand in the citation by chance


class Known(Struct, frozen=True):
    """What the rest of the record says and a citation may repeat: the article's titles, the values of dc:source."""

    titles: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()


class Profile(Struct, frozen=True):
    element: str  # local name of the Dublin Core element
    parse: Callable[[str, Known], Citation | None]


def _cleaned(raw: str) -> str:
    return plain(inline_from_html(raw)) if len(raw) <= _LONGEST else ""


def _first(forms: tuple[re.Pattern[str], ...]) -> Callable[[str, Known], Citation | None]:
    """A parser that takes the first form that matches the whole citation."""

    def parse(raw: str, _: Known) -> Citation | None:
        citation = _cleaned(raw)
        return next((read for form in forms if (match := form.fullmatch(citation)) and (read := _from(match))), None)

    return parse


def _from(match: re.Match[str]) -> Citation | None:
    """The citation of a form's named groups; `None` where its pages are no pages."""
    parts = {name: value.strip() for name, value in match.groupdict().items() if value and value.strip()}
    pages = parse_pages(parts["pages"]) if "pages" in parts else None
    if "pages" in parts and pages is None:
        return None
    return Citation(
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
# What follows the article's title in an EPrints citation: Journal, 209 (4552). pp. 26-32. ISSN 0036-8075
_EPRINTS = re.compile(
    r"(?P<journal>.+?) ?, (?P<volume>[^\s,.()]+)?(?: ?\((?P<issue>[^()]+)\))? ?\."
    r"(?: pp?\. (?P<pages>[^\s.]+)\.?| (?:Art\. No\. )?(?P<elocation>[a-z]?\d+)\.?)?"
    r"(?: ISSN (?P<issn>[\dX-]{8,9})\b.*)?"
)
# Journal, 94(1) : 183-201. · Journal, 2010, 12 (4) · and either behind authors, year and title
_DSPACE = re.compile(
    rf"(?P<journal>[^\d;:]+?),? (?:{_YEAR}, )?(?P<volume>(?!(?:1[5-9]|20)\d\d$)\d+)(?: ?\((?P<issue>[^()]+)\))?"
    rf"(?:(?: ?[:,] ?|, )(?:pp?\. ?)?{_RANGE})?\.?(?: (?:doi|DOI|https?):.*)?"
)
# Journal[, publisher], 2013, 112 (4), pp.25-37. and a DOI in angle brackets
_HAL = re.compile(
    rf"(?P<journal>.+?), {_YEAR}, (?P<volume>[^\s,()]+)?(?: ?\((?P<issue>[^()]+)\))?"
    r"(?:, (?:pp?\.(?P<pages>[^\s,]+?)|(?P<elocation>[A-Za-z]*\d+)))?(?:, \d+ p)?\.?(?: [\u27e8<\u3008].*)?"
)


def _hal(raw: str, known: Known) -> Citation | None:
    """HAL sets a comma between journal and publisher, and each may hold one; another dc:source is the journal."""
    match = _HAL.fullmatch(_cleaned(raw))
    read = _from(match) if match else None
    if not read or not read.journal or not (read.volume or read.pages or read.elocation_id):
        return None
    before = f"{read.journal}, "
    journal = next((each for each in known.sources if before.startswith(f"{each}, ")), None)
    if journal is None and ", " in read.journal:
        return None
    publisher = before[len(journal) + 2 :].removesuffix(", ") if journal else ""
    return _with(read, journal=journal or read.journal, publisher=publisher or None)


def _with(read: Citation, *, journal: str, publisher: str | None) -> Citation:
    return Citation(
        journal=journal,
        publisher=publisher,
        volume=read.volume,
        issue=read.issue,
        year=read.year,
        pages=read.pages,
        elocation_id=read.elocation_id,
    )


def _after_title(form: re.Pattern[str], *, whole: bool) -> Callable[[str, Known], Citation | None]:
    """A parser for what follows the article's own title; with `whole`, also for a citation without it."""

    def parse(raw: str, known: Known) -> Citation | None:
        citation = _cleaned(raw)
        for title in known.titles:
            at = citation.lower().find(title.lower().rstrip(" .")) if len(title) >= _TELLING else -1
            if at >= 0:
                match = form.fullmatch(citation[at + len(title.rstrip(" .")) :].lstrip(" .?!\"'\u201d\u2019"))
                return _from(match) if match else None
        match = form.fullmatch(citation) if whole else None
        return _from(match) if match else None

    return parse


PROFILES = {
    "erudit": Profile("relation", _first((_ERUDIT,))),
    "scielo": Profile("source", _first((_SCIELO,))),
    "zenodo": Profile("source", _first(_ZENODO)),
    "hal": Profile("source", _hal),
    "eprints": Profile("identifier", _after_title(_EPRINTS, whole=False)),
    "dspace": Profile("identifier", _after_title(_DSPACE, whole=True)),
    "arxiv": Profile("identifier", _first(_ARXIV)),
}
