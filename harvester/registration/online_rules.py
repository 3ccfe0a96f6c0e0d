"""What the agency's own records say about a journal and a DOI prefix, as findings. Pure.

The agency refuses every article of a journal whose title or ISSNs differ from its record, letter by letter.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from harvester.crossref.client.titles import TitleRecord, compare
from harvester.model import Finding
from harvester.tomltext import as_toml

OWN_AGENCY = "Crossref"


def of_journal(title: str, issns: Sequence[str], records: Sequence[TitleRecord]) -> Iterator[Finding]:
    """About a journal, by the records that have one of its ISSNs."""
    known = list(dict.fromkeys(records))
    if not known:
        yield Finding("crossref-journal-new", "issns", ", ".join(issns), {"title": title})
    if len(known) > 1:
        titles = "; ".join(f'"{record.title}"' for record in known)
        yield Finding("crossref-issns-apart", "issns", ", ".join(issns), {"titles": titles})
        return
    for record in known:
        for difference in compare(title, issns, record):
            theirs = ", ".join(difference.theirs)
            if difference.field == "issn":
                yield Finding(
                    "crossref-issn-differs", "issns", difference.ours, {"title": record.title, "held": theirs}
                )
            else:
                held = {"held": theirs, "line": f"title = {as_toml(theirs)}", "issn": issns[0] if issns else ""}
                yield Finding("crossref-title-differs", "journal", difference.ours, held)


def of_prefix(prefix: str, agency: str | None, is_known: bool) -> Iterator[Finding]:
    """About a DOI prefix, by its registration agency, and by whether the agency that is sent to knows it."""
    if agency is not None and agency != OWN_AGENCY:
        yield Finding("prefix-other-agency", "doi", prefix, {"agency": agency})
    elif not is_known:
        yield Finding("prefix-not-registered", "doi", prefix, {})
