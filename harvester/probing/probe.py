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
from harvester.errors import ProtocolError, ProviderError, WaitUntil
from harvester.harvesting import by_identifier, windows
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
    silent_sets: tuple[str, ...]  # that are configured, and list no record
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
    return _examine(access, Hints(provider_host=urlsplit(url).hostname), now, None, ())


def probe_source(source: Source, hints: Hints, *, now: Callable[[], datetime]) -> ProbeReport:
    """Examines a configured source, with its access, in its formats and sets only."""
    return _examine(replace(source.access(), retries=1), hints, now, source.formats, source.sets)


def _examine(
    access: Access,
    hints: Hints,
    now: Callable[[], datetime],
    wanted: Sequence[str] | None,
    configured: tuple[str, ...],
) -> ProbeReport:
    with Provider(access) as provider:
        progress.report("asking who it is (Identify)")
        identity = provider.identify()
        skew = _skew(identity, now())
        probed, lists = _first_pages(provider, wanted, configured, hints)
        progress.report("sets")
        sets, sets_error = _sets(provider)
        silent = [name for name in configured if wanted and not _has_records(provider, wanted[0], name)]
        progress.report("trying paging, dates and identifiers")
        # Dublin Core if possible, because its pages cost the provider least.
        tested = lists.get("oai_dc") or next(iter(lists.values()), None)
        checkup = examine(provider, identity, *tested) if tested else None
        final_url = provider.url
    return ProbeReport(
        url=access.url,
        final_url=final_url,
        allow_private=access.allow_private,
        identity=identity,
        clock_skew=skew,
        formats=probed,
        sets=sets,
        sets_error=sets_error,
        silent_sets=tuple(silent),
        checkup=checkup,
        suggestions=suggest({reader: page.records for reader, (_, page) in lists.items()}, hints),
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


def _first_pages(
    provider: Provider, wanted: Sequence[str] | None, configured: tuple[str, ...], hints: Hints
) -> tuple[tuple[FormatProbe, ...], dict[str, tuple[Window, Page]]]:
    """Looks at the first page of each format that we may be able to read; also returns a list by reader."""
    probed: list[FormatProbe] = []
    lists: dict[str, tuple[Window, Page]] = {}
    for offered in _formats(provider, wanted):
        if wanted is None and not _may_be_readable(offered):
            probed.append(_unread(offered))
            continue
        progress.report(f"first page of {offered.prefix}")
        result, first = _first_page(provider, offered, configured, hints)
        probed.append(result)
        if first and result.reads:
            lists[result.reads] = first
    return tuple(probed), lists


def _first_page(
    provider: Provider, offered: Format, configured: tuple[str, ...], hints: Hints
) -> tuple[FormatProbe, tuple[Window, Page] | None]:
    """Looks at the first list of the format that has a record."""
    started = time.monotonic()
    try:
        window, page = _first_list(provider, offered.prefix, configured)
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
    return result, (window, page)


def _first_list(provider: Provider, prefix: str, configured: tuple[str, ...]) -> tuple[Window, Page]:
    """The first page of the first list with a record, as a harvest requests it: from a date on if need be."""
    empty: tuple[Window, Page] | None = None
    refused: ProviderError | None = None
    for since in (None, by_identifier.LONG_AGO):
        for window in windows.requested(prefix, configured, since):
            try:
                page = provider.page(window)
            except ProviderError as error:
                if not by_identifier.refuses_list(error):
                    raise
                refused = refused or error
                continue
            if page.records or page.bad:
                return window, page
            empty = empty or (window, page)
    if empty is None and refused:
        raise refused
    return empty or (Window(prefix=prefix), Page(records=()))


def _has_records(provider: Provider, prefix: str, name: str) -> bool:
    """Whether the set lists a record; so it has if that cannot be known."""
    for since in (None, by_identifier.LONG_AGO):
        try:
            if provider.identifiers(Window(prefix=prefix, set_spec=name, since=since)).records:
                return True
        except ProtocolError:
            continue
        except (ProviderError, WaitUntil):
            return True
    return False


def _sets(provider: Provider) -> tuple[tuple[SetInfo, ...], str | None]:
    """The sets, and the error if there is no list of them, as from a provider without sets."""
    try:
        return provider.sets(), None
    except (ProviderError, WaitUntil) as error:
        return (), str(error)
