"""The message with a result."""

from __future__ import annotations

from email import message_from_bytes
from email.policy import default

import pytest

from harvester.standin import Account, Knobs, State
from tests.standin.files import article, deposit, person

ACCOUNT = Account(login="demo", password="x", prefixes=("10.5555",))


@pytest.fixture
def state() -> State:
    state = State([ACCOUNT], knobs=Knobs.immediate())
    data = deposit(article("10.5555/wëide", people=person("Reed")))
    state.submit("a.xml", data, ACCOUNT)
    state.submit("b.xml", b"<broken", ACCOUNT)
    return state


@pytest.mark.parametrize("encoding", ["8bit", "quoted-printable", "base64"])
def test_body_is_the_result(state: State, encoding: str) -> None:
    sent = state.mail("a.xml", encoding=encoding)
    assert sent
    message = message_from_bytes(sent, policy=default)
    assert message["From"] == "CrossRef Query System <awsbounce@crossref.org>"
    assert message["To"] == "doi@example.org"
    assert message["Subject"] == "CrossRef submission ID: 1415653976"
    assert message["X-Mailer"] == "crossref-standin"
    assert message["Content-Transfer-Encoding"] == encoding
    body = message.get_payload(decode=True)
    assert isinstance(body, bytes)
    assert body.replace(b"\r\n", b"\n") == state.result("a.xml")


def test_message_of_the_test_system(state: State) -> None:
    message = message_from_bytes(state.mail("a.xml", test=True, number=7) or b"", policy=default)
    assert message["From"] == "test-admin@crossref.org"
    assert message["Subject"] == "DO NOT REPLY - CrossRef submission ID: 7"


def test_file_without_an_address(state: State) -> None:
    message = message_from_bytes(state.mail("b.xml") or b"", policy=default)
    assert message["To"] == "unknown@example.org"
