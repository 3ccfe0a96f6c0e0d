"""Examines a provider: what it says about itself, which formats we can read, and which settings suit it.

Nothing is stored.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Sequence
from datetime import datetime
from urllib.parse import urlsplit

from msgspec import Struct
from msgspec.structs import replace

from harvester import formats
from harvester.config import Source
from harvester.datestamps import parse_utc
from harvester.errors import ProviderError, WaitUntil
from harvester.model import Access, Format, Hints, Identity, Page, SetInfo, Window
from harvester.oai import Provider
from harvester.probing.checkup import Checkup, examine
from harvester.probing.suggestions import Suggestions, suggest
from harvester.system import progress

# Matches prefixes, schemas and namespaces of formats that we may be able to read. The first page shows whether we can.
MAYBE_READABLE = re.compile(r"oai_dc|jats|nlm|journalpublishing|archivearticle", re.IGNORECASE)


class FormatProbe(Struct, frozen=True, kw_only=True):
    """One metadata format and its first page. `reads` names our reader, `None` if we have none."""

    prefix: str
    namespace: str = ""
    reads: str | None = None
    records: int = 0
    deleted: int = 0
    unreadable: int = 0
    list_size: int | None = None
    more: bool = False  # whether another page follows
    seconds: float = 0.0
    error: str | None = None


class ProbeReport(Struct, frozen=True, kw_only=True):
    """Everything that was found out about a provider."""

    url: str  # as requested
    final_url: str  # after redirects
    allow_private: bool
    identity: Identity
    clock_skew: float | None  # seconds by which its clock is ahead of ours
    formats: tuple[FormatProbe, ...]
    sets: tuple[SetInfo, ...]
    sets_error: str | None
    checkup: Checkup | None  # `None` if we can read no format
    suggestions: Suggestions

    @property
    def slowest(self) -> float:
        """The seconds of the slowest first page."""
        return max((probed.seconds for probed in self.formats), default=0.0)

    @property
    def empty(self) -> tuple[str, ...]:
        """The prefixes of formats that we read, whose list has no record."""
        ours = (probed for probed in self.formats if MAYBE_READABLE.search(f"{probed.prefix} {probed.namespace}"))
        return tuple(probed.prefix for probed in ours if not probed.records and not probed.error)

    @property
    def readable(self) -> tuple[str, ...]:
        """The metadata prefixes to harvest, the best first: JATS has more than Dublin Core."""
        read = [probed for probed in self.formats if probed.reads]
        return tuple(probed.prefix for probed in sorted(read, key=lambda probed: probed.reads == "oai_dc"))


def probe(url: str, *, allow_private: bool, now: Callable[[], datetime]) -> ProbeReport:
    """Examines a provider that is not configured. Raises `ProviderError` if it does not answer Identify."""
    access = Access(url=url, allow_private=allow_private, retries=1)
    return _examine(access, Hints(provider_host=urlsplit(url).hostname), now, None)


def probe_source(source: Source, hints: Hints, *, now: Callable[[], datetime]) -> ProbeReport:
    """Examines a configured source, with its access, in its formats only."""
    return _examine(replace(source.access(), retries=1), hints, now, source.formats)


def _examine(access: Access, hints: Hints, now: Callable[[], datetime], wanted: Sequence[str] | None) -> ProbeReport:
    with Provider(access) as provider:
        progress.report("asking who it is (Identify)")
        identity = provider.identify()
        skew = _skew(identity, now())
        probed: list[FormatProbe] = []
        read: dict[str, tuple[str, Page]] = {}  # by reader: the metadata prefix and the first page
        for offered in _formats(provider, wanted):
            if wanted is None and not _may_be_readable(offered):
                probed.append(_unread(offered))
                continue
            progress.report(f"first page of {offered.prefix}")
            result, page = _first_page(provider, offered, hints)
            probed.append(result)
            if page and result.reads:
                read[result.reads] = (offered.prefix, page)
        progress.report("sets")
        sets, sets_error = _sets(provider)
        progress.report("trying paging, dates and identifiers")
        # Dublin Core if possible, because its pages cost the provider least.
        tested = read.get("oai_dc") or next(iter(read.values()), None)
        checkup = examine(provider, identity, *tested) if tested else None
        final_url = provider.url
    return ProbeReport(
        url=access.url,
        final_url=final_url,
        allow_private=access.allow_private,
        identity=identity,
        clock_skew=skew,
        formats=tuple(probed),
        sets=sets,
        sets_error=sets_error,
        checkup=checkup,
        suggestions=suggest({reader: page.records for reader, (_, page) in read.items()}, hints),
    )


def _skew(identity: Identity, now: datetime) -> float | None:
    answered = parse_utc(identity.response_date)
    return round((answered - now).total_seconds(), 1) if answered else None


def _formats(provider: Provider, wanted: Sequence[str] | None) -> list[Format]:
    """The formats to report on: all that the provider lists, or the wanted ones, whether it lists them or not."""
    offered = {format.prefix: format for format in provider.formats()}
    return list(offered.values()) if wanted is None else [offered.get(prefix, Format(prefix)) for prefix in wanted]


def _may_be_readable(offered: Format) -> bool:
    return bool(MAYBE_READABLE.search(f"{offered.prefix} {offered.schema} {offered.namespace}"))


def _unread(offered: Format) -> FormatProbe:
    return FormatProbe(prefix=offered.prefix, namespace=offered.namespace)


def _first_page(provider: Provider, offered: Format, hints: Hints) -> tuple[FormatProbe, Page | None]:
    started = time.monotonic()
    try:
        page = provider.page(Window(prefix=offered.prefix))
    except (ProviderError, WaitUntil) as error:
        return replace(_unread(offered), error=str(error)), None
    seconds = round(time.monotonic() - started, 2)
    articles = [formats.read(raw, hints).article for raw in page.records if not raw.deleted]
    result = FormatProbe(
        prefix=offered.prefix,
        namespace=offered.namespace,
        reads=next((article.format for article in articles if article), None),
        records=len(page.records),
        deleted=sum(raw.deleted for raw in page.records),
        unreadable=len(page.bad) + articles.count(None),
        list_size=page.token.complete_list_size if page.token else None,
        more=page.token is not None,
        seconds=seconds,
    )
    return result, page


def _sets(provider: Provider) -> tuple[tuple[SetInfo, ...], str | None]:
    """The sets, and the error if there is no list of them, as from a provider without sets."""
    try:
        return provider.sets(), None
    except (ProviderError, WaitUntil) as error:
        return (), str(error)
