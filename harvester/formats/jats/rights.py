"""Licences by their URL: from the licence element, the ALI reference, or the text (mapping J9)."""

from __future__ import annotations

import re

from harvester.formats.jats.inline import words
from harvester.formats.jats.tree import Element, Grouped, attribute, children, descendants, href
from harvester.formats.licenses import canonical_license, find_licenses
from harvester.formats.notes import Notes
from harvester.model import License
from harvester.xmltools import local

_APPLIES = {"vor": "vor", "am": "am", "tdm": "tdm", "textmining": "tdm", "text-mining": "tdm"}
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_REFERENCES = ("license_ref", "license-ref")
_WEB = ("http://", "https://")


def licenses(groups: Grouped, notes: Notes) -> tuple[License, ...]:
    """Every licence the article names. Two for the same use of it, at the same time, contradict each other."""
    found: list[License] = []
    for permissions in groups.get("permissions", ()):
        for each in children(permissions, "license", "license_ref"):
            found += _license(each)
        if not found:
            found += _in_words(permissions)
    for each in (*groups.get("license", ()), *groups.get("copyright-statement", ())) if not found else ():
        found += _license(each)
    found = list(dict.fromkeys(found))
    return tuple(found) if not _conflict(found, notes) else ()


def _license(element: Element) -> list[License]:
    """What one element names: by reference if it has any, else by a licence URL in its words."""
    own = element if local(element) in _REFERENCES else None
    inner = (own, *descendants(element, *_REFERENCES))
    references = [_reference(each, words(each) or href(each)) for each in inner if each is not None]
    found = [each for each in (_reference(element, href(element)), *references) if each is not None]
    return list(dict.fromkeys(found)) or _in_words(element)


def _reference(element: Element, value: str | None) -> License | None:
    url = (value or "").strip()
    if not url.startswith(_WEB) or any(each.isspace() for each in url):
        return None
    said = attribute(element, "applies_to", "specific-use")
    start = _DAY.match((element.get("start_date") or "").strip())
    return License(
        url=canonical_license(url) or url,
        applies_to=_APPLIES.get(said),  # type: ignore[arg-type]
        start_date=start[0] if start else None,
    )


def _in_words(element: Element) -> list[License]:
    """Licence URLs in links and sentences; a mere link to elsewhere is no licence."""
    links = [link for each in descendants(element, "ext-link", "uri", "a") if (link := href(each))]
    return [License(url=url) for url in find_licenses(" ".join([*links, words(element) or ""]))]


def _conflict(found: list[License], notes: Notes) -> bool:
    uses = [(each.applies_to, each.start_date) for each in found]
    if len(set(uses)) == len(uses):
        return False
    notes.report("license-conflict", "licenses", " ".join(each.url for each in found))
    return True
