"""Reading deposit files."""

from __future__ import annotations

import pytest
from lxml import etree

from harvester.crossref import bundles
from harvester.errors import BundleError
from harvester.standin import deposit_file
from harvester.standin.deposit_file import Unreadable, read
from tests.standin.files import NS, article, deposit, journal


def test_dois_in_document_order() -> None:
    first = journal(article("10.5555/a"), article("10.5555/b"), title_doi="10.5555/j", issue_doi="10.5555/i")
    file = read(deposit(first, journal(article("10.5555/c"))))
    assert [[(item.doi, item.kind, item.is_title) for item in each.items] for each in file.containers] == [
        [
            ("10.5555/j", "journal_metadata", True),
            ("10.5555/i", "journal_issue", False),
            ("10.5555/a", "journal_article", False),
            ("10.5555/b", "journal_article", False),
        ],
        [("10.5555/c", "journal_article", False)],
    ]
    assert (file.batch_id, file.timestamp, file.email) == ("batch-1", 20260102030405678, "doi@example.org")


def test_item_has_what_describes_it_and_no_other_article() -> None:
    data = deposit(journal(article("10.5555/a"), article("10.5555/b"), title_doi="10.5555/j"))
    title, _, second = read(data).containers[0].items
    root = etree.fromstring(second.xml())
    assert [etree.QName(part).localname for part in root] == ["journal_metadata", "journal_issue", "journal_article"]
    assert b"10.5555/b" in second.xml()
    assert b"10.5555/a" not in second.xml()
    assert [etree.QName(part).localname for part in etree.fromstring(title.xml())] == ["journal_metadata"]


POSTED = """<posted_content type="preprint"><titles><title>Draft</title></titles>
<posted_date><year>2024</year></posted_date><doi_data><doi>10.5555/p</doi><resource>https://example.org/p</resource>
</doi_data></posted_content>"""


def test_item_that_is_part_of_nothing() -> None:
    [item] = read(deposit(POSTED)).containers[0].items
    assert (item.kind, item.doi) == ("posted_content", "10.5555/p")
    assert b"<title>Draft</title>" in item.xml()


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "JDOMParseException"),
        (b"<html>", "JDOMParseException"),
        (b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>', "JDOMParseException"),
        (b"<html/>", "the document does not match any supported schema"),
        (deposit(article(), ns="http://www.crossref.org/schema/4.3.7"), "4.3.7 does not match any supported schema"),
        (deposit(article()).replace(b"<titles>", b"<titles/><titles>"), "cvc-complex-type.2.4.b"),
    ],
)
def test_file_that_is_refused(data: bytes, words: str) -> None:
    with pytest.raises(Unreadable, match=words):
        read(data)


def test_schema_that_is_not_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(version: str) -> None:
        raise BundleError(f"{version} is not installed; run: harvester schemas install")

    monkeypatch.setattr(bundles, "load", missing)
    with pytest.raises(Unreadable, match=r"crossref-standin: 5.5.0 is not installed; run: harvester schemas install"):
        read(deposit(article()))


def test_validation_can_be_replaced() -> None:
    data = deposit(article(), timestamp="x")
    assert read(data, lambda _version, _root: []).timestamp == 0
    with pytest.raises(Unreadable, match=r"crossref5.5.0.xsd : Error: cvc-assertion: wrong"):
        read(data, lambda _version, _root: ["wrong"])


def test_namespace_decides() -> None:
    assert deposit_file.RESOURCES.fullmatch("http://www.crossref.org/doi_resources_schema/4.3.6")
    assert not deposit_file.RESOURCES.fullmatch(NS)
