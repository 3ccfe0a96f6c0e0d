"""The title and the ISSNs of a journal, compared with Crossref's own record of it, letter by letter.

Crossref refuses every article of a journal whose title or ISSN differs from its record.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Literal

from msgspec import Struct

from harvester.errors import TitleListError
from harvester.identifiers import clean_issn

_COLUMNS = ("journaltitle", "publisher")  # without them it is another file


class TitleRecord(Struct, frozen=True, kw_only=True):
    """A journal as Crossref has it. ISSNs have a hyphen."""

    title: str
    issns: tuple[str, ...]
    publisher: str = ""
    journal_id: str = ""
    doi: str = ""  # of the title


class Difference(Struct, frozen=True, kw_only=True):
    """What differs: `title`, or an ISSN of ours that the record lacks. `is_spelling`: only in case, spaces or signs."""

    field: Literal["title", "issn"]
    ours: str
    theirs: tuple[str, ...]
    is_spelling: bool = False


def compare(title: str, issns: Iterable[str], record: TitleRecord) -> list[Difference]:
    """How our title and ISSNs differ from Crossref's record of the journal; empty if they are the same."""
    found: list[Difference] = []
    if title != record.title:
        same = _signs(title) == _signs(record.title)
        found.append(Difference(field="title", ours=title, theirs=(record.title,), is_spelling=same))
    lacking = [issn for issn in issns if (clean_issn(issn) or issn) not in record.issns]
    return found + [Difference(field="issn", ours=issn, theirs=record.issns) for issn in lacking]


def _signs(title: str) -> str:
    """The letters and digits of a title, without case."""
    return "".join(sign for sign in title.casefold() if sign.isalnum())


def of_journal(message: Mapping[str, Any]) -> TitleRecord:
    """The record in an answer of `/journals/{issn}`. It may be older than the title list."""
    typed = [row.get("value") for row in message.get("issn-type") or () if isinstance(row, dict)]
    return TitleRecord(
        title=str(message.get("title") or ""),
        issns=_issns(map(str, filter(None, [*(message.get("ISSN") or ()), *typed]))),
        publisher=str(message.get("publisher") or ""),
    )


def read_list(path: Path) -> Iterator[TitleRecord]:
    """Every journal of Crossref's title list (titleFile.csv), read line by line: it has more than 100,000.

    Columns are found by their names. Raises `TitleListError` if it is another file or cannot be read.
    """
    try:
        with path.open(encoding="utf-8-sig", errors="replace", newline="") as lines:
            rows = csv.reader(line.replace('\\"', "").replace("\0", "") for line in lines)
            columns = [name.strip().lower() for name in next(rows, [])]
            if any(name not in columns for name in _COLUMNS):
                raise TitleListError(
                    f"{path} is not Crossref's title list; download https://ftp.crossref.org/titlelist/titleFile.csv"
                )
            yield from (_row(dict(zip(columns, row, strict=False))) for row in rows if row)
    except OSError as error:
        raise TitleListError(f"{path} cannot be read ({error.strerror}); name the file titleFile.csv") from error
    except csv.Error as error:
        raise TitleListError(f"{path} is damaged ({error}); download it again") from error


def _row(row: Mapping[str, str]) -> TitleRecord:
    others = row.get("additionalissns", "").replace(";", " ").replace(",", " ").replace("|", " ").split()
    return TitleRecord(
        title=row.get("journaltitle", "").strip(),
        issns=_issns([row.get("pissn", ""), row.get("eissn", ""), *others]),
        publisher=row.get("publisher", "").strip(),
        journal_id=row.get("journalid", "").strip(),
        doi=row.get("doi", "").strip(),
    )


def _issns(values: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(clean_issn(value) or value.strip() for value in values if value.strip()))


def with_issn(records: Iterable[TitleRecord], issns: Sequence[str]) -> list[TitleRecord]:
    """The records that have one of these ISSNs. Several: the ISSNs belong to different titles at Crossref."""
    wanted = set(_issns(issns))
    return [record for record in records if wanted.intersection(record.issns)]
