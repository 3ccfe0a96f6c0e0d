"""`harvester source`: list, probe, test, rename and forget."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from itertools import repeat

import click
from msgspec import structs

from harvester import pipeline
from harvester.cli.common import Common, Group, pass_common
from harvester.cli.output import as_json, counted, one_line
from harvester.cli.progress import opened, shown
from harvester.cli.tables import table
from harvester.cli.terminal import echo
from harvester.config import Config, select_sources
from harvester.config.problems import is_source_name
from harvester.daemon.incidents import cause_and_remedy
from harvester.errors import BadAnswer, BadStatus, ConfigError, PrivateAddress, ProviderError, StoreError
from harvester.harvesting.sentences import sets_gone
from harvester.model import SetInfo
from harvester.probing.checkup import settings, span
from harvester.probing.probe import FormatProbe, ProbeReport, probe, probe_source
from harvester.probing.suggestions import Citation, journal_block, source_block
from harvester.store import SourceContent

SETS_SHOWN = 10
SKEW = 60.0  # seconds by which a clock may be wrong without being reported
ADDRESSES = (
    "the OAI-PMH address of a journal in OJS ends in /index.php/JOURNAL/oai, in Janeway in /api/oai/, "
    "in DSpace in /server/oai/request or /oai/request, in EPrints in /cgi/oai2; else ask whoever runs the site"
)


@click.group(cls=Group)
def command() -> None:
    """Looks after the sources."""


@command.command("list")
@pass_common
def list_(common: Common) -> None:
    """Lists the configured sources."""
    config = common.load()
    sources = config.sources.values()
    if common.json:
        as_json(
            sources=[
                {"name": source.name, "url": source.url, "formats": source.formats, "sets": source.sets}
                for source in sources
            ]
        )
        return
    rows = [(source.name, source.url, ", ".join(source.formats), ", ".join(source.sets) or "all") for source in sources]
    table(("source", "url", "formats", "sets"), rows)
    if not rows:
        common.say_where_to_begin(config)


@command.command("probe")
@click.argument("url")
@click.option("--allow-private", is_flag=True, help="Go to an address on this machine or in a private network.")
@pass_common
def probe_(common: Common, url: str, allow_private: bool) -> None:
    """Looks at an endpoint and prints its settings.

    It asks for Identify, the formats, the sets and one page of each format that may be one of ours; of one format also
    for a second page, for one day, and for the identifiers. It says what does not work, and how long a page takes. It
    stores nothing.
    """
    bare = _endpoint(url)
    common.say("Looking; this takes minutes where a provider is slow.")
    try:
        with shown(common):
            report = probe(bare, allow_private=allow_private, now=lambda: datetime.now(UTC))
    except ProviderError as error:
        raise ProviderError(_with_first_step(error)) from error
    more = settings(report.identity, report.checkup, report.slowest)
    block = source_block(report.url, report.readable, report.suggestions, allow_private=allow_private, more=more)
    journals = [journal_block(journal) for journal in report.suggestions.journals]
    if common.json:
        as_json(probe=report, config="\n\n".join([block, *journals]) if report.readable else None)
        return
    _print(report)
    if not report.readable:
        common.say(_why_nothing_is_read(report))
        return
    echo("\nFor config.toml:\n")
    echo("\n\n".join([block, *journals]))
    if len(report.suggestions.journals) > 1 and report.sets:
        common.say('\nThere are several journals; sets = ["…"] below the url, with a set from above, takes one.')
    begin = "" if common.config.exists() else "harvester init, "
    common.say(f"\nNext: {begin}paste these lines into {common.config}, then harvester harvest.")


@command.command("test")
@click.argument("name")
@pass_common
def test(common: Common, name: str) -> int:
    """Looks at a configured source.

    Does it answer, with the settings it has, and do we read what it sends in each of its formats?
    """
    config = common.load()
    (source,) = select_sources(config, [name])
    with shown(common):
        report = probe_source(source, source.hints(config.journals), now=lambda: datetime.now(UTC))
    if common.json:
        as_json(probe=report)
    else:
        _print(report)
    offered = [info.spec for info in report.sets]
    gone = [name for name in source.sets if offered and name not in offered]
    if gone:
        echo(f"{sets_gone(gone, offered, source.sets)}.", err=True)
    return 0 if set(source.formats) <= set(report.readable) and not gone else 1


def _why_nothing_is_read(report: ProbeReport) -> str:
    if any(probed.error for probed in report.formats):
        return "No format could be read, as said above; try again later, or ask the provider's administrator."
    if not report.empty:
        return "There is nothing here that this program reads: it wants oai_dc or JATS."
    listed = f"The list of {', '.join(report.empty)} is empty."
    if report.sets:
        names = ", ".join(f'"{info.spec}"' for info in report.sets[:12])
        return f"{listed} The provider may list records only in a set: try `sets` with one of {names}."
    return f"{listed} Try again when there are records, or ask the provider's administrator."


@command.command("rename")
@click.argument("old")
@click.argument("new")
@pass_common
def rename(common: Common, old: str, new: str) -> None:
    """Gives a source another name in the store.

    Its records, articles and runs keep their history, and so do the DOIs that this program minted. The name in
    config.toml is changed by you, before or after this command. Stop the daemon first.
    """
    config = common.load()
    if old in config.sources and new in config.sources:
        raise ConfigError([f"both {old} and {new} are in {config.path}; two sources cannot become one"])
    if not is_source_name(new):
        raise ConfigError([f"{new} is not a name for a source; use letters, digits, - and _ (64 at most)"])
    with opened(common, config) as store:
        with shown(common):
            pipeline.rename_source(config, store, old, new)
        content = store.source_content(new)
    records = content.records if content else 0
    if common.json:
        as_json(source=new, records=records)
    common.say(f"{old} is {new} now, with {counted(records, 'record')}. {_to_change(config, old, new)}")


def _to_change(config: Config, old: str, new: str) -> str:
    """What is to be done in config.toml."""
    if new in config.sources:
        return f"{config.path} has [sources.{new}] already."
    if old in config.sources:
        return (
            f"Before the next harvest, change [sources.{old}] to [sources.{new}] in {config.path}; "
            f"otherwise everything is harvested again as {old}."
        )
    return f"To harvest it, add [sources.{new}] to {config.path}."


@command.command("forget")
@click.argument("name")
@click.option("--yes", is_flag=True, help="Do it without asking.")
@pass_common
def forget(common: Common, name: str, yes: bool) -> None:
    """Deletes a source from the store.

    Its records, articles and runs are deleted, with everything that was received. What the ledger knows stays: a DOI
    that was deposited is known as deposited, and one that this program minted belongs to its record, also if another
    source brings that. Stop the daemon first.
    """
    config = common.load()
    with opened(common, config) as store:
        content = store.source_content(name)
        if content is None:
            raise StoreError(f"The store has no source {name}; `harvester status` lists those that it has.")
        common.say(_what_it_does(config, name, content))
        if not (yes or _is_confirmed(name)):
            raise click.Abort
        with shown(common):
            pipeline.forget_source(config, store, name)
    if common.json:
        as_json(source=name, **structs.asdict(content))
    common.say(f"{name} is deleted from the store.")


def _what_it_does(config: Config, name: str, content: SourceContent) -> str:
    lines = [
        f"This deletes {counted(content.records, 'record')} of {name} from the store, with everything received for "
        "them. It cannot be undone; `harvester backup FILE` makes a copy first."
    ]
    if content.deposited:
        lines.append(f"{counted(content.deposited, 'DOI')} stay known as deposited.")
    if content.minted:
        lines.append(f"{counted(content.minted, 'DOI')} that this program minted stay those of their records.")
    if name in config.sources:
        lines.append(f"[sources.{name}] is in {config.path}: its next harvest fetches everything again.")
    return "\n".join(lines)


def _is_confirmed(name: str) -> bool:
    if not _is_terminal():
        raise click.UsageError(f"Nothing was deleted. To delete {name} without being asked, add --yes.")
    return click.confirm(f"Delete {name}?", err=True)


def _is_terminal() -> bool:
    return sys.stdin.isatty()


def _endpoint(url: str) -> str:
    """The bare endpoint. Raises `ConfigError` if config.toml would not accept it."""
    from harvester.config.formats import endpoint
    from harvester.config.problems import without_credentials

    bare = url.partition("?verb=")[0]
    try:
        endpoint(bare)
    except ValueError as error:
        raise ConfigError([f"{without_credentials(url)} {error}"]) from error
    return bare


def _with_first_step(error: ProviderError) -> str:
    """The error with a remedy for a user who has no source yet, and perhaps a wrong URL."""
    if isinstance(error, BadAnswer) or (isinstance(error, BadStatus) and error.status in (404, 410)):
        return f"{cause_and_remedy(str(error), '')[0]}; {ADDRESSES}"
    if isinstance(error, PrivateAddress):
        return f"{cause_and_remedy(str(error), '')[0]}; add --allow-private if that is meant"
    return str(error)


def _print(report: ProbeReport) -> None:
    for name, value in _facts(report):
        echo(f"{name:<12} {value}")
    rows = [(probed.prefix, _reads(probed), probed.records, _size(probed), probed.seconds) for probed in report.formats]
    echo()
    table(("format", "we read it", "page", "of", "seconds"), rows)
    for probed in report.formats:
        if probed.error:
            echo(f"{probed.prefix}: {one_line(probed.error)}")
    if report.suggestions.citation:
        echo(f"\nCitation     {_citation(report.suggestions.citation)}")


def _facts(report: ProbeReport) -> Iterator[tuple[str, str]]:
    identity = report.identity
    yield "Repository", one_line(identity.repository)
    if identity.software:
        yield "Software", one_line(identity.software)
    if report.final_url != report.url:
        yield "Leads to", report.final_url
    yield "Granularity", identity.granularity
    yield "Deletions", _DELETIONS.get(identity.deleted_record, identity.deleted_record)
    yield "Earliest", identity.earliest
    if report.clock_skew is not None and abs(report.clock_skew) > SKEW:
        yield "Clock", f"{span(abs(report.clock_skew))} {'ahead of' if report.clock_skew > 0 else 'behind'} ours"
    if report.sets_error:
        yield "Sets", one_line(report.sets_error)
    elif report.sets:
        yield from zip(("Sets", *repeat("", SETS_SHOWN)), _sets(report.sets), strict=False)
    if checkup := report.checkup:
        trials = (("Pages", checkup.paging), ("Dates", checkup.dates), ("Identifiers", checkup.identifiers))
        yield from ((name, one_line(trial.said)) for name, trial in trials)


def _sets(sets: Sequence[SetInfo]) -> Iterator[str]:
    """The first sets with their names, which show which set is the journal."""
    shown = sets[:SETS_SHOWN]
    width = max(len(info.spec) for info in shown)
    yield from (f"{info.spec:<{width}}  {one_line(info.name)}".rstrip() for info in shown)
    if len(sets) > len(shown):
        yield f"and {len(sets) - len(shown)} more, which --json lists"


_DELETIONS = {
    "no": "never announced",
    "transient": "announced, for some time",
    "persistent": "announced",
}


def _reads(probed: FormatProbe) -> str:
    if probed.error:
        return "no: error"
    if probed.reads:
        return f"yes, as {probed.reads}"
    return "no" if not probed.records else "no: not in this form"


def _size(probed: FormatProbe) -> str:
    if probed.list_size is not None:
        return str(probed.list_size)
    return "more" if probed.more else "all" if probed.records else ""


def _citation(citation: Citation) -> str:
    parts = {"volume": citation.volume, "issue": citation.issue, "first page": citation.first_page}
    read = ", ".join(f"{name} {value}" for name, value in parts.items() if value)
    return f"{one_line(citation.text)}\n             {f'read as {citation.profile}: {read}' if read else 'not read'}"
