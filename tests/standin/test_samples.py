"""The answers that were recorded from Crossref, reproduced over HTTP."""

from __future__ import annotations

import re

import pytest
import requests

from harvester.standin.diagnostic import server_fault
from tests.standin.files import ISSNS, article, deposit, doi_data, journal, person, relation
from tests.standin.running import Running

OLD, NEW = 20230615035239, 20230615035240


def records(log: str) -> str:
    """The records without the indentation."""
    return "".join(line.strip() for line in log[log.index("<record_diagnostic") : log.index("<batch_data")].split("\n"))


def counts(log: str) -> list[str]:
    return re.findall(r"_count>(\d+)<", log)


def test_added(crossref_standin: Running) -> None:
    log = crossref_standin.completed(deposit(article(), batch="batch-7"))
    assert log == (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<doi_batch_diagnostic status="completed" sp="standin">\n'
        "   <submission_id>1415653976</submission_id>\n"
        "   <batch_id>batch-7</batch_id>\n"
        '   <record_diagnostic status="Success">\n'
        "      <doi>10.5555/willow</doi>\n"
        "      <msg>Successfully added</msg>\n"
        "   </record_diagnostic>\n"
        "   <batch_data>\n"
        "      <record_count>1</record_count>\n"
        "      <success_count>1</success_count>\n"
        "      <warning_count>0</warning_count>\n"
        "      <failure_count>0</failure_count>\n"
        "   </batch_data>\n"
        "</doi_batch_diagnostic>\n"
    )


def test_updated_with_references(crossref_standin: Running) -> None:
    citations = (
        '<citation key="ref1"><doi>10.1590/0037-8682-0284-2014</doi></citation>'
        '<citation key="ref2"><volume>3</volume><cYear>1999</cYear></citation>'
        '<citation key="ref3"><unstructured_citation>Reed, A. Willows. 1999.</unstructured_citation></citation>'
        '<citation key="ref4"><journal_title>Reed Letters</journal_title></citation>'
    )
    crossref_standin.completed(deposit(article(), timestamp=OLD))
    log = crossref_standin.completed(deposit(article(citations=citations), timestamp=NEW), "b.xml")
    assert records(log) == (
        '<record_diagnostic status="Success"><doi>10.5555/willow</doi><msg>Successfully updated</msg>'
        '<citations_diagnostic><citation key="ref1" status="resolved_reference">10.1590/0037-8682-0284-2014</citation>'
        '<citation key="ref2" status="error">Either ISSN or Journal title or Proceedings title must be supplied.'
        '</citation><citation key="ref3" status="stored_query" /><citation key="ref4" status="stored_query" />'
        "</citations_diagnostic></record_diagnostic>"
    )


def test_conflict_until_the_metadata_differ(crossref_standin: Running) -> None:
    crossref_standin.completed(deposit(article("10.5555/first")))
    log = crossref_standin.completed(deposit(article("10.5555/second"), timestamp=OLD), "b.xml")
    number = re.findall(r"<conflict_id>(\d+)<", log)[0]
    assert records(log) == (
        '<record_diagnostic status="Warning"><doi>10.5555/second</doi><msg>Added with conflict</msg>'
        f"<conflict_id>{number}</conflict_id><dois_in_conflict><doi>10.5555/first</doi></dois_in_conflict>"
        "</record_diagnostic>"
    )
    assert counts(log) == ["1", "0", "1", "0"]
    same = crossref_standin.completed(deposit(article("10.5555/second"), timestamp=NEW), "c.xml")
    assert ("Updated with conflict" in same, f"<conflict_id>{number}<" in same) == (True, True)
    ended = crossref_standin.completed(deposit(article("10.5555/second", page="13"), timestamp=NEW + 1), "d.xml")
    assert "Successfully updated" in ended
    assert f"<resolved_conflict_ids>{number}</resolved_conflict_ids>" in ended


@pytest.mark.parametrize("held", [OLD, NEW, 2016111120041199000, 9223372036854775808])
def test_version_that_is_not_newer(crossref_standin: Running, held: int) -> None:
    crossref_standin.state.deposit_directly(deposit(article(), timestamp=held), "demo")
    log = crossref_standin.completed(deposit(article(), timestamp=OLD))
    assert records(log) == (
        '<record_diagnostic status="Failure" msg_id="4"><doi>10.5555/willow</doi><msg>Record not processed because '
        f"submitted version: {OLD} is less or equal to previously submitted version {held}</msg></record_diagnostic>"
    )


