"""`harvester source`: list, probe, test, rename and forget."""

from __future__ import annotations

import shlex
import sys
from datetime import UTC, datetime

import click
from msgspec import structs

from harvester import pipeline
from harvester.cli.common import Common, Group, pass_common
from harvester.cli.invocation import program, short_path
from harvester.cli.output import as_json
from harvester.cli.probed import examined, print_probe, why_nothing_is_read
from harvester.cli.progress import opened, shown
from harvester.cli.tables import table
from harvester.cli.terminal import echo
from harvester.config import Config, select_sources
from harvester.config.problems import is_source_name
from harvester.config.reading import parse
from harvester.counting import counted
from harvester.errors import ConfigError, ProviderError, StoreError
from harvester.probing.probe import probe_source
from harvester.probing.summary import missing_sets, what_is_wrong
from harvester.store import SourceContent
from harvester.system.files import replace_text


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
    """Looks at an endpoint and prints its settings, which `source add` writes into config.toml.

    URL may also be a page of the journal, or its host: the usual addresses of endpoints are tried.

    It requests Identify, the formats, the sets and one page of each format that this program may read; of one format
    also a second page, one day, and the identifiers. It shows what does not work, and how long a page takes. It stores
    nothing.
    """
    found = examined(common, url, allow_private=allow_private)
    if common.json:
        as_json(probe=found.report, config="\n\n".join(found.blocks) if found.is_readable else None)
        return
    print_probe(found.report)
    if not found.is_readable:
        common.say(why_nothing_is_read(found.report))
        return
    echo("\nFor config.toml:\n")
    echo("\n\n".join(found.blocks), whole=True)
    if len(found.journals) > 1 and found.report.sets:
        common.say('\nThere are several journals; sets = ["…"] below the url, with a set from above, takes one.')
    private = " --allow-private" if allow_private else ""
    begin = [] if common.config.exists() else [f"{program()} init"]
    steps = [*begin, f"{program()} source add {shlex.quote(found.report.url)}{private}", f"{program()} harvest"]
    common.say(f"\nNext, to add these lines to {common.config} and to harvest:")
    common.say("\n".join(f"  {step}" for step in steps), whole=True)


@command.command("add")
@click.argument("url")
@click.option("--allow-private", is_flag=True, help="Go to an address on this machine or in a private network.")
@click.option("--yes", is_flag=True, help="Do it without asking.")
@pass_common
def add(common: Common, url: str, allow_private: bool, yes: bool) -> None:
    """Looks at an endpoint, as `source probe` does, and adds its tables to config.toml.

    It shows the lines and asks before it writes them. Comments and everything else in the file stay as they are, and a
    journal that has a table already keeps it.
    """
    config = common.load()
    found = examined(common, url, allow_private=allow_private)
    if not found.is_readable:
        raise ProviderError(why_nothing_is_read(found.report))
    edited = found.added_to(config.path)
    name = next(name for name in parse(edited.text, config.path).sources if name not in config.sources)
    if not common.json:
        echo(f"To add to {short_path(config.path)}:\n")
        echo(f"{edited.added}\n", whole=True)
    for warning in found.warnings(config.path, edited):
        echo(f"Please check: {warning}", tone="warning", err=True)
    if not (yes or confirmed(f"Write this to {short_path(config.path)}?", "Nothing was written. To write")):
        raise click.Abort
    replace_text(config.path, edited.text)
    if common.json:
        as_json(source=name, probe=found.report, config=edited.added)
    common.say(f"{short_path(config.path)} now has the source {name}. Next:")
    common.say(f"  {program()} harvest {name}", whole=True)


@command.command("test")
@click.argument("name")
@pass_common
def test(common: Common, name: str) -> int:
    """Looks at a configured source.

    Does it answer with its settings, and can the program read what it sends in each of its formats?
    """
    config = common.load()
    (source,) = select_sources(config, [name])
    with shown(common):
        report = probe_source(source, source.hints(config.journals), now=lambda: datetime.now(UTC))
    if common.json:
        as_json(probe=report)
    else:
        print_probe(report)
    if words := missing_sets(source, report):
        echo(words, err=True)
    return 0 if what_is_wrong(source, report) is None else 1


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
        content = store.sources.content(new)
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
        content = store.sources.content(name)
        if content is None:
            raise StoreError(f"The store has no source {name}; `harvester status` lists those that it has.")
        common.say(_what_it_does(config, name, content))
        if not (yes or confirmed(f"Delete {name}?", f"Nothing was deleted. To delete {name}")):
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


def confirmed(question: str, otherwise: str) -> bool:
    """Whether a person says yes. Without a terminal nobody can, which is an error: `otherwise` begins its words."""
    if not _is_terminal():
        raise click.UsageError(f"{otherwise} without being asked, add --yes.")
    return click.confirm(question, err=True)


def _is_terminal() -> bool:
    return sys.stdin.isatty()
