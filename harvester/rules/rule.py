"""The type of a rule."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from harvester.model import Article, Finding, Policy

Rule = Callable[[Article, Policy], Iterator[Finding]]
