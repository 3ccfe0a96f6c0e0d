from harvester.findings import sentence
from harvester.rules.deletions import CODES, deleted_after_deposit


def test_the_file_of_the_deposit_is_named():
    finding = deleted_after_deposit("10.5555/a.1", "2024-05-01", "10.5555-1.xml")
    assert (finding.code, finding.value) == (CODES[0], "10.5555/a.1")
    assert "10.5555/a.1 was deposited on 2024-05-01, in 10.5555-1.xml." in sentence(finding)


def test_another_program_has_no_file():
    assert "was deposited by another program." in sentence(deleted_after_deposit("10.5555/a.1", "2024-05-01", None))
