from harvester.formats.notes import Notes
from harvester.model import Finding


def test_findings_are_kept_in_their_order():
    notes = Notes()
    notes.report("doi-invalid", "doi", "10.5555")
    notes.add([Finding("title-missing", "titles")])
    notes.report("issue-ahead-of-print", "issue", "ahead", part="issue")
    assert notes.findings == [
        Finding("doi-invalid", "doi", "10.5555"),
        Finding("title-missing", "titles"),
        Finding("issue-ahead-of-print", "issue", "ahead", {"part": "issue"}),
    ]


def test_two_records_share_no_notes():
    notes, other = Notes(), Notes()
    notes.report("doi-invalid")
    notes.provenance["doi"] = "article-id"
    assert (other.findings, other.provenance) == ([], {})
