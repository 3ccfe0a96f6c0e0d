"""The message with a result, as Crossref mails it to the address in the file."""

from __future__ import annotations

from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from harvester.standin.submissions import Submission


def log_mail(
    submission: Submission, result: bytes, *, encoding: str = "8bit", test: bool = False, number: int | None = None
) -> bytes:
    """An RFC 822 message whose body is the XML.

    `encoding` is its Content-Transfer-Encoding. `test` is the test system. `number` is what the subject calls the
    submission; it was seen to differ from that in the result.
    """
    message = EmailMessage(policy=SMTP)
    message["From"] = "test-admin@crossref.org" if test else "CrossRef Query System <awsbounce@crossref.org>"
    message["To"] = (submission.processed.email if submission.processed else "") or "unknown@example.org"
    subject = f"CrossRef submission ID: {number or submission.number}"
    message["Subject"] = f"DO NOT REPLY - {subject}" if test else subject
    message["Date"] = format_datetime(submission.completed)
    message["X-Mailer"] = "crossref-standin"
    message.set_content(result.decode(), subtype="plain", cte=encoding)
    return message.as_bytes()