def test_old_wordings(crossref_standin: Running) -> None:
    crossref_standin.state.knobs.old_wording = True
    crossref_standin.completed(deposit(article(), timestamp=OLD))
    log = crossref_standin.completed(deposit(article(), timestamp=OLD), "b.xml")
    assert f"submitted version: {OLD} is less or equal to previously submitted version (DOI match)</msg>" in log
    log = crossref_standin.completed(deposit(article()).replace(b"<titles>", b"<x/><titles>"), "c.xml")
    assert "<msg>org.crossref.common.xml.MalformedXmlException: Error: cvc-complex-type.2.4.a: Invalid content" in log


def test_schema_error_refuses_the_whole_file(crossref_standin: Running) -> None:
    data = deposit(article("10.5555/a"), article("10.5555/b")).replace(b"<titles>", b"<posted_date/><titles>")
    log = crossref_standin.completed(data)
    assert "<batch_id />" in log
    assert counts(log) == ["1", "0", "0", "1"]
    assert '<record_diagnostic status="Failure"><doi />' in records(log)
    assert (
        "<msg>Error validating schema crossref5.5.0.xsd : Error: cvc-complex-type.2.4.a: Invalid content was found "
        "starting with element '{\"http://www.crossref.org/schema/5.5.0\":posted_date}'. One of '"
    ) in log


def test_journal_without_issn(crossref_standin: Running) -> None:
    log = crossref_standin.completed(deposit(journal(article(), article("10.5555/b"), issns="")))
    assert records(log) == (
        '<record_diagnostic status="Failure" msg_id="28"><doi /><msg>Deposit contains title error: title: Steppe River '
        "Notes must deposit with an ISSN and/or journal title DOI</msg></record_diagnostic>"
    )


def test_orcid_errors_do_not_name_the_doi(crossref_standin: Running) -> None:
    people = person("Reed", "0000-0002-1825-0090") + person("Sedge", "0000-0002-1825-0090", "additional")
    log = crossref_standin.completed(deposit(article(people=people)))
    start = "<doi>DOI not found</doi><msg>Error in Journal Article (Author ORCID): "
    checksum = f'{start}ORCID "https://orcid.org/0000-0002-1825-0090" has invalid checksum</msg>'
    twice = f'{start}ORCID URL "0000-0002-1825-0090" has duplicates in contributor list</msg>'
    assert records(log) == (
        f'<record_diagnostic status="Failure" msg_id="45">{checksum}{checksum}{twice}</record_diagnostic>'
    )
    assert crossref_standin.state.held("10.5555/willow") is None


def test_issn_of_another_publisher(crossref_standin: Running) -> None:
    crossref_standin.state.add_title("Steppe River Notes", "10.3765", "2049-3630")
    log = crossref_standin.completed(deposit(article()))
    assert records(log) == (
        '<record_diagnostic status="Failure"><doi>10.5555/willow</doi><msg>ISSN "20493630" has already been assigned, '
        "title/issn: Steppe River Notes/20493630 is owned by publisher: 10.3765</msg></record_diagnostic>"
    )


def test_issn_of_another_title(crossref_standin: Running) -> None:
    crossref_standin.state.add_title("Journal of Test Deposits", "10.5555", "2049-3630")
    log = crossref_standin.completed(deposit(article()))
    assert (
        '<msg>ISSN "20493630" has already been assigned, issn (20493630) is assigned to another title (Journal of Test '
        "Deposits)</msg>"
    ) in log


def test_relation_to_a_doi_that_does_not_exist(crossref_standin: Running) -> None:
    log = crossref_standin.completed(deposit(article(relations=relation("10.5555/54320"))))
    assert records(log) == (
        '<record_diagnostic status="Failure"><doi>10.5555/willow</doi><msg>Error processing relations: Relation target '
        "DOI does not exist: 10.5555/54320</msg></record_diagnostic>"
    )


def test_articles_of_an_issue_whose_doi_is_refused(crossref_standin: Running) -> None:
    issues = [journal(article(f"10.5555/{n}", page=n), issue_doi="10.5555/issue") for n in ("1", "2", "3")]
    log = crossref_standin.completed(deposit(*issues))
    assert re.findall(r'status="(\w+)"(?: msg_id="(\d)")?>', log[100:]) == [
        *[("Success", ""), ("Success", "")],
        *[("Failure", "4"), ("Success", "")] * 2,
    ]
    assert counts(log) == ["6", "4", "0", "2"]


