"""Every answer of the servlets, with what it means, over real sockets."""

from __future__ import annotations

import contextlib
import logging
import re
import socket
from collections.abc import Callable
from html import escape
from typing import Any
from urllib.parse import parse_qs, quote, quote_plus

import pytest

from harvester.answers import Answer, Result
from harvester.crossref.client.servlet import Login, Servlet
from harvester.errors import ConfigError, Stopped
from harvester.system.http import Connection, Http
from tests.crossref.client import logs
from tests.providers import server as providers
from tests.providers.server import Server, redirect, reply

PASSWORD = "Pässword&=%s3cret"
LOGIN = Login(name="me@example.org/abcd", password=PASSWORD)
SUCCESS = (
    "\n\n\n\n<html>\n<head><title>SUCCESS</title>\n</head>\n<body>\n<h2>SUCCESS</h2>\n"
    "<p>Your batch submission was successfully received.</p>\n</body>\n</html>\n"
)
WRONG_LOGIN = (
    "\n\n\n\n<html>\n<head><title>FAILURE</title>\n</head>\n<body>\n<h2>FAILURE</h2>\n<p>Your XML batch submission "
    "failed. [Wrong credentials. Incorrect username or password.]</p>\n</body>\n</html>\n"
)
WRONG_ROLE = WRONG_LOGIN.replace(
    "Wrong credentials. Incorrect username or password.", "User 'me' cannot assume specified role 'abcd'"
)
OTHER_FAILURE = WRONG_LOGIN.replace("Wrong credentials. Incorrect username or password.", "The file is too old.")
OUTAGE = (
    "<html><body><h1>503 Service Unavailable</h1>\nNo server is available to handle this request.\n</body></html>\n"
)
CONCURRENT = (
    "<html><head><title>Error</title></head><body><h1>HTTP Status 500 - Request processing failed; nested exception is "
    "ojs.crossref.qs.security.ExceededConcurrentException</h1></body></html>"
)
FILE = b'<?xml version="1.0"?>\r\n<doi_batch>--\xc3\xa9--</doi_batch>\n'

Script = Callable[[Any], Any] | list[Any]


def asked(script: Script, call: Callable[[Servlet], Any], login: Login = LOGIN) -> tuple[Any, list[providers.Request]]:
    settings = Connection(contact="editor@example.org")
    with Server(script) as server, contextlib.closing(Http(settings)) as http:
        found = call(Servlet(http, login, f"http://127.0.0.1:{server.port}"))
        return found, server.requests


def sent(answer: bytes | providers.Answer) -> Answer:
    found, requests = asked([answer], lambda servlet: servlet.send("10.5555-1.xml", FILE))
    assert len(requests) == 1
    assert isinstance(found, Answer)
    assert PASSWORD not in repr(found)
    return found


def page(text: str, status: int = 200, **headers: str) -> bytes:
    return reply(text, status, Content_Type="text/html;charset=utf-8", **headers)


