from harvester.reports import ExportReport, FileReport, HeldBack, combined


def file(path: str) -> FileReport:
    return FileReport(path=path, batch_id=path, schema_version="1", records=1, dois=("10.5555/1",), bytes=1)


def test_reports_of_several_targets_are_combined():
    held = [HeldBack(record=name, source="reeds", doi=None, codes=("doi-missing",)) for name in "ab"]
    reports = (
        ExportReport(files=(file("a.xml"),), held_back=(held[0],), unchanged=2),
        ExportReport(files=(file("a.txt"),), held_back=(held[0], held[1]), unchanged=1),
    )
    assert combined(reports) == ExportReport(
        files=(file("a.xml"), file("a.txt")), held_back=(held[0], held[1]), unchanged=3
    )
    assert combined(reports[:1]) == reports[0]
    assert combined([]) == ExportReport()
