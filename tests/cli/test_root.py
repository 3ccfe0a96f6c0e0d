"""The start of the program, and every way in which it ends."""

import os
import subprocess
import sys
from pathlib import Path

import click
import pytest

from harvester import __version__
from harvester.cli.root import COMMANDS, main
from harvester.errors import BusyError, ConfigError, HarvesterError

HEAVY = ("sqlalchemy", "alembic", "lxml", "requests", "jsonschema", "rich", "sickle", "msgspec")


def seconds(*command):
    """The least processor time of a few runs, which other work of the machine does not affect."""
    times = []
    for _ in range(5):
        process = subprocess.Popen([sys.executable, *command], stdout=subprocess.DEVNULL)
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        assert process.returncode == 0
        times.append(usage.ru_utime + usage.ru_stime)
    return min(times)


@pytest.mark.slow
@pytest.mark.parametrize("option", ["--help", "--version"])
def test_help_and_version_are_fast(option):
    assert seconds("-m", "harvester", option) - seconds("-c", "pass") < 0.2


@pytest.mark.parametrize("option", ["--help", "--version"])
def test_help_and_version_import_nothing_heavy(option):
    code = (
        "import sys\nfrom harvester.cli import main\n"
        f"try: main([{option!r}])\nexcept SystemExit as end: assert end.code == 0\n"
        f"print(*(name for name in {HEAVY!r} if name in sys.modules), file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert done.stderr.strip() == ""
    assert ("Commands:" if option == "--help" else __version__) in done.stdout


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_help(call, name):
    done = call(name, "--help")
    assert done.exit_code == 0
    command = main.get_command(click.Context(main), name)
    assert command
    assert command.get_short_help_str(200)


def test_mistyped_command_gets_a_suggestion(call):
    done = call("harvset")
    assert done.exit_code == 2
    assert "There is no command harvset. Did you mean harvest?" in done.stderr


@pytest.mark.parametrize(("tried", "meant"), [("rebuild", "remap"), ("List", "check, dois, runs")])
def test_a_verb_from_the_help_of_a_command_names_that_command(call, tried, meant):
    done = call(tried)
    assert done.exit_code == 2
    assert f"There is no command {tried}. Did you mean {meant}?" in done.stderr
    assert call("source", "prob").stderr.endswith("Did you mean probe?\n")


def test_mistyped_option_gets_a_suggestion(call):
    done = call("harvest", "--ful")
    assert done.exit_code == 2
    assert "--full" in done.stderr


@pytest.fixture
def failing(monkeypatch):
    """Makes every command that loads the configuration end with this exception."""

    def end_with(failure):
        def load(path):
            raise failure

        monkeypatch.setattr("harvester.config.load", load)

    return end_with


@pytest.mark.parametrize(
    ("failure", "code", "message"),
    [
        (HarvesterError("it broke; do this"), 1, "it broke; do this\n"),
        (ConfigError(["one", "two"]), 2, "one\ntwo\n"),
        (BusyError("process 7 is at it; wait"), 75, "process 7 is at it; wait\n"),
        (KeyboardInterrupt(), 130, "\nStopped. What was complete is kept.\n"),
    ],
)
def test_every_failure_has_its_exit_code_and_message(call, failing, failure, code, message):
    failing(failure)
    done = call("source", "list")
    assert (done.exit_code, done.stdout, done.stderr) == (code, "", message)


def test_bug_says_how_to_report_it(call, failing):
    failing(ZeroDivisionError("division by zero"))
    done = call("source", "list")
    assert done.exit_code == 1
    assert done.stderr.startswith("ZeroDivisionError: division by zero (")
    assert "again with -v and report" in done.stderr
    assert "Traceback" not in done.stderr
    verbose = call("source", "list", "-v")
    assert "Traceback" in verbose.stderr
    assert f"harvester {__version__}" in verbose.stderr


@pytest.mark.parametrize("order", [["--config", "no.toml", "status"], ["status", "--config", "no.toml"]])
def test_common_options_may_come_before_or_after_the_command(call, order):
    done = call(*order)
    assert done.exit_code == 2
    assert "no.toml is not there; make one with `harvester --config no.toml init`" in done.stderr


def test_option_after_the_command_wins(call):
    assert (
        "b.toml is not there"
        in call("--config", "a.toml", "config", "--config", "c.toml", "check", "--config", "b.toml").stderr
    )


@pytest.mark.slow
def test_output_that_cannot_be_written_is_reported(tmp_path):
    (tmp_path / "config.toml").write_text('[sources.a]\nurl = "https://example.org/oai"\nformats = ["oai_dc"]\n')
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            [sys.executable, "-m", "harvester", "source", "list"], cwd=tmp_path, stdout=full, stderr=subprocess.PIPE
        )
    assert done.returncode == 1
    assert done.stderr.startswith(b"A file or the output cannot be written or read (No space left on device)")
    assert b"error in the program" not in done.stderr


@pytest.mark.slow
def test_closed_pipe_is_no_error(tmp_path):
    (tmp_path / "config.toml").write_text(
        "".join(f'[sources.s{n}]\nurl = "https://example.org/{n}"\nformats = ["oai_dc"]\n' for n in range(3000))
    )
    with subprocess.Popen(
        [sys.executable, "-m", "harvester", "source", "list"],
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        assert process.stdout
        assert process.stderr
        process.stdout.readline()
        process.stdout.close()
        assert process.stderr.read() == b""
        assert process.wait(30) == 141
