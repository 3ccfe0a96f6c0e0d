from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from harvester.cli.invocation import DEFAULT_CONFIG, as_called, program, short_path
from tests.providers import small_journal


@pytest.fixture
def bin_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder below the working folder, with a program of that name."""
    monkeypatch.chdir(tmp_path)
    folder = tmp_path / "my venv" / "bin"
    folder.mkdir(parents=True)
    (folder / "harvester").write_text("#!/bin/sh\necho called\n")
    (folder / "harvester").chmod(0o755)
    return folder


def test_it_can_be_called_in_the_same_shell_without_the_environment(bin_folder, monkeypatch):
    monkeypatch.setattr(sys, "argv", [str(bin_folder / "harvester"), "demo"])
    assert program() == "'my venv/bin/harvester'"
    assert subprocess.run(program(), shell=True, check=True, capture_output=True).stdout == b"called\n"


def test_its_name_is_enough_where_the_shell_finds_it(bin_folder, monkeypatch):
    monkeypatch.setattr(sys, "argv", [str(bin_folder / "harvester"), "demo"])
    monkeypatch.setenv("PATH", str(bin_folder), prepend=":")
    assert program() == "harvester"


def test_another_installation_of_that_name_is_not_called(bin_folder, monkeypatch, tmp_path):
    other = tmp_path / "other"
    other.mkdir()
    (other / "harvester").write_text("#!/bin/sh\n")
    (other / "harvester").chmod(0o755)
    monkeypatch.setattr(sys, "argv", [str(bin_folder / "harvester"), "demo"])
    monkeypatch.setenv("PATH", str(other), prepend=":")
    assert program() == "'my venv/bin/harvester'"


def test_the_module_is_called_as_one(monkeypatch):
    monkeypatch.setattr(sys, "argv", ["/x/harvester/__main__.py"])
    assert program().endswith(" -m harvester")


def test_a_path_elsewhere_stays_whole(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert short_path(tmp_path / "exports" / "a.xml") == "exports/a.xml"
    assert short_path("/somewhere/else") == "/somewhere/else"


OTHER = Path("/etc/my journals.toml")


@pytest.mark.parametrize(
    ("text", "called"),
    [
        ("Next: harvester check, then harvester export crossref.",
         "Next: harvester --config '/etc/my journals.toml' check, then "
         "harvester --config '/etc/my journals.toml' export crossref."),
        ("`harvester runs 3` says why", "`harvester --config '/etc/my journals.toml' runs 3` says why"),
        ("  venv/bin/harvester harvest ojs", "  venv/bin/harvester --config '/etc/my journals.toml' harvest ojs"),
        ("  python -m harvester init", "  python -m harvester --config '/etc/my journals.toml' init"),
    ],
)  # fmt: skip
def test_commands_name_the_configuration_of_the_user(text, called):
    assert as_called(text, OTHER) == called
    assert as_called(text, DEFAULT_CONFIG) == text


@pytest.mark.parametrize(
    "text",
    [
        "harvester explain doi-missing",  # reads no configuration
        "harvester docs operations",
        "The store belongs to harvester 0.3.0.",
        "the harvester checks it",
        "harvester checks it",
        "harvester --config demo/config.toml check",
        "my-harvester check",
    ],
)
def test_what_is_not_a_command_stays(text):
    assert as_called(text, OTHER) == text


def test_the_command_that_runs_says_which_configuration(call, tmp_path):
    with small_journal.serving() as server:
        (tmp_path / "other.toml").write_text(small_journal.CONFIG.format(url=server.url))
        done = call("--config", "other.toml", "harvest")
    assert "Next: harvester --config other.toml check, then harvester --config other.toml export" in done.stderr
    shown = call("--config", "other.toml", "check").stderr
    assert "harvester explain CODE, harvester --config other.toml show RECORD" in shown
    assert "`harvester --config other.toml status`" in call("show", "nothing", "--config", "other.toml").stderr
