"""Logs in mails of every encoding, forwarded, quoted and collected."""

from __future__ import annotations

import contextlib
import re
from email.message import EmailMessage

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harvester.crossref.client.mail import MailedLog, read
from harvester.errors import LogError
from tests.crossref.client import logs

NAME = "updated-with-references"
LOG = logs.log(NAME).decode()


def mail(text: str = LOG, *, cte: str | None = None, subtype: str = "plain", sender: str = "awsbounce") -> EmailMessage:
    message = EmailMessage()
    message["From"] = f"CrossRef Query System <{sender}@crossref.org>"
    message["To"] = "editor@example.org"
    message["Subject"] = "DO NOT REPLY - CrossRef submission ID: 1430891300"
    message.set_content(text, subtype=subtype, cte=cte)
    return message


def only(data: bytes) -> MailedLog:
    (found,) = read(data)
    return found


def same(found: MailedLog, name: str = NAME) -> bool:
    return bool(logs.shown(found.result) == logs.expected(name)["result"])


@pytest.mark.parametrize("name", logs.NAMES)
def test_a_log_itself(name):
    found = only(logs.log(name))
    assert same(found, name)
    assert found.system == found.result.system
    assert found.result.raw == logs.log(name)


@pytest.mark.parametrize("cte", ["7bit", "8bit", "quoted-printable", "base64"])
@pytest.mark.parametrize("subtype", ["plain", "xml"])
def test_a_mail(cte, subtype):
    found = only(mail(cte=cte, subtype=subtype).as_bytes())
    assert same(found)
    assert found.subject_id == "1430891300"
    assert found.system == "live"
    assert same(only(b"\r\n" + mail(cte=cte).as_bytes().replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")))


def attached() -> EmailMessage:
    message = mail("See the attachment.")
    message.add_attachment(LOG.encode(), maintype="application", subtype="octet-stream", filename="log.xml")
    return message


def alternative() -> EmailMessage:
    message = mail()
    message.add_alternative(f"<html><pre>{LOG.replace('<', '&lt;').replace('>', '&gt;')}</pre></html>", subtype="html")
    return message


def html_only() -> EmailMessage:
    return mail(f"<html><pre>{LOG.replace('<', '&lt;').replace('>', '&gt;')}</pre></html>", subtype="html")


def forwarded() -> EmailMessage:
    message = EmailMessage()
    message["From"], message["Subject"] = "editor@example.org", "Fwd: what is this?"
    message.set_content("Please have a look.")
    message.add_attachment(mail(sender="test-admin"))
    return message


def quoted() -> EmailMessage:
    message = EmailMessage()
    message["From"], message["Subject"] = "editor@example.org", "Re: what is this?"
    head = "From: CrossRef <test-admin@crossref.org>\nSubject: CrossRef submission ID: 1430891300\n\n"
    message.set_content("\n".join(f"> {line}" for line in (head + LOG).splitlines()))
    return message


@pytest.mark.parametrize("made", [attached, alternative, html_only])
def test_where_else_a_log_is_in_a_mail(made):
    found = only(made().as_bytes())
    assert same(found)
    assert (found.subject_id, found.system) == ("1430891300", "live")


@pytest.mark.parametrize("made", [forwarded, quoted])
def test_a_mail_of_the_test_system_that_somebody_sent_on(made):
    found = only(made().as_bytes())
    assert same(found)
    assert (found.subject_id, found.system) == ("1430891300", "test")


def test_a_mailbox_with_several():
    others = [mail("Nothing.\n\nFrom here on there is\nnothing: either."), mail(logs.log("added-at-test").decode())]
    mails = [mail(cte="base64"), *others, mail(cte="quoted-printable"), mail(logs.log("version-not-named").decode())]
    box = b"".join(
        b"From awsbounce@crossref.org Tue Dec  1 10:00:00 2026\n"
        + re.sub(rb"^(>*From )", rb">\1", one.as_bytes(), flags=re.MULTILINE)
        + b"\n"
        for one in mails
    )
    for data in (box, box.replace(b"\n", b"\r\n")):
        found = read(data)
        assert [same(log, name) for log, name in zip(found, [NAME, "added-at-test", "version-not-named"], strict=True)]
        assert [log.system for log in found] == ["live", "test", None]


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "the file is empty"),
        (b" \r\n", "the file is empty"),
        (b"hello", "there is no log of Crossref"),
        (mail("Your password expires.").as_bytes(), "there is no log of Crossref"),
        (mail(LOG[:-40]).as_bytes(), "the log in this mail is cut short"),
        (LOG[:-40].encode(), "not a log that can be read: the answer is not XML"),
        (b"<html><body/></html>", "its root element is html"),
        (mail(LOG.replace("</msg>", "")).as_bytes(), "not a log that can be read"),
    ],
)
def test_what_has_no_log_is_refused_with_the_next_step(data, words):
    with pytest.raises(LogError, match=re.escape(words)) as caught:
        read(data)
    assert "save the whole mail" in str(caught.value)
    assert caught.value.exit_code == 2


def test_letters_in_a_charset_of_old():
    text = LOG.partition("?>")[2].replace("Successfully updated", "Successfully updated: Café")
    message = EmailMessage()
    message["Subject"] = "CrossRef submission ID: 1"
    message.set_content(text, charset="iso-8859-1", cte="quoted-printable")
    assert only(message.as_bytes()).result.verdicts[0].text == "Successfully updated: Café"
    unknown = message.as_bytes().replace(b"iso-8859-1", b"x-no-such")
    assert only(unknown).result.verdicts[0].text == "Successfully updated: Café"


@given(st.binary())
def test_any_bytes_are_logs_or_an_error(data):
    with contextlib.suppress(LogError):
        assert read(data)
