"""Relations to other works: the target is another work, and valid for its type."""

from __future__ import annotations

from collections.abc import Iterator

from harvester.crossref.limits import doi_suffix_fits
from harvester.identifiers import clean_doi, clean_issn, fold_doi
from harvester.model import Article, Finding, Policy, Relation
from harvester.rules.rule import Rule
from harvester.rules.urls import problem_of


def targets_are_usable(article: Article, _: Policy) -> Iterator[Finding]:
    for number, relation in enumerate(article.relations):
        if _is_itself(relation, article):
            yield Finding("relation-to-itself", f"relations[{number}]", relation.target, {"kind": relation.kind})
        elif not _is_usable(relation):
            yield Finding("relation-refused", f"relations[{number}]", relation.target, {"kind": relation.kind})


def _is_usable(relation: Relation) -> bool:
    target = relation.target
    if relation.target_type == "doi":
        return clean_doi(target) == target and doi_suffix_fits(target)
    if relation.target_type == "issn":
        return not relation.update and clean_issn(target) == target
    return not relation.update and (relation.target_type == "other" or problem_of(target) is None)


def _is_itself(relation: Relation, article: Article) -> bool:
    return (
        relation.target_type == "doi" and article.doi is not None and fold_doi(relation.target) == fold_doi(article.doi)
    )


RULES: tuple[Rule, ...] = (targets_are_usable,)
