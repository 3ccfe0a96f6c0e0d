"""The check digits of ISSN and ORCID, written here so that an error in the client's is not repeated."""

from __future__ import annotations

import re

_ISSN = re.compile(r"\d{4}-?\d{3}[\dXx]")
_ORCID = re.compile(r"(?:https?://orcid\.org/)?(\d{4}-\d{4}-\d{4}-\d{3}[\dX])")


def is_issn(value: str) -> bool:
    """ISO 3297: weights 8 to 2, modulo 11."""
    if not _ISSN.fullmatch(value):
        return False
    digits = value.replace("-", "").upper()
    total = sum(weight * int(digit) for weight, digit in zip(range(8, 1, -1), digits, strict=False))
    return digits[7] == "0123456789X"[-total % 11]


def orcid_number(value: str) -> str | None:
    """The sixteen digits with hyphens, of a URL or bare; their check digit may be wrong."""
    match = _ORCID.fullmatch(value.strip())
    return match[1] if match else None


def is_orcid(value: str) -> bool:
    """ISO 7064, MOD 11-2."""
    number = orcid_number(value)
    if number is None:
        return False
    digits = number.replace("-", "")
    total = 0
    for digit in digits[:15]:
        total = (total + int(digit)) * 2
    return digits[15] == "0123456789X"[(12 - total % 11) % 11]
