"""The URLs in a deposit: landing page, full texts, licences."""

from __future__ import annotations

import re
from collections.abc import Iterator

from harvester import patterns
from harvester.addresses import why_closed
from harvester.model import Article, Finding, Policy
from harvester.rules.rule import Rule

# RFC 3986, and letters of other scripts, which people leave unencoded. libxml2 checks xsd:anyURI as strictly.
# Matches are never split again (`++`, `*+`): otherwise one bad character would make the search exponential.
_REST = r"(?:[^\s\x00-\x20\"<>\\^`{|}%#\[\]?]++|%[0-9A-Fa-f]{2})*+"
_URL = re.compile(
    r"https?://[^\s\x00-\x20/?#@:%\[\]\"<>\\^`{|}]+(?::[0-9]{1,5})?"
    rf"(?:/{_REST})?(?:\?{_REST})*+(?:#{_REST}(?:\?{_REST})*+)?",
    re.IGNORECASE,
)
_INCOMPLETE = "it is not a complete web address"
_SHORTEST_LICENSE = 10  # characters of a licence URL


def is_url(value: str) -> bool:
    """Whether the value is a complete http or https URL."""
    return _URL.fullmatch(value) is not None


def has_a_landing_page(article: Article, policy: Policy) -> Iterator[Finding]:
    """If the journal has a pattern for its pages, the finding names the fields that the article lacks (mapping D2)."""
    if article.landing_page is not None:
        return
    facts = patterns.facts_of(article, policy.journals)
    if facts and facts.landing_page and (missing := patterns.landing_page_lacks(article, facts)):
        yield Finding("url-pattern-incomplete", "landing_page", facts.landing_page, {"missing": ", ".join(missing)})
    else:
        yield Finding("url-missing", "landing_page")


def addresses_can_be_opened(article: Article, _: Policy) -> Iterator[Finding]:
    for path, url in _addresses(article):
        if problem := problem_of(url):
            yield Finding("url-invalid", path, url, {"problem": problem})
    for number, license in enumerate(article.licenses):  # only the name of a licence: nobody has to open it
        if not is_url(license.url):
            yield Finding("url-invalid", f"licenses[{number}].url", license.url, {"problem": _INCOMPLETE})


def problem_of(url: str) -> str | None:
    """Why a reader cannot open a web address; `None` if nothing in the address says so."""
    return why_closed(url) if is_url(url) else _INCOMPLETE


def _addresses(article: Article) -> Iterator[tuple[str, str]]:
    if article.landing_page is not None:
        yield "landing_page", article.landing_page
    for number, file in enumerate(article.files):
        yield f"files[{number}].url", file.url


def license_is_long_enough(article: Article, _: Policy) -> Iterator[Finding]:
    for number, license in enumerate(article.licenses):
        if len(license.url) < _SHORTEST_LICENSE:
            limit = str(_SHORTEST_LICENSE)
            yield Finding("value-too-short", f"licenses[{number}].url", license.url, {"limit": limit})


RULES: tuple[Rule, ...] = (has_a_landing_page, addresses_can_be_opened, license_is_long_enough)
