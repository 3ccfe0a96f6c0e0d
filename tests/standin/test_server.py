"""HTTP in front of the stand-in."""

from __future__ import annotations

import http.client
import logging
from datetime import timedelta
from email.utils import parsedate_to_datetime

import pytest
import requests

from harvester.standin import State, serve
from tests.standin.running import PASSWORD, Running


def test_every_answer_marks_itself(crossref_standin: Running) -> None:
    for path in ("/", "/works/10.5555/x", "/nothing", "/servlet/submissionDownload"):
        assert crossref_standin.get(path).headers["Server"] == "crossref-standin"
    assert "This server is not Crossref" in crossref_standin.get("/").text


@pytest.mark.parametrize("host", ["0.0.0.0", "localhost", "::1", ""])
def test_other_hosts_are_refused(host: str) -> None:
    with pytest.raises(ValueError, match=r"on 127\.0\.0\.1 only"), serve(State(), host=host):
        pass


def test_date_is_that_of_the_clock_or_wrong(crossref_standin: Running) -> None:
    def date() -> object:
        return parsedate_to_datetime(crossref_standin.result().headers["Date"])

    assert date() == crossref_standin.clock.now
    crossref_standin.state.knobs.date_offset = timedelta(days=-400)
    assert date() == crossref_standin.clock.now - timedelta(days=400)


def test_slow_answer(crossref_standin: Running) -> None:
    crossref_standin.state.knobs.answer_delay = 0.5
    with pytest.raises(requests.ReadTimeout):
        requests.get(crossref_standin.root, timeout=0.05)


def test_paths_and_methods(crossref_standin: Running) -> None:
    assert crossref_standin.get("/nothing").status_code == 404
    assert crossref_standin.get("/servlet/deposit").status_code == 404
    assert requests.post(f"{crossref_standin.root}/works", timeout=30).status_code == 405
    head = requests.head(f"{crossref_standin.root}/", timeout=30)
    assert (head.status_code, head.content) == (200, b"")


def test_what_crossref_would_mail(crossref_standin: Running) -> None:
    crossref_standin.completed(b"<broken", "a b.xml")
    mail = crossref_standin.get("/mail/a%20b.xml")
    assert (mail.headers["Content-Type"], mail.content) == (
        "message/rfc822",
        crossref_standin.state.mail("a b.xml", test=True),
    )
    assert crossref_standin.get("/mail/other.xml").status_code == 404


@pytest.mark.parametrize(("length", "status"), [("", 411), ("-1", 411), ("x", 411), ("33554433", 413)])
def test_body_that_is_not_read(crossref_standin: Running, length: str, status: int) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", crossref_standin.server.server_address[1])
    connection.putrequest("POST", "/servlet/deposit")
    connection.putheader("Content-Length", length)
    connection.endheaders()
    assert connection.getresponse().status == status
    connection.close()


def test_log_has_no_query(crossref_standin: Running, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG, "harvester"):
        crossref_standin.get("/servlet/submissionDownload", usr="demo", pwd=PASSWORD)
    assert "/servlet/submissionDownload" in caplog.text
    assert "pwd" not in "".join(record.getMessage() for record in caplog.records if record.name.startswith("harvester"))


@pytest.mark.parametrize("crossref_standin", [("10.1234", "10.48015")], indirect=True)
def test_fixture_takes_other_prefixes(crossref_standin: Running) -> None:
    assert crossref_standin.get("/prefixes/10.1234").ok
    assert crossref_standin.get("/prefixes/10.5555").status_code == 404


def test_port_in_use() -> None:
    with serve(State()) as server, pytest.raises(OSError, match="in use"), serve(State(), server.server_address[1]):
        pass
