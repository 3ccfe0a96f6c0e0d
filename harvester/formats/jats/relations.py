"""An article's relations to other works: corrections, retractions, translations, preprints (mapping J10)."""

from __future__ import annotations

from typing import Literal

from harvester.formats.jats.inline import words
from harvester.formats.jats.tree import Element, Grouped, attribute, child, children, href
from harvester.formats.notes import Notes
from harvester.identifiers import clean_doi
from harvester.model import Relation

# related-article-type where this article is the notice: the Crossmark type of the update it makes.
_UPDATES = {
    "corrected-article": "correction",
    "addended-article": "addendum",
    "retracted-article": "retraction",
    "partial-retraction": "partial_retraction",
    "partially-retracted-article": "partial_retraction",
    "object-of-concern": "expression_of_concern",
    "withdrawn-article": "withdrawal",
    "removed-article": "removal",
    "clarified-article": "clarification",
}
# article-type of a notice: says more exactly what a "corrected-article" has been given.
_NOTICES = {
    "addendum": "addendum",
    "clarification": "clarification",
    "correction": "correction",
    "corrigendum": "corrigendum",
    "erratum": "erratum",
    "expression-of-concern": "expression_of_concern",
    "partial-retraction": "partial_retraction",
    "removal": "removal",
    "retraction": "retraction",
    "withdrawal": "withdrawal",
}
_CORRECTIONS = ("correction", "corrigendum", "erratum", "clarification")
_RELATIONS = {
    "translated-article": "isTranslationOf",
    "translation": "hasTranslation",
    "preprint": "hasPreprint",
    "commentary": "hasComment",
    "commentary-article": "isCommentOn",
    "peer-reviewed-article": "isReviewOf",
    "peer-reviewed-material": "isReviewOf",
    "reviewed-article": "isReviewOf",
    "reviewer-report": "hasReview",
    "referee-report": "hasReview",
    "peer-review": "hasReview",
    "letter": "hasReply",
    "letter-reply": "hasReply",
    "reply": "hasReply",
    "response": "hasReply",
    "reply-to": "isReplyTo",
    "companion": "hasRelatedMaterial",
    "continues": "continues",
    "continued-by": "isContinuedBy",
}
_DOI_FORMS = ("doi.org/", "doi:", "10.")


def relations(groups: Grouped, article_type: str | None, notes: Notes) -> tuple[Relation, ...]:
    """The relations to other works that Crossref can carry; the others are reported."""
    found: list[Relation] = []
    for each in (*groups.get("related-article", ()), *groups.get("related-object", ())):
        if (relation := _related(each, article_type, len(found), notes)) is not None:
            found.append(relation)
    for history in groups.get("pub-history", ()):
        found += _preprints(history, len(found), notes)
    return tuple(dict.fromkeys(found))


def translation(doi: str) -> Relation:
    """The relation to a translation that is an article of its own."""
    return Relation(kind="hasTranslation", target=doi)


def _related(element: Element, article_type: str | None, index: int, notes: Notes) -> Relation | None:
    said = attribute(element, "related-article-type", "related-object-type", "link-type")
    path = f"relations[{index}]"
    kind, update = _kind(said, article_type)
    target, target_type = _target(element)
    if kind is None:
        notes.report("relation-unmapped", path, target or words(element) or "", type=said)
        return None
    if target is None or (update and target_type != "doi"):
        notes.report("relation-without-doi", path, words(element) or target or "", type=said)
        return None
    return Relation(kind=kind, target=target, target_type=target_type, update=update, description=words(element))


def _kind(said: str, article_type: str | None) -> tuple[str | None, bool]:
    """The relation and whether it is an update. The kind of notice is the article's own type where that is one."""
    notice = _NOTICES.get((article_type or "").lower())
    if said in _UPDATES:
        more_exact = _UPDATES[said] == "correction" and notice in _CORRECTIONS
        return notice if more_exact else _UPDATES[said], True
    return _RELATIONS.get(said), False


def _target(element: Element) -> tuple[str | None, Literal["doi", "uri", "other"]]:
    link = href(element) or ""
    typed = attribute(element, "ext-link-type", "document-id-type")
    identifier = child(element, "object-id", "pub-id", "article-id")
    candidates = [link, element.get("document-id") or "", (words(identifier) if identifier is not None else "") or ""]
    for value in candidates:
        if (typed == "doi" or any(form in value for form in _DOI_FORMS)) and (doi := clean_doi(value)):
            return doi, "doi"
    return (link, "uri") if link.startswith(("http://", "https://")) else (None, "other")


def _preprints(history: Element, index: int, notes: Notes) -> list[Relation]:
    """JATS 1.3 publication history: an event of type preprint with the preprint's DOI. Other versions are reported."""
    found = []
    for event in children(history, "event"):
        for each in children(event, "self-uri", "article-id", "pub-id"):
            said = attribute(each, "content-type", "specific-use") or attribute(event, "event-type")
            doi = clean_doi(href(each) or words(each) or "")
            if doi and said == "preprint":
                found.append(Relation(kind="hasPreprint", target=doi))
            elif doi:
                notes.report("relation-unmapped", f"relations[{index + len(found)}]", doi, type=said)
    return found
