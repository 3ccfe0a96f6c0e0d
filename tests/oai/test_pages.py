"""Pages: what stands in them, and what is no page at all."""

from __future__ import annotations

import contextlib
import resource
import time
import zlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from harvester.errors import BadAnswer, ProtocolError, ProviderError, TooBig
from harvester.model import Page, Token
from harvester.oai import pages
from tests.providers.server import OAI, envelope, error, listing, record


def page_of(text: str | bytes, verb: str = "ListRecords") -> Page:
    return pages.page(pages.read(text.encode() if isinstance(text, str) else text), verb, "http://x/oai")


def one(row: str):
    (raw,) = page_of(listing(row)).records
    return raw


# ---------------------------------------------------------------------------------------------- records


def test_the_payload_is_the_record_without_its_header_and_stands_alone():
    raw = one(record(1, "A &lt; B"))
    root = etree.fromstring(raw.payload)
    assert [etree.QName(element).localname for element in root.iter()] == ["record", "metadata", "dc", "title"]
    assert root.tag == f"{{{OAI}}}record"
    assert root.findtext(".//{*}title") == "A < B"


def test_namespaces_of_the_page_go_with_the_payload():
    text = listing(
        '<record><header><identifier>1</identifier></header><metadata><dc:x xsi:type="q:Z"/></metadata></record>'
    )
    spaced = text.replace(
        "<OAI-PMH", '<OAI-PMH xmlns:dc="d" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:q="q"'
    )
    (raw,) = page_of(spaced).records
    assert next(etree.fromstring(raw.payload or b"").iter("{d}x")).nsmap["q"] == "q"


def test_the_payload_does_not_depend_on_the_rest_of_the_page():
    first = page_of(listing(record(1), record(2), token="a")).records[1].payload
    later = page_of(listing(record(2)).replace("2026-01-01", "2027-07-07").replace("04:05:06", "01:01:01")).records[0]
    assert first == later.payload


def test_any_prefix_is_as_good_as_another():
    text = listing(record(1), token="t").replace(f'xmlns="{OAI}"', f'xmlns:oai="{OAI}"')
    for name in ("OAI-PMH", "responseDate", "ListRecords", "record", "header", "identifier", "datestamp", "setSpec"):
        text = text.replace(f"<{name}", f"<oai:{name}").replace(f"</{name}", f"</oai:{name}")
    for name in ("metadata", "resumptionToken", "request"):
        text = text.replace(f"<{name}", f"<oai:{name}").replace(f"</{name}", f"</oai:{name}")
    page = page_of(text)
    assert [raw.identifier for raw in page.records] == ["oai:x:1"]
    assert page.token == Token("t")


def test_records_inside_metadata_are_not_records():
    """Janeway's jats has no namespace of its own: everything in it is in that of OAI-PMH."""
    inner = "<record><header><identifier>inner</identifier></header></record><resumptionToken>x</resumptionToken>"
    page = page_of(listing(record(1).replace("<metadata>", f"<metadata>{inner}")))
    assert [raw.identifier for raw in page.records] == ["oai:x:1"]
    assert page.token is None


def test_deleted_records_have_no_payload():
    for status in ("deleted", " Deleted "):
        raw = one(record(1, header=f' status="{status}"'))
        assert (raw.identifier, raw.deleted, raw.payload) == ("oai:x:1", True, None)


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("<record><metadata/></record>", "has no header"),
        ("<record/>", "has no header"),
        ("<record><header><datestamp>2026-01-01</datestamp></header></record>", "no identifier"),
        ("<record><header><identifier>  </identifier></header></record>", "no identifier"),
        (f"<record><header><identifier>{'я' * 1_001}</identifier></header></record>", "an identifier of 2,002 bytes"),
        ('<record xmlns="http://other/"><header><identifier>x</identifier></header></record>', "another element"),
        ("<br/>", "another element"),
    ],
)
def test_a_bad_record_costs_only_itself(row, reason):
    page = page_of(listing(record(1), row, record(2)))
    assert [raw.identifier for raw in page.records] == ["oai:x:1", "oai:x:2"]
    (bad,) = page.bad
    assert reason in bad.reason
    assert bad.identifier is None
    assert etree.fromstring(bad.payload) is not None


@pytest.mark.parametrize(
    ("row", "datestamp"),
    [
        ("<record><header><identifier>1</identifier><datestamp>0000-00-00</datestamp></header></record>", "0000-00-00"),
        ("<record><header><identifier>1</identifier></header><metadata/></record>", ""),
    ],
)
def test_what_is_identified_is_kept(row, datestamp):
    """Without metadata, or with a datestamp that says nothing: which record it is, is known."""
    raw = one(row)
    assert (raw.identifier, raw.datestamp, raw.deleted) == ("1", datestamp, False)
    assert raw.payload.startswith(b"<record")