ANSWERS = [
    (page(SUCCESS), "accepted", "Your batch submission was successfully received."),
    (page(SUCCESS.replace("h2", "H2").replace("\n", "\r\n")), "accepted", "Your batch submission was success"),
    (page("SUCCESS Your batch submission was successfully received."), "accepted", "SUCCESS"),
    (
        page(WRONG_LOGIN, 401),
        "login_refused",
        "Your XML batch submission failed. [Wrong credentials. Incorrect username",
    ),
    (page(WRONG_ROLE, 401), "login_refused", "User 'me' cannot assume specified role 'abcd'"),
    (page("No login info in request", 401), "login_refused", "No login info in request"),
    (page("", 401), "login_refused", "HTTP 401"),
    (page(WRONG_LOGIN), "login_refused", "Wrong credentials"),  # as it was years ago
    (page(WRONG_ROLE), "login_refused", "cannot assume"),
    (page(WRONG_LOGIN, 403), "login_refused", "Wrong credentials"),
    (page(OTHER_FAILURE), "refused", "The file is too old."),
    (page("The file is larger than 10 MB", 413), "refused", "larger than 10 MB"),
    (page("", 400), "refused", "HTTP 400"),
    (page(""), "uncertain", "HTTP 200, and nothing else"),
    (page("<html><body>Welcome</body></html>"), "uncertain", "Welcome"),
    (page(SUCCESS + WRONG_LOGIN), "uncertain", ""),
    (providers.Answer(page(SUCCESS)[:-60], close=True), "uncertain", ""),
    (page(SUCCESS, 202), "uncertain", ""),
    (page("Slow down", 429, Retry_After="7"), "throttled", "Slow down"),
    (page(OUTAGE, 503), "unavailable", "503 Service Unavailable No server is available"),
    (page(CONCURRENT, 500), "uncertain", "HTTP Status 500"),
    (page("<h1>502 Bad Gateway</h1>", 502), "uncertain", "502"),
    (page("<h1>504 Gateway Time-out</h1>", 504), "uncertain", "504"),
    (page("", 408), "uncertain", "HTTP 408"),
    (page("<h1>Forbidden</h1>", 403), "unavailable", "Forbidden"),
    (page("Not Found", 404), "unavailable", "Not Found"),
    (redirect("https://example.org/"), "uncertain", "moved"),
    (redirect("https://example.org/", 307), "uncertain", "moved"),
]


@pytest.mark.parametrize(("answer", "kind", "text"), ANSWERS)
def test_what_the_answer_to_a_file_means(answer, kind, text):
    found = sent(answer)
    assert found.kind == kind
    assert text in found.text
    assert "\n" not in found.text


def test_the_clock_and_the_pause_of_the_host_are_known():
    found = sent(page("Slow down", 429, Retry_After="7", Date="Tue, 01 Dec 2026 10:00:00 GMT", Set_Cookie="tok3n"))
    assert (found.status, found.retry_after) == (429, 7)
    assert found.server_time is not None
    assert found.server_time.isoformat() == "2026-12-01T10:00:00+00:00"
    assert "tok3n" not in repr(found)
    dated = reply(logs.log("state-unknown"), Date="Tue, 01 Dec 2026 10:00:00 GMT")
    assert sent(page(SUCCESS, Date="Tue, 01 Dec 2026 10:00:00 GMT")).server_time == found.server_time
    assert asked([dated], lambda servlet: servlet.result("a.xml"))[0].server_time == found.server_time
    assert asked([dated], lambda servlet: servlet.check_login())[0].server_time == found.server_time


def test_a_page_that_repeats_the_password_is_not_repeated():
    found = sent(page(WRONG_LOGIN.replace("Wrong", f"{PASSWORD} of me@example.org/abcd: wrong"), 401))
    assert "[… of …: wrong credentials" in found.text


@pytest.mark.parametrize("encode", [str, quote, quote_plus, escape])
def test_a_secret_is_hidden_in_every_form(encode: Callable[[str], str]):
    secret = "päss & <w0rd>/2"
    servlet = Servlet(None, Login(name="me", password=secret))  # type: ignore[arg-type]
    text = f"you sent {encode(secret)}."
    hidden = servlet._hidden(Answer(kind="uncertain", text=text, raw=text.encode()))
    assert (hidden.text, hidden.raw) == ("you sent ….", "you sent ….".encode())


def test_a_file_is_sent_as_documented():
    _, (request,) = asked([page(SUCCESS)], lambda servlet: servlet.send("10.5555-1.xml", FILE))
    assert request.method == "POST"
    assert request.target == "/servlet/deposit"
    boundary = re.fullmatch(r"multipart/form-data; boundary=(\w+)", request.headers["Content-Type"])
    assert boundary is not None
    parts = request.body.split(f"--{boundary[1]}".encode())
    assert parts[0] == b""
    assert parts[-1] == b"--\r\n"
    heads = [part.strip(b"\r\n").partition(b"\r\n\r\n")[0].decode() for part in parts[1:-1]]
    assert heads == [
        'Content-Disposition: form-data; name="operation"',
        'Content-Disposition: form-data; name="login_id"',
        'Content-Disposition: form-data; name="login_passwd"',
        'Content-Disposition: form-data; name="fname"; filename="10.5555-1.xml"\r\nContent-Type: application/xml',
    ]
    values = [part.removeprefix(b"\r\n").removesuffix(b"\r\n").partition(b"\r\n\r\n")[2] for part in parts[1:-1]]
    assert values == [b"doMDUpload", b"me@example.org/abcd", PASSWORD.encode(), FILE]


