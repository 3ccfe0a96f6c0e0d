"""The article's landing page, and its files (mapping J3, D2)."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from harvester.formats.jats.inline import words
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
_PAGES = ("", "text/html", "html", "abstract", "landing-page", "article")  # content-type of a page
_FULL_PAGES = ("full_html", "fulltext", "full-text", "xhtml+xml")  # taken where nothing else is there
_EXTENSION = re.compile(r"\.(pdf|xml|epub|zip|jpe?g|png|gif|docx?|odt|tex|mobi|ps)$", re.IGNORECASE)
_RESOLVERS = frozenset({"doi.org", "dx.doi.org", "www.doi.org", "hdl.handle.net"})
# OJS: /article/view/12 is the article's page, /article/view/12/7 a page around one of its files.
_OJS_PAGE = re.compile(r"/article/view/[^/]+/?")
_OJS_GALLEY = re.compile(r"/article/view/[^/]+/[^/]+")


def landing_page(groups: Grouped, hints: Hints, notes: Notes) -> str | None:
    """The one address that can be the article's page; `None` where there is none, or several on an equal footing."""
    links = [(attribute(each, "content-type"), url) for each in groups.get("self-uri", ()) if (url := _address(each))]
    pages = [(said, url) for said, url in links if _may_be_page(said, url)]
    candidates = list(dict.fromkeys(url for said, url in pages if said in _PAGES))
    candidates = candidates or list(dict.fromkeys(url for said, url in pages if said in _FULL_PAGES))
    candidates = [each for each in candidates if _host(each) == hints.provider_host] or candidates
    candidates = [each for each in candidates if _OJS_PAGE.search(each)] or candidates
    if len(candidates) > 1:
        notes.report("url-ambiguous", "landing_page", " ".join(candidates))
    return candidates[0] if len(candidates) == 1 else None


def files(groups: Grouped) -> tuple[File, ...]:
    """The full-text files with an address of their own."""
    found = []
    for each in groups.get("self-uri", ()):
        url = _address(each)
        mime = _mime(attribute(each, "content-type"), url or "")
        if url and mime and not _OJS_GALLEY.search(url):
            found.append(File(url=url, mime=mime))
    return tuple(dict.fromkeys(found))


def _address(element: Element) -> str | None:
    url = href(element) or words(element) or ""
    return url if _WEB.fullmatch(url) else None


def _may_be_page(said: str, url: str) -> bool:
    host, path = _parts(url)
    is_file = said in _MIMES or _EXTENSION.search(path) or _OJS_GALLEY.search(path)
    return bool(host) and host not in _RESOLVERS and not is_file


def _host(url: str) -> str | None:
    return _parts(url)[0].rpartition("@")[2].partition(":")[0] or None


def _parts(url: str) -> tuple[str, str]:
    """The host, lower case and perhaps with a port, and the path; empty for an address that cannot be one."""
    try:
        parts = urlsplit(url)
    except ValueError:  # `http://[::1` and the like
        return "", ""
    return parts.netloc.lower(), parts.path


def _mime(said: str, url: str) -> str | None:
    extension = _EXTENSION.search(url)
    return _MIMES.get(said) or (_MIMES.get(extension[1].lower()) if extension and not said else None)
