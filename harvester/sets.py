"""Sets of a repository (OAI-PMH 2.0, section 2.6). They form a hierarchy: `a:b` is a part of `a`."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from difflib import SequenceMatcher

_ALIKE = 0.6  # of the letters of two names; `difflib` calls that close
_NUMBERS = re.compile(r"\d+")


def is_within(spec: str, whole: str) -> bool:
    """Whether the set is this one or a part of it."""
    return spec == whole or spec.startswith(f"{whole}:")


def any_within(specs: Iterable[str], wholes: Iterable[str]) -> bool:
    """Whether one of the sets is one of `wholes`, or a part of it."""
    wholes = tuple(wholes)
    return any(is_within(spec, whole) for spec in specs for whole in wholes)


def outermost(specs: Sequence[str]) -> list[str]:
    """Those of these sets that are not a part of another one, in their order. A record can be in 10,000 sets."""
    found: set[str] = set()
    last: str | None = None
    for spec in sorted(specs, key=lambda spec: spec.split(":")):  # the parts of a set come directly after it
        if last is None or not is_within(spec, last):
            last = spec
            found.add(spec)
    return [spec for spec in specs if spec in found]


def renamed(spec: str, offered: Iterable[str], configured: Collection[str]) -> str | None:
    """The set of `offered` that looks like this one under a new name, unless it is configured or there are several.

    Each part of the name must be alike. Names that differ in their numbers alone are those of different sets: DSpace
    calls its collections `col_10986_7` and `col_10986_8`.
    """
    alike = [one for one in offered if one not in configured and _is_alike(spec, one)]
    return alike[0] if len(alike) == 1 else None


def _is_alike(one: str, other: str) -> bool:
    parts, others = one.casefold().split(":"), other.casefold().split(":")
    if len(parts) != len(others):
        return False
    numbers = {tuple(_NUMBERS.findall(name)) for name in (one, other)}
    if len(numbers) > 1 and len({_NUMBERS.sub("", name) for name in (one, other)}) == 1:
        return False
    return all(map(_is_alike_part, parts, others))


def _is_alike_part(one: str, other: str) -> bool:
    shorter, longer = sorted((one, other), key=len)
    is_abbreviated = len(shorter) > 1 and longer.startswith(shorter)
    return is_abbreviated or SequenceMatcher(None, one, other).ratio() >= _ALIKE
