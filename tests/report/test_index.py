"""The index of reports leads to the page of each journal, and says what to do first."""

from __future__ import annotations

from lxml import html as parser

from harvester.report import to_index_html
from tests.report.samples import report


def test_index_has_a_row_for_each_journal():
    busy = report("bridge", journal="2049-3630", title="Annals of <Tides>", sources=())
    idle = report(journal="0317-8471", title="Lamps", sources=(), journals=(), findings=(), held=(), held_count=0)
    document = parser.document_fromstring(to_index_html([("r-1.html", busy), ("r-2.html", idle)]))
    assert document.xpath("//tbody//a/@href") == ["r-1.html", "r-2.html"]
    for row, words in ((1, "Annals of <Tides>2049-363032bridge…"), (2, "Lamps0317-847100Nothing")):
        assert document.xpath(f"string(//tbody/tr[{row}])") == words
    assert document.xpath("//meta[@http-equiv='Content-Security-Policy']")