def test_file_without_a_doi(crossref_standin: Running) -> None:
    log = crossref_standin.completed(deposit(journal()))
    assert "<record_diagnostic" not in log
    assert counts(log) == ["0", "0", "0", "0"]
    assert '<doi_batch_diagnostic status="completed"' in log


def test_fault_at_crossref_gives_two_records(crossref_standin: Running) -> None:
    crossref_standin.state.knobs.verdicts["10.5555/willow"] = server_fault("10.5555/willow")
    log = crossref_standin.completed(deposit(article()))
    assert records(log) == "".join(
        f'<record_diagnostic status="Failure"><doi>10.5555/willow</doi><msg>{words}</msg></record_diagnostic>'
        for words in ("No exception localized message", "A system error has occured")
    )
    assert crossref_standin.state.held("10.5555/willow") is None


def test_resources_of_registered_dois(crossref_standin: Running) -> None:
    crossref_standin.completed(deposit(article()))
    doi = "<doi>10.5555/willow</doi>"
    parts = [f"<{name}>{doi}</{name}>" for name in ("doi_citations", "fundref_data", "lic_ref_data")]
    ns = "http://www.crossref.org/doi_resources_schema/4.3.6"
    log = crossref_standin.completed(
        deposit(*parts, "<doi_citations><doi>10.5555/none</doi></doi_citations>", ns=ns), "b.xml"
    )
    assert re.findall("<msg>(.*)</msg>", log) == [
        "Resources processed successfully",
        "FundRef Resources processed successfully",
        "License-ref Resources processed successfully",
        "DOI does not exist",
    ]


def test_doi_of_a_journal_with_an_article(crossref_standin: Running) -> None:
    crossref_standin.completed(deposit(journal(title_doi="10.5555/srn"), timestamp=OLD))
    log = crossref_standin.completed(deposit(journal(article(), title_doi="10.5555/srn"), timestamp=NEW), "b.xml")
    assert re.findall("<msg>(.*)</msg>", log) == ["Successfully updated in handle", "Successfully added"]


BOOK = """<book book_type="monograph"><book_metadata><titles><title>Banks</title></titles>
<publication_date media_type="online"><year>2024</year></publication_date><noisbn reason="monograph"/>
<publisher><publisher_name>Example Press</publisher_name></publisher>{0}</book_metadata>
<content_item component_type="chapter"><titles><title>Reeds</title></titles>{1}</content_item></book>"""


def test_chapters_of_a_book_that_is_refused(crossref_standin: Running) -> None:
    book = BOOK.format(doi_data("10.5555/book"), doi_data("10.5555/book.1"))
    assert counts(crossref_standin.completed(deposit(book, timestamp=NEW))) == ["2", "2", "0", "0"]
    log = crossref_standin.completed(deposit(book, timestamp=OLD), "b.xml")
    assert counts(log) == ["1", "0", "0", "1"]
    assert f"version {NEW} - content item DOIs not processed due to title level error</msg>" in log


def test_older_endpoint_processes_references_later(crossref_standin: Running) -> None:
    citations = '<citation key="ref1"><doi>10.1590/x</doi></citation>'
    answers = [
        requests.post(
            f"{crossref_standin.root}/v2/deposits",
            data={"operation": "doMDUpload", "usr": "demo", "pwd": crossref_standin.password},
            files={"mdFile": ("a.xml", deposit(article(citations=citations)))},
            timeout=30,
        )
        for _ in range(2)
    ]
    assert [answer.status_code for answer in answers] == [200, 403]
    assert '<citations_diagnostic deferred="1415653977" />' in answers[0].text
    assert "is less or equal to" in answers[1].text


def test_documented_refusals_of_prefixes(crossref_standin: Running) -> None:
    log = crossref_standin.completed(deposit(article("10.9999/a")))
    assert "<msg>User not allowed to add records for prefix: 10.9999</msg>" in log


@pytest.mark.parametrize("crossref_standin", [("10.5555", "10.48015")], indirect=True)
def test_documented_refusals_of_mixed_prefixes(crossref_standin: Running) -> None:
    log = crossref_standin.completed(deposit(article("10.5555/a"), article("10.48015/b", page="20")))
    assert "<msg>All prefixes in a submission must match (DOI[10.48015/b])</msg>" in log
    assert counts(log) == ["2", "1", "0", "1"]


def test_issn_with_a_wrong_check_digit(crossref_standin: Running) -> None:
    log = crossref_standin.completed(deposit(journal(article(), issns=ISSNS.replace("3630", "3631"))))
    assert '<msg>ISSN "2049-3631" is invalid</msg>' in log
