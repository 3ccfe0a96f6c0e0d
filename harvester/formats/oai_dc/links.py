"""The article's DOI, landing page and files, from identifiers of every kind (mapping D1, D2)."""

from __future__ import annotations

import re

from harvester.addresses import distinct_pages, host_of, why_closed, without_session
from harvester.formats.notes import Notes
from harvester.formats.oai_dc.fields import Fields
from harvester.identifiers import clean_doi, find_dois, fold_doi
from harvester.model import File, Hints

_WORK_DOI = "info:eu-repo/semantics/altIdentifier/doi/"
_DOI_HEADER = re.compile(r"(?:oai:[^:]+:)?doi:(10\..+)")
_LOOKS_LIKE_DOI = re.compile(
    r"(?:https?://)?(?:dx\.|www\.)?doi\.org/|(?:info:|urn:)?doi[:/ ]|10\.\d{4,9}/", re.IGNORECASE
)
_MAX_CANDIDATES = 3

_WEB = re.compile(r"https?://([^\s/?#]+)\S*", re.IGNORECASE)
_RESOLVERS = frozenset(("doi.org", "dx.doi.org", "www.doi.org"))
_OTHER_CATALOGUES = re.compile(
    r"https?://(?:hdl\.handle\.net|pubmed\.ncbi\.nlm\.nih\.gov|(?:www\.)?ncbi\.nlm\.nih\.gov/pubmed)/", re.IGNORECASE
)
_FILE_ENDING = re.compile(
    r"\.(?:pdf|xml|epub|zip|rar|jpe?g|png|gif|tiff?|docx?|xlsx?|pptx?|odt|tex|ps|mp[34]|csv|txt)$|/viewcontent\.cgi$",
    re.IGNORECASE,
)
_MIMES = {".pdf": "application/pdf", ".xml": "application/xml"}
# OJS: /article/view/12 is the article's page; /article/view/12/7 is a galley, a page that shows one of its files.
_OJS_PAGE = re.compile(r"/article/view/[^/?#]+/?$")
_OJS_GALLEY = re.compile(r"/article/(?:view|download)/[^/?#]+/[^/?#]+")


def doi(fields: Fields, oai_identifier: str, notes: Notes) -> str | None:
    """The article's own DOI. A DOI in any other place is reported and not used."""
    values = [*fields.texts("identifier"), *fields.texts("doi")]
    if dois := {fold_doi(own): own for value in values if (own := clean_doi(value))}:
        return _single_doi(dois, "dc:identifier", notes)
    related = [value for value in fields.texts("relation") if value.startswith(_WORK_DOI)]
    if dois := {fold_doi(own): own for value in related if (own := clean_doi(value.removeprefix(_WORK_DOI)))}:
        return _single_doi(dois, "dc:relation", notes)
    if (match := _DOI_HEADER.fullmatch(oai_identifier) or _DOI_HEADER.fullmatch(f"doi:{oai_identifier}")) and (
        header_doi := clean_doi(match[1])
    ):
        notes.provenance["doi"] = "header identifier"
        return header_doi
    for value in values:
        if _LOOKS_LIKE_DOI.match(value) and not find_dois(value):
            notes.report("doi-invalid", "doi", value)
    _report_candidates(fields, notes)
    return None


def _single_doi(dois: dict[str, str], element: str, notes: Notes) -> str | None:
    if len(dois) > 1:
        notes.report("doi-ambiguous", "doi", ", ".join(dois.values()))
        return None
    notes.provenance["doi"] = element
    return next(iter(dois.values()))


def _report_candidates(fields: Fields, notes: Notes) -> None:
    elements: dict[str, str] = {}
    for name in ("identifier", "source", "relation", "description"):
        for value in fields.texts(name):
            for doi in find_dois(value):
                elements.setdefault(fold_doi(doi), f"dc:{name}")
    for doi, element in list(elements.items())[:_MAX_CANDIDATES]:
        notes.report("doi-candidate-only", "doi", doi, element=element)


def landing_page(fields: Fields, hints: Hints, notes: Notes) -> str | None:
    """The one URL that can be the article's page; `None` if there is none, or if several are equally likely."""
    element = "dc:identifier"
    candidates = _page_urls(fields, "identifier")
    if not candidates:  # in Janeway, the URL of the article's page, despite its name
        element = "dc:fullTextUrl"
        candidates = _page_urls(fields, "fullTextUrl")
    if len(candidates) > 1:
        candidates = _most_likely_pages(candidates, hints)
    distinct = distinct_pages(candidates)
    if len(distinct) > 1:
        notes.report("url-ambiguous", "landing_page", " ".join(distinct))
    if len(distinct) != 1:
        return None
    notes.provenance["landing_page"] = element
    return distinct[0]


def _most_likely_pages(candidates: list[str], hints: Hints) -> list[str]:
    """The candidates that are most likely the article's page."""
    candidates = [url for url in candidates if why_closed(url) is None] or candidates
    candidates = [url for url in candidates if not _OTHER_CATALOGUES.match(url)] or candidates
    candidates = [url for url in candidates if not _OJS_GALLEY.search(url)] or candidates
    candidates = [url for url in candidates if host_of(url) == hints.provider_host] or candidates
    return [url for url in candidates if _OJS_PAGE.search(url)] or candidates


def files(fields: Fields) -> tuple[File, ...]:
    """The full text as PDF and as XML: URLs that end in the name of a file. An OJS galley is a page, not a file.

    If there are several files of one kind, none is used, because one of them may be a supplement.
    """
    urls_by_mime: dict[str, set[str]] = {}
    for name in ("identifier", "relation", "fullTextUrl"):
        for url in map(_address, fields.texts(name)):
            if (mime := _MIMES.get(_path(url)[-4:].lower())) and _WEB.fullmatch(url):
                urls_by_mime.setdefault(mime, set()).add(url)
    return tuple(File(url=urls.pop(), mime=mime) for mime, urls in urls_by_mime.items() if len(urls) == 1)


def _page_urls(fields: Fields, name: str) -> list[str]:
    return [url for url in map(_address, fields.texts(name)) if _is_page(url)]


def _address(value: str) -> str:
    return without_session(value.replace("&amp;", "&"))  # some feeds escape twice


def _is_page(url: str) -> bool:
    host = host_of(url)
    return bool(host) and host not in _RESOLVERS and not _FILE_ENDING.search(_path(url))


def _path(url: str) -> str:
    return url.partition("#")[0].partition("?")[0]
