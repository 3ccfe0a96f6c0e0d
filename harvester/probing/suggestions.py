"""Which settings a page of records asks for. What is suggested has been tried on these records; pure."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import get_args
from urllib.parse import urlsplit

from msgspec import Struct
from msgspec.structs import replace

from harvester import formats
from harvester.config import CitationProfile
from harvester.model import Article, Hints, RawRecord, Reading
from harvester.text import plain
from harvester.xmltools import local, parse

EXAMPLES = 3
_CITATION = re.compile(r"(?=.*\d)(?!10\.\d|https?:|doi:|(?:e?issn:? ?)?\d{4}-\d{3}[\dX]$)", re.IGNORECASE)


class Citation(Struct, frozen=True, kw_only=True):
    """A citation as a Dublin Core record has it, and what the profile made of its record."""

    text: str
    profile: CitationProfile
    volume: str | None = None
    issue: str | None = None
    first_page: str | None = None
    last_page: str | None = None

    @property
    def parsed(self) -> bool:
        return bool(self.volume or self.issue or self.first_page)


class JournalFound(Struct, frozen=True, kw_only=True):
    """A journal that the records name. `print_issns`, `electronic_issns`: those whose medium a record says."""

    title: str
    issns: tuple[str, ...]
    print_issns: tuple[str, ...] = ()
    electronic_issns: tuple[str, ...] = ()


class Suggestions(Struct, frozen=True, kw_only=True):
    citation: Citation | None = None
    date_profile: str | None = None  # the one that decides between several dates
    unordered_names: tuple[str, ...] = ()  # names that only a name_order can split
    journals: tuple[JournalFound, ...] = ()


def suggest(records: Mapping[str, Sequence[RawRecord]], hints: Hints) -> Suggestions:
    """What the records, by the format they are read as, say about the settings of their source."""
    live = {name: [raw for raw in raws if not raw.deleted] for name, raws in records.items()}
    core = live.get("oai_dc", [])
    readings = [formats.read(raw, hints) for raws in live.values() for raw in raws]
    return Suggestions(
        citation=_citation(core, hints),
        date_profile=_date_profile(core, hints),
        unordered_names=_values(readings, "name-order-unknown"),
        journals=_journals(reading.article for reading in readings if reading.article),
    )


def _values(readings: Iterable[Reading], code: str) -> tuple[str, ...]:
    """The first few values that readers doubt with this code, each once."""
    found = (finding.value for reading in readings for finding in reading.findings if finding.code == code)
    return tuple(dict.fromkeys(found))[:EXAMPLES]


# ---------------------------------------------------------------------------------------------- citations


def _citation(records: Sequence[RawRecord], hints: Hints) -> Citation | None:
    """An example citation, read with the profile that reads most; the one in use wins a tie."""
    examples = [(raw, text) for raw in records for text in _citation_texts(raw)]
    if not examples:
        return None
    profiles: list[CitationProfile] = sorted(get_args(CitationProfile), key=lambda name: name != hints.citation_profile)
    tried = {name: [_read_citation(raw, text, hints, name) for raw, text in examples[:20]] for name in profiles}
    best = max(profiles, key=lambda name: sum(citation.parsed for citation in tried[name]))
    return next((citation for citation in tried[best] if citation.parsed), tried[best][0])


def _citation_texts(raw: RawRecord) -> list[str]:
    """What looks like a citation in dc:source; some platforms have it in dc:identifier or dc:relation instead."""
    elements = list(parse(raw.payload).iter()) if raw.payload else []
    for name in ("source", "identifier", "relation", "bibliographicCitation"):
        texts = (" ".join((element.text or "").split()) for element in elements if local(element) == name)
        if found := [text for text in texts if " " in text and _CITATION.match(text)]:
            return found[:1]
    return []


def _read_citation(raw: RawRecord, text: str, hints: Hints, profile: CitationProfile) -> Citation:
    article = formats.read(raw, replace(hints, citation_profile=profile)).article or Article(format="oai_dc")
    return Citation(
        text=text,
        profile=profile,
        volume=article.volume,
        issue=article.issue,
        first_page=article.first_page,
        last_page=article.last_page,
    )


def _date_profile(records: Sequence[RawRecord], hints: Hints) -> str | None:
    """`dspace` where dates are ambiguous without it and not with it."""

    def doubts(hints: Hints) -> int:
        readings = (formats.read(raw, hints) for raw in records)
        return sum(finding.code == "date-ambiguous" for reading in readings for finding in reading.findings)

    if hints.date_profile is None and doubts(hints) and not doubts(replace(hints, date_profile="dspace")):
        return "dspace"
    return None


# ----------------------------------------------------------------------------------------------- journals


def _journals(articles: Iterable[Article]) -> tuple[JournalFound, ...]:
    """The journals of the articles: who shares an ISSN is one. Without any there is nothing to name a table by."""
    found: list[JournalFound] = []
    for article in articles:
        one = _journal(article)
        same = next((known for known in found if set(known.issns) & set(one.issns)), None)
        if same:
            found[found.index(same)] = _merged(same, one)
        elif one.issns:
            found.append(one)
    return tuple(found)


def _journal(article: Article) -> JournalFound:
    journal = article.journal
    return JournalFound(
        title=plain(journal.titles[0].text) if journal.titles else "",
        issns=tuple(issn.value for issn in journal.issns),
        print_issns=tuple(issn.value for issn in journal.issns if issn.medium == "print"),
        electronic_issns=tuple(issn.value for issn in journal.issns if issn.medium == "electronic"),
    )


def _merged(one: JournalFound, other: JournalFound) -> JournalFound:
    """What two records say of a journal: JATS tells the medium of an ISSN, Dublin Core does not."""
    return JournalFound(
        title=one.title or other.title,
        issns=tuple(dict.fromkeys(one.issns + other.issns)),
        print_issns=tuple(dict.fromkeys(one.print_issns + other.print_issns)),
        electronic_issns=tuple(dict.fromkeys(one.electronic_issns + other.electronic_issns)),
    )


# -------------------------------------------------------------------------------------------- config.toml


def source_block(
    url: str, readable: Sequence[str], found: Suggestions, *, allow_private: bool, more: Iterable[str] = ()
) -> str:
    """A `[sources.NAME]` table to paste into config.toml; what only a person can decide stands in comments.

    `more` are lines for how the provider behaves.
    """
    lines = [f"[sources.{source_name(url)}]", f"url = {_toml(url)}", f"formats = {_toml(list(readable))}"]
    if allow_private:
        lines.append("allow_private = true")
    lines += more
    if found.citation and found.citation.parsed and found.citation.profile != "ojs":
        lines.append(f"citation_profile = {_toml(found.citation.profile)}")
    if found.date_profile:
        lines.append(f"date_profile = {_toml(found.date_profile)}")
    if found.unordered_names:
        lines.append(f"# Which part is the family name in {_comment('; '.join(found.unordered_names))}?")
        lines.append('# name_order = "given-first"  # or "family-first"')
        lines.append("# organizations = []  # those of them that are no people")
    return "\n".join(lines)


def journal_block(journal: JournalFound) -> str:
    """A `[journals."ISSN"]` table to complete and paste; which ISSN is which is only said where a record says so."""
    lines = [f"[journals.{_toml(journal.issns[0])}]"]
    if journal.title:
        lines.append(f"title = {_toml(journal.title)}  # as it is registered with Crossref?")
    known = {"issn_print": journal.print_issns[:1], "issn_electronic": journal.electronic_issns[:1]}
    lines += [f"{key} = {_toml(issns[0])}" for key, issns in known.items() if issns]
    unknown = [one for one in journal.issns if one not in journal.print_issns + journal.electronic_issns]
    lines += [f"# issn_print = {_toml(one)}  # or issn_electronic" for one in unknown]
    return "\n".join(lines)


def source_name(url: str) -> str:
    """A name for a source after its address: the journal's part of an OJS path, else its host."""
    parts = urlsplit(url)
    path = re.sub(r"(/(oai|request|oai2|oai-pmh))+/?$", "", parts.path, flags=re.IGNORECASE)
    last = path.rpartition("/")[2]
    host = re.sub(r"^(www|oai|journals?|ojs)\.", "", parts.hostname or "")
    chosen = last if last and "." not in last and last != "index" else host
    return re.sub(r"[^A-Za-z0-9]+", "-", chosen).strip("-")[:64].lower() or "source"


def _toml(value: str | list[str]) -> str:
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def _comment(text: str) -> str:
    return " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())
