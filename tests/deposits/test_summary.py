"""What an export did, in one sentence."""

from __future__ import annotations

from harvester.deposits.summary import sentence
from harvester.reports import ExportReport, FileReport, HeldBack

FILE = FileReport(path="/e/b1.xml", batch_id="b1", schema_version="5.5.0", records=2, dois=("a", "b"), bytes=10)
HELD = HeldBack(record="oai:1", source="reeds", doi=None, codes=("doi-missing",))


def test_what_was_written():
    assert sentence(ExportReport(files=(FILE, FILE))) == "4 records written into 2 files."
    assert sentence(ExportReport(files=(FILE,)), dry_run=True) == "2 records would be written into 1 file."


def test_what_was_not_written():
    words = sentence(ExportReport(unchanged=1200, held_back=(HELD,)))
    assert words.startswith("Nothing to write, 1,200 unchanged since the last file, 1 held back (")
