"""Creative Commons licences and public-domain marks: the only licences accepted in free text (mapping D9)."""

from __future__ import annotations

import re
from functools import lru_cache

_PARTS = r"(?:by|nc|nd|sa)(?:-(?:by|nc|nd|sa)){0,3}|(?:nc-)?sampling\+?"
# The text is lowercased before. After the version comes a country or a page of the site: deed, legalcode, rdf.
_URL = re.compile(
    rf"creativecommons\.org/(?P<family>licenses/(?P<kind>{_PARTS})|publicdomain/(?P<mark>zero|mark))(?![\w+-])"
    r"(?:/(?P<version>\d\.\d)(?![\d.]*\d)(?:/(?P<country>igo|scotland|[a-z]{2})(?![\w.-]*\w))?)?"
)


def find_licenses(text: str) -> list[str]:
    """The distinct licences whose URL is anywhere in the text, in canonical form, in order.

    >>> find_licenses('see http://creativecommons.org/licenses/by-nc/3.0/es/deed.es_ES')
    ['https://creativecommons.org/licenses/by-nc/3.0/es/']
    """
    lowered = text.lower()
    return list(_canonical_urls(lowered)) if "creativecommons.org/" in lowered else []


@lru_cache(1 << 8)  # a journal has few rights statements
def _canonical_urls(lowered: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(_canonical(match) for match in _URL.finditer(lowered)))


@lru_cache(1 << 10)
def canonical_license(raw: str) -> str | None:
    """The licence, if the value names exactly one; else `None`."""
    urls = find_licenses(raw)
    return urls[0] if len(urls) == 1 else None


def _canonical(match: re.Match[str]) -> str:
    family = f"licenses/{match['kind']}" if match["kind"] else f"publicdomain/{match['mark']}"
    suffix = "".join(f"{part}/" for part in (match["version"], match["country"]) if part)
    return f"https://creativecommons.org/{family}/{suffix}"
