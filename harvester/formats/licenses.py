"""Creative Commons licences and public-domain marks: the only licences accepted in free text (mapping D9)."""

from __future__ import annotations

import re
from functools import lru_cache

_PARTS = r"(?:by|nc|nd|sa)(?:-(?:by|nc|nd|sa)){0,3}|(?:nc-)?sampling\+?"
# The text is lowercased before. After the version comes a country or a page of the site: deed, legalcode, rdf.
_URL = re.compile(
    rf"creativecommons\.org/(?P<family>licenses/(?P<kind>{_PARTS})|publicdomain/(?P<mark>zero|mark))(?![\w+-])"
    r"(?:/(?P<version>1\.0|2\.[015]|3\.0|4\.0)(?![\d.]*\d)(?:/(?P<country>igo|scotland|[a-z]{2})(?![\w.-]*\w))?)?"
    r"(?!/?\d|%)"  # no part of an address: there is no version 99.0
)
_NAME_IN_WORDS = re.compile(r"\bcc[ -](by(?:-(?:nc|nd|sa))*)(?![\w-])", re.IGNORECASE)

_SENTENCE_END = re.compile(r"(?<=[.!?])\s+(?=[A-Z])")
_ZERO = re.compile(r"creativecommons\.org/publicdomain/zero", re.IGNORECASE)
_DATA = re.compile(r"\b(?:meta)?data(?:set)?s?\b", re.IGNORECASE)


def find_licenses(text: str) -> list[str]:
    """The distinct licences whose URL is anywhere in the text, in canonical form, in order.

    >>> find_licenses('see http://creativecommons.org/licenses/by-nc/3.0/es/deed.es_ES')
    ['https://creativecommons.org/licenses/by-nc/3.0/es/']
    """
    lowered = text.lower()
    return list(_canonical_urls(lowered)) if "creativecommons.org/" in lowered else []


def licenses_of_article(text: str) -> list[str]:
    """The licences in a text that are for the article. A waiver that is for its data only is left out.

    >>> licenses_of_article("Under creativecommons.org/licenses/by/4.0. The waiver "
    ...                     "(creativecommons.org/publicdomain/zero/1.0/) applies to the data.")
    ['https://creativecommons.org/licenses/by/4.0/']
    """
    urls = find_licenses(text)
    if len(urls) < 2:
        return urls
    about_article = " ".join(sentence for sentence in _SENTENCE_END.split(text) if not _is_about_data(sentence))
    return find_licenses(about_article) or urls


def contradicts(url: str, words: str) -> bool:
    """Whether words name another Creative Commons licence than this one: `CC BY-NC`. Several prove nothing."""
    names = {name.lower() for name in _NAME_IN_WORDS.findall(words)}
    match = _URL.search(url.lower()) if len(names) == 1 else None
    return match is not None and match["kind"] is not None and match["kind"] not in names


def _is_about_data(sentence: str) -> bool:
    """Whether a sentence puts the data of an article into the public domain, as those of BioMed Central do."""
    return _ZERO.search(sentence) is not None and _DATA.search(sentence) is not None


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
