"""The article's DOI, landing page and files, from identifiers of all kinds (mapping D1, D2)."""

from __future__ import annotations

import re
from functools import lru_cache
from urllib.parse import urlsplit

from harvester.formats.notes import Notes
from harvester.formats.oai_dc.fields import Fields
from harvester.identifiers import clean_doi, find_dois, fold_doi
from harvester.model import File, Hints

_WORK_DOI = "info:eu-repo/semantics/altIdentifier/doi/"
_DOI_HEADER = re.compile(r"(?:oai:[^:]+:)?doi:(10\..+)")
_MEANT_AS_DOI = re.compile(
    r"(?:https?://)?(?:dx\.|www\.)?doi\.org/|(?:info:|urn:)?doi[:/ ]|10\.\d{4,9}/", re.IGNORECASE
)
_CANDIDATES_SHOWN = 3

_WEB = re.compile(r"https?://([^\s/?#]+)\S*", re.IGNORECASE)
_RESOLVERS = frozenset(("doi.org", "dx.doi.org", "www.doi.org"))
_PROXY = re.compile(
    r"https?://(?:hdl\.handle\.net|pubmed\.ncbi\.nlm\.nih\.gov|(?:www\.)?ncbi\.nlm\.nih\.gov/pubmed)/", re.IGNORECASE
)
_FILE = re.compile(
    r"\.(?:pdf|xml|epub|zip|rar|jpe?g|png|gif|tiff?|docx?|xlsx?|pptx?|odt|tex|ps|mp[34]|csv|txt)$|/viewcontent\.cgi$",
    re.IGNORECASE,
)
_MIMES = {".pdf": "application/pdf", ".xml": "application/xml"}
# OJS: /article/view/12 is the article's page, /article/view/12/7 a page around one of its files.
_OJS_PAGE = re.compile(r"/article/view/[^/?#]+/?$")
_OJS_GALLEY = re.compile(r"/article/(?:view|download)/[^/?#]+/[^/?#]+")


def doi(fields: Fields, header: str, notes: Notes) -> str | None:
    """The article's own DOI; one that stands anywhere else is reported and not used."""
    values = [*fields.texts("identifier"), *fields.texts("doi")]
    if found := {fold_doi(each): each for value in values if (each := clean_doi(value))}:
        return _only(found, "dc:identifier", notes)
    related = [value for value in fields.texts("relation") if value.startswith(_WORK_DOI)]
    if found := {fold_doi(each): each for value in related if (each := clean_doi(value.removeprefix(_WORK_DOI)))}:
        return _only(found, "dc:relation", notes)
    if (match := _DOI_HEADER.fullmatch(header) or _DOI_HEADER.fullmatch(f"doi:{header}")) and (
        own := clean_doi(match[1])
    ):
        notes.provenance["doi"] = "header identifier"
        return own
    for value in values:
        if _MEANT_AS_DOI.match(value) and not find_dois(value):
            notes.report("doi-invalid", "doi", value)
    _report_candidates(fields, notes)
    return None


def _only(found: dict[str, str], element: str, notes: Notes) -> str | None:
    if len(found) > 1:
        notes.report("doi-ambiguous", "doi", ", ".join(found.values()))
        return None
    notes.provenance["doi"] = element
    return next(iter(found.values()))


def _report_candidates(fields: Fields, notes: Notes) -> None:
    found: dict[str, str] = {}
    for name in ("identifier", "source", "relation", "description"):
        for value in fields.texts(name):
            for each in find_dois(value):
                found.setdefault(fold_doi(each), f"dc:{name}")
    for each, element in list(found.items())[:_CANDIDATES_SHOWN]:
        notes.report("doi-candidate-only", "doi", each, element=element)


def landing_page(fields: Fields, hints: Hints, notes: Notes) -> str | None:
    """The one address that can be the article's page; `None` where there is none, or several on an equal footing."""
    element = "dc:identifier"
    candidates = _pages(fields, "identifier")
    if not candidates:  # Janeway: the address of the article's page, whatever the name says
        element = "dc:fullTextUrl"
        candidates = _pages(fields, "fullTextUrl")
    if len(candidates) > 1:
        candidates = _preferred(candidates, hints)
    distinct = {_spelling(each): each for each in sorted(candidates, key=_is_secure)}
    if len(distinct) > 1:
        notes.report("url-ambiguous", "landing_page", " ".join(distinct.values()))
    if len(distinct) != 1:
        return None
    notes.provenance["landing_page"] = element
    return next(iter(distinct.values()))


def _preferred(candidates: list[str], hints: Hints) -> list[str]:
    """Those that are more likely the article's page than the others."""
    candidates = [each for each in candidates if not _PROXY.match(each)] or candidates
    candidates = [each for each in candidates if not _OJS_GALLEY.search(each)] or candidates
    candidates = [each for each in candidates if _host(each) == hints.provider_host] or candidates
    return [each for each in candidates if _OJS_PAGE.search(each)] or candidates


def files(fields: Fields) -> tuple[File, ...]:
    """The full text as PDF and as XML, by addresses that end in a file's name. A galley of OJS is a page, no file.

    Of several files of a kind no one knows which is the text and which a supplement: then none is taken.
    """
    found: dict[str, set[str]] = {}
    for name in ("identifier", "relation", "fullTextUrl"):
        for url in map(_plain, fields.texts(name)):
            if (mime := _MIMES.get(_path(url)[-4:].lower())) and _WEB.fullmatch(url):
                found.setdefault(mime, set()).add(url)
    return tuple(File(url=urls.pop(), mime=mime) for mime, urls in found.items() if len(urls) == 1)


def _pages(fields: Fields, name: str) -> list[str]:
    return [url for url in map(_plain, fields.texts(name)) if _is_page(url)]


def _plain(url: str) -> str:
    return url.replace("&amp;", "&")  # some feeds escape twice


def _is_page(url: str) -> bool:
    host = _host(url)
    return bool(host) and host not in _RESOLVERS and not _FILE.search(_path(url))


def _host(url: str) -> str | None:
    match = _WEB.fullmatch(url)
    return _host_in(match[1]) if match else None


@lru_cache(1 << 10)
def _host_in(authority: str) -> str | None:
    """The host alone, without a port or a user's name."""
    try:
        return urlsplit(f"//{authority}").hostname
    except ValueError:  # `http://[::1` and the like
        return None


def _path(url: str) -> str:
    return url.partition("#")[0].partition("?")[0]


def _spelling(url: str) -> str:
    """The address for comparison: with or without TLS and a slash at the end it is one page."""
    return url.partition("://")[2].rstrip("/").lower()


def _is_secure(url: str) -> bool:
    return url.lower().startswith("https:")
