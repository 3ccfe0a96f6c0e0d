"""The data of each stage.

HTTP bytes become a `Page` of `RawRecord`s and `BadRecord`s. A reader turns one raw record into a `Reading`: an
`Article` with `Finding`s. The exporter turns `Article`s and a `Batch` into bytes. All are frozen: each stage creates
new values.
An `Article` contains what the source says. An absent value is `None` or an empty tuple, never an empty string.
"""

from __future__ import annotations

from typing import Literal

import msgspec
from msgspec import Struct

from harvester.text import Text

# ---------------------------------------------------------------------------------------------- harvest


class Access(Struct, frozen=True, kw_only=True):
    """How to reach a provider, and the limits of each request. Secrets have been resolved."""

    url: str
    allow_private: bool = False  # private and loopback addresses
    proxy: str | None = None  # its URL, "" for none; `None`: by the environment (HTTPS_PROXY, NO_PROXY)
    ca_file: str | None = None  # certificates that are trusted in addition; `None`: those of SSL_CERT_FILE
    contact: str | None = None  # an e-mail address or URL for the User-Agent
    username: str | None = None
    password: str | None = None
    headers: dict[str, str] = {}
    deadline: float = 300.0  # seconds for one page, without retries
    retries: int = 5  # after the first request, for each page
    retry_cap: float = 300.0  # seconds; after a longer Retry-After the run is resumed later
    delay: float = 0.0  # seconds between two requests
    max_bytes: int = 256 * 1024 * 1024  # one page, after decompression


class Format(Struct, frozen=True):
    """One row of ListMetadataFormats."""

    prefix: str
    schema: str = ""
    namespace: str = ""


class SetInfo(Struct, frozen=True):
    """One row of ListSets."""

    spec: str
    name: str = ""


class Identity(Struct, frozen=True, kw_only=True):
    """The answer to Identify, unchanged except for `granularity`, which is one of the protocol's two."""

    repository: str
    base_url: str
    earliest: str
    deleted_record: str  # no, transient, persistent, or whatever the provider sent
    granularity: Literal["day", "second"]
    response_date: str
    emails: tuple[str, ...] = ()
    software: str | None = None  # toolkit and version, if a description names them


class Window(Struct, frozen=True, kw_only=True):
    """The arguments of one list request. Datestamps are as sent, in the provider's granularity."""

    prefix: str
    set_spec: str | None = None
    since: str | None = None  # OAI-PMH `from`
    until: str | None = None


class Token(Struct, frozen=True):
    """A resumption token with its attributes (OAI-PMH 2.0, section 3.5)."""

    value: str
    complete_list_size: int | None = None
    cursor: int | None = None
    expires: str | None = None


class RawRecord(Struct, frozen=True, kw_only=True):
    """One record as the provider sent it.

    `payload` is the `<record>` element without its header, serialised as UTF-8 with every namespace it needs; `None`
    for a deleted record. `repairs` names what was repaired in the page before it could be parsed (usually nothing);
    `original` has the bytes of a repaired page as received. `sets` are those that the header names; `listed_in` are
    further ones, whose lists gave the record although its header names neither them nor a part of them.
    """

    identifier: str
    datestamp: str
    sets: tuple[str, ...] = ()
    deleted: bool = False
    payload: bytes | None = None
    repairs: tuple[str, ...] = ()
    original: bytes | None = None
    listed_in: tuple[str, ...] = ()


class BadRecord(Struct, frozen=True, kw_only=True):
    """One record that cannot be read: its identifier if it has one, the reason, and its bytes."""

    identifier: str | None
    reason: str
    payload: bytes


# What the arrival of a record means. A `moved` record differs only in its header.
Decision = Literal["new", "changed", "deleted", "moved", "unchanged"]


class StoredRecord(Struct, frozen=True):
    """What the store has of a record: enough to decide whether an arrival changes anything."""

    datestamp: str
    deleted: bool
    content_hash: str | None  # SHA-256 of the payload, in hex
    sets: tuple[str, ...] = ()
    repairs: tuple[str, ...] = ()  # of its page
    run_id: int = 0  # the run that brought or confirmed it
    listed_in: tuple[str, ...] = ()


class Page(Struct, frozen=True, kw_only=True):
    """One answer to a list request, parsed. `token` is `None` at the end of the list."""

    records: tuple[RawRecord, ...]
    bad: tuple[BadRecord, ...] = ()
    token: Token | None = None
    list_size: int | None = None  # completeListSize; an empty token can have it too
    response_date: str = ""
    url: str = ""
    size: int = 0  # bytes after decompression
    repairs: tuple[str, ...] = ()


# ------------------------------------------------------------------------------------------------- text


class LangText(Struct, frozen=True, omit_defaults=True):
    """Text in a language: an ISO 639-1 code if there is one, else ISO 639-3; `None` if the source gives none."""

    text: Text
    lang: str | None = None


