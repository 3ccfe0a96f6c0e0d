"""What all commands have in common."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator

import click
import pytest

from harvester.cli.common import Common, Group, unknown
from harvester.cli.root import main
from tests.providers import small_journal
from tests.providers.server import Server


def test_commands_without_sources_say_how_to_begin(call, tmp_path):
    (tmp_path / "config.toml").touch()
    for command in ("status", "schedule", "harvest --due", "source list"):
        done = call(*command.split())
        assert (done.exit_code, "harvester source add URL" in done.stderr) == (0, True), command
    assert call("runs").stderr == "There is no run yet.\n"
    assert call("-q", "status").output == ""


def test_log_lines_as_json(scheduled, switch):
    switch["down"] = True
    lines = scheduled("harvest", "--due", "--log-format", "json").stderr.splitlines()
    logged = [json.loads(line) for line in lines if line.startswith("{")]
    assert [(line["level"], line["source"], line["run"]) for line in logged] == [("warning", "small", 1)]


BUSY = b"HTTP/1.1 503 Busy\r\nRetry-After: 0\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"


@pytest.fixture
def logged(call, tmp_path):
    """The log lines, in this format, of a harvest whose second page needs a retry."""

    def harvest(kind: str) -> list[str]:
        refused: list[object] = []

        def answering(request):
            if "resumptionToken" in request.query and not refused:
                refused.append(request)
                return BUSY
            return small_journal.answer(request)

        with Server(answering) as server:
            (tmp_path / "config.toml").write_text(small_journal.CONFIG.format(url=server.url))
            output = call("harvest", "-v", "--log-format", kind).stderr.splitlines()
        assert refused
        return [line for line in output if line.startswith(("{", "20"))]

    return harvest


def test_every_json_log_line_has_source_and_run(logged):
    """Lines of the fetching threads included."""
    lines = [json.loads(line) for line in logged("json")]
    assert {(line["source"], line["run"]) for line in lines} == {("small", 1)}
    assert [line["logger"] for line in lines] == ["harvester.harvesting.runs", "harvester.oai.client"]
    assert lines[0]["message"] == "oai_dc: begins a full harvest"
    assert "HTTP 503" in lines[1]["message"]


def test_every_text_log_line_has_source_and_run(logged):
    assert all(" INFO source=small run=1 " in line for line in logged("text"))


@pytest.mark.parametrize(
    ("name", "known", "sentence"),
    [
        ("harvset", ["harvest", "check"], "There is no command harvset. Did you mean harvest?"),
        ("x", ["harvest", "check"], "There is no command x. There are: harvest, check."),
        ("x", [f"long-name-{number}" for number in range(21)], "There is no command x."),
    ],
)
def test_unknown_name_is_answered_with_the_nearest(name, known, sentence):
    assert unknown("command", name, known) == sentence


def test_quiet_suppresses_messages(capsys):
    common = Common()
    common.say("first")
    common.quiet = True
    common.say("second")
    assert capsys.readouterr() == ("", "first\n")


@pytest.mark.parametrize(
    ("options", "level"),
    [([], "WARNING"), (["-v"], "INFO"), (["-q"], "ERROR")],
)
def test_options_set_the_level_of_the_log(configured, options, level):
    configured("source", "list", *options)
    assert logging.getLevelName(logging.getLogger("harvester").getEffectiveLevel()) == level


def options(group: click.Group) -> Iterator[click.Parameter]:
    """The options and arguments of all its commands."""
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None
        yield from command.params
        if isinstance(command, Group):
            yield from options(command)


def test_every_number_of_an_option_has_a_least_and_a_most():
    numbers = [option for option in options(main) if isinstance(option.type, click.types.IntParamType)]
    assert "days" in {option.name for option in numbers}
    for option in numbers:
        assert isinstance(option.type, click.IntRange), option.name
        assert None not in (option.type.min, option.type.max), option.name
