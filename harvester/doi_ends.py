"""Where a DOI ends: what authors and platforms write directly after it is cut off (mapping R1).

Authors copy what their browser shows: `10.1111/a.12/abstract`, `10.5555/b?lang=en`, `10.5555/c.(In Russ.)`. A tail is
cut only if it cannot belong to the DOI. If it is uncertain where the DOI ends, there is no DOI: Crossref then matches
the text of the reference.
"""

from __future__ import annotations

import re

# Letters and punctuation of other scripts than Latin, and full-width characters.
_OTHER_SCRIPT = re.compile(
    "[\u0370-\u1dff\u2c80-\u2dff\u2e80-\ud7ff\uf900-\ufaff\ufb1d-\ufdff\ufe70-\uffef]+(?P<next>[A-Za-z])?"
)
# A comma in a DOI is rare, and not followed by a word or a year.
_NOTE = re.compile(
    r",\s*(?:[A-Za-z]{2}|(?:19|20)\d\d(?!\w))|"
    r";(?:jsessionid|accessed|retrieved|available)|"
    r"[.;]?(?<=[^/])(?:Accessed|Retrieved|Available)(?![a-z])|"
    r"[.;,](?:URL|EDN|Disponível|Disponible|Consultado|Accedido|PubMed|Google|Epub)(?![\w.-])|"
    r"(?:[.;]|(?<=\d))(?:Acess(?:o|ado)|Consult(?:ado|é)|Últim[oa]|Recuperado|Diakses|Eri[sş]im|Abgerufen|Zugriff|Accesso|"
    r"Dostęp|Zobacz)(?![\w.-])|"
    r"[.,;]?[(\[](?:in[\s._-]?(?:russ|ukr|pol|chin|jap|kor|pers|arab|engl|germ|fren|span|port|ital)\w*|accessed|retrieved|"
    r"online|internet|rus|eng|crossref|pubmed|google)\b|\[(?:J|M|D|C|OL|EB/OL)\]|"
    r"(?<=[\d)])(?:Google|Crossref|PubMed|MathSciNet|Scopus)(?![\w.-])|"
    r"[?\u2018\u2019\u201c\u201d\u201e\u00ab\u00bb]|#(?=[\w:])(?<!;2-#)|:~:|&(?:amp;)?\w+=|\|",
    re.IGNORECASE,
)
_INNER_DASH = re.compile("[\u2010-\u2015\u2212]")
_BRACKET = re.compile(r"[()\[\]{}]")
_PAIRS = {")": "(", "]": "[", "}": "{"}
_TRAILING = (
    ".,:;!?'*|\\/\u00b7\u2010\u2011\u2012\u2013\u2014\u2015\u2212\u2018\u2019\u201c\u201d\u201e\u00ab\u00bb\u2026([{"
)

# Names of views and formats of an article at the end of an address: /abstract, /full/html, /suppl_file/a.pdf, .pdf
_VIEW = re.compile(
    r"/(?:abstract|abs|full|full-?text|e?pdf|pdfdirect|pdfplus|html?|xml|epub|meta|summary|references?|citedby|metrics|"
    r"suppinfo|supplement(?:ary(?:-materials?)?)?|suppl_file|download|pdfft|issuetoc|share|"
    r"asset/.*|figures?(?:/\d+)?|tables?(?:/\d+)?|"
    r"(?:suppl_file|-)/.*|e?pdf/[^/]*)$|"
    r"(?:\.full(?:-text)?)?\.(?:pdf(?:\+html)?|html?|xml|epub)$",
    re.IGNORECASE,
)
_VIEW_IN_ADDRESS = re.compile(r"\.(?:full|abstract|short|long|extract)(?:-text)?$", re.IGNORECASE)
# Oxford adds the number of the article to its DOI, bioRxiv and medRxiv the version.
_NUMBERED = re.compile(
    r"(10\.1093/[a-z]+/[a-z]{2,5}\d{2,4})/\d{5,9}|(10\.(?:1101|64898)/(?:\d{4}\.\d\d\.\d\d\.)?\d{6,8})v\d+",
    re.IGNORECASE,
)


def doi_at_start(run: str, *, in_address: bool) -> str | None:
    """The DOI at the start of a run of characters; `None` if it is uncertain where the DOI ends.

    `in_address`: the run is part of the address of a page, which may end in more than a DOI can.
    """
    doi = _before_other_script(run)
    if doi is not None and (note := _NOTE.search(doi)):
        doi = doi[: note.start()]
    doi = _with_balanced_brackets(doi) if doi is not None else None
    if doi is None:
        return None
    doi = _without_views(without_trailing(doi), in_address=in_address)
    return None if _INNER_DASH.search(doi) else doi


def without_trailing(value: str) -> str:
    """Drops punctuation at the end, and closing brackets that have no opening one in the value."""
    while value:
        last = value[-1]
        if last in _TRAILING or (last in _PAIRS and value.count(last) > value.count(_PAIRS[last])):
            value = value[:-1]
        else:
            break
    return value


def _before_other_script(run: str) -> str | None:
    """What is before words of another script. A single such letter, or one inside a word, looks like a Latin one."""
    match = None if run.isascii() else _OTHER_SCRIPT.search(run)
    if match is None:
        return run
    letters = match[0].removesuffix(match["next"] or "")
    if letters[0].isalpha() and letters[0] < "\u0590" and (len(letters) == 1 or match["next"]):
        return None
    return run[: match.start()]


def _with_balanced_brackets(doi: str) -> str | None:
    """What is before a bracket without its partner. Digits after an opening one may belong to a DOI that is torn."""
    if not _BRACKET.search(doi):
        return doi
    opened: list[int] = []
    for at, character in enumerate(doi):
        if character in "([{":
            opened.append(at)
        elif character in _PAIRS and (not opened or doi[opened.pop()] != _PAIRS[character]):
            return doi[:at]
    if not opened:
        return doi
    return None if doi[opened[0] + 1 : opened[0] + 2].isdigit() else doi[: opened[0]]


def ends_in_view(doi: str) -> bool:
    """Whether the end is the name of a view or format, as in an address: `/abstract`, `/full/html`, `.pdf`."""
    return _view(doi) is not None


def _without_views(doi: str, *, in_address: bool) -> str:
    """Cuts off views, formats and versions, one after the other, as long as a suffix is left."""
    while True:
        if number := _NUMBERED.fullmatch(doi):
            return number[1] or number[2]
        view = _view(doi, in_address=in_address)
        if view is None:
            return doi
        doi = without_trailing(doi[: view.start()])


def _view(doi: str, *, in_address: bool = False) -> re.Match[str] | None:
    """The name of a view or format at the end, if it is not the whole suffix."""
    view = _VIEW.search(doi) or (_VIEW_IN_ADDRESS.search(doi) if in_address else None)
    return view if view and view.start() > doi.index("/") else None