def test_a_connection_is_never_used_for_two_files():
    with Server([page(SUCCESS)]) as server, contextlib.closing(Http(Connection(contact="a@b.org"))) as http:
        servlet = Servlet(http, LOGIN, f"http://127.0.0.1:{server.port}/")
        assert [servlet.send(f"{name}.xml", FILE).kind for name in "ab"] == ["accepted", "accepted"]
        assert server.connections == 2


def test_nothing_was_received_without_a_connection():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        base = f"http://127.0.0.1:{listener.getsockname()[1]}"
    with contextlib.closing(Http(Connection(contact="a@b.org"))) as http:
        servlet = Servlet(http, LOGIN, base)
        expected = Answer(kind="unavailable", text="no answer (ConnectionRefusedError)")
        assert servlet.send("a.xml", FILE) == servlet.result("a.xml") == servlet.check_login() == expected
        assert servlet.contents("a.xml") == servlet.resolved_references("10.5555/a") == expected


def test_a_line_that_breaks_leaves_a_file_uncertain_and_a_question_open():
    broken = providers.Answer(b"", close=True)
    assert sent(broken).kind == "uncertain"
    found, _ = asked([broken], lambda servlet: servlet.result("a.xml"))
    assert found.kind == "unavailable"


# -------------------------------------------------------------------------------------------- questions


@pytest.mark.parametrize("name", ["state-unknown", "state-queued", "added-at-test", "schema-refused"])
def test_the_result_of_a_file(name):
    found, (request,) = asked([reply(logs.log(name))], lambda servlet: servlet.result("10.5555-1.xml"))
    assert found == logs.result(name)
    assert (request.method, request.target) == ("POST", "/servlet/submissionDownload")
    assert request.headers["Content-Type"] == "application/x-www-form-urlencoded"
    form = {"usr": ["me@example.org/abcd"], "pwd": [PASSWORD], "file_name": ["10.5555-1.xml"], "type": ["result"]}
    assert parse_qs(request.body.decode()) == form


POLLS = [
    (reply("Wrong credentials. Incorrect username or password.\n", 401), "login_refused"),
    (reply("No login info in request", 401), "login_refused"),
    (page(WRONG_LOGIN), "login_refused"),
    (page(OUTAGE, 503), "unavailable"),
    (page(CONCURRENT, 500), "unavailable"),
    (page("", 404), "unavailable"),
    (redirect("https://example.org/"), "unavailable"),
    (page("Slow down", 429, Retry_After="60"), "throttled"),
    (page("<html><body>Maintenance</body></html>"), "unreadable"),
    (page(""), "unreadable"),
    (providers.Answer(reply(logs.log("added-at-test"))[:-30], close=True), "unreadable"),
    (reply(logs.log("added-at-test")[:-30]), "unreadable"),
]


@pytest.mark.parametrize(("answer", "kind"), POLLS)
def test_what_other_answers_to_a_question_mean(answer, kind):
    for call in (lambda servlet: servlet.result("a.xml"), lambda servlet: servlet.check_login()):
        found, _ = asked([answer], call)
        assert isinstance(found, Answer)
        assert found.kind == kind
        assert found.text
        assert PASSWORD not in repr(found)
        assert (found.raw is None) == (kind != "unreadable")


