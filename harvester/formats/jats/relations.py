"""An article's relations to other works: corrections, retractions, translations, preprints (mapping J10)."""

from __future__ import annotations

from typing import Literal

from harvester.formats.jats.inline import plain_text, unescaped_line
from harvester.formats.jats.tree import Element, Grouped, attribute, child, children, href
from harvester.formats.jats.wording import citation_text
from harvester.formats.notes import Notes
from harvester.formats.placeholders import unless_placeholder
from harvester.identifiers import cited_doi
from harvester.model import Relation

# related-article-type if this article is the notice: the Crossmark type of its update.
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
# article-type of a notice: specifies what kind of correction a "corrected-article" has.
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
# The attributes of a related object that say what it is to the article, and those that identify it, with their types.
_TYPES = ("related-article-type", "related-object-type", "link-type", "object-type", "document-type", "source-type")
_IDENTIFIERS = (
    ("object-id", "object-id-type"),
    ("document-id", "document-id-type"),
    ("source-id", "source-id-type"),
)
# article-type of a sub-article, which is related to the article that contains it.
_SUB_ARTICLES = {
    "translation": "hasTranslation",
    "reviewer-report": "hasReview",
    "referee-report": "hasReview",
    "peer-review": "hasReview",
}
_DOI_FORMS = ("doi.org/", "doi:", "10.")


def relations(groups: Grouped, article_type: str | None, notes: Notes) -> tuple[Relation, ...]:
    """The relations to other works that Crossref supports. Other relations are reported."""
    collected: list[Relation] = []
    for element in (*groups.get("related-article", ()), *groups.get("related-object", ())):
        if (relation := _related(element, article_type, len(collected), notes)) is not None:
            collected.append(relation)
    for history in groups.get("pub-history", ()):
        collected += _preprints(history, len(collected), notes)
    return tuple(dict.fromkeys(collected))


def to_sub_article(kind: str, doi: str) -> Relation | None:
    """The relation to a sub-article with a DOI of its own, by its type; `None` if its relation is not certain."""
    relation = _SUB_ARTICLES.get(kind)
    return None if relation is None else Relation(kind=relation, target=doi)


def _related(element: Element, article_type: str | None, index: int, notes: Notes) -> Relation | None:
    relation_type = attribute(element, *_TYPES)
    path = f"relations[{index}]"
    kind, update = _kind(relation_type, article_type)
    target, target_type = _target(element)
    description = unless_placeholder(_description(element), f"{path}.description", notes)
    shown = description or target or _written_target(element)
    if kind is None:
        notes.report("relation-unmapped", path, target or shown, type=relation_type or "without a type")
        return None
    if target is None or (update and target_type != "doi"):
        notes.report("relation-without-doi", path, shown, type=relation_type)
        return None
    return Relation(kind=kind, target=target, target_type=target_type, update=update, description=description)


def _description(element: Element) -> str | None:
    words = citation_text(element)
    return unescaped_line(words) if words else None


def _written_target(element: Element) -> str:
    """What the element says of its target, for a finding."""
    written = (href(element), *(element.get(name) for name, _ in _IDENTIFIERS))
    return next(filter(None, written), "an unnamed work")


def _kind(relation_type: str, article_type: str | None) -> tuple[str | None, bool]:
    """The relation, and whether it is an update. The article's own type says which kind a correction is."""
    notice = _NOTICES.get((article_type or "").lower())
    if relation_type in _UPDATES:
        more_exact = _UPDATES[relation_type] == "correction" and notice in _CORRECTIONS
        return notice if more_exact else _UPDATES[relation_type], True
    return _RELATIONS.get(relation_type), False


def _target(element: Element) -> tuple[str | None, Literal["doi", "uri", "other"]]:
    link = href(element) or ""
    identifier = child(element, "object-id", "pub-id", "article-id")
    inner_type = attribute(identifier, "pub-id-type", "object-id-type") if identifier is not None else ""
    candidates = [
        (link, attribute(element, "ext-link-type")),
        *((element.get(name) or "", attribute(element, kind)) for name, kind in _IDENTIFIERS),
        (plain_text(identifier) or "", inner_type),
    ]
    for value, kind in candidates:
        if (kind == "doi" or any(form in value for form in _DOI_FORMS)) and (doi := cited_doi(value)):
            return doi, "doi"
    return (link, "uri") if link.startswith(("http://", "https://")) else (None, "other")


def _preprints(history: Element, index: int, notes: Notes) -> list[Relation]:
    """The preprints in the publication history (JATS 1.3): events of type preprint. Other versions are reported."""
    preprints = []
    for event in children(history, "event"):
        for link in children(event, "self-uri", "article-id", "pub-id"):
            version_type = attribute(link, "content-type", "specific-use") or attribute(event, "event-type")
            doi = cited_doi(href(link) or plain_text(link) or "")
            if doi and version_type == "preprint":
                preprints.append(Relation(kind="hasPreprint", target=doi))
            elif doi:
                notes.report("relation-unmapped", f"relations[{index + len(preprints)}]", doi, type=version_type)
    return preprints
