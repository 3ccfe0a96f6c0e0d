"""The list of references: keys that stand once, entries with something in them, DOIs that fit."""

from __future__ import annotations

from collections.abc import Iterator

from harvester.model import Article, Finding, Policy, Reference
from harvester.patterns import suffix_fits
from harvester.rules.rule import Rule


def keys_stand_once(article: Article, _: Policy) -> Iterator[Finding]:
    seen: set[str] = set()
    for number, reference in enumerate(article.references):
        key = " ".join(reference.key.split())  # as the schema compares them
        if key in seen:
            yield Finding("reference-key-duplicate", f"references[{number}].key", reference.key)
        seen.add(key)


def entries_have_something(article: Article, _: Policy) -> Iterator[Finding]:
    for number, reference in enumerate(article.references):
        if reference.text is None and _is_empty(reference):
            yield Finding("reference-empty", f"references[{number}]")


def _is_empty(reference: Reference) -> bool:
    return reference == Reference(key=reference.key, type=reference.type)


def dois_fit(article: Article, _: Policy) -> Iterator[Finding]:
    for number, reference in enumerate(article.references):
        if reference.doi and not suffix_fits(reference.doi):
            yield Finding("reference-doi-invalid", f"references[{number}].doi", reference.doi)


RULES: tuple[Rule, ...] = (keys_stand_once, entries_have_something, dois_fit)
