"""In which encoding an answer is: what it says of itself, what HTTP says of it, and which of both its bytes bear out.

By RFC 7303, section 3, a byte order mark comes first, then the charset of HTTP, then the XML declaration. But a charset
is often only the server's default for all it sends, so here it counts where the bytes prove the document wrong.
"""

from __future__ import annotations

import codecs
import re

_ENCODING = re.compile(rb"(?:\xef\xbb\xbf)?<\?xml\s[^>]*?encoding\s*=\s*[\"']([^\"']*)[\"']")
_CHARSET = re.compile(r"charset\s*=\s*\"?([\w.:-]+)", re.IGNORECASE)

# Encodings in which every byte is a character, so that text in UTF-8 can be read in them, as other text.
_BYTEWISE = ("iso8859", "cp125", "koi8", "mac-")

# How a document in 16 or 32 bits a character begins (XML 1.0, appendix F); longest first.
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


def declared(data: bytes) -> str:
    """What the XML declaration says, in lower case; `utf-8` where it says nothing."""
    match = _ENCODING.match(data)
    return match[1].decode("ascii", "replace").strip().lower() if match else "utf-8"


def renamed(data: bytes) -> bytes:
    """The document with UTF-8 in its XML declaration, where that names an encoding."""
    match = _ENCODING.match(data)
    return data[: match.start(1)] + b"UTF-8" + data[match.end(1) :] if match else data


def narrowed(data: bytes) -> bytes:
    """A document in UTF-16 or UTF-32 in UTF-8; any other as it is."""
    name = next((name for start, name in _WIDE if data.startswith(start)), None)
    return data if name is None else renamed(data.decode(name, "replace").encode())


def charset_of(content_type: str) -> str | None:
    """The charset of a Content-Type header; `None` where there is none, or none that anybody knows."""
    match = _CHARSET.search(content_type)
    try:
        return codecs.lookup(match[1]).name if match else None
    except LookupError:
        return None


def misnames_utf8(data: bytes) -> bool:
    """Whether a document says that each byte is a character, and its bytes say UTF-8.

    Nobody writes `Ã¼` and means it, page by page; PHP scripts that say ISO-8859-1 over a database in UTF-8 are known.
    """
    own = charset_of(f"charset={declared(data)}") or ""
    return own.startswith(_BYTEWISE) and not data.isascii() and is_utf8(data)


def by_charset(data: bytes, charset: str) -> bytes:
    """The document in UTF-8 where its bytes are in the charset of HTTP and cannot be what it says itself.

    Text that is valid UTF-8 is nothing else; text none of whose bytes is, and which claims to be UTF-8, is in the
    charset. One bad byte among good UTF-8 proves nothing.
    """
    if data.isascii() or narrowed(data) is not data or (own := charset_of(f"charset={declared(data)}")) == charset:
        return data
    if charset == "utf-8":
        return renamed(data) if is_utf8(data) else data
    if own != "utf-8" or not data.decode("utf-8", "ignore").isascii():
        return data
    try:
        return renamed(data.decode(charset).encode())
    except (UnicodeError, LookupError):  # a codec that is none of text raises LookupError
        return data


def is_utf8(data: bytes) -> bool:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True