def test_identifiers_keep_what_looks_like_a_path():
    assert one(record("../../etc/passwd")).identifier == "oai:x:../../etc/passwd"


def test_headers_alone():
    rows = "<header><identifier>1</identifier><setSpec>a</setSpec><setSpec> </setSpec></header><header/><x/>"
    page = page_of(listing(rows, verb="ListIdentifiers"), "ListIdentifiers")
    assert [(raw.identifier, raw.sets, raw.payload) for raw in page.records] == [("1", ("a",), None)]
    assert len(page.bad) == 2


def test_a_mended_page_is_kept_as_it_came():
    data = listing(record(1, "a\x02b"), record(2)).encode()
    page = page_of(data)
    assert page.repairs == ("illegal-characters",)
    assert {(raw.repairs, raw.original) for raw in page.records} == {(page.repairs, data)}
    assert page.size == len(data)


# ----------------------------------------------------------------------------------------------- tokens


@pytest.mark.parametrize("end", ["", "<resumptionToken/>", "<resumptionToken> \n </resumptionToken>"])
def test_the_end_of_the_list(end):
    assert page_of(listing(record(1) + end)).token is None


def test_a_token_with_its_attributes():
    end = (
        '<resumptionToken completeListSize=" 12 " cursor="x" expirationDate="soon">\n a&amp;b=%2B \n</resumptionToken>'
    )
    assert page_of(listing(record(1) + end)).token == Token("a&b=%2B", 12, None, "soon")


@pytest.mark.parametrize("size", ["9" * 5000, "-1", "1.5", "٣", ""])
def test_a_list_size_that_says_nothing(size):
    end = f'<resumptionToken completeListSize="{size}">a</resumptionToken>'
    assert page_of(listing(record(1) + end)).token == Token("a")


@pytest.mark.parametrize(
    "end",
    [
        '<resumptionToken xmlns="">a</resumptionToken></ListRecords>',
        "</ListRecords><resumptionToken>a</resumptionToken>",
    ],
)
def test_a_token_in_the_wrong_place_still_counts(end):
    text = listing(record(1)).replace("</ListRecords>", end)
    assert page_of(text).token == Token("a")


# ----------------------------------------------------------------------------------------------- errors


def test_nothing_matches():
    page = page_of(error("noRecordsMatch"))
    assert (page.records, page.bad, page.token, page.response_date) == ((), (), None, "2026-02-03T04:05:06Z")


def test_an_empty_list_is_an_empty_list():
    assert page_of(listing()).records == ()


def test_nothing_matches_beside_records_says_nothing():
    text = listing(record(1)).replace("<ListRecords>", '<error code="noRecordsMatch"/><ListRecords>')
    assert len(page_of(text).records) == 1


def test_another_error_beside_records_means_they_are_not_all():
    text = listing(record(1)).replace("</ListRecords>", '</ListRecords><error code="badArgument">lost it</error>')
    with pytest.raises(ProtocolError, match="badArgument: lost it; check"):
        page_of(text)


@pytest.mark.parametrize(("row", "code"), [('<error code="idDoesNotExist"/>', "idDoesNotExist"), ("<error/>", "error")])
def test_errors_have_the_names_of_the_protocol(row, code):
    with pytest.raises(ProtocolError) as caught:
        page_of(envelope(row))
    assert caught.value.code == code


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "empty answer"),
        (b" \r\n\t", "empty answer"),
        (b"<html><body>Down</body></html>", "web page (HTML) in place of OAI-PMH: “Down”"),
        (b"<!DOCTYPE html><p>Down<br>\x1b[2J", "“Down [2J”"),
        (b"<br/>Fatal error: x", "not OAI-PMH: “Fatal error: x”"),
        (b'{"error": 1}', 'not OAI-PMH: “{"error": 1}”'),
        (b"%PDF-1.4\xff\x00", "not OAI-PMH: “%PDF-1.4"),
        (b"<rss/>", "XML of another kind, <rss>"),
        (b"<OAI-PMH/>", "XML of another kind, <OAI-PMH> instead of OAI-PMH 2.0"),
        (b'<OAI-PMH xmlns="http://www.openarchives.org/OAI/1.1/"/>', "XML of another kind"),
        (f'<OAI-PMH xmlns="{OAI}"/>'.encode(), "another question than ListRecords (it sent nothing)"),
        (listing(record(1)).encode()[:200], "cut short after 200 bytes"),
        (listing("<record><b></record>").encode(), "damaged XML that could not be repaired"),
        (b"<!DOCTYPE x SYSTEM 'file:///etc/passwd'>" + b"<x/>", "document type (DOCTYPE)"),
        ("<!DOCTYPE x><x/>".encode("utf-16"), "document type (DOCTYPE)"),
        (b"x" * 100_000, "x…”"),
    ],
)
def test_what_is_no_page(data, words):
    with pytest.raises(BadAnswer) as caught:
        page_of(data)
    message = str(caught.value)
    assert words in message
    assert "; " in message
    assert message.isprintable()
    assert len(message) < 400


