"""DOI, landing page and files."""

from __future__ import annotations

import pytest

from harvester.formats.notes import Notes
from harvester.formats.oai_dc import links
from harvester.model import File, Hints
from tests.formats.oai_dc.reading import codes, fields, read


def test_the_doi_in_the_oai_identifier_is_the_last_resort():
    article, _ = read(("title", "Mills"), identifier="doi:10.5555/tide.7")
    assert (article.doi, article.provenance["doi"]) == ("10.5555/tide.7", "header identifier")
    assert read(("identifier", "10.5555/own"), identifier="doi:10.5555/tide.7")[0].doi == "10.5555/own"
    assert read(("title", "Mills"), identifier="oai:example:article/7")[0].doi is None


DOI, WORK = "10.5555/tide.7", "info:eu-repo/semantics/altIdentifier/doi/"
DOIS = [
    ([("identifier", DOI)], DOI, []),
    ([("identifier", f"https://doi.org/{DOI}"), ("identifier", "10.5555/TIDE.7")], "10.5555/TIDE.7", []),
    ([("doi", DOI)], DOI, []),  # some providers have an element of this name
    ([("relation", WORK + DOI)], DOI, []),
    ([("identifier", DOI), ("relation", f"{WORK}10.5555/other")], DOI, []),
    ([("identifier", DOI), ("identifier", "10.5555/other")], None, ["doi-ambiguous"]),
    ([("relation", WORK + DOI), ("relation", f"{WORK}10.5555/other")], None, ["doi-ambiguous"]),
    ([("identifier", "doi:10.5555")], None, ["doi-invalid"]),
    ([("identifier", "https://doi.org/")], None, ["doi-invalid"]),
    ([("relation", DOI)], None, ["doi-candidate-only"]),
    ([("description", f"See {DOI}.")], None, ["doi-candidate-only"]),
    ([("description", f"10.5555/{suffix}") for suffix in "abcde"], None, ["doi-candidate-only"] * 3),
    ([("title", f"On {DOI}")], None, []),
    ([("identifier", "http://journal.example/10")], None, []),
]


@pytest.mark.parametrize(("rows", "doi", "found"), DOIS)
def test_the_doi_of_an_article(rows, doi, found):
    notes = Notes()
    assert (links.doi(fields(*rows), "oai:example:1", notes), codes(notes)) == (doi, found)


@pytest.mark.parametrize(
    ("rows", "header", "element"),
    [
        ([("identifier", DOI)], "", "dc:identifier"),
        ([("relation", WORK + DOI)], "", "dc:relation"),
        ([], f"oai:journal.example:doi:{DOI}", "header identifier"),
        ([], DOI, "header identifier"),
    ],
)
def test_provenance_of_the_doi(rows, header, element):
    notes = Notes()
    assert links.doi(fields(*rows), header, notes) == DOI
    assert notes.provenance == {"doi": element}


PAGE, OJS = "https://journal.example/article/7", "https://journal.example/index.php/j/article/view"
PAGES = [
    ([PAGE], PAGE, []),
    ([PAGE, f"https://doi.org/{DOI}"], PAGE, []),
    ([PAGE, "https://journal.example/7.pdf"], PAGE, []),
    ([PAGE.replace("https", "http"), PAGE + "/"], PAGE + "/", []),  # the same page, and https is preferred
    ([f"{PAGE}?a=1&amp;b=2"], f"{PAGE}?a=1&b=2", []),
    ([f"{OJS}/7", f"{OJS}/7/9"], f"{OJS}/7", []),
    ([f"{OJS}/7/9"], f"{OJS}/7/9", []),
    ([PAGE, f"{OJS}/7"], f"{OJS}/7", []),
    ([PAGE, "http://hdl.handle.net/123/4"], PAGE, []),
    (["http://hdl.handle.net/123/4"], "http://hdl.handle.net/123/4", []),
    (["https://a.example/1", "https://b.example/1"], None, ["url-ambiguous"]),
    (["https://a.example/1", "https://provider.example/1"], "https://provider.example/1", []),
    (["https://journal.example/7.pdf"], None, []),
    (["http://[::1"], None, []),
    (["not an address", "ftp://journal.example/7"], None, []),
    ([], None, []),
]


@pytest.mark.parametrize(("addresses", "page", "found"), PAGES)
def test_the_landing_page_of_an_article(addresses, page, found):
    notes = Notes()
    rows = fields(*(("identifier", address) for address in addresses))
    assert links.landing_page(rows, Hints(provider_host="provider.example"), notes) == page
    assert codes(notes) == found
    assert notes.provenance == ({"landing_page": "dc:identifier"} if page else {})


def test_the_landing_page_of_janeway():
    notes = Notes()
    assert links.landing_page(fields(("fullTextUrl", PAGE)), Hints(), notes) == PAGE
    assert notes.provenance == {"landing_page": "dc:fullTextUrl"}
    assert links.landing_page(fields(("fullTextUrl", PAGE), ("identifier", OJS)), Hints(), Notes()) == OJS


def pdf(url):
    return File(url=url, mime="application/pdf")


FILE, XML, SUPPLEMENT = (f"https://journal.example/{name}" for name in ("7.pdf", "7.xml", "s1.pdf"))
FILES = [
    ([("identifier", FILE)], (pdf(FILE),)),
    ([("relation", f"{FILE.upper()}?d=1#page=2")], (pdf(f"{FILE.upper()}?d=1#page=2"),)),
    ([("identifier", FILE), ("relation", FILE)], (pdf(FILE),)),
    ([("identifier", FILE), ("relation", SUPPLEMENT)], ()),  # it is unknown which of them is the text
    ([("identifier", FILE), ("fullTextUrl", XML)], (pdf(FILE), File(url=XML, mime="application/xml"))),
    ([("relation", f"{OJS}/7/9")], ()),
    ([("relation", "7.pdf")], ()),
    ([("source", FILE)], ()),
]


@pytest.mark.parametrize(("rows", "found"), FILES)
def test_the_files_of_an_article(rows, found):
    assert links.files(fields(*rows)) == found
