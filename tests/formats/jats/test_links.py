"""The landing page and the full-text files."""

from __future__ import annotations

import pytest

from harvester.formats.jats.links import files, landing_page
from harvester.formats.jats.tree import grouped
from harvester.formats.notes import Notes
from harvester.model import File, Hints
from tests.formats.jats.reading import article_of, codes, element, meta, read_meta


def uri(address: str, kind: str = "") -> str:
    content_type = f" content-type='{kind}'" if kind else ""
    return f"<self-uri xlink:href='{address}'{content_type}/>"


OJS = "https://j.example/index.php/j/article/view/"
LANDING = [
    (uri(f"{OJS}1/1") + uri(f"{OJS}1"), f"{OJS}1", []),
    (uri("https://doi.org/10.5555/a") + uri("https://j.example/a"), "https://j.example/a", []),
    (uri("https://j.example/a.pdf") + uri("https://j.example/x", "pdf"), None, []),
    (
        uri("https://j.example/full", "full_html") + uri("https://j.example/abs", "abstract"),
        "https://j.example/abs",
        [],
    ),
    (uri("https://a.example/1") + uri("https://b.example/1"), None, ["url-ambiguous"]),
    (uri("info:doi/10.5555/a"), None, []),
    ("<self-uri>https://j.example/text</self-uri>", "https://j.example/text", []),
    (uri("http://[bad"), None, []),
]


LANDING += [
    (uri("http://j.example/a") + uri("https://J.example/a/"), "https://J.example/a/", []),
    (uri(f"{OJS}1") + uri("https://j.example/index.php/j/en/article/view/1"), f"{OJS}1", []),
    (uri("http://localhost/a") + uri("https://j.example/a"), "https://j.example/a", []),
    (uri("http://localhost/a"), "http://localhost/a", []),  # the rules hold it back
    (uri("https://j.example/a;jsessionid=8F0A"), "https://j.example/a", []),
    (uri("https://j.example/a") + uri("https://j.example/b"), None, ["url-ambiguous"]),
    (uri("https://j.example/a") + uri("https://j.example/a?lang=en"), None, ["url-ambiguous"]),
]


@pytest.mark.parametrize(("inner", "page", "expected_codes"), LANDING)
def test_landing_page(inner, page, expected_codes):
    reading = read_meta(inner)
    assert (article_of(reading).landing_page, codes(reading)) == (page, expected_codes)


def test_the_host_of_the_provider_decides_between_sites():
    inner = uri("https://a.example/1") + uri("https://b.example/1")
    assert meta(inner, hints=Hints(provider_host="b.example")).landing_page == "https://b.example/1"


def test_only_real_files_are_files():
    article = meta(uri("https://j.example/1.pdf") + uri(f"{OJS}1/1", "application/pdf") + uri("x.pdf", "pdf"))
    assert [(file.url, file.mime) for file in article.files] == [("https://j.example/1.pdf", "application/pdf")]


PDF = "https://j.example/1.pdf"
FILES = [
    (uri(PDF), (File(url=PDF, mime="application/pdf"),)),
    (uri(PDF, "text/html"), ()),  # the content-type takes precedence over the file name
    (uri("https://j.example/1", "application/xml"), (File(url="https://j.example/1", mime="application/xml"),)),
    (uri("https://j.example/1.PDF"), (File(url="https://j.example/1.PDF", mime="application/pdf"),)),
    (uri("https://j.example/1.epub"), (File(url="https://j.example/1.epub", mime="application/epub+zip"),)),
    (uri("https://j.example/1.docx"), ()),
    (uri(PDF) + uri(PDF, "pdf"), (File(url=PDF, mime="application/pdf"),)),
    (uri("1.pdf"), ()),
]


@pytest.mark.parametrize(("inner", "expected"), FILES)
def test_the_files_of_an_article(inner, expected):
    assert files(grouped(element(inner))) == expected


PAGES = [
    (uri("https://j.example:8080/a"), "https://j.example:8080/a"),
    (uri("https://user@j.example/a") + uri("https://b.example/a"), "https://user@j.example/a"),
    (uri("https://j.example/a.PNG"), None),
    (uri("https://hdl.handle.net/1/2"), None),
    (uri("https://j.example/a", "supplement"), None),
    (uri("https://j.example/full", "full-text"), "https://j.example/full"),
    (uri("https://j.example/a") + uri("https://j.example/a"), "https://j.example/a"),
]


@pytest.mark.parametrize(("inner", "page"), PAGES)
def test_the_page_of_an_article(inner, page):
    assert landing_page(grouped(element(inner)), Hints(provider_host="j.example"), Notes()) == page
