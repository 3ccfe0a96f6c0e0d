"""Sets of a repository (OAI-PMH 2.0, section 2.6). They form a hierarchy: `a:b` is a part of `a`."""

from __future__ import annotations

from collections.abc import Iterable


def is_within(spec: str, whole: str) -> bool:
    """Whether the set is this one or a part of it."""
    return spec == whole or spec.startswith(f"{whole}:")


def any_within(specs: Iterable[str], wholes: Iterable[str]) -> bool:
    """Whether one of the sets is one of `wholes`, or a part of it."""
    wholes = tuple(wholes)
    return any(is_within(spec, whole) for spec in specs for whole in wholes)
