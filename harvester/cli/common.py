"""The options of every command (--config, --json, -q, -v), accepted before and after its name."""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from harvester.cli.invocation import DEFAULT_CONFIG, as_called
from harvester.cli.terminal import echo

if TYPE_CHECKING:
    from harvester.config import Config


class Common:
    """The values of the options of every command. It is the `click.Context.obj` of all commands."""

    def __init__(self) -> None:
        self.config = DEFAULT_CONFIG
        self.json = False
        self.quiet = False
        self.verbose = False
        self.log_format = "text"

    def load(self) -> Config:
        """Loads the configuration. Raises `ConfigError`."""
        from harvester.config import load  # jsonschema takes 60 ms to import

        return load(self.config)

    def say(self, message: str, *, whole: bool = False) -> None:
        """Prints a message for the user on stderr, unless -q is set; as `whole` lines if they are to be copied."""
        if not self.quiet:
            echo(as_called(message, self.config), err=True, whole=whole)

    def say_where_to_begin(self, config: Config) -> None:
        """Prints the first step, if no source is configured."""
        if not config.sources:
            self.say("There is no source yet. To add one: harvester source add URL")

    def say_if_read_only(self, config: Config) -> None:
        """Prints as of when the store is shown, if this user may only read it."""
        from harvester.standing.moments import local_time
        from harvester.store import last_change_if_read_only

        if changed := last_change_if_read_only(config.store_url):
            moment = local_time(changed, config.zone)
            self.say(f"You may read this store and not write it. It is shown as of its last change, {moment}.")


pass_common = click.make_pass_decorator(Common)


def _remember(context: click.Context, option: click.Parameter, value: Any) -> None:
    """Stores the value of an option in `Common`. The value after the command's name wins, because it comes last."""
    common = context.ensure_object(Common)
    if value and option.name:
        setattr(common, option.name, value)


def _options() -> list[click.Parameter]:
    def flag(*names: str, help: str) -> click.Option:
        return click.Option(names, is_flag=True, expose_value=False, callback=_remember, help=help)

    file = click.Path(path_type=Path)
    return [
        click.Option(
            ["--config"],
            type=file,
            metavar="FILE",
            expose_value=False,
            callback=_remember,
            help="The configuration; config.toml when absent.",
        ),
        flag("--json", help="Print one JSON object."),
        flag("-q", "--quiet", help="Print only the result and errors."),
        flag("-v", "--verbose", help="Print more, and a traceback for an error in the program."),
        click.Option(
            ["--log-format"],
            type=click.Choice(("text", "json")),
            expose_value=False,
            callback=_remember,
            help="How log lines on stderr look; text when absent.",
        ),
    ]


class Command(click.Command):
    """A command with the common options."""

    def __init__(self, *args: Any, **attributes: Any) -> None:
        super().__init__(*args, **attributes)
        self.params += _options()

    def invoke(self, ctx: click.Context) -> Any:
        _log_to_stderr(ctx.ensure_object(Common))
        return super().invoke(ctx)


def _log_to_stderr(common: Common) -> None:
    import logging  # `--help` does not need it

    from harvester.daemon.logs import set_up

    level = logging.INFO if common.verbose else logging.ERROR if common.quiet else logging.WARNING
    set_up(common.log_format, level, verbose=common.verbose)


class Group(click.Group):
    """A command with subcommands. Those in `lazy` are imported when they are called."""

    command_class = Command

    def __init__(self, *args: Any, lazy: dict[str, tuple[str, str]] | None = None, **attributes: Any) -> None:
        """`lazy` has for each command the module in which it is named `command`, and its one line of help."""
        super().__init__(*args, **attributes)
        self.params += _options()
        self._lazy = lazy or {}

    def list_commands(self, ctx: click.Context) -> list[str]:
        return [*self._lazy, *super().list_commands(ctx)]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in self._lazy:
            return super().get_command(ctx, cmd_name)
        command: click.Command = import_module(self._lazy[cmd_name][0]).command
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        name = args[0]
        if not name.startswith("-") and self.get_command(ctx, name) is None:
            ctx.fail(self._unknown(ctx, name))
        return super().resolve_command(ctx, args)

    def _unknown(self, ctx: click.Context, name: str) -> str:
        """The error for an unknown name. Many try the verb of another one's help: `rebuild` for `remap`."""
        meant = [known for known, (_, line) in self._lazy.items() if line.lower().startswith(f"{name.lower()} ")]
        return unknown("command", name, self.list_commands(ctx), meant)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        if not self._lazy:
            super().format_commands(ctx, formatter)
            return
        with formatter.section("Commands"):
            formatter.write_dl([(name, line) for name, (_, line) in self._lazy.items()])


def unknown(kind: str, name: str, known: list[str], meant: Sequence[str] = ()) -> str:
    """The error for a name that does not exist, with those that are `meant`, else the nearest one that does."""
    from difflib import get_close_matches

    if near := meant or get_close_matches(name, known, n=1):
        return f"There is no {kind} {name}. Did you mean {', '.join(near)}?"
    return f"There is no {kind} {name}." + (f" There are: {', '.join(known)}." if len(known) <= 20 else "")
