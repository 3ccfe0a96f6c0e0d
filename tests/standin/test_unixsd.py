"""A registered DOI as XML."""

from __future__ import annotations

from lxml import etree

from harvester.standin import Account, State, unixsd
from tests.standin.files import article, deposit
from tests.standin.running import Clock

ACCOUNT = Account(login="demo", password="x", prefixes=("10.5555",), name="Reed & Sedge")
NS = {"q": "http://www.crossref.org/qrschema/3.0", "x": "http://www.crossref.org/xschema/1.1"}


def test_registered_doi() -> None:
    state = State([ACCOUNT], now=Clock())
    state.deposit_directly(deposit(article(), timestamp=2016111120041199000), "demo")
    record = state.held("10.5555/willow")
    assert record
    assert record.title
    root = etree.fromstring(unixsd.resolved(record, record.newest, ACCOUNT))
    query = root.find("q:query_result/q:body/q:query", NS)
    assert query is not None
    assert query.get("status") == "resolved"
    assert {item.get("name"): item.text for item in query.iterfind("q:crm-item", NS)} == {
        "publisher-name": "Reed & Sedge",
        "prefix-name": "Reed & Sedge",
        "member-id": "99999",
        "citation-id": str(record.citation_id),
        "journal-id": str(record.title.journal_id),
        "deposit-timestamp": "2016111120041199000",
        "owner-prefix": "10.5555",
        "last-update": "2026-01-02T03:04:05Z",
        "created": "2026-01-02T03:04:05Z",
        "citedby-count": "0",
    }
    path = "q:doi_record/x:crossref/x:journal/x:journal_article/x:doi_data/x:doi"
    assert query.findtext(path, namespaces=NS) == "10.5555/willow"


def test_doi_that_is_not_registered() -> None:
    root = etree.fromstring(unixsd.unresolved("10.5555/<a>"))
    assert root.findtext(".//x:error", namespaces=NS) == "doi:10.5555/<a>"
