"""Parses the bytes of one answer. Strict, pure, and by namespace, never by namespace prefix."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from itertools import islice

from lxml import etree
from msgspec import Struct

from harvester.errors import BadAnswer, OaiCode, ProtocolError, ProviderError, TooBig
from harvester.model import BadRecord, Page, RawRecord, Token
from harvester.oai import encoding, repair
from harvester.xmltools import OAI, UnsafeXml, brief, local, parse, serialise

MAX_RECORDS = 250_000  # on one page; a whole repository of identifiers without tokens has fewer

_ROOT = f"{{{OAI}}}OAI-PMH"
_ERROR = f"{{{OAI}}}error"
# Each name also without a namespace: stylesheets leave `xmlns=""` on elements that they copy.
_RECORD = (f"{{{OAI}}}record", "record")
_HEADER = (f"{{{OAI}}}header", "header")
_IDENTIFIER = (f"{{{OAI}}}identifier", "identifier")
_DATESTAMP = (f"{{{OAI}}}datestamp", "datestamp")
_SET_SPEC = (f"{{{OAI}}}setSpec", "setSpec")
_RESUMPTION = "{*}resumptionToken"

_SPACE = " \t\r\n"  # white space of XML; an identifier that ends in a no-break space is another identifier
_TAGS = re.compile(r"<(?:script|style)\b.*?</(?:script|style)>|<[^>]*>", re.DOTALL)
MAX_IDENTIFIER = 2_000  # bytes; the index of a database has room for not much more, and no provider has such long ones

_NOT_A_RECORD = "another element is in the place of a record"
_DOCTYPE = re.compile(rb"(?:\xef\xbb\xbf|\s++|(?><\?.*?\?>)|(?><!--.*?-->))*+<!DOCTYPE", re.DOTALL)
# libxml2's messages when its limits (256 levels, 10 MB of text, 50,000 characters of a name) are exceeded.
_LIMITS = re.compile("Excessive depth|XML_PARSE_HUGE|too big found|[Tt]oo long|[Hh]uge input|entity amplification")


class Document(Struct, frozen=True):
    """One well-formed OAI-PMH answer: `root` is parsed from the repaired bytes, `data` is what was received."""

    root: etree._Element
    data: bytes
    repairs: tuple[str, ...] = ()


# ------------------------------------------------------------------------------------ bytes -> document


def read(data: bytes, charset: str | None = None) -> Document:
    """Parses an answer strictly, after repairs if it does not parse as it is. `charset` is that of the HTTP header.

    Raises `BadAnswer` if it is not an OAI-PMH document, and `TooBig` beyond the limits of the parser.
    """
    fault: etree.XMLSyntaxError | None = None
    for candidate, names in _candidates(data, charset):
        try:
            return Document(_parse(candidate), data, names)
        except etree.XMLSyntaxError as error:
            fault = error.with_traceback(None)  # the traceback holds this frame, and this frame the error
    assert fault is not None  # there is at least one candidate
    raise _unreadable(encoding.to_utf8(data), fault)


def _candidates(data: bytes, charset: str | None) -> Iterator[tuple[bytes, tuple[str, ...]]]:
    """The documents that the bytes may stand for, least changed first, with the names of the repairs."""
    candidate = encoding.by_charset(data, charset) if charset else data
    names: tuple[str, ...] = () if candidate is data else ("http-charset",)
    if not names and encoding.is_mislabelled_utf8(data):
        candidate, names = encoding.declare_utf8(data), ("encoding-name",)
    yield candidate, names
    if (converted := encoding.to_utf8(candidate)) is not candidate:
        candidate, names = converted, ("wide-characters",)
        yield candidate, names
    for repaired, more in repair.attempts(candidate):
        yield repaired, (*names, *more)


def _parse(data: bytes) -> etree._Element:
    if _DOCTYPE.match(data):
        raise _with_doctype(data)
    try:
        root = parse(data)
    except UnsafeXml:
        raise _with_doctype(data) from None
    except etree.XMLSyntaxError as error:
        if _LIMITS.search(str(error)):
            raise TooBig(f"the answer nests deeper or holds a longer text than is read ({_brief(error)})") from error
        raise
    if root.getroottree().docinfo.internalDTD is not None:
        raise _with_doctype(data)
    if root.tag != _ROOT:
        if local(root).lower() == "html":
            raise _web_page(data)
        raise BadAnswer(
            f"the provider answered with XML of another kind, <{safe(str(root.tag))}> instead of OAI-PMH 2.0; "
            "check that the address is the OAI-PMH one",
            refused=True,
        )
    return root


def _with_doctype(data: bytes) -> BadAnswer:
    if _is_html(data):
        return _web_page(data)
    return BadAnswer(
        "the answer declares a document type (DOCTYPE), which OAI-PMH has no use for and attacks have; it is refused, "
        "tell the provider's administrator"
    )


def _unreadable(data: bytes, fault: etree.XMLSyntaxError) -> ProviderError:
    """The error that says what the bytes are, the most frequent kinds first."""
    if not data.strip():
        return BadAnswer("the provider sent an empty answer; harvest again later", transient=True, refused=True)
    if repair.starts_document(data):
        if repair.is_cut(data):
            return BadAnswer(f"the answer was cut short after {len(data)} bytes; harvest again", transient=True)
        return BadAnswer(
            f"the answer is damaged XML that could not be repaired ({_brief(fault)}); tell the provider's administrator"
        )
    if _is_html(data):
        return _web_page(data)
    return BadAnswer(
        f"the provider sent something that is not OAI-PMH: “{quote(data)}”; check that the address is the OAI-PMH one; "
        "if it is, ask its administrator whether a firewall refuses this program",
        transient=True,
        refused=True,
    )


def _is_html(data: bytes) -> bool:
    start = data[:2048].lower()
    return b"<!doctype html" in start or b"<html" in start


def _web_page(data: bytes) -> BadAnswer:
    return BadAnswer(
        f"the provider sent a web page (HTML) in place of OAI-PMH: “{quote(data)}”; open the address in a browser: if "
        "the page is the same, harvest again when the provider has fixed it, and otherwise ask the administrator "
        "whether the site's protection against robots blocks this program",
        transient=True,
        refused=True,
    )


def _brief(fault: etree.XMLSyntaxError) -> str:
    return safe(brief(fault))


def quote(data: bytes, length: int = 120) -> str:
    """The beginning of the text in the bytes, without markup, safe to print."""
    text = data[:8192].decode("utf-8", "replace")
    return safe(unescape(_TAGS.sub(" ", text)), length)


def safe(text: str, length: int = 200) -> str:
    """The text in one line of printable characters, at most `length` of them."""
    line = " ".join("".join(char if char.isprintable() else " " for char in text[: length * 20]).split())
    return line if len(line) <= length else line[: length - 1] + "…"


# ------------------------------------------------------------------------------------- document -> page


def error_code(document: Document) -> str | None:
    """The code of the first <error> in the answer; `None` if there is none."""
    error = document.root.find(_ERROR)
    return None if error is None else (error.get("code") or "error").strip()


def containers(document: Document, verb: str) -> list[etree._Element]:
    """The elements named after the verb; none if nothing matches.

    Raises `ProtocolError` for an <error>, except noRecordsMatch: that is not an error, and is ignored if there are
    records. Any other error next to records means that the list broke off there. Raises `BadAnswer` for another verb.
    """
    for error in document.root.iterchildren(_ERROR):
        code = (error.get("code") or "error").strip()
        if code != OaiCode.NO_RECORDS_MATCH:
            raise ProtocolError(safe(code, 60), safe(error.text or ""))
    found = _named(document, verb)
    if not found and error_code(document) is None:
        others = ", ".join(local(child) for child in islice(document.root, 5))
        raise BadAnswer(
            f"the provider answered another question than {verb} (it sent {safe(others) or 'nothing'}); "
            "check that the address is the OAI-PMH one"
        )
    return found


def _named(document: Document, verb: str) -> list[etree._Element]:
    return list(document.root.iterchildren(f"{{{OAI}}}{verb}", verb))


def page(document: Document, verb: str, url: str = "") -> Page:
    """The records of one answer to ListRecords, ListIdentifiers or GetRecord. Changes the document.

    Raises `ProtocolError`, `BadAnswer`, and `TooBig` beyond `MAX_RECORDS`.
    """
    found = containers(document, verb)
    if (count := sum(map(len, found))) > MAX_RECORDS:
        raise TooBig(f"the page holds {count} records, more than the {MAX_RECORDS} that are read; harvest by dates")
    tokens = _tokens(document, found)
    sizes = (_number(element.get("completeListSize")) for element in tokens)
    read_row = _identifier_only if verb == "ListIdentifiers" else _record
    rows = [read_row(element, document) for part in found for element in list(part) if not _is_token(element)]
    return Page(
        records=tuple(row for row in rows if isinstance(row, RawRecord)),
        bad=tuple(row for row in rows if isinstance(row, BadRecord)),
        token=_first_token(tokens),
        list_size=next((size for size in sizes if size is not None), None),
        response_date=(document.root.findtext(f"{{{OAI}}}responseDate") or "").strip(),
        url=url,
        size=len(document.data),
        repairs=document.repairs,
    )


def _record(record: etree._Element, document: Document) -> RawRecord | BadRecord:
    """A <record>. One without metadata, or with an invalid datestamp, is kept: it has an identifier."""
    if record.tag not in _RECORD:
        return _bad(_NOT_A_RECORD, record)
    header = next((child for child in record if child.tag in _HEADER), None)
    if header is None:
        return _bad("the record has no header", record)
    identifier, datestamp, sets = _header_facts(header)
    if problem := _identifier_problem(identifier):
        return _bad(f"the record's header has {problem}", record)
    deleted = _is_deleted(header)
    record.remove(header)
    return RawRecord(
        identifier=identifier,
        datestamp=datestamp,
        sets=sets,
        deleted=deleted,
        payload=None if deleted else serialise(record),
        repairs=document.repairs,
        original=document.data if document.repairs else None,
    )


def _identifier_only(header: etree._Element, _: Document) -> RawRecord | BadRecord:
    if header.tag not in _HEADER:
        return _bad(_NOT_A_RECORD, header)
    identifier, datestamp, sets = _header_facts(header)
    if problem := _identifier_problem(identifier):
        return _bad(f"the header has {problem}", header)
    return RawRecord(identifier=identifier, datestamp=datestamp, sets=sets, deleted=_is_deleted(header))


def _identifier_problem(identifier: str) -> str | None:
    """Why a record cannot be kept under its identifier; `None` for all but a few."""
    if not identifier:
        return "no identifier"
    if (size := len(identifier.encode())) > MAX_IDENTIFIER:
        return f"an identifier of {size:,} bytes, more than the {MAX_IDENTIFIER:,} that can be kept"
    return None


def _bad(reason: str, element: etree._Element) -> BadRecord:
    return BadRecord(identifier=None, reason=reason, payload=serialise(element))


def _header_facts(header: etree._Element) -> tuple[str, str, tuple[str, ...]]:
    """Identifier, datestamp and sets as written; empty if the header has none."""
    identifier, datestamp, sets = "", "", []
    for child in header:
        tag, value = child.tag, (child.text or "").strip(_SPACE)
        if tag in _SET_SPEC and value:
            sets.append(value)
        elif tag in _IDENTIFIER:
            identifier = identifier or value
        elif tag in _DATESTAMP:
            datestamp = datestamp or value
    return identifier, datestamp, tuple(sets)


def _is_deleted(header: etree._Element) -> bool:
    return header.get("status", "").strip().lower() == "deleted"


def token(document: Document, verb: str) -> Token | None:
    """The resumption token as written; `None` at the end of the list, if it is absent, empty or blank."""
    return _first_token(_tokens(document, _named(document, verb)))


def _first_token(elements: list[etree._Element]) -> Token | None:
    for element in elements:
        if value := (element.text or "").strip():
            return Token(
                value=value,
                complete_list_size=_number(element.get("completeListSize")),
                cursor=_number(element.get("cursor")),
                expires=element.get("expirationDate"),
            )
    return None


def _tokens(document: Document, found: list[etree._Element]) -> list[etree._Element]:
    """Found by local name: a token that is missed because of its namespace would end the list too early."""
    return [element for part in (*found, document.root) for element in part.iterchildren(_RESUMPTION)]


def _is_token(element: etree._Element) -> bool:
    return element.tag not in _RECORD and local(element) == "resumptionToken"


def _number(value: str | None) -> int | None:
    value = (value or "").strip()
    return int(value) if value.isascii() and value.isdigit() and len(value) < 19 else None
