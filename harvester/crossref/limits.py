"""What Crossref accepts of each value, as data: for the rules that check articles and the code that writes deposits.

Where versions of the schema differ, the limit is the strictest: an article that passes is valid in every version.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

Range = tuple[int, int]  # fewest and most characters
Fits = Callable[[str], object]  # whether a value fits: true or false in a condition

# ------------------------------------------------------------------------------------------------ DOIs

DOI_CHARACTERS = "-A-Za-z0-9._;()/"  # in the suffix of a new DOI; the inside of a character class
LONGEST_DOI_SUFFIX = 200  # characters


def doi_suffix_fits(doi: str) -> bool:
    """Whether the suffix of the DOI is short enough for the deposit schema."""
    return len(doi.partition("/")[2]) <= LONGEST_DOI_SUFFIX


# ---------------------------------------------------------------------------------- lengths and numbers

_NAME: Mapping[str, Range] = {"surname": (1, 60), "given": (1, 60), "suffix": (1, 10)}

ARTICLE_LENGTHS: Mapping[str, Range] = {
    "volume": (1, 32),
    "issue": (1, 32),
    "first_page": (1, 32),
    "last_page": (1, 32),
    "other_pages": (1, 100),
    "elocation_id": (1, 32),
    "journal.abbreviation": (1, 150),
}
PERSON_LENGTHS: Mapping[str, Range] = {**_NAME, "name": (1, 511)}
ALT_NAME_LENGTHS: Mapping[str, Range] = _NAME
AFFILIATION_LENGTHS: Mapping[str, Range] = {"name": (1, 1024), "place": (2, 255)}
DEPARTMENT_LENGTH: Range = (2, 255)
JOURNAL_TITLE_LENGTH: Range = (1, 255)
IDENTIFIER_LENGTH: Range = (1, 255)

MOST_TITLES = 20
MOST_DATES = 10
MOST_JOURNAL_TITLES = 10
MOST_ISSNS = 6
MOST_IDENTIFIERS = 10
MOST_DEPARTMENTS = 6  # of one affiliation

# -------------------------------------------------------------------------------- people and languages

# The surname or given name of a person. Digits pass only inside a word, question marks only after one.
PERSON_NAME = re.compile(r"[^\d?]*[^? \t\r\n]+[^\d]*")

# The parts of ISO 639 whose codes are accepted, by the names that the package iso639 gives them.
LANGUAGE_CODES = ("pt1", "pt3")

# ------------------------------------------------------------------------------------------ references


def _up_to(length: int) -> Fits:
    return lambda value: len(value) <= length


# By the field of a reference. A field that is not here may be anything.
REFERENCE_PARTS: Mapping[str, Fits] = {
    "issn": re.compile(r"[0-9]{4}-?[0-9]{3}[0-9X]").fullmatch,
    "volume": _up_to(32),
    "issue": _up_to(32),
    "first_page": _up_to(32),
    "doi": re.compile(r"10\.[0-9]{4,9}/[^\n\r]{1,200}").fullmatch,
    "isbn": re.compile(r"(?=.{10,17}$)(97[89]-)?[0-9][0-9 -]+[0-9X]").fullmatch,
    "edition": _up_to(15),
}
