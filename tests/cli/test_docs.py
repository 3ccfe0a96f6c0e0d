"""`harvester docs`: the pages can be listed, read and copied wherever the program is installed."""

import stat

import pytest

from harvester.system import packaged
from tests.cli.conftest import answer
from tests.conftest import ROOT


def test_every_page_is_listed_with_its_title_and_path(call):
    pages = answer(call("docs", "--json"))["pages"]
    assert {page["path"] for page in pages} == {str(path) for path in (ROOT / "docs").rglob("*.md")}
    assert {"page": "tutorial", "title": "Tutorial: the first deposit file"}.items() <= next(
        page for page in pages if page["page"] == "tutorial"
    ).items()
    assert "howto/uninstall" in call("docs").stdout


@pytest.mark.parametrize("name", ["howto/uninstall", "howto/uninstall.md", "uninstall", "uninstall.md"])
def test_a_page_is_shown(call, name):
    text = (ROOT / "docs/howto/uninstall.md").read_text(encoding="utf-8")
    assert call("docs", name).stdout.strip() == text.strip()
    [page] = answer(call("docs", name, "--json"))["pages"]
    assert (page["page"], page["text"]) == ("howto/uninstall", text)


@pytest.mark.parametrize("name", ["instal", "../README", "howto", "generate.py", ""])
def test_a_page_that_does_not_exist_is_refused(call, name):
    done = call("docs", name)
    assert done.exit_code == 2
    assert "harvester docs lists them all" in done.stderr


def test_pages_and_units_are_copied(call, tmp_path):
    folder = tmp_path / "new" / "docs"
    for _ in range(2):  # an upgrade replaces them
        assert call("docs", "--copy", folder).exit_code == 0
    copied = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    assert {"index.md", "howto/uninstall.md", "deploy/harvester.service", "deploy/harvester-due.timer"} <= copied
    assert not any(name.endswith(".py") or "Docker" in name for name in copied)
    assert (folder / "deploy/harvester.service").read_bytes() == (ROOT / "deploy/harvester.service").read_bytes()
    assert (folder / "index.md").stat().st_mode & stat.S_IROTH


def test_a_page_and_a_folder_are_too_much(call, tmp_path):
    assert call("docs", "tutorial", "--copy", tmp_path).exit_code == 2


def test_an_installation_without_pages_is_reported(call, tmp_path, monkeypatch):
    monkeypatch.setattr(packaged, "_PACKAGE", tmp_path / "harvester")
    done = call("docs")
    assert done.exit_code == 1
    assert "install the package again" in done.stderr
