"""Answers are well-formed whatever they contain."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from harvester.standin import diagnostic
from harvester.standin.diagnostic import Citation, Diagnosis, failure

TEXT = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Cn"]), max_size=20)


def test_answers_without_a_result() -> None:
    root = etree.fromstring(diagnostic.unknown())
    assert (root.get("status"), root.findtext("submission_id")) == ("unknown_submission", "0")
    root = etree.fromstring(diagnostic.waiting("in_process", 7))
    assert (root.get("status"), root.findtext("submission_id"), root.findtext("batch_id")) == ("in_process", "7", "")


@given(TEXT, TEXT, TEXT)
def test_any_text(batch: str, doi: str, message: str) -> None:
    records = [
        failure(doi, message, 4),
        Diagnosis(status="Success", pairs=((doi, message),), citations=(Citation(batch, "error", message),)),
        Diagnosis(status="Warning", pairs=((doi, message),), conflict_id=1, dois_in_conflict=(doi, "10.5555/b")),
    ]
    root = etree.fromstring(diagnostic.completed(1, batch, records))
    assert root.findtext("batch_id") == batch
    assert [(each.findtext("doi"), each.findtext("msg")) for each in root.iter("record_diagnostic")] == [
        (doi, message)
    ] * 3
    assert [each.get("key") for each in root.iter("citation")] == [batch]
    assert [count.text for count in root.find("batch_data")] == ["3", "1", "1", "1"]  # type: ignore[union-attr]


def test_line_ends() -> None:
    answer = diagnostic.completed(1, "b", [], crlf=True)
    assert answer.count(b"\r\n") == answer.count(b"\n") - 1
    assert b"\r" not in diagnostic.completed(1, "b", [])