@pytest.mark.parametrize(
    "row",
    [
        "<a>" * 300 + "</a>" * 300,
        f"<a>{'x' * 10_100_000}</a>",
        f"<a><![CDATA[{'x' * 10_100_000}]]></a>",
        f'<a b="{"x" * 10_100_000}"/>',
        f"<{'x' * 60_000}/>",
        "<record/>" * (pages.MAX_RECORDS + 1),
    ],
)
def test_pages_beyond_the_caps(row):
    with pytest.raises(TooBig):
        page_of(listing(row))


@given(st.binary(max_size=300))
def test_any_bytes_are_a_page_or_an_error_of_ours(data):
    framed = listing(record(1, "TITLE")).encode().replace(b"TITLE", data)
    for candidate in (data, framed, framed[: len(framed) - len(data)]):
        for verb in ("ListRecords", "ListIdentifiers"):
            with contextlib.suppress(ProviderError):
                assert isinstance(page_of(candidate, verb), Page)


@given(st.data())
def test_any_damage_is_a_page_or_an_error_of_ours(data):
    sound = bytearray(listing(record(1, "Bees"), token="t").encode())
    for _ in range(data.draw(st.integers(1, 4))):
        sound[data.draw(st.integers(0, len(sound) - 1))] = data.draw(st.integers(0, 255))
    with contextlib.suppress(ProviderError):
        page = page_of(bytes(sound))
        assert len(page.records) + len(page.bad) == 1


# ------------------------------------------------------------------------------------------ real files

ATTACKS = {
    "attr_entity_blowup": "BadAnswer",
    "bad_datestamp": "1",
    "billion_laughs": "BadAnswer",
    "control_char_0x02": "illegal-characters",
    "control_char_nul": "illegal-characters",
    "control_char_ref": "illegal-references",
    "double_encoded_utf8": "1",
    "error_plus_records": "1",
    "external_dtd_http": "BadAnswer",
    "external_dtd_relative": "BadAnswer",
    "html_error_page_200": "BadAnswer",
    "huge_text_node_12MB": "TooBig",
    "invalid_utf8_cp1251_declared_utf8": "invalid-utf8",
    "latin1_declared_utf8": "invalid-utf8",
    "leading_whitespace_before_decl": "text-before-document",
    "many_attributes_20000": "BadAnswer",
    "path_in_identifier": "1",
    "php_warning_before_xml": "text-before-document",
    "record_without_header": "0",
    "resumption_empty_with_attrs": "1",
    "surrogate_ref": "illegal-references",
    "trailing_garbage": "text-after-document",
    "truncated_in_utf8_char": "BadAnswer",
    "undefined_html_entity": "html-entities",
    "unknown_encoding": "encoding-name",
    "xxe_http": "BadAnswer",
    "xxe_param_entity": "BadAnswer",
}


def outcome(data: bytes) -> str:
    """The name of the error, or of the repair, or the number of records."""
    try:
        page = page_of(data)
    except ProviderError as fault:
        return type(fault).__name__
    return ",".join(page.repairs) or str(len(page.records))


def test_attacks_end_as_they_should(shared: Path):
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    began = time.process_time()
    files = sorted((shared / "data" / "attack").iterdir())
    for path in files:
        data = zlib.decompress(path.read_bytes()) if path.suffix == ".zlib" else path.read_bytes()
        name = path.name.split(".")[0].removeprefix("attack_")
        assert outcome(data) == ATTACKS.get(name, "?"), path.name
    assert files
    assert time.process_time() - began < 2
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 200_000  # kB


def test_recorded_answers_give_all_their_records_unmended(shared: Path):
    """As many records as a plain search finds, whole; the few files that are no OAI-PMH answer are refused."""
    read = 0
    files = [*(shared / "data" / "oai").iterdir(), *(shared / "data" / "recorded").rglob("ListRecords*.xml")]
    for path in files:
        with contextlib.suppress(ProviderError):
            page = page_of(path.read_bytes())
            text = path.read_text(encoding="utf-8", errors="replace")
            assert len(page.records) + len(page.bad) == text.count("</header>"), path.name
            assert len(page.bad) == ("Missing identifier" in text), path.name
            assert not page.repairs, path.name
            assert all(raw.deleted or etree.fromstring(raw.payload or b"") is not None for raw in page.records)
            read += 1
    assert read > 90
