"""What Crossref's schemas hold the parts of a reference to, for those who write them and those who check them."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

Fits = Callable[[str], object]


def _up_to(length: int) -> Fits:
    return lambda value: len(value) <= length


# By the field of a reference; the others may be anything.
REFERENCE_PARTS: Mapping[str, Fits] = {
    "issn": re.compile(r"[0-9]{4}-?[0-9]{3}[0-9X]").fullmatch,
    "volume": _up_to(32),
    "issue": _up_to(32),
    "first_page": _up_to(32),
    "doi": re.compile(r"10\.[0-9]{4,9}/[^\n\r]{1,200}").fullmatch,
    "isbn": re.compile(r"(?=.{10,17}$)(97[89]-)?[0-9][0-9 -]+[0-9X]").fullmatch,
    "edition": _up_to(15),
}
