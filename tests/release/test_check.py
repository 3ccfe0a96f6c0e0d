"""What a release is checked for, and that the public checks run on every supported Python."""

import re
import sys
import zipfile

import pytest

from release import check
from tests.conftest import ROOT

CHANGELOG = """
## Unreleased

## 1.3.0 - 2026-11-30

## 1.2.0 - 2026-10-01
"""
PROGRAM = {
    "harvester/cli.py",
    "schemas/config.schema.json",
    "docs/index.md",
    "docs/howto/uninstall.md",
    "deploy/harvester.service",
    "deploy/harvester-due.timer",
}
WHOLE = {*PROGRAM, "README.md", "docs/generate.py", "deploy/Dockerfile", "tests/test_cli.py"}


@pytest.mark.parametrize(
    ("version", "tags", "problems"),
    [
        ("1.3.0", [], []),
        ("1.3.0", ["v1.3.0", "latest"], []),
        ("1.3.0", ["v1.2.0"], ["The version is 1.3.0, but this commit has the tag v1.2.0."]),
        ("1.2.0", [], ["The version is 1.2.0, but the newest dated section in CHANGELOG.md is 1.3.0."]),
        ("1.4.0", [], ["The version is 1.4.0, but the newest dated section in CHANGELOG.md is 1.3.0."]),
    ],
)
def test_version_changelog_and_tag_must_agree(version, tags, problems):
    assert list(check.version_problems(version, CHANGELOG, tags)) == problems


@pytest.mark.parametrize(
    ("version", "rises"), [("1.10.0", True), ("1.3.0", False), ("1.2.9", False), ("0.9.12", False)]
)
def test_versions_rise(version, rises):
    changelog = f"## {version} - 2026-12-24\n{CHANGELOG}"
    problems = list(check.version_problems(version, changelog, []))
    assert (problems == []) is rises, problems


def test_a_section_without_a_date_is_not_a_release():
    assert list(check.version_problems("1.3.0", "## 1.3.0\n", [])) == [
        "The version is 1.3.0, but the newest dated section in CHANGELOG.md is missing."
    ]


def test_whole_distributions_have_no_problems():
    assert list(check.contents_problems(WHOLE, WHOLE, PROGRAM)) == []


def test_data_of_the_program_is_inside_its_package_in_the_wheel(tmp_path):
    path = tmp_path / "any.whl"
    names = ["harvester/cli.py", "harvester/_schemas/a.json", "harvester/_docs/howto/a.md", "harvester/_deploy/a.timer"]
    with zipfile.ZipFile(path, "w") as archive:
        for name in (*names, "journal_harvester-1.3.0.dist-info/METADATA"):
            archive.writestr(name, "")
    assert check.names_in_wheel(path) == {"harvester/cli.py", "schemas/a.json", "docs/howto/a.md", "deploy/a.timer"}


def test_files_that_are_missing_or_do_not_belong_are_named():
    in_sdist = WHOLE - {"tests/test_cli.py"} | {"notes.txt"}
    in_wheel = PROGRAM - {"schemas/config.schema.json"} | {"README.md"}
    assert list(check.contents_problems(WHOLE, in_sdist, in_wheel)) == [
        "The source distribution lacks tests/test_cli.py.",
        "The source distribution contains notes.txt, which does not belong there or is not in git.",
        "The wheel lacks schemas/config.schema.json.",
        "The wheel contains README.md, which does not belong there or is not in git.",
    ]


@pytest.mark.parametrize("where", ["bin", "pyenv/versions/3.99.1/bin"])
def test_a_python_is_found_on_the_path_and_in_pyenv(tmp_path, monkeypatch, where):
    python = tmp_path / where / "python3.99"
    python.parent.mkdir(parents=True)
    python.symlink_to(sys.executable)
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    monkeypatch.setenv("PYENV_ROOT", str(tmp_path / "pyenv"))
    assert check.interpreter("3.99") == str(python)
    assert check.interpreter("3.98") is None


def test_a_python_that_does_not_start_is_not_used(tmp_path, monkeypatch):
    """pyenv puts a command on the path for every version it knows, which fails unless that version is active."""
    (tmp_path / "python3.99").write_text("#!/bin/sh\nexit 127\n")
    (tmp_path / "python3.99").chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert check.interpreter("3.99") is None


def test_a_python_that_is_missing_is_skipped_with_a_message(tmp_path, capsys):
    assert not check.try_on("3.99", tmp_path / "any.whl")
    assert capsys.readouterr().out == "Python 3.99: skipped, because it is not on this machine.\n"


def test_a_command_that_fails_ends_the_check_with_its_output(tmp_path):
    with pytest.raises(SystemExit, match=r"failed with exit code 3:\nhello"):
        check.run(sys.executable, "-c", "print('hello'); raise SystemExit(3)", folder=tmp_path)


def test_the_public_checks_run_on_every_supported_python():
    workflow = (ROOT / ".github" / "workflows" / "ci.yml").read_text(encoding="utf-8")
    [matrix] = re.findall(r"python: \[(.*)\]", workflow)
    assert re.findall(r'"(.*?)"', matrix) == check.supported_pythons()
    assert re.findall(r"run: (.*)", workflow) == ["make test", "make release-check"]
