"""Licences by their URL, from the licence element, the ALI reference, or the text (mapping J9)."""

from __future__ import annotations

import re

from harvester.addresses import why_closed
from harvester.formats.jats.inline import plain_text
from harvester.formats.jats.tree import Element, Grouped, attribute, children, descendants, href
from harvester.formats.licenses import canonical_license, contradicts, licenses_of_article
from harvester.formats.notes import Notes
from harvester.model import License
from harvester.xmltools import local

_USES = {"vor": "vor", "am": "am", "tdm": "tdm", "textmining": "tdm", "text-mining": "tdm"}
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_REFERENCE_ELEMENTS = ("license_ref", "license-ref")
_STATEMENTS = ("license", "license_ref", "license-ref", "copyright-statement")
_NAME_OF_LICENSE = re.compile(r"cc[ -]?(?:0|by)|creative", re.IGNORECASE)
_EXCERPT_LENGTH = 120  # characters of a statement in a finding
_WEB = ("http://", "https://")
_WITHOUT_SCHEME = ("creativecommons.org/", "www.creativecommons.org/")
_CREATIVE_COMMONS = re.compile(
    r"https?://(?:www\.)?creativecommons\.org(?:/(?!licenses/publicdomain\b)|$)", re.IGNORECASE
)


def licenses(groups: Grouped, notes: Notes) -> tuple[License, ...]:
    """The licences of the article; none if they contradict each other."""
    collected: list[License] = []
    for permissions in groups.get("permissions", ()):
        for element in children(permissions, "license", "license_ref"):
            collected += _licenses_of(element)
        if not collected:
            collected += _licenses_in_text(permissions)
    for element in _direct(groups) if not collected else ():
        collected += _licenses_of(element)
    collected = list(dict.fromkeys(collected))
    words = (_words(groups) or "") if len(collected) < 2 else ""
    if words and not collected:
        notes.report("license-unclear", "licenses", words[:_EXCERPT_LENGTH])
    elif words and contradicts(collected[0].url, words):
        notes.report("license-conflict", "licenses", f"{collected[0].url} {words[:_EXCERPT_LENGTH]}")
        return ()
    return tuple(collected) if not _contradict(collected, notes) else ()


def _words(groups: Grouped) -> str | None:
    """What the article says about its licence in words: that of a licence, else the copyright statement."""
    holders = [*groups.get("permissions", ()), *_direct(groups)]
    statements = [each for holder in holders for each in (holder, *children(holder, *_STATEMENTS))]
    for name in _STATEMENTS:
        for element in (each for each in statements if local(each) == name):
            if words := plain_text(element) or href(element) or _named_license(element):
                return words
    return None


def _named_license(element: Element) -> str | None:
    """The licence that only the type of the element names: `CC-BY`, but not `open-access`."""
    kind = element.get("license-type") or ""
    return kind if _NAME_OF_LICENSE.match(kind) else None


def _direct(groups: Grouped) -> list[Element]:
    """The statements that are not in <permissions> (NLM 2)."""
    return [element for name in _STATEMENTS for element in groups.get(name, ())]


def _licenses_of(element: Element) -> list[License]:
    """The licences of one element: those it references, else the licence URLs in its text."""
    own = element if local(element) in _REFERENCE_ELEMENTS else None
    inner = (own, *descendants(element, *_REFERENCE_ELEMENTS))
    references = [_referenced(ref, plain_text(ref) or href(ref)) for ref in inner if ref is not None]
    licenses = [license for license in (_referenced(element, href(element)), *references) if license is not None]
    return list(dict.fromkeys(licenses)) or _licenses_in_text(element)


def _referenced(element: Element, value: str | None) -> License | None:
    url = (value or "").strip()
    if url.lower().startswith(_WITHOUT_SCHEME):
        url = f"https://{url}"
    if not url.startswith(_WEB) or any(character.isspace() for character in url):
        return None
    if why_closed(url) or (_CREATIVE_COMMONS.match(url) and canonical_license(url) is None):
        return None
    use = attribute(element, "applies_to", "specific-use")
    start = _DAY.match((element.get("start_date") or "").strip())
    return License(
        url=canonical_license(url) or url,
        applies_to=_USES.get(use),  # type: ignore[arg-type]
        start_date=start[0] if start else None,
    )


def _licenses_in_text(element: Element) -> list[License]:
    """The licence URLs in links and sentences. Other links are not licences."""
    links = [link for element in descendants(element, "ext-link", "uri", "a") if (link := href(element))]
    return [License(url=url) for url in licenses_of_article(" ".join([*links, plain_text(element) or ""]))]


def _contradict(licenses: list[License], notes: Notes) -> bool:
    uses = [(license.applies_to, license.start_date) for license in licenses]
    if len(set(uses)) == len(uses):
        return False
    notes.report("license-conflict", "licenses", " ".join(license.url for license in licenses))
    return True
