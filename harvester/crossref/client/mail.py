"""Logs of submissions in what a person has: a log itself, a mail with one in any encoding, or a mailbox of several."""

from __future__ import annotations

import re
from collections.abc import Iterator
from email import message_from_bytes, policy
from email.message import EmailMessage
from html import unescape
from typing import Literal

from msgspec import Struct

from harvester.answers import Answer, Result
from harvester.crossref.client import diagnostic
from harvester.errors import LogError

_LOG = re.compile(rf"<{diagnostic.ROOT}\b(?:[^<>]*/>|.*?</{diagnostic.ROOT}\s*>)", re.DOTALL)
_START = re.compile(rf"<{diagnostic.ROOT}\b")
_ESCAPED = re.compile(rf"&lt;{diagnostic.ROOT}\b")
_QUOTED_LOG = re.compile(rf"^> ?.*<{diagnostic.ROOT}\b", re.MULTILINE)
_QUOTED = re.compile(r"^(?:> ?)+", re.MULTILINE)
_MBOX = re.compile(rb"^From \S[^\r\n]*", re.MULTILINE)
_MBOX_QUOTED = re.compile(rb"^>(>*From )", re.MULTILINE)
_HEADER = re.compile(rb"\r?\n[!-9;-~]+:")
_SUBJECT = re.compile(r"submission ID:?\s*(\d+)", re.IGNORECASE)
_TEST_SENDER = "test-admin@"
_SAVE = "save the whole mail from Crossref as a file, or the log in it, and name this file"


class MailedLog(Struct, frozen=True, kw_only=True):
    """A log, and what the mail around it says.

    `subject_id`: the number in the subject, which may be another one than that in the log; the batch id decides which
    file the log is about. `system`: test or live, `None` if nothing says so.
    """

    result: Result
    subject_id: str | None = None
    system: Literal["test", "live"] | None = None


def read(data: bytes) -> tuple[MailedLog, ...]:
    """The logs in a file, each once, in their order. Raises `LogError` if there are none, or one is cut short."""
    text = data.removeprefix(b"\xef\xbb\xbf").lstrip()
    if not text:
        raise LogError(f"the file is empty; {_SAVE}")
    if text.startswith((b"<", b"\xff\xfe", b"\xfe\xff")):
        found = [_log(data, None, None)]
    else:
        found = [log for mail in _mails(text) for log in _logs(mail)]
    if not found:
        raise LogError(f"there is no log of Crossref in this file (no <{diagnostic.ROOT}>); {_SAVE}")
    return tuple({(log.result.submission_id, log.result.raw): log for log in found}.values())


def _log(raw: bytes, subject_id: str | None, system: Literal["test"] | None) -> MailedLog:
    result = diagnostic.read(raw)
    if isinstance(result, Answer):
        raise LogError(f"this is not a log that can be read: {result.text}; {_SAVE}")
    return MailedLog(result=result, subject_id=subject_id, system=system or result.system)


# ------------------------------------------------------------------------------------------------- mails


def _mails(data: bytes) -> Iterator[EmailMessage]:
    """The mails of a mailbox, or the one mail that the file is."""
    starts = [match.start() for match in _MBOX.finditer(data) if _begins_a_mail(data, match)]
    if not starts or starts[0]:
        yield message_from_bytes(data, policy=policy.default)
        return
    for start, end in zip(starts, [*starts[1:], len(data)], strict=True):
        lines = data[start:end].partition(b"\n")[2]
        yield message_from_bytes(_MBOX_QUOTED.sub(rb"\1", lines), policy=policy.default)


def _begins_a_mail(data: bytes, line: re.Match[bytes]) -> bool:
    """After an empty line, and before a header."""
    is_after_empty_line = line.start() == 0 or data.endswith((b"\n\n", b"\n\r\n"), 0, line.start())
    return is_after_empty_line and bool(_HEADER.match(data, line.end()))


def _logs(mail: EmailMessage) -> Iterator[MailedLog]:
    subject_id, system = _told(mail)
    for text in _texts(mail):
        if not (_START.search(text) or _ESCAPED.search(text)):
            continue
        plain = _unquoted(text if _START.search(text) else unescape(text))
        logs = _LOG.findall(plain)
        if len(logs) < len(_START.findall(plain)):
            raise LogError(f"the log in this mail is cut short; {_SAVE}")
        forwarded = _SUBJECT.search(plain)
        for log in logs:
            yield _log(
                log.encode(),
                subject_id or (forwarded[1] if forwarded else None),
                system or ("test" if _TEST_SENDER in plain else None),
            )


def _unquoted(text: str) -> str:
    """The text without the signs at the start of its lines, if the log is in a quotation."""
    return _QUOTED.sub("", text) if _QUOTED_LOG.search(text) else text


def _told(mail: EmailMessage) -> tuple[str | None, Literal["test"] | None]:
    """The number in the subject, and whether it is a test: by its headers, or those of a mail that it forwards."""
    heads = [part for part in mail.walk() if part["Subject"] or part["From"]]
    subject = next((match for part in heads if (match := _SUBJECT.search(str(part["Subject"])))), None)
    is_test = any(_TEST_SENDER in str(part["From"]).lower() for part in heads)
    return subject[1] if subject else None, "test" if is_test else None


def _texts(mail: EmailMessage) -> Iterator[str]:
    """The decoded text of each part that may have a log in it. The plain text of a mail comes before its HTML."""
    for part in mail.walk():
        if part.is_multipart():
            continue
        payload = part.get_payload(decode=True)
        if isinstance(payload, bytes) and (part.get_content_maintype() in ("text", "application")):
            yield _decoded(payload, part.get_content_charset())


def _decoded(payload: bytes, charset: str | None) -> str:
    for encoding in (charset or "utf-8", "utf-8", "cp1252"):
        try:
            return payload.decode(encoding).replace("\r\n", "\n")
        except (LookupError, UnicodeDecodeError):
            continue
    return payload.decode("latin-1").replace("\r\n", "\n")
