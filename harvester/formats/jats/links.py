"""The article's landing page and files (mapping J3, D2)."""

from __future__ import annotations

import re

from harvester.addresses import distinct_pages, host_of, why_closed, without_session
from harvester.formats.jats.inline import plain_text
from harvester.formats.jats.tree import Element, Grouped, attribute, href
from harvester.formats.notes import Notes
from harvester.model import File, Hints

_WEB = re.compile(r"https?://[^\s/]+\S*", re.IGNORECASE)
_MIMES = {
    "pdf": "application/pdf",
    "application/pdf": "application/pdf",
    "xml": "application/xml",
    "application/xml": "application/xml",
    "text/xml": "application/xml",
    "epub": "application/epub+zip",
    "application/epub+zip": "application/epub+zip",
}
_PAGE_TYPES = ("", "text/html", "html", "abstract", "landing-page", "article")  # content-type of a page
_FULL_TEXT_TYPES = ("full_html", "fulltext", "full-text", "xhtml+xml")  # used only if there is no other page
_EXTENSION = re.compile(r"\.(pdf|xml|epub|zip|jpe?g|png|gif|docx?|odt|tex|mobi|ps)$", re.IGNORECASE)
_RESOLVERS = frozenset({"doi.org", "dx.doi.org", "www.doi.org", "hdl.handle.net"})
# OJS: /article/view/12 is the article's page; /article/view/12/7 is a galley, a page that shows one of its files.
_OJS_PAGE = re.compile(r"/article/view/[^/]+/?")
_OJS_GALLEY = re.compile(r"/article/view/[^/]+/[^/]+")


def landing_page(groups: Grouped, hints: Hints, notes: Notes) -> str | None:
    """The one URL that can be the article's page; `None` if there is none, or if several are equally likely."""
    links = [(attribute(uri, "content-type"), url) for uri in groups.get("self-uri", ()) if (url := _url(uri))]
    pages = [(kind, url) for kind, url in links if _may_be_page(kind, url)]
    candidates = list(dict.fromkeys(url for kind, url in pages if kind in _PAGE_TYPES))
    candidates = candidates or list(dict.fromkeys(url for kind, url in pages if kind in _FULL_TEXT_TYPES))
    candidates = [url for url in candidates if why_closed(url) is None] or candidates
    candidates = [url for url in candidates if host_of(url) == hints.provider_host] or candidates
    candidates = distinct_pages([url for url in candidates if _OJS_PAGE.search(url)] or candidates)
    if len(candidates) > 1:
        notes.report("url-ambiguous", "landing_page", " ".join(candidates))
    return candidates[0] if len(candidates) == 1 else None


def files(groups: Grouped) -> tuple[File, ...]:
    """The full-text files that have a URL."""
    collected = []
    for uri in groups.get("self-uri", ()):
        url = _url(uri)
        mime = _mime(attribute(uri, "content-type"), url or "")
        if url and mime and not _OJS_GALLEY.search(url):
            collected.append(File(url=url, mime=mime))
    return tuple(dict.fromkeys(collected))


def _url(element: Element) -> str | None:
    url = without_session(href(element) or plain_text(element) or "")
    return url if _WEB.fullmatch(url) else None


def _may_be_page(kind: str, url: str) -> bool:
    path = _path(url)
    is_file = kind in _MIMES or _EXTENSION.search(path) or _OJS_GALLEY.search(path)
    host = host_of(url)
    return host is not None and host not in _RESOLVERS and not is_file


def _path(url: str) -> str:
    """The path of a web address."""
    return url.partition("://")[2].partition("#")[0].partition("?")[0]


def _mime(kind: str, url: str) -> str | None:
    extension = _EXTENSION.search(url)
    return _MIMES.get(kind) or (_MIMES.get(extension[1].lower()) if extension and not kind else None)
