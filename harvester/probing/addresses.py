"""The OAI-PMH address of a site, from what a person knows: a page of the journal, or only its host. Pure.

Where the common journal systems and repositories have their endpoint:
https://docs.pkp.sfu.ca/dev/documentation (OJS), janeway.readthedocs.io, wiki.lyrasis.org/display/DSDOC7x/OAI,
wiki.eprints.org/w/OAI.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import TypeVar
from urllib.parse import urlsplit

from harvester.errors import BadAnswer, BadStatus, ProviderError, Unreachable

T = TypeVar("T")

_BELOW_A_PAGE = ("/oai", "/api/oai/")  # OJS and Janeway: each journal has its own endpoint
# Janeway, DSpace 7, older DSpace, EPrints
_BELOW_THE_HOST = (
    "/api/oai/",
    "/server/oai/request",
    "/oai/request",
    "/cgi/oai2",
)
_OJS_JOURNAL = re.compile(r"(.*/index\.php/[^/]+)")
_ENDPOINT = re.compile(r"/(oai|oai2|request|oai-pmh|oai/provider)/?$", re.IGNORECASE)
_NO_SUCH_PAGE = (404, 405, 410)


def candidates(url: str) -> list[str]:
    """The addresses to try, the likeliest first. Raises `ValueError` if this is not a URL."""
    first = as_entered(url)
    if "://" not in url:
        schemes = [first, f"http{first.removeprefix('https')}"]
    else:
        schemes = [first] + ([f"https{first[4:]}"] if _may_have_tls(first) else [])
    return list(dict.fromkeys(address for start in schemes for address in (start, *_endpoints(start))))


def _may_have_tls(url: str) -> bool:
    """Whether an http address may have a twin with TLS, which is at a port of its own."""
    parts = urlsplit(url)
    return parts.scheme.lower() == "http" and parts.port is None


def as_entered(url: str) -> str:
    """The address itself, without the arguments of the protocol. Without http:// in front, it is tried with https."""
    bare = url.strip().partition("?verb=")[0]
    return bare if "://" in bare else f"https://{bare}"


def _endpoints(url: str) -> Iterator[str]:
    """Endpoints at a site of which this is a page."""
    parts = urlsplit(url)
    if _ENDPOINT.search(parts.path):
        return
    host, path = f"{parts.scheme}://{parts.netloc}", parts.path.rstrip("/")
    if journal := _OJS_JOURNAL.match(path):
        path = journal[1]
    yield from (f"{host}{path}{ending}" for ending in _BELOW_A_PAGE)
    yield from (f"{host}{ending}" for ending in _BELOW_THE_HOST)


def find(url: str, attempt: Callable[[str], T]) -> T:
    """What `attempt` gives for the first of `candidates` that answers OAI-PMH.

    Raises the error of the first candidate that its host answered, if it does not say that the address is wrong, and if
    no other candidate is right.
    """
    unreachable: set[str] = set()
    first: ProviderError | None = None
    for address in candidates(url):
        host = address.rpartition("://")[0] + urlsplit(address).netloc
        if host in unreachable:
            continue
        try:
            return attempt(address)
        except ProviderError as error:
            if isinstance(error, Unreachable):
                unreachable.add(host)
            if first is None or isinstance(first, Unreachable):
                first = error
            if first is error and not (may_be_elsewhere(error) or isinstance(error, Unreachable)):
                raise
    assert first is not None, "there is always a candidate"
    raise first


def may_be_elsewhere(error: ProviderError) -> bool:
    """Whether the site answers, but not as an endpoint: the address may be that of another page."""
    return isinstance(error, BadAnswer) or (isinstance(error, BadStatus) and error.status in _NO_SUCH_PAGE)
