"""The encoding of an answer, from its XML declaration, its HTTP header and its bytes.

By RFC 7303, section 3, a byte order mark decides, then the charset in HTTP, then the XML declaration. But that charset
is often only the default of the server, so here it decides only if the bytes prove the declaration wrong.
"""

from __future__ import annotations

import codecs
import re

_ENCODING = re.compile(rb"(?:\xef\xbb\xbf)?<\?xml\s[^>]*?encoding\s*=\s*[\"']([^\"']*)[\"']")
_CHARSET = re.compile(r"charset\s*=\s*\"?([\w.:-]+)", re.IGNORECASE)

# Encodings in which every byte is a character. Text in UTF-8 can be decoded with them, to other text.
_SINGLE_BYTE = ("iso8859", "cp125", "koi8", "mac-")

# First bytes of a document with 16 or 32 bits per character (XML 1.0, appendix F), longest first.
_WIDE = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
    (b"<\0\0\0", "utf-32-le"),
    (b"\0\0\0<", "utf-32-be"),
    (b"<\0", "utf-16-le"),
    (b"\0<", "utf-16-be"),
)


def declared_encoding(data: bytes) -> str:
    """The encoding in the XML declaration, in lower case; `utf-8` if it has none."""
    match = _ENCODING.match(data)
    return match[1].decode("ascii", "replace").strip().lower() if match else "utf-8"


def declare_utf8(data: bytes) -> bytes:
    """Replaces the encoding in the XML declaration, if it has one, with UTF-8."""
    match = _ENCODING.match(data)
    return data[: match.start(1)] + b"UTF-8" + data[match.end(1) :] if match else data


def to_utf8(data: bytes) -> bytes:
    """Converts a document in UTF-16 or UTF-32 to UTF-8. Returns any other document as it is."""
    name = next((name for start, name in _WIDE if data.startswith(start)), None)
    return data if name is None else declare_utf8(data.decode(name, "replace").encode())


def charset_of(content_type: str) -> str | None:
    """The charset of a Content-Type header; `None` if there is none, or an unknown one."""
    match = _CHARSET.search(content_type)
    try:
        return codecs.lookup(match[1]).name if match else None
    except LookupError:
        return None


def is_mislabelled_utf8(data: bytes) -> bool:
    """Whether a document declares a single-byte encoding although it is in UTF-8.

    Nobody writes `Ã¼` on page after page. Some PHP scripts declare ISO-8859-1 for a database in UTF-8.
    """
    own = charset_of(f"charset={declared_encoding(data)}") or ""
    return own.startswith(_SINGLE_BYTE) and not data.isascii() and is_utf8(data)


def by_charset(data: bytes, charset: str) -> bytes:
    """Converts a document to UTF-8 if it is in the charset of HTTP and cannot be in the encoding that it declares.

    Valid UTF-8 is UTF-8. A document that declares UTF-8, and has no valid character of UTF-8 beyond ASCII, is in the
    charset. One bad byte among valid UTF-8 proves nothing.
    """
    own = charset_of(f"charset={declared_encoding(data)}")
    if own == charset or data.isascii() or to_utf8(data) is not data:
        return data
    if charset == "utf-8":
        return declare_utf8(data) if is_utf8(data) else data
    if own != "utf-8" or not data.decode("utf-8", "ignore").isascii():
        return data
    try:
        return declare_utf8(data.decode(charset).encode())
    except (UnicodeError, LookupError):  # a codec that is not for text raises LookupError
        return data


def is_utf8(data: bytes) -> bool:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True
