"""The formats of settings that a regular expression cannot check.

Each check raises `ValueError` with the rest of a sentence that begins with the value.
"""

from __future__ import annotations

import re
import zoneinfo
from collections.abc import Callable
from ipaddress import ip_network
from string import Formatter
from urllib.parse import urlsplit

from jsonschema import FormatChecker

from harvester.config import schedule as schedules
from harvester.identifiers import clean_issn, looks_like_issn
from harvester.patterns import OJS_FIELDS, in_our_words

_ARTICLE_FIELDS = ("year", "volume", "issue", "first_page", "last_page", "pages", "article_id", "identifier")
LANDING_PAGE_FIELDS = ("doi", *_ARTICLE_FIELDS)
DOI_FIELDS = ("prefix", "issn", *_ARTICLE_FIELDS)


def endpoint(url: str) -> None:
    """An absolute http(s) URL without credentials and without the protocol's arguments."""
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port  # the port is checked when it is read
    except ValueError as error:
        why = "" if "@" in url else f" ({error})"  # the error may quote a part of a password
        raise ValueError(f"is not a URL{why}") from None
    if parts.scheme not in ("http", "https") or not host:
        raise ValueError("must be a URL that begins with http:// or https://")
    if parts.username or parts.password:
        raise ValueError("must not hold a user name or password; use username and password_env")
    if "verb=" in parts.query or parts.fragment:
        raise ValueError("must be the bare endpoint, without ?verb=… and without #…")
    if any(letter.isspace() for letter in url):
        raise ValueError("must not hold blanks")


def issn(value: str) -> None:
    clean = clean_issn(value)
    if clean is None and looks_like_issn(value):
        raise ValueError("is not an ISSN: its check digit is wrong; look for a typing error")
    if clean is None:
        raise ValueError("is not an ISSN; one looks like 1234-5679")
    if value != clean:
        raise ValueError(f"must be written {clean}")


def timezone(name: str) -> None:
    try:
        zoneinfo.ZoneInfo(name)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError("is not a time zone that this machine knows; write it like Europe/Madrid") from None


def schedule(expression: str) -> None:
    try:
        schedules.check(expression)
    except ValueError as error:
        raise ValueError(f"is not a schedule ({error}); write it like 30 2 * * * or @daily") from None


def landing_page_pattern(pattern: str) -> None:
    if not pattern.startswith(("http://", "https://")):
        raise ValueError("must begin with http:// or https://")
    if not _fields(pattern, LANDING_PAGE_FIELDS):
        raise ValueError("must have a field such as {doi}, or every article gets the same page")


def doi_pattern(pattern: str) -> None:
    fields = _fields(in_our_words(pattern), DOI_FIELDS)
    if unknown := re.search("%[A-Za-z]", in_our_words(pattern)):
        raise ValueError(f"has {unknown[0]}, which is not known; of OJS there are: {', '.join(OJS_FIELDS)}")
    if not pattern.startswith(("{prefix}/", "10.")):
        raise ValueError("must begin with {prefix}/ or with a prefix such as 10.12345/")
    if not fields - {"prefix", "issn"}:
        raise ValueError("must have a field such as {volume}, or every article gets the same DOI")


def network_or_unix(value: str) -> None:
    """An IP address or network, or `unix`."""
    if value == "unix":
        return
    try:
        ip_network(value)
    except ValueError:
        raise ValueError("is not an address or network, such as 127.0.0.1 or 10.0.0.0/8, nor unix") from None


def _fields(pattern: str, known: tuple[str, ...]) -> set[str]:
    """The fields in a pattern. Raises `ValueError` for an unknown field and for braces that do not match."""
    try:
        parts = list(Formatter().parse(pattern))
    except ValueError:
        raise ValueError("has a brace without its partner") from None
    for _, field, spec, conversion in parts:
        if field is not None and (field not in known or spec or conversion):
            raise ValueError(f"has an unknown field {{{field}}}; there are: {', '.join(known)}")
    return {field for _, field, _, _ in parts if field is not None}


def _on_text(check: Callable[[str], None]) -> Callable[[object], bool]:
    def passes(value: object) -> bool:
        if isinstance(value, str):  # the schema reports other types
            check(value)
        return True

    return passes


checker = FormatChecker(formats=())
for _check in (endpoint, issn, timezone, schedule, landing_page_pattern, doi_pattern, network_or_unix):
    checker.checks(_check.__name__.replace("_", "-"), raises=ValueError)(_on_text(_check))
