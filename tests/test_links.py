"""Every link of the documentation leads somewhere, and the check sees those that do not."""

import pytest

from docs.links import anchors, broken, slug, targets
from tests.conftest import ROOT

PAGES = [*sorted(ROOT.glob("*.md")), *sorted((ROOT / "docs").rglob("*.md"))]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_of_the_page_lead_somewhere(page):
    assert list(broken(page, ROOT)) == []


LINKS = {
    "[a](b.md)": ["b.md"],
    "[a](b.md#c) and [d](#e)": ["b.md#c", "#e"],
    "[`code` in a link](b.md)": ["b.md"],
    '[a](b.md "a title")': ["b.md"],
    "[a](<b c.md>)": ["b c.md"],
    "[a](b(1).md), next": ["b(1).md"],
    "![a picture](a.png)": ["a.png"],
    "[![a picture](a.png)](b.md)": ["a.png", "b.md"],
    "[a][1]\n\n[1]: b.md": ["b.md"],
    '<a href="b.md">a</a> <img alt="x" src="a.png">': ["b.md", "a.png"],
    "[two\nlines](b.md)": ["b.md"],
    "[a](https://example.org/b.md#c) <https://example.org>": [],
    "[a](mailto:a@example.org) [b](//example.org)": [],
    "`[a](b.md)` and ``[a](`b.md)``": [],
    "```\n[a](b.md)\n```\n": [],
    "````\n```\n[a](b.md)\n```\n````\n": [],
    "  ~~~ text\n  [a](b.md)\n  ~~~\n[c](d.md)": ["d.md"],
    "<!-- [a](b.md) -->": [],
    'organizations = ["a"] (see below)': [],
}


@pytest.mark.parametrize(("text", "links"), LINKS.items(), ids=repr)
def test_links_of_a_text(text, links):
    assert list(targets(text)) == links


HEADINGS = {
    "Before you begin": "before-you-begin",
    "From cron, or a timer": "from-cron-or-a-timer",
    "`[sources.NAME]`": "sourcesname",
    '\\[journals."ISSN"\\]': "journalsissn",
    "A  B": "a--b",
    "What it *says*": "what-it-says",
    "See [this](there.md)": "see-this",
    "Ausgabe für Köln": "ausgabe-für-köln",
    "max_records": "max_records",
}


@pytest.mark.parametrize(("heading", "anchor"), HEADINGS.items())
def test_anchor_of_a_heading(heading, anchor):
    assert slug(heading) == anchor


def test_the_same_heading_again_has_a_number():
    text = '# A\n## Example\n## Example\n### Example ###\n```\n# Comment\n```\n<a id="here"></a>\n'
    assert anchors(text) == {"a", "example", "example-1", "example-2", "here"}


@pytest.mark.parametrize(
    "link",
    ["gone.md", "there.md#gone", "#gone", "/there.md", "../outside.md", "a.png#top", "There.md", "sub/there.md"],
)
def test_broken_link_is_found(tmp_path, link):
    root = tmp_path / "project"
    root.mkdir()
    (tmp_path / "outside.md").touch()
    (root / "a.png").touch()
    (root / "there.md").write_text("# Top\n")
    (root / "page.md").write_text(f"# Page\n[good](there.md#top) [good](#page) [good](a.png) [bad]({link})\n")
    assert list(broken(root / "page.md", root)) == [link]
