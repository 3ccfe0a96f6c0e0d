"""The reference list: every entry whole as text, and beside it what the source gives in parts."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from harvester.exporters.crossref.versions import Version
from harvester.exporters.xml import escape, quoted, wrap
from harvester.model import Reference

Fits = Callable[[str], object]


def _up_to(length: int) -> Fits:
    return lambda value: len(value) <= length


# Element, field of a reference, and what the schema holds it to. A part that does not fit is left out: the text has it.
_PARTS: tuple[tuple[str, str, Fits | None], ...] = (
    ("issn", "issn", re.compile(r"[0-9]{4}-?[0-9]{3}[0-9X]").fullmatch),
    ("journal_title", "journal_title", None),
    ("author", "author", None),
    ("volume", "volume", _up_to(32)),
    ("issue", "issue", _up_to(32)),
    ("first_page", "first_page", _up_to(32)),
    ("elocation_id", "elocation_id", None),
    ("cYear", "year", None),
    ("doi", "doi", re.compile(r"10\.[0-9]{4,9}/[^\n\r]{1,200}").fullmatch),
    ("isbn", "isbn", re.compile(r"(?=.{10,17}$)(97[89]-)?[0-9][0-9 -]+[0-9X]").fullmatch),
    ("series_title", "series_title", None),
    ("volume_title", "volume_title", None),
    ("edition_number", "edition", _up_to(15)),
    ("article_title", "article_title", None),
    ("unstructured_citation", "text", None),
)


def citation_list(references: Sequence[Reference], version: Version) -> str:
    return wrap("citation_list", [_citation(reference, version) for reference in references])


def _citation(reference: Reference, version: Version) -> str:
    parts: list[str] = []
    for name, field, fits in _PARTS:
        value = getattr(reference, field)
        if value and (fits is None or fits(value)):
            parts.append(f"<{name}>{escape(value)}</{name}>")
    if not parts:
        return ""
    kind = f' type="{reference.type}"' if version.citation_types and reference.type else ""
    return f'<citation key="{quoted(reference.key)}"{kind}>{"".join(parts)}</citation>'
