"""The facts that a record states, read without any code of the readers, and the facts that Crossref has no place for.

A fact is a piece of text with the path of local names to it, such as `journal-meta/publisher/publisher-name`. Every
element counts, also those that nobody thought of. What is not deposited has to be reported, or named here.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from lxml import etree

from tests.fidelity.facts import below, fold, local

Fact = tuple[str, str]  # path and text

_SHORTEST = (
    3  # characters; shorter ones are found anywhere. tests/fidelity compares volume, issue and pages one by one.
)
_CODES = {"coden", "coi", "amsid", "publisher-id"}
_FACES = {
    "italic",
    "bold",
    "sub",
    "sup",
    "sc",
    "underline",
    "monospace",
    "roman",
    "i",
    "b",
    "styled-content",
    "overline",
}
_FACES |= {"xref", "ext-link", "uri", "email", "named-content", "break", "strike"}
_WHOLE = {"p", "article-title", "trans-title", "mixed-citation", "title", "chapter-title", "source"}

# Paths in JATS for which Crossref has no place, or which state no fact, with the reason.
JATS_WITHOUT_PLACE = {
    r".*/(kwd-group|subj-group|article-categories|compound-kwd)\b.*": "keywords and subjects",
    r".*/(history|pub-history)/.*": "the history, except acceptance",
    r".*/(counts|custom-meta-group|custom-meta|processing-meta|open-access|support-group)\b.*": "counts, own data",
    r".*/(author-notes|corresp|fn|fn-group|author-comment|bio|on-behalf-of)\b.*": "notes about authors",
    r".*/(email|phone|fax|addr-line|postal-code|street|label|ext-link|uri)(/.*)?": "addresses and labels",
    r".*/(publisher|publisher-name|publisher-loc|notes|product|conference)\b.*": "publisher",
    r".*/(self-uri|issue-id|volume-id)": "addresses and numbers of the publisher",
    r".*/(article-id|journal-id|contrib-id|object-id|alternate-form|issn-l|coden)": "identifiers of others",
    r".*/(role|degrees|prefix|address|aff-alternatives|etal|contrib-type)\b.*": "degrees and roles",
    r".*/(copyright-statement|copyright-year|copyright-holder|license|license-p|permissions)\b.*": "rights in words",
    r".*/(inline-formula|disp-formula|alternatives|tex-math|math|graphic|fig|table-wrap|media|supplementary-material)\b.*":
        "formulas and figures, which tests/fidelity compares",
    r".*/(related-article|related-object|page-count|season|era|string-date|date-in-citation|access-date)\b.*": "others",
    r".*/pub-date/.*": "kinds of dates; tests/fidelity compares the years",
    r".*/(award-desc|award-name|funding-statement|principal-award-recipient|institution-id)\b.*": "funding in words",
    r".*/(pub-id|person-group|comment|role|issue-title|issue-sponsor|def-list|fn)\b.*": "parts of text",
    r".*/(isbn|edition|size|conf-\w+|std|patent|elocation-id|issue-part|supplement|series)": "parts of a citation",
    r".*/contrib/xref": "footnote marks",
    r".*/(abstract|trans-abstract)/title\n\s*\w+:?\s*": "headings that only say Abstract",
    r".*/aff/institution": "the line as printed, next to the tagged parts that are used",
    r"front/journal-meta/contrib-group/.*": "the editorial board",
    r"front/article-meta/(files/.*|article-version|article-version-alternatives/.*)": "versions and files of a system",
    r"ref/.*/(lpage|month|day|publisher-\w+|trans-title|given-names|prefix|suffix)": "parts of a citation",
}  # fmt: skip
# Findings that report a whole field, of which they show only a part or the number.
REPORTED_BY = {
    r".*/(abstract|trans-abstract)(/.*)?": r"abstract-type-skipped|abstract-part-dropped",
    r"description|abstract|tableOfContents": r"abstract-ambiguous|description-unused|text-without-letters",
    r".*/contrib-group/contrib/collab/.*": r"group-members-left-out",
    r".*/contrib-group/.*": r"contributor-left-out|contributor-empty",
}
DC_WITHOUT_PLACE = {
    "(subject|coverage|publisher|format|contributor|language|audience|provenance)": "no place at Crossref",
    "(type|rights|accessRights|license)": "types and rights in words",
    "(relation|identifier|source|bibliographicCitation|isPartOf)": "other works and addresses",
    "(date|issued|available|created|modified|dateAccepted|dateSubmitted)": "dates, of which one is deposited",
    "(fullTextUrl|status|extent|temporal|spatial)": "addresses and descriptions of the item",
    "(issn|eissn|pages|issue|volume)": "other vocabularies, such as BIBO, which are not read",
    "(abstract|tableOfContents)": "refinements of dc:description, which are not read",
    r"description\n\s*https?://\S+": "an address in place of a description",
}


def jats_facts(article: etree._Element) -> Iterator[Fact]:
    """The facts in the front matter and in the list of references."""
    for front in below(article, "front"):
        yield from _leaves(front, "front")
    for back in below(article, "back"):
        for ref_list in (node for node in back.iter() if local(node) == "ref-list"):
            for ref in below(ref_list, "ref"):
                yield from _leaves(ref, "ref")


def dc_facts(record: etree._Element) -> Iterator[Fact]:
    """The facts in a Dublin Core record: one for each element."""
    for element in record:
        if local(element) and element.text and len(fold(element.text)) >= _SHORTEST:
            yield local(element), element.text


def _leaves(element: etree._Element, path: str) -> Iterator[Fact]:
    """The texts below an element. An element with formatting in its text is one fact."""
    inner = [node for node in element if local(node)]
    if not inner or local(element) in _WHOLE or all(local(node) in _FACES for node in inner):
        text = " ".join(_visible(element))
        if len(fold(text)) >= _SHORTEST:
            yield path, text
        return
    for node in inner:
        yield from _leaves(node, f"{path}/{local(node)}")


def _visible(element: etree._Element) -> Iterator[str]:
    """The texts in an element, without labels, marks of footnotes and the numbers of databases."""
    yield element.text or ""
    for node in element:
        if local(node) and not _is_hidden(node):
            yield from _visible(node)
        yield node.tail or ""


def _is_hidden(node: etree._Element) -> bool:
    is_code = local(node) in ("pub-id", "object-id") and node.get("pub-id-type") in _CODES
    return is_code or local(node) in ("label", "xref", "fn", "issn", "object-id", "institution-id", "issue-id")


def is_reported(path: str, codes: Iterable[str]) -> bool:
    """Whether a finding reports the field of a fact as a whole."""
    patterns = [codes_pattern for pattern, codes_pattern in REPORTED_BY.items() if re.fullmatch(pattern, path)]
    return any(re.fullmatch(pattern, code) for pattern in patterns for code in codes)


def reason_for_no_place(fact: Fact, table: dict[str, str]) -> str | None:
    """Why a fact is not deposited, by its path, or by its path and text on a line each; `None` if it should be."""
    path, text = fact
    forms = (path, f"{path}\n{text.strip()}")
    return next(
        (reason for pattern, reason in table.items() if any(re.fullmatch(pattern, form) for form in forms)), None
    )
