"""The citation list: unique keys, entries that are not empty, DOIs that are not too long."""

from __future__ import annotations

from collections.abc import Iterator

from harvester.crossref.limits import doi_suffix_fits
from harvester.model import Article, Finding, Policy, Reference
from harvester.rules.rule import Rule


def keys_are_unique(article: Article, _: Policy) -> Iterator[Finding]:
    seen: set[str] = set()
    for number, reference in enumerate(article.references):
        key = " ".join(reference.key.split())  # the schema compares keys like this
        if key in seen:
            yield Finding("reference-key-duplicate", f"references[{number}].key", reference.key)
        seen.add(key)


def entries_are_not_empty(article: Article, _: Policy) -> Iterator[Finding]:
    for number, reference in enumerate(article.references):
        if reference.text is None and _is_empty(reference):
            yield Finding("reference-empty", f"references[{number}]")


def _is_empty(reference: Reference) -> bool:
    return reference == Reference(key=reference.key, type=reference.type)


def dois_are_not_too_long(article: Article, _: Policy) -> Iterator[Finding]:
    for number, reference in enumerate(article.references):
        if reference.doi and not doi_suffix_fits(reference.doi):
            yield Finding("reference-doi-invalid", f"references[{number}].doi", reference.doi)


RULES: tuple[Rule, ...] = (keys_are_unique, entries_are_not_empty, dois_are_not_too_long)
