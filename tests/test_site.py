"""The site has every page, and its pictures where they can be taken."""

import re
from types import SimpleNamespace

import pytest

from docs import pictures
from tests.conftest import ROOT

SETTINGS = (ROOT / "mkdocs.yml").read_text(encoding="utf-8")


def test_every_page_is_in_the_navigation_once():
    pages = [path.relative_to(ROOT / "docs").as_posix() for path in (ROOT / "docs").rglob("*.md")]
    assert sorted(re.findall(r"^ +- (?:.*: )?(\S+\.md)$", SETTINGS, re.MULTILINE)) == sorted(pages)


def test_every_picture_of_a_page_is_taken():
    pages = [path.read_text(encoding="utf-8") for path in (ROOT / "docs").rglob("*.md")]
    assert {name for text in pages for name in pictures.PLACE.findall(text)} == pictures.SIZES.keys()


@pytest.mark.parametrize(
    ("path", "source"), [("a.md", "pictures/report.png"), ("howto/a.md", "../pictures/report.png")]
)
def test_a_picture_is_put_into_its_place(monkeypatch, tmp_path, path, source):
    page = SimpleNamespace(file=SimpleNamespace(src_uri=path))
    text = "Before.\n\n<!-- picture: report -->\n\nAfter."
    assert pictures.on_page_markdown(text, page) == "Before.\n\n\n\nAfter."
    monkeypatch.setitem(pictures._taken, "report", tmp_path)
    assert f'src="{source}">' in pictures.on_page_markdown(text, page)


def test_without_a_browser_there_are_no_pictures(monkeypatch, capsys):
    monkeypatch.setattr("shutil.which", lambda name: None)
    pictures.on_pre_build({})
    assert capsys.readouterr().out == "No pictures of the report: Chromium is not on this machine.\n"
