"""The list of references: the whole text of each, and the parts that the source gives."""

from __future__ import annotations

from collections.abc import Sequence

from harvester.crossref.deposit.xml import escape, quoted, wrap
from harvester.crossref.limits import REFERENCE_PARTS
from harvester.crossref.versions import Version
from harvester.model import Reference

# Element and field of a reference. A part that does not fit is left out: it is in the text.
_PARTS = tuple(
    (name, field, REFERENCE_PARTS.get(field))
    for name, field in (
        ("issn", "issn"),
        ("journal_title", "journal_title"),
        ("author", "author"),
        ("volume", "volume"),
        ("issue", "issue"),
        ("first_page", "first_page"),
        ("elocation_id", "elocation_id"),
        ("cYear", "year"),
        ("doi", "doi"),
        ("isbn", "isbn"),
        ("series_title", "series_title"),
        ("volume_title", "volume_title"),
        ("edition_number", "edition"),
        ("article_title", "article_title"),
        ("unstructured_citation", "text"),
    )
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