class Title(Struct, frozen=True, kw_only=True, omit_defaults=True):
    text: Text
    subtitle: Text = ()
    lang: str | None = None


class Paragraph(Struct, frozen=True, tag_field="type", tag="p"):
    text: Text


class ListBlock(Struct, frozen=True, kw_only=True, tag_field="type", tag="list", omit_defaults=True):
    items: tuple[Text, ...]
    ordered: bool = False


class Section(Struct, frozen=True, kw_only=True, tag_field="type", tag="section", omit_defaults=True):
    """A part of a structured abstract."""

    title: Text = ()
    blocks: tuple[Paragraph | ListBlock | Section, ...] = ()


Block = Paragraph | ListBlock | Section


class Abstract(Struct, frozen=True, kw_only=True, omit_defaults=True):
    blocks: tuple[Block, ...]
    lang: str | None = None


# ------------------------------------------------------------------------------------------------ people


class Affiliation(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """An institution as the source names it. Identifiers are full URLs in the spelling of their registry."""

    name: str | None = None
    departments: tuple[str, ...] = ()
    place: str | None = None
    ror: str | None = None  # https://ror.org/0…
    isni: str | None = None  # https://isni.org/isni/0000…
    grid: str | None = None
    wikidata: str | None = None


class AltName(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The same person's name in another script or language: in parts, or the whole `name` in one piece."""

    surname: str | None = None
    given: str | None = None
    suffix: str | None = None
    name: str | None = None
    lang: str | None = None


class Contributor(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A contributor in the byline.

    A person has `surname` (which also holds a single name), and perhaps `given` and `suffix`. A group has `name`. An
    anonymous author has neither.
    """

    kind: Literal["person", "group", "anonymous"] = "person"
    role: str = "author"  # Crossref's list: author editor chair reviewer … translator
    surname: str | None = None
    given: str | None = None
    suffix: str | None = None
    name: str | None = None
    lang: str | None = None
    orcid: str | None = None  # https://orcid.org/0000-…
    orcid_authenticated: bool | None = None
    affiliations: tuple[Affiliation, ...] = ()
    alt_names: tuple[AltName, ...] = ()
    corresponding: bool = False
    credit: tuple[str, ...] = ()  # CRediT roles in Crossref's spelling: writing-original-draft …


# ---------------------------------------------------------------------------------------------- articles


class Issn(Struct, frozen=True, omit_defaults=True):
    value: str  # NNNN-NNNC
    medium: Literal["print", "electronic"] | None = None


class Journal(Struct, frozen=True, kw_only=True, omit_defaults=True):
    titles: tuple[LangText, ...] = ()
    abbreviation: str | None = None
    issns: tuple[Issn, ...] = ()
    publisher: str | None = None
    language: str | None = None


class PubDate(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A publication date; `month` is 1-12, or a Crossref season (21-24, quarters 31-34). No day without a month."""

    year: int
    month: int | None = None
    day: int | None = None
    medium: Literal["online", "print"] | None = None


class License(Struct, frozen=True, kw_only=True, omit_defaults=True):
    url: str
    applies_to: Literal["vor", "am", "tdm"] | None = None
    start_date: str | None = None  # YYYY-MM-DD


class Funding(Struct, frozen=True, kw_only=True, omit_defaults=True):
    funder: str | None = None
    funder_id: str | None = None  # https://doi.org/10.13039/…
    ror: str | None = None
    awards: tuple[str, ...] = ()  # numbers, or DOIs of grants as https://doi.org/10.…


class Relation(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A relation of this article to another work: isTranslationOf, correction, retraction …

    `kind` is a relation of Crossref's relations.xsd. For an update (`update` is set) it is the Crossmark type:
    correction, retraction, withdrawal, erratum, addendum …
    """

    kind: str
    target: str
    target_type: Literal["doi", "issn", "uri", "other"] = "doi"
    update: bool = False
    description: str | None = None
    date: str | None = None  # YYYY-MM-DD, of the update


class File(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A full-text file that the source links to."""

    url: str
    mime: str | None = None


class Reference(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One entry of the citation list. `key` is unique in the article; `text` is the whole entry as one string."""

    key: str
    text: str | None = None
    doi: str | None = None
    type: str | None = None  # Crossref 5.4+: journal_article book_chapter …
    author: str | None = None
    article_title: str | None = None
    journal_title: str | None = None
    volume_title: str | None = None
    series_title: str | None = None
    volume: str | None = None
    issue: str | None = None
    first_page: str | None = None
    elocation_id: str | None = None
    year: str | None = None
    edition: str | None = None
    isbn: str | None = None
    issn: str | None = None


class Keyword(Struct, frozen=True, omit_defaults=True):
    text: str
    lang: str | None = None


class Article(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One journal article: the JSON document of schemas/article.schema.json.

    `titles` and `abstracts` begin with the article's language and then keep the order of the source. `provenance` maps
    a field (a path as in findings: `doi`, `titles[1]`, `licenses`) to the origin of its value: an element, a setting, a
    format.
    """

    format: str
    doi: str | None = None
    landing_page: str | None = None
    type: str | None = None  # as the source names it: research-article, editorial, correction …
    language: str | None = None
    titles: tuple[Title, ...] = ()
    abstracts: tuple[Abstract, ...] = ()
    contributors: tuple[Contributor, ...] = ()
    journal: Journal = Journal()
    volume: str | None = None
    issue: str | None = None
    issue_title: str | None = None
    issue_year: int | None = None  # if the source gives the issue a date of its own
    dates: tuple[PubDate, ...] = ()
    accepted: PubDate | None = None
    first_page: str | None = None
    last_page: str | None = None
    other_pages: str | None = None
    elocation_id: str | None = None
    keywords: tuple[Keyword, ...] = ()
    licenses: tuple[License, ...] = ()
    funding: tuple[Funding, ...] = ()
    relations: tuple[Relation, ...] = ()
    files: tuple[File, ...] = ()
    references: tuple[Reference, ...] = ()
    identifiers: tuple[str, ...] = ()  # the publisher's own numbers for the article
    provenance: dict[str, str] = {}


_encode = msgspec.json.Encoder(order="deterministic").encode
_decode = msgspec.json.Decoder(Article).decode


def to_json(article: Article) -> bytes:
    """The JSON document of an article; equal articles give the same bytes."""
    return _encode(article)


def from_json(document: bytes | str) -> Article:
    """The article in a JSON document. Raises `msgspec.ValidationError` if it is not one."""
    return _decode(document)


# ---------------------------------------------------------------------------------------------- findings


class Finding(Struct, frozen=True, omit_defaults=True):
    """A doubt about one record. findings.toml has the severity, message, fix and responsible person of each `code`.

    `path` is the field of the article (`contributors[2].orcid`), `value` the raw value. `detail` has further values
    for the message (for example `suggestion`).
    """

    code: str
    path: str = ""
    value: str = ""
    detail: dict[str, str] = {}


class Reading(Struct, frozen=True):
    """The result of reading one raw record. `article` is `None` only if the bytes contain no article at all."""

    article: Article | None
    findings: tuple[Finding, ...] = ()


# ---------------------------------------------------------------------------------------------- configuration


class JournalFacts(Struct, frozen=True, kw_only=True):
    """What the configuration says about a journal. These facts supply what a record lacks."""

    title: str | None = None
    other_titles: tuple[str, ...] = ()  # by which records name the journal too
    abbreviation: str | None = None
    issn_print: str | None = None
    issn_electronic: str | None = None
    language: str | None = None
    publisher: str | None = None
    landing_page: str | None = None  # pattern with fields such as {doi}
    volume_labels: tuple[str, ...] = ()
    issue_labels: tuple[str, ...] = ()
    doi_pattern: str | None = None
    doi_prefix: str | None = None
    mint_dois: bool = False


class Hints(Struct, frozen=True, kw_only=True):
    """What the configuration tells a reader about a source: decisions that a record alone does not allow."""

    provider_host: str | None = None
    name_order: Literal["family-first", "given-first"] | None = None
    citation_profile: str = "ojs"
    date_profile: Literal["dspace"] | None = None
    organizations: tuple[str, ...] = ()
    abstract_types: tuple[str, ...] = ()  # JATS abstract-type values that count as the abstract, next to the usual ones
    repairs: tuple[Literal["ligatures", "mojibake"], ...] = ()
    journals: dict[str, JournalFacts] = {}  # by every ISSN of the journal
    journal: str | None = None  # an ISSN of the journal of all records that name no ISSN
    set_journals: dict[str, str] = {}  # the same for single sets, by setSpec


class Policy(Struct, frozen=True, kw_only=True):
    """What the rules check an article against, in addition to the schema."""

    today: str  # YYYY-MM-DD
    doi_prefixes: tuple[str, ...] = ()  # that the depositor may use; empty: not configured
    registered_dois: tuple[str, ...] = ()  # that exist although their form is unusual; * is any characters
    crossmark: bool = False  # whether the publisher's Crossmark policy page is configured
    schema_version: str | None = None  # of the deposits; `None`: not configured
    article_types: tuple[str, ...] = ()  # of the source, which are deposited as articles whatever they name
    journals: dict[str, JournalFacts] = {}


# ------------------------------------------------------------------------------------------------ export


class Batch(Struct, frozen=True, kw_only=True):
    """What identifies a deposit file. `timestamp` has 17 digits, YYYYMMDDHHMMSSmmm in UTC, and always increases."""

    id: str
    timestamp: int
    schema_version: str  # of the target
