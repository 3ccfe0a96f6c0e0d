"""Repairs bytes that are almost XML. Only what XML forbids is changed.

Each step repairs one kind of fault, leaves every other byte as it is, and has a name that is stored with the records of
the page. Nothing is ever added to the end: half a document stays half a document. CDATA, comments and processing
instructions are left alone, except for bytes that are illegal everywhere.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable, Iterator
from html.entities import html5

from harvester.oai.encoding import declare_utf8, declared_encoding, is_utf8

Step = Callable[[bytes], bytes]

BOM = codecs.BOM_UTF8
_ROOT = re.compile(rb"<(?:[A-Za-z_][\w.-]*:)?OAI-PMH[\s/>]")
_ROOT_END = re.compile(rb"</(?:[A-Za-z_][\w.-]*:)?OAI-PMH\s*>")
_DECLARATION = re.compile(rb"<\?xml\s")
_MISC = re.compile(rb"(?:\s++|(?><!--.*?-->)|(?><\?(?!xml\s).*?\?>))*+", re.DOTALL)
_OPAQUE = rb"<!\[CDATA\[.*?(?:\]\]>|\Z)|<!--.*?(?:-->|\Z)|<\?(?!xml\s).*?(?:\?>|\Z)"
# Encodings in which a byte below 0x80 may be part of a character or an escape sequence.
_NOT_ASCII = ("iso-2022", "utf-7", "utf7", "utf-16", "utf-32", "hz", "ucs", "ebcdic", "cp037")


def attempts(data: bytes) -> Iterator[tuple[bytes, tuple[str, ...]]]:
    """The document after each repair that changed it, with the names of all repairs so far.

    A document without its end gives nothing: it was cut.
    """
    if is_cut(data):
        return
    names: tuple[str, ...] = ()
    for name, step in STEPS:
        repaired = step(data)
        if repaired != data:
            data, names = repaired, (*names, name)
            yield data, names


def is_cut(data: bytes) -> bool:
    """Whether the data has no end tag of an OAI-PMH document."""
    return _ROOT_END.search(data) is None


def starts_document(data: bytes) -> bool:
    """Whether an OAI-PMH document begins somewhere in the data."""
    return _ROOT.search(data) is not None


# --------------------------------------------------------------------------------- around the document


def cut_before(data: bytes) -> bytes:
    """Removes text before and after the XML declaration: PHP warnings, blank lines, a second BOM.

    A DOCTYPE is left, so that the document is refused.
    """
    root = _ROOT.search(data)
    if root is None:
        return data
    head = data[: root.start()]
    start, end = _declaration(head)
    if b"<!doctype" in head[start if end > start else 0 :].lower():
        return data
    if end == start and _MISC.fullmatch(head.removeprefix(BOM)):
        return data
    before = head[:start] if head[:start] == BOM else b""
    between = head[end:] if _MISC.fullmatch(head, end) else b""
    return before + head[start:end] + between + data[root.start() :]


def _declaration(head: bytes) -> tuple[int, int]:
    """The span of the last XML declaration; an empty span at the end if there is none."""
    start = len(head)
    for match in _DECLARATION.finditer(head):
        start = match.start()
    end = head.find(b"?>", start)
    return (start, end + 2) if end >= 0 else (len(head), len(head))


def cut_after(data: bytes) -> bytes:
    """Removes text after the end tag of the root (findsorguk#843: PHP notices)."""
    end = len(data)
    for match in _ROOT_END.finditer(data):
        end = match.end()
    return data if _MISC.fullmatch(data, end) else data[:end]


# ----------------------------------------------------------------------------------- encoding and bytes


def _is_utf8(data: bytes) -> bool:
    return declared_encoding(data) in ("utf-8", "utf8")


def name_encoding(data: bytes) -> bytes:
    """Declares UTF-8 if the declared encoding is unknown or plainly wrong, and the bytes are valid UTF-8."""
    return declare_utf8(data) if _is_misnamed(declared_encoding(data), data) and is_utf8(data) else data


def _is_misnamed(name: str, data: bytes) -> bool:
    try:
        known = codecs.lookup(name).name
    except (LookupError, ValueError):
        return True
    return known.startswith(("utf-16", "utf-32")) or (known == "ascii" and not data.isascii())


_CESU = re.compile(rb"\xed[\xa0-\xaf][\x80-\xbf]\xed[\xb0-\xbf][\x80-\xbf]")
_DASH = re.compile(rb"(?<=[0-9])[\x96\x97](?=[0-9])")


def _join_surrogates(match: re.Match[bytes]) -> bytes:
    halves = match[0].decode("utf-8", "surrogatepass")
    return halves.encode("utf-16", "surrogatepass").decode("utf-16").encode()


def join_cesu(data: bytes) -> bytes:
    """Joins two encoded surrogates (CESU-8) to the character that they stand for."""
    return _CESU.sub(_join_surrogates, data) if _is_utf8(data) else data


def set_dashes(data: bytes) -> bytes:
    """Replaces a single byte 96 or 97 between two digits, in a document declared as UTF-8, with the dash of Windows."""
    if not _is_utf8(data):
        return data
    return _DASH.sub(lambda match: match[0].decode("cp1252").encode(), data)


def mark_invalid(data: bytes) -> bytes:
    """Replaces each sequence that is not UTF-8 with U+FFFD.

    It is not decoded with a code page: F8 is ø in one and ř in another, so that would be a guess.
    """
    if not _is_utf8(data) or is_utf8(data):
        return data
    return data.decode("utf-8", "replace").encode()


_CONTROLS = bytes(code for code in range(0x20) if code not in b"\t\n\v\f\r")
_BREAKS = bytes.maketrans(b"\v\f", b"  ")
_NONCHARACTERS = re.compile(rb"\xef\xbf[\xbe\xbf]")


def drop_controls(data: bytes) -> bytes:
    """Removes characters that XML forbids (section 2.2). Vertical tabs and form feeds become a space."""
    if declared_encoding(data).startswith(_NOT_ASCII):
        return data
    data = data.translate(_BREAKS, _CONTROLS)
    return _NONCHARACTERS.sub(b"", data) if _is_utf8(data) else data


# ---------------------------------------------------------------------------------------------- markup


def _outside(fault: bytes, replacement: Callable[[re.Match[bytes]], bytes] | bytes) -> Step:
    """A step that replaces each fault outside of CDATA, comments and processing instructions."""
    simple = re.compile(fault, re.DOTALL)  # much faster if there is no such fault
    pattern = re.compile(_OPAQUE + rb"|(?P<fault>" + fault + rb")", re.DOTALL)

    def replace(match: re.Match[bytes]) -> bytes:
        if match["fault"] is None:
            return match[0]
        return replacement if isinstance(replacement, bytes) else replacement(match)

    def step(data: bytes) -> bytes:
        if declared_encoding(data).startswith(_NOT_ASCII) or not simple.search(data):
            return data
        return pattern.sub(replace, data)

    return step


_drop_declarations = _outside(
    rb"<\?xml\s.*?(?:\?>|\Z)|<!DOCTYPE\b[^\[<>]*>", lambda match: b"" if match[0].endswith(b">") else match[0]
)


def drop_inner_prologs(data: bytes) -> bytes:
    """Removes XML declarations and document types inside the document (dataverse#7974), except the first ones."""
    root = _ROOT.search(data)
    start = root.start() if root else len(data)
    return data[:start] + _drop_declarations(data[start:])


_REFERENCE = re.compile(rb"&#(?:[xX]([0-9a-fA-F]+)|([0-9]+));")


def _codepoint(match: re.Match[bytes]) -> int:
    digits = (match[1] or match[2]).lstrip(b"0")
    return int(digits or b"0", 16 if match[1] else 10) if len(digits) < 10 else 0x110000


def _legal(code: int) -> bool:
    return code in (9, 10, 13) or 0x20 <= code < 0xD800 or 0xE000 <= code < 0xFFFE or 0x10000 <= code < 0x110000


def _replace_references(run: re.Match[bytes]) -> bytes:
    """A run of references. Two surrogates are one character; a single one has lost it (lobid-gnd#336)."""
    out: list[bytes] = []
    high = 0
    for match in _REFERENCE.finditer(run[0]):
        code = _codepoint(match)
        if high and 0xDC00 <= code < 0xE000:
            out[-1] = b"&#x%X;" % (0x10000 + (high - 0xD800) * 0x400 + code - 0xDC00)
        else:
            out.append(_legal_reference(code, match[0]))
        high = code if 0xD800 <= code < 0xDC00 else 0
    return b"".join(out)


def _legal_reference(code: int, reference: bytes) -> bytes:
    if _legal(code):
        return reference.lower() if b"X" in reference else reference
    if 0xD800 <= code < 0xE000 or code >= 0x110000:
        return b"&#xFFFD;"
    return b" " if code in (11, 12) else b""


def _name_entity(match: re.Match[bytes]) -> bytes:
    characters = html5.get(match["name"].decode() + ";", "")
    if match["name"] in (b"amp", b"lt", b"gt", b"quot", b"apos"):
        return match[0]
    return b"".join(b"&#%d;" % ord(character) for character in characters) or match[0]


# Prefixes with the same meaning everywhere. The DTD of JATS declares the first three, and files that rely on it lose
# them.
_KNOWN_PREFIXES = {
    b"xlink": b"http://www.w3.org/1999/xlink",
    b"mml": b"http://www.w3.org/1998/Math/MathML",
    b"xsi": b"http://www.w3.org/2001/XMLSchema-instance",
    b"ali": b"http://www.niso.org/schemas/ali/1.0/",
    b"dc": b"http://purl.org/dc/elements/1.1/",
    b"oai_dc": b"http://www.openarchives.org/OAI/2.0/oai_dc/",
}


def declare_prefixes(data: bytes) -> bytes:
    """Declares well-known namespace prefixes on the root if they are used and nowhere declared."""
    root = _ROOT.search(data)
    if root is None:
        return data
    used = [prefix for prefix in _KNOWN_PREFIXES if b"<%s:" % prefix in data or b" %s:" % prefix in data]
    missing = [prefix for prefix in used if b"xmlns:%s" % prefix not in data]
    added = b"".join(b' xmlns:%s="%s"' % (prefix, _KNOWN_PREFIXES[prefix]) for prefix in missing)
    end = root.end() - 1
    return data[:end] + added + data[end:]


STEPS: tuple[tuple[str, Step], ...] = (
    ("text-before-document", cut_before),
    ("text-after-document", cut_after),
    ("encoding-name", name_encoding),
    ("inner-prolog", drop_inner_prologs),
    ("surrogate-bytes", join_cesu),
    ("windows-dash", set_dashes),
    ("invalid-utf8", mark_invalid),
    ("illegal-characters", drop_controls),
    ("illegal-references", _outside(rb"(?:&#(?:[xX][0-9a-fA-F]+|[0-9]+);)+", _replace_references)),
    ("html-entities", _outside(rb"&(?P<name>[A-Za-z][A-Za-z0-9]*);", _name_entity)),
    (
        "unescaped-ampersand",
        _outside(rb"&(?!(?:amp|lt|gt|quot|apos|#[0-9]+|#x[0-9a-fA-F]+);)", b"&amp;"),
    ),
    ("unescaped-less-than", _outside(rb"<(?![A-Za-z_:/!?\x80-\xff])", b"&lt;")),
    ("undeclared-prefix", declare_prefixes),
)
