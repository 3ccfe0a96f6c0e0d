"""The settings that a page of records needs. What is suggested has been tried on these records. Pure."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, get_args
from urllib.parse import urlsplit

from msgspec import Struct
from msgspec.structs import replace

from harvester import formats
from harvester.config import CitationProfile
from harvester.identifiers import doi_prefix
from harvester.model import Article, Hints, RawRecord, Reading
from harvester.text import plain
from harvester.tomltext import as_toml
from harvester.xmltools import local, parse

EXAMPLES = 3
_CITATION = re.compile(r"(?=.*\d)(?!10\.\d|https?:|doi:|(?:e?issn:? ?)?\d{4}-\d{3}[\dX]$)", re.IGNORECASE)


class Citation(Struct, frozen=True, kw_only=True):
    """A citation in a Dublin Core record, and how the profile reads the record."""

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
    """A journal that the records name. `print_issns` and `electronic_issns`: those whose medium a record gives."""

    title: str
    issns: tuple[str, ...]
    print_issns: tuple[str, ...] = ()
    electronic_issns: tuple[str, ...] = ()


class Suggestions(Struct, frozen=True, kw_only=True):
    """What the records show about the settings of their source."""

    citation: Citation | None = None
    date_profile: str | None = None  # that decides between several dates
    unordered_names: tuple[str, ...] = ()  # names that only a name_order can split
    journals: tuple[JournalFound, ...] = ()
    articles: int = 0
    doi_prefixes: dict[str, int] = {}  # how many articles have a DOI with each prefix
    without_issn: int = 0  # articles


def suggest(records: Mapping[str, Sequence[RawRecord]], hints: Hints) -> Suggestions:
    """The suggestions from these records, which are grouped by the reader that can read them."""
    live = {name: [raw for raw in raws if not raw.deleted] for name, raws in records.items()}
    dublin_core = live.get("oai_dc", [])
    readings = [formats.read(raw, hints) for raws in live.values() for raw in raws]
    return Suggestions(
        citation=_citation(dublin_core, hints),
        date_profile=_date_profile(dublin_core, hints),
        unordered_names=_values(readings, "name-order-unknown"),
        journals=_journals(reading.article for reading in readings if reading.article),
        **_counts(live, hints),
    )


def _counts(records: Mapping[str, Sequence[RawRecord]], hints: Hints) -> dict[str, Any]:
    """The numbers of articles, of DOI prefixes and of articles without an ISSN; each article once for all formats."""
    articles: dict[str, list[Article]] = {}
    for raw in (raw for raws in records.values() for raw in raws):
        if article := formats.read(raw, hints).article:
            articles.setdefault(raw.identifier, []).append(article)
    dois = (next((one.doi for one in versions if one.doi), None) for versions in articles.values())
    return {
        "articles": len(articles),
        "doi_prefixes": dict(Counter(doi_prefix(doi) for doi in dois if doi).most_common()),
        "without_issn": sum(not any(one.journal.issns for one in versions) for versions in articles.values()),
    }


def _values(readings: Iterable[Reading], code: str) -> tuple[str, ...]:
    """The first few values of findings with this code, each once."""
    values = (finding.value for reading in readings for finding in reading.findings if finding.code == code)
    return tuple(dict.fromkeys(values))[:EXAMPLES]


# ---------------------------------------------------------------------------------------------- citations


def _citation(records: Sequence[RawRecord], hints: Hints) -> Citation | None:
    """An example citation, read with the profile that reads most of them; on a tie, the configured profile wins."""
    examples = [(raw, text) for raw in records for text in _citation_texts(raw)]
    if not examples:
        return None
    profiles: list[CitationProfile] = sorted(get_args(CitationProfile), key=lambda name: name != hints.citation_profile)
    tried = {name: [_read_citation(raw, text, hints, name) for raw, text in examples[:20]] for name in profiles}
    best = max(profiles, key=lambda name: sum(citation.parsed for citation in tried[name]))
    return next((citation for citation in tried[best] if citation.parsed), tried[best][0])


def _citation_texts(raw: RawRecord) -> list[str]:
    """The text in dc:source that looks like a citation; on some platforms it is in dc:identifier or dc:relation."""
    elements = list(parse(raw.payload).iter()) if raw.payload else []
    for name in ("source", "identifier", "relation", "bibliographicCitation"):
        texts = (" ".join((element.text or "").split()) for element in elements if local(element) == name)
        if citations := [text for text in texts if " " in text and _CITATION.match(text)]:
            return citations[:1]
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
    """`dspace` if dates are ambiguous without this profile and unambiguous with it."""

    def ambiguous(hints: Hints) -> int:
        readings = (formats.read(raw, hints) for raw in records)
        return sum(finding.code == "date-ambiguous" for reading in readings for finding in reading.findings)

    if hints.date_profile is None and ambiguous(hints) and not ambiguous(replace(hints, date_profile="dspace")):
        return "dspace"
    return None


# ----------------------------------------------------------------------------------------------- journals


def _journals(articles: Iterable[Article]) -> tuple[JournalFound, ...]:
    """The journals of the articles that have an ISSN, which names the table. Those that share an ISSN are one."""
    journals: list[JournalFound] = []
    for article in articles:
        journal = _journal(article)
        same = next((known for known in journals if set(known.issns) & set(journal.issns)), None)
        if same:
            journals[journals.index(same)] = _merged(same, journal)
        elif journal.issns:
            journals.append(journal)
    return tuple(journals)


def _journal(article: Article) -> JournalFound:
    journal = article.journal
    return JournalFound(
        title=plain(journal.titles[0].text) if journal.titles else "",
        issns=tuple(issn.value for issn in journal.issns),
        print_issns=tuple(issn.value for issn in journal.issns if issn.medium == "print"),
        electronic_issns=tuple(issn.value for issn in journal.issns if issn.medium == "electronic"),
    )


def _merged(one: JournalFound, other: JournalFound) -> JournalFound:
    """What two records say about one journal: JATS gives the medium of an ISSN, Dublin Core does not."""
    return JournalFound(
        title=one.title or other.title,
        issns=tuple(dict.fromkeys(one.issns + other.issns)),
        print_issns=tuple(dict.fromkeys(one.print_issns + other.print_issns)),
        electronic_issns=tuple(dict.fromkeys(one.electronic_issns + other.electronic_issns)),
    )


# -------------------------------------------------------------------------------------------- config.toml


def source_block(
    url: str, readable: Sequence[str], suggestions: Suggestions, *, allow_private: bool, more: Iterable[str] = ()
) -> str:
    """A `[sources.NAME]` table to paste into config.toml, with comments where a person must decide.

    `more` are further lines, as from `checkup.settings`.
    """
    lines = [f"[sources.{source_name(url)}]", f"url = {as_toml(url)}", f"formats = {as_toml(list(readable))}"]
    if allow_private:
        lines.append("allow_private = true")
    lines += more
    citation = suggestions.citation
    if citation and citation.parsed and citation.profile != "ojs":
        lines.append(f"citation_profile = {as_toml(citation.profile)}")
    if suggestions.date_profile:
        lines.append(f"date_profile = {as_toml(suggestions.date_profile)}")
    if suggestions.unordered_names:
        lines.append(f"# Which part is the family name in {_comment('; '.join(suggestions.unordered_names))}?")
        lines.append('# name_order = "given-first"  # or "family-first"')
        lines.append("# organizations = []  # those of them that are no people")
    return "\n".join(lines)


def journal_block(journal: JournalFound) -> str:
    """A `[journals."ISSN"]` table to complete and paste. The medium of an ISSN is given only if a record gives it."""
    lines = [f"[journals.{as_toml(journal.issns[0])}]"]
    if journal.title:
        lines.append(f"title = {as_toml(journal.title)}  # as it is registered with Crossref?")
    known = {"issn_print": journal.print_issns[:1], "issn_electronic": journal.electronic_issns[:1]}
    lines += [f"{key} = {as_toml(issns[0])}" for key, issns in known.items() if issns]
    unknown = [issn for issn in journal.issns if issn not in journal.print_issns + journal.electronic_issns]
    lines += [f"# issn_print = {as_toml(issn)}  # or issn_electronic" for issn in unknown]
    return "\n".join(lines)


def source_name(url: str) -> str:
    """A name for a source by its URL: the journal's part of an OJS path, or else the host."""
    parts = urlsplit(url)
    path = re.sub(r"(/api)?(/(oai|request|oai2|oai-pmh))+/?$", "", parts.path, flags=re.IGNORECASE)
    last = path.rpartition("/")[2]
    host = re.sub(r"^(www|oai|journals?|ojs)\.", "", parts.hostname or "")
    name = last if last and "." not in last and last != "index" else host
    return re.sub(r"[^A-Za-z0-9]+", "-", name).strip("-")[:64].lower() or "source"


def _comment(text: str) -> str:
    return " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())