def test_the_login_check_asks_for_a_file_that_was_never_sent():
    names = []
    for _ in range(2):
        found, (request,) = asked([reply(logs.log("state-unknown"))], lambda servlet: servlet.check_login())
        assert found.kind == "accepted"
        names += parse_qs(request.body.decode())["file_name"]
    assert len(set(names)) == 2


def test_the_contents_of_a_file():
    found, (request,) = asked([reply(FILE)], lambda servlet: servlet.contents("a.xml"))
    assert found == FILE
    assert parse_qs(request.body.decode())["type"] == ["contents"]
    refused, _ = asked([page(WRONG_LOGIN, 401)], lambda servlet: servlet.contents("a.xml"))
    assert refused.kind == "login_refused"
    assert asked([reply("", 404)], lambda servlet: servlet.contents("a.xml"))[0] is None


def test_the_references_that_crossref_resolved():
    body = '{"matched-references":[{"key":"ref1","doi":"10.5555/x","score":1},{"key":"ref2"},{"doi":"10.5555/y"}]}'
    found, (request,) = asked([reply(body)], lambda servlet: servlet.resolved_references("10.5555/a"))
    assert found == {"ref1": "10.5555/x"}
    assert request.target == "/getResolvedRefs"
    assert parse_qs(request.body.decode())["doi"] == ["10.5555/a"]


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (reply("<html/>"), "unreadable"),
        (reply('{"matched-references": 5}'), "unreadable"),
        (providers.Answer(reply('{"matched-references":[]}')[:-3], close=True), "unreadable"),
        (reply("", 503), "unavailable"),
        (reply("", 401), "login_refused"),
    ],
)
def test_references_that_cannot_be_read(answer, kind):
    found, _ = asked([answer], lambda servlet: servlet.resolved_references("10.5555/a"))
    assert found.kind == kind


def test_no_references_are_known_of_a_doi_that_is_not_there():
    found, _ = asked([reply("", 404)], lambda servlet: servlet.resolved_references("10.5555/a"))
    assert found == {}


# --------------------------------------------------------------------------------------------- the secret


def test_the_password_goes_to_no_other_place():
    assert PASSWORD not in repr(LOGIN) + str(LOGIN)
    _, (request,) = asked([page(SUCCESS)], lambda servlet: servlet.send("a.xml", FILE))
    assert "s3cret" not in request.target + repr(request.headers)


def test_the_password_is_in_no_log_and_no_error(caplog):
    caplog.set_level(logging.DEBUG)
    for answer in (page(WRONG_LOGIN, 401), page(""), providers.Answer(b"", close=True), redirect("/elsewhere")):
        for call in (lambda servlet: servlet.send("a.xml", FILE), lambda servlet: servlet.result("a.xml")):
            found, _ = asked([answer], call)
            assert "s3cret" not in repr(found)
    assert "s3cret" not in caplog.text
    assert "abcd" not in caplog.text


def test_a_password_is_never_sent_in_the_clear():
    with contextlib.closing(Http(Connection(contact="a@b.org"))) as http, pytest.raises(ConfigError):
        Servlet(http, LOGIN, "http://doi.crossref.org")


def test_a_stop_before_anything_left_is_a_stop():
    with contextlib.closing(Http(Connection(contact="a@b.org"), lambda: True)) as http:
        servlet = Servlet(http, LOGIN, "http://127.0.0.1:9")
        for call in (lambda: servlet.send("a.xml", FILE), lambda: servlet.result("a.xml"), servlet.check_login):
            with pytest.raises(Stopped):
                call()


def test_a_name_with_quotation_marks_stays_one_name():
    _, (request,) = asked([page(SUCCESS)], lambda servlet: servlet.send('a"\r\nb.xml', FILE))
    assert b'filename="a%22%0D%0Ab.xml"\r\n' in request.body


def test_a_result_is_not_touched_by_the_login():
    raw = logs.log("added-at-test").replace(b"added", b"added abcd")
    found, _ = asked([reply(raw)], lambda servlet: servlet.result("a.xml"), Login(name="abcd", password="added"))
    assert isinstance(found, Result)
    assert found.raw == raw
