"""Logs of submissions, as recorded and in any order, letter case and encoding."""

from __future__ import annotations

from xml.sax.saxutils import escape, quoteattr

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harvester.answers import Answer, Result
from harvester.crossref.client.diagnostic import read
from harvester.crossref.client.messages import folded
from tests.crossref.client import logs


@pytest.mark.parametrize("name", logs.NAMES)
def test_a_log_says_what_is_kept_next_to_it(name):
    assert logs.actual(name)["result"] == logs.expected(name)["result"]


@pytest.mark.parametrize("name", logs.NAMES)
def test_the_raw_log_is_kept_as_it_came(name):
    assert logs.result(name).raw == logs.log(name)


@pytest.mark.parametrize("name", logs.NAMES)
def test_every_dress_of_a_log_says_the_same(name):
    data = logs.log(name)
    text = data.decode()
    bare = text.partition("?>")[2] if text.startswith("<?xml") else text
    dresses = [
        data + b"\n\n",
        b"\r\n\r\n" + data,
        b"\xef\xbb\xbf" + data,
        data.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n"),
        bare.encode("utf-16"),
        bare.replace("<doi_batch_diagnostic", '<doi_batch_diagnostic xmlns="http://www.crossref.org/x"', 1).encode(),
        bare.replace("<doi_batch_diagnostic", "<!-- by hand --><doi_batch_diagnostic", 1).encode(),
    ]
    for dress in dresses:
        found = read(dress)
        assert isinstance(found, Result)
        assert logs.shown(found) == logs.expected(name)["result"]


@pytest.mark.parametrize("name", logs.NAMES)
def test_a_log_that_is_cut_short_is_never_read(name):
    data = logs.log(name).rstrip()
    for length in range(0, len(data), 7):
        found = read(data[:length])
        assert isinstance(found, Answer)
        assert found.kind == "unreadable"
        assert found.raw == data[:length]


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"", "not XML"),
        (b"Wrong credentials. Incorrect username or password.\n", "not XML"),
        (b"<html><body><h1>503 Service Unavailable</h1></body></html>", "its root element is html"),
        (b"<html><body><br>Maintenance</body></html>", "not XML"),
        (
            b'<!DOCTYPE a [<!ENTITY b "c">]><doi_batch_diagnostic status="completed">&b;</doi_batch_diagnostic>',
            "not XML",
        ),
        (
            b"<record_diagnostic status='Success'><doi>10.5555/a</doi></record_diagnostic>",
            "root element is record_diag",
        ),
    ],
)
def test_anything_else_is_unreadable_and_says_what_it_is(body, words):
    found = read(body)
    assert isinstance(found, Answer)
    assert words in found.text
    assert found.raw == body


def test_bytes_that_are_not_the_utf8_they_claim_are_read():
    data = '<?xml version="1.0" encoding="UTF-8"?>\n<doi_batch_diagnostic status="completed"><record_diagnostic status='
    data += '"Success"><doi>10.5555/a</doi><msg>Café</msg></record_diagnostic></doi_batch_diagnostic>'
    found = read(data.encode("latin-1"))
    assert isinstance(found, Result)
    assert found.verdicts[0].text == "Café"


def test_two_messages_of_one_doi_and_a_doi_without_one_are_all_kept():
    found = read(
        b'<doi_batch_diagnostic status="completed"><record_diagnostic status="Failure"><doi>10.5555/a</doi><msg>x</msg>'
        b"<msg>y</msg><doi>10.5555/b</doi><doi>10.5555/c</doi><msg>z</msg></record_diagnostic></doi_batch_diagnostic>"
    )
    assert isinstance(found, Result)
    pairs = [(verdict.doi, verdict.text) for verdict in found.verdicts]
    assert pairs == [("10.5555/a", "x"), ("10.5555/a", "y"), ("10.5555/b", ""), ("10.5555/c", "z")]


def test_only_a_completed_file_has_verdicts():
    queued = logs.log("added-at-test").replace(b'status="completed"', b'status="queued"')
    found = read(queued)
    assert isinstance(found, Result)
    assert (found.state, found.verdicts) == ("queued", ())


@pytest.mark.parametrize("host", ["cs-test-ds-01", "TEST.crossref.org"])
def test_the_test_system_is_known_by_its_host(host):
    found = read(f'<doi_batch_diagnostic status="COMPLETED" sp="{host}"/>'.encode())
    assert isinstance(found, Result)
    assert (found.state, found.system) == ("completed", "test")


def test_a_stand_in_is_neither_system():
    found = read(b'<doi_batch_diagnostic status="completed" sp="standin"/>')
    assert isinstance(found, Result)
    assert found.system is None


TEXTS = st.text(st.characters(codec="utf-8", categories=("L", "N", "P", "S", "Zs")), max_size=80)
RECORDS = st.lists(
    st.tuples(
        st.sampled_from(["Success", "Warning", "Failure", "success", "", "New"]),
        st.sampled_from(["10.5555/a", "10.5555/A", "", "DOI not found", "doi NOT found"]),
        TEXTS,
    ),
    max_size=6,
)


@given(RECORDS)
def test_any_records_are_read_in_their_order_and_by_their_status(records):
    rows = "".join(
        f"<record_diagnostic status={quoteattr(status)}><doi>{escape(doi)}</doi><msg>{escape(text)}</msg>"
        "</record_diagnostic>"
        for status, doi, text in records
    )
    found = read(f'<doi_batch_diagnostic status="completed">{rows}</doi_batch_diagnostic>'.encode())
    assert isinstance(found, Result)
    assert [verdict.text for verdict in found.verdicts] == [folded(text) for *_, text in records]
    for verdict, (status, doi, _) in zip(found.verdicts, records, strict=True):
        assert verdict.doi == (doi if doi.startswith("10.") else None)
        if status:
            assert verdict.registered is {"success": True, "warning": True, "failure": False}.get(status.lower())
        assert verdict.whole_file <= (doi == "" and verdict.registered is False)


@given(st.binary())
def test_any_bytes_are_a_result_or_unreadable(data):
    assert isinstance(read(data), Result | Answer)


@pytest.mark.parametrize(
    ("content", "state"),
    [("<batch_data/>", "completed"), ("<record_diagnostic/>", "completed"), ("<batch_id>a</batch_id>", "other")],
)
def test_a_log_without_a_state_is_completed_if_it_has_records_or_counts(content, state):
    found = read(f"<doi_batch_diagnostic>{content}</doi_batch_diagnostic>".encode())
    assert isinstance(found, Result)
    assert found.state == state
    assert found.batch_id == ("a" if state == "other" else None)
