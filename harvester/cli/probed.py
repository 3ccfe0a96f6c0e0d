"""What a look at a provider gives a person: facts, formats, the lines for config.toml, and what does not fit."""

from __future__ import annotations

import tomllib
from datetime import UTC, datetime
from pathlib import Path

from msgspec import Struct

from harvester.cli.common import Common
from harvester.cli.progress import shown
from harvester.cli.tables import table
from harvester.cli.terminal import echo
from harvester.config.editing import Edited, add_tables, unsuitable
from harvester.errors import ConfigError, PrivateAddress, ProviderError
from harvester.probing import addresses
from harvester.probing.checkup import settings
from harvester.probing.probe import ProbeReport, probe
from harvester.probing.suggestions import Citation, journal_block, source_block
from harvester.probing.summary import facts, reads, size
from harvester.standing.incidents import cause_and_remedy
from harvester.text import one_line

ADDRESSES = (
    "the OAI-PMH address of a journal in OJS ends in /index.php/JOURNAL/oai, in Janeway in /api/oai/, "
    "in DSpace in /server/oai/request or /oai/request, in EPrints in /cgi/oai2; else ask whoever runs the site"
)


class Examined(Struct, frozen=True):
    """A provider that was looked at, with the tables for config.toml: of the source, and of each journal."""

    report: ProbeReport
    source: str
    journals: tuple[str, ...]

    @property
    def is_readable(self) -> bool:
        return bool(self.report.readable)

    @property
    def blocks(self) -> tuple[str, ...]:
        return (self.source, *self.journals)

    def added_to(self, path: Path) -> Edited:
        """The text of config.toml with these tables. Raises `ConfigError`."""
        return add_tables(path.read_text(encoding="utf-8-sig"), self.source, self.journals)

    def warnings(self, path: Path, edited: Edited) -> list[str]:
        """What the configuration does not fit."""
        document = tomllib.loads(path.read_text(encoding="utf-8-sig"))
        found = self.report.suggestions
        return [*edited.contradictions, *unsuitable(document, found.doi_prefixes, found.without_issn, found.articles)]


def examined(common: Common, url: str, *, allow_private: bool) -> Examined:
    """Looks at the provider with this address, or with one of those that are usual at that site."""
    _check(addresses.as_entered(url), url)
    common.say("Looking; this takes minutes where a provider is slow.")
    try:
        with shown(common):
            report = addresses.find(
                url, lambda address: probe(address, allow_private=allow_private, now=lambda: datetime.now(UTC))
            )
    except ProviderError as error:
        raise ProviderError(_with_first_step(error)) from error
    more = settings(report.identity, report.checkup, report.slowest)
    block = source_block(report.url, report.readable, report.suggestions, allow_private=allow_private, more=more)
    return Examined(report, block, tuple(map(journal_block, report.suggestions.journals)))


def _check(address: str, given: str) -> None:
    """Raises `ConfigError` if config.toml would not accept the address."""
    from harvester.config.formats import endpoint
    from harvester.config.problems import without_credentials

    try:
        endpoint(address)
    except ValueError as error:
        raise ConfigError([f"{without_credentials(given)} {error}"]) from error


def _with_first_step(error: ProviderError) -> str:
    """The error with a remedy for a user who has no source yet, and perhaps a wrong URL."""
    if addresses.may_be_elsewhere(error):
        return f"{cause_and_remedy(str(error), '')[0]}; {ADDRESSES}"
    if isinstance(error, PrivateAddress):
        return f"{cause_and_remedy(str(error), '')[0]}; add --allow-private if that is meant"
    return str(error)


def print_probe(report: ProbeReport) -> None:
    for name, value in facts(report):
        echo(f"{name:<12} {value}")
    rows = [(probed.prefix, reads(probed), probed.records, size(probed), probed.seconds) for probed in report.formats]
    echo()
    table(("format", "supported", "on page 1", "total", "seconds"), rows)
    for probed in report.formats:
        if probed.error:
            echo(f"{probed.prefix}: {one_line(probed.error)}")
    if report.suggestions.citation:
        echo(f"\nCitation     {_citation(report.suggestions.citation)}")


def _citation(citation: Citation) -> str:
    parts = {"volume": citation.volume, "issue": citation.issue, "first page": citation.first_page}
    read = ", ".join(f"{name} {value}" for name, value in parts.items() if value)
    return f"{one_line(citation.text)}\n             {f'read as {citation.profile}: {read}' if read else 'not read'}"


def why_nothing_is_read(report: ProbeReport) -> str:
    if any(probed.error for probed in report.formats):
        return "No format could be read, as said above; try again later, or ask the provider's administrator."
    if not report.empty:
        return "There is nothing here that this program reads: it wants oai_dc or JATS."
    listed = f"The list of {', '.join(report.empty)} is empty."
    if report.sets:
        names = ", ".join(f'"{info.spec}"' for info in report.sets[:12])
        return f"{listed} The provider may list records only in a set: try `sets` with one of {names}."
    return f"{listed} Try again when there are records, or ask the provider's administrator."
