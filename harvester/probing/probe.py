"""A first look at a provider: what it says of itself, what we can read of it, and the settings that this suggests.

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

# Names, schemas and namespaces of formats that may be ours; whether they are is seen by what is in them.
OURS = re.compile(r"oai_dc|jats|nlm|journalpublishing|archivearticle", re.IGNORECASE)


class FormatProbe(Struct, frozen=True, kw_only=True):
    """One metadata format and its first page. `reads` names our reader, `None` where we have none."""

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
    url: str  # as asked
    final_url: str  # where it led
    allow_private: bool
    identity: Identity
    clock_skew: float | None  # seconds that its clock is ahead of ours
    formats: tuple[FormatProbe, ...]
    sets: tuple[SetInfo, ...]
    sets_error: str | None
    checkup: Checkup | None  # none where no format is ours
    suggestions: Suggestions

    @property
    def slowest(self) -> float:
        """Seconds."""
        return max((one.seconds for one in self.formats), default=0.0)

    @property
    def readable(self) -> tuple[str, ...]:
        """The prefixes to harvest, best first: JATS says more than Dublin Core."""
        read = [one for one in self.formats if one.reads]
        return tuple(one.prefix for one in sorted(read, key=lambda one: one.reads == "oai_dc"))


def probe(url: str, *, allow_private: bool, now: Callable[[], datetime]) -> ProbeReport:
    """Looks at a provider for the first time. Raises `ProviderError` where it does not answer as one."""
    access = Access(url=url, allow_private=allow_private, retries=1)
    return _look(access, Hints(provider_host=urlsplit(url).hostname), now, None)


def probe_source(source: Source, hints: Hints, *, now: Callable[[], datetime]) -> ProbeReport:
    """Looks at a configured source, with its access, in its formats only."""
    return _look(replace(source.access(), retries=1), hints, now, source.formats)


def _look(access: Access, hints: Hints, now: Callable[[], datetime], wanted: Sequence[str] | None) -> ProbeReport:
    with Provider(access) as provider:
        identity = provider.identify()
        skew = _skew(identity, now())
        found: list[FormatProbe] = []
        read: dict[str, tuple[str, Page]] = {}  # by the reader: the prefix, and the first page
        for offered in _offered(provider, wanted):
            report, page = (
                _first_page(provider, offered, hints) if _is_ours(offered, wanted) else (_named(offered), None)
            )
            found.append(report)
            if page and report.reads:
                read[report.reads] = (offered.prefix, page)
        sets, sets_error = _sets(provider)
        # Dublin Core where there is some: its pages cost a provider least.
        tried = read.get("oai_dc") or next(iter(read.values()), None)
        checkup = examine(provider, identity, *tried) if tried else None
        final_url = provider.url
    return ProbeReport(
        url=access.url,
        final_url=final_url,
        allow_private=access.allow_private,
        identity=identity,
        clock_skew=skew,
        formats=tuple(found),
        sets=sets,
        sets_error=sets_error,
        checkup=checkup,
        suggestions=suggest({reader: page.records for reader, (_, page) in read.items()}, hints),
    )


def _skew(identity: Identity, now: datetime) -> float | None:
    answered = parse_utc(identity.response_date)
    return round((answered - now).total_seconds(), 1) if answered else None


def _offered(provider: Provider, wanted: Sequence[str] | None) -> list[Format]:
    """The formats to report on: all that the provider has, or those wanted, whether it says that it has them or not."""
    offered = {one.prefix: one for one in provider.formats()}
    return list(offered.values()) if wanted is None else [offered.get(one, Format(one)) for one in wanted]


def _is_ours(offered: Format, wanted: Sequence[str] | None) -> bool:
    said = f"{offered.prefix} {offered.schema} {offered.namespace}"
    return wanted is not None or bool(OURS.search(said))


def _named(offered: Format) -> FormatProbe:
    return FormatProbe(prefix=offered.prefix, namespace=offered.namespace)


def _first_page(provider: Provider, offered: Format, hints: Hints) -> tuple[FormatProbe, Page | None]:
    started = time.monotonic()
    try:
        page = provider.page(Window(prefix=offered.prefix))
    except (ProviderError, WaitUntil) as error:
        return replace(_named(offered), error=str(error)), None
    seconds = round(time.monotonic() - started, 2)
    articles = [formats.read(raw, hints).article for raw in page.records if not raw.deleted]
    report = FormatProbe(
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
    return report, page


def _sets(provider: Provider) -> tuple[tuple[SetInfo, ...], str | None]:
    """The sets; a provider without them says so with an error, which is none here."""
    try:
        return provider.sets(), None
    except (ProviderError, WaitUntil) as error:
        return (), str(error)
