from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from harvester.cli.invocation import program, short_path


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
