"""Checks the article against its own schema."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from harvester.model import Article, Finding, Policy
from harvester.rules.rule import Rule
from harvester.rules.schema import accepts, explain


def follows_the_schema(article: Article, _: Policy) -> Iterator[Finding]:
    document = msgspec.to_builtins(article)
    if not accepts(document):
        yield from explain(document)


RULES: tuple[Rule, ...] = (follows_the_schema,)
