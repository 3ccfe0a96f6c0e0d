"""Sending files and asking what became of them, over HTTP: every immediate answer, and every state of a file."""

from __future__ import annotations

from datetime import timedelta

import pytest
import requests

from harvester.standin import Account, Fault
from harvester.standin.registry import Record
from tests.standin.files import article, deposit
from tests.standin.running import LOGIN, PASSWORD, Running

SUCCESS = (
    b"\n\n\n\n<html>\n<head><title>SUCCESS</title>\n</head>\n<body>\n<h2>SUCCESS</h2>\n"
    b"<p>Your batch submission was successfully received.</p>\n</body>\n</html>\n"
)
WRONG = (
    b"\n\n\n\n<html>\n<head><title>FAILURE</title>\n</head>\n<body>\n<h2>FAILURE</h2>\n<p>Your XML batch submission "
    b"failed. [Wrong credentials. Incorrect username or password.]</p>\n</body>\n</html>\n"
)
OUTAGE = b"<html><body><h1>503 Service Unavailable</h1>\nNo server is available to handle this request.\n</body></html>"
UNKNOWN = (
    b'<doi_batch_diagnostic status="unknown_submission"><submission_id>0</submission_id><batch_id />'
    b"</doi_batch_diagnostic>\n"
)
QUEUED = (
    b'<doi_batch_diagnostic status="queued"><submission_id>1415653976</submission_id><batch_id />'
    b"</doi_batch_diagnostic>\n"
)
FILE = deposit(article())


def held(standin: Running, doi: str = "10.5555/willow") -> Record:
    record = standin.state.held(doi)
    assert record is not None
    return record


# ------------------------------------------------------------------------------- the immediate answer


@pytest.mark.parametrize("data", [FILE, b"", b"not XML at all", FILE.replace(b"10.5555", b"10.9999")])
def test_every_file_is_received(crossref_standin: Running, data: bytes) -> None:
    answer = crossref_standin.upload(data)
    assert (answer.status_code, answer.content) == (200, SUCCESS)
    assert answer.headers["Content-Type"].startswith("text/html")
    assert answer.headers["Server"] == "crossref-standin"


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"login_passwd": "wrong"}, "Wrong credentials. Incorrect username or password."),
        ({"login_id": "Demo"}, "Wrong credentials. Incorrect username or password."),
        ({"login_id": ""}, "No login info in request"),
        ({"login_id": "demo/other"}, "User 'demo' cannot assume specified role 'other'"),
    ],
)
def test_refused_login(crossref_standin: Running, fields: dict[str, str], reason: str) -> None:
    answer = crossref_standin.upload(FILE, **fields)
    assert answer.status_code == 401
    assert answer.content == WRONG.replace(b"Wrong credentials. Incorrect username or password.", reason.encode())
    assert crossref_standin.state.submissions == []


def test_wrong_login_when_asking(crossref_standin: Running) -> None:
    answer = crossref_standin.result(pwd="wrong")
    assert (answer.status_code, answer.headers["Content-Type"][:10]) == (401, "text/plain")
    assert answer.text.strip() == "Wrong credentials. Incorrect username or password."
    assert crossref_standin.result(usr="").text.strip() == "No login info in request"


def test_refused_login_in_older_answers(crossref_standin: Running) -> None:
    crossref_standin.state.knobs.login_status = 200
    answer = crossref_standin.upload(FILE, login_passwd="wrong")
    assert (answer.status_code, answer.content) == (200, WRONG)


def test_person_with_a_role(crossref_standin: Running) -> None:
    person = Account(login="ada@example.org", password="x", prefixes=("10.5555",), roles=("press",))
    crossref_standin.state.add_account(person)
    answer = crossref_standin.upload(FILE, login_id="ada@example.org/press", login_passwd="x")
    assert answer.content == SUCCESS
    assert b"queued" not in crossref_standin.result(usr="ada@example.org/press", pwd="x").content
    crossref_standin.clock.advance(minutes=1)
    assert b"queued" in crossref_standin.result(usr="ada@example.org", pwd="x").content


@pytest.mark.parametrize("body", [{}, {"data": {"login_id": LOGIN, "login_passwd": PASSWORD}}, {"data": b"<xml/>"}])
def test_malformed_post_has_a_blank_answer(crossref_standin: Running, body: dict[str, object]) -> None:
    answer = requests.post(f"{crossref_standin.root}/servlet/deposit", timeout=30, **body)  # type: ignore[arg-type]
    assert (answer.status_code, answer.content) == (200, b"")


def test_post_without_a_file_has_a_blank_answer(crossref_standin: Running) -> None:
    fields = {"login_id": (None, LOGIN), "login_passwd": (None, PASSWORD)}
    answer = requests.post(f"{crossref_standin.root}/servlet/deposit", files=fields, timeout=30)
    assert (answer.status_code, answer.content) == (200, b"")


def test_too_many_pending_files(crossref_standin: Running) -> None:
    crossref_standin.state.knobs.pending_limit = 2
    names = ["a.xml", "b.xml", "c.xml"]
    assert [crossref_standin.upload(FILE, name).status_code for name in names] == [200, 200, 429]
    crossref_standin.state.knobs.retry_after = 60
    assert crossref_standin.upload(FILE, "c.xml").headers["Retry-After"] == "60"
    crossref_standin.clock.advance(hours=1)
    assert crossref_standin.upload(FILE, "c.xml").status_code == 200


def test_outage(crossref_standin: Running) -> None:
    crossref_standin.state.knobs.outage_until = crossref_standin.clock.now + timedelta(hours=24)
    for answer in (crossref_standin.upload(FILE), crossref_standin.result()):
        assert (answer.status_code, answer.content) == (503, OUTAGE)
    for path in ("/servlet/query", "/search/doi", "/getResolvedRefs"):
        assert crossref_standin.get(path).status_code == 503
    assert crossref_standin.get("/prefixes/10.5555").status_code == 200  # another host
    crossref_standin.clock.advance(hours=24)
    assert crossref_standin.result().content == UNKNOWN  # it was not received
    assert crossref_standin.upload(FILE).content == SUCCESS


def test_file_of_more_than_10_mb(crossref_standin: Running) -> None:
    assert crossref_standin.upload(b" " * 10_485_761).status_code == 413


# The status of the answer, `None` if there is none, and whether the file was received.
FAULTS = {
    Fault.UNAVAILABLE: (503, False),
    Fault.THROTTLED: (429, False),
    Fault.BLANK: (200, False),
    Fault.OTHER_PAGE: (200, False),
    Fault.REDIRECT: (404, False),  # `requests` follows it
    Fault.TOO_LARGE: (413, False),
    Fault.DROP: (None, False),
    Fault.ERROR: (500, False),
    Fault.TOO_MANY: (500, True),
    Fault.ERROR_AFTER_ACCEPTANCE: (500, True),
    Fault.GATEWAY_TIMEOUT: (504, True),
    Fault.LOST_ANSWER: (None, True),
}


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_fault_of_one_request(crossref_standin: Running, fault: Fault) -> None:
    status, received = FAULTS[fault]
    crossref_standin.state.knobs.deposit_faults = [fault]
    if status is None:
        with pytest.raises(requests.ConnectionError):
            crossref_standin.upload(FILE)
    else:
        answer = crossref_standin.upload(FILE)
        assert answer.status_code == status
        assert b"SUCCESS" not in answer.content
    crossref_standin.clock.advance(hours=1)
    assert received == (crossref_standin.result().content != UNKNOWN)
    assert crossref_standin.upload(FILE, "b.xml").content == SUCCESS


def test_file_that_is_damaged_on_its_way(crossref_standin: Running) -> None:
    crossref_standin.state.knobs.deposit_faults = [Fault.DAMAGED]
    assert crossref_standin.upload(FILE).content == SUCCESS
    crossref_standin.clock.advance(hours=1)
    assert b"JDOMParseException" in crossref_standin.result().content
    assert crossref_standin.result(type="contents").content == FILE[: len(FILE) // 2]
    assert set(FAULTS) | {Fault.DAMAGED} == set(Fault)


def test_fault_when_asking(crossref_standin: Running) -> None:
    crossref_standin.state.knobs.result_faults = [Fault.UNAVAILABLE, Fault.LOST_ANSWER, Fault.ERROR]
    assert crossref_standin.result().content == OUTAGE
    with pytest.raises(requests.ConnectionError):
        crossref_standin.result()
    assert [crossref_standin.result().status_code for _ in range(2)] == [500, 200]


def test_refusals_of_the_older_endpoint(crossref_standin: Running) -> None:
    def send(pwd: str = PASSWORD, files: object = None) -> tuple[int, str]:
        fields = {"operation": "doMDUpload", "usr": LOGIN, "pwd": pwd}
        url = f"{crossref_standin.root}/v2/deposits"
        answer = requests.post(url, data=fields, files=files, timeout=30)  # type: ignore[arg-type]
        return answer.status_code, answer.text.strip()

    file = {"mdFile": ("a.xml", FILE)}
    assert send("wrong", file) == (401, "Wrong credentials. Incorrect username or password.")
    assert send(files={"note": (None, "no file")}) == (400, "there is no file")
    crossref_standin.state.knobs.deposit_faults = [Fault.UNAVAILABLE]
    assert send(files=file) == (503, OUTAGE.decode())


# ------------------------------------------------------------------------------- what became of a file


def test_states_of_a_file(crossref_standin: Running) -> None:
    assert crossref_standin.result().content == UNKNOWN
    crossref_standin.upload(FILE)
    assert crossref_standin.result().content == UNKNOWN  # not there yet
    crossref_standin.clock.advance(seconds=20)
    assert crossref_standin.result().content == QUEUED
    crossref_standin.clock.advance(minutes=1)
    assert crossref_standin.result().content == QUEUED.replace(b"queued", b"in_process")
    assert crossref_standin.state.held("10.5555/willow") is None
    crossref_standin.clock.advance(seconds=30)
    answer = crossref_standin.result()
    assert b'status="completed" sp="standin"' in answer.content
    assert answer.headers["Content-Type"].startswith("text/xml")
    assert crossref_standin.state.held("10.5555/willow")


def test_another_word_for_queued(crossref_standin: Running) -> None:
    crossref_standin.state.knobs.queued_status = "queued_for_batch"
    crossref_standin.upload(FILE)
    crossref_standin.clock.advance(minutes=1)
    assert crossref_standin.result().content == QUEUED.replace(b"queued", b"queued_for_batch")


def test_unknown_for_90_minutes(crossref_standin: Running) -> None:
    crossref_standin.state.knobs.visible_delay = timedelta(minutes=90)
    crossref_standin.upload(FILE)
    crossref_standin.state.knobs.visible_delay = timedelta()  # for later files
    crossref_standin.clock.advance(minutes=89, seconds=59)
    assert crossref_standin.result().content == UNKNOWN
    crossref_standin.clock.advance(seconds=1)
    assert crossref_standin.result().content == QUEUED


def test_get_and_post_have_the_same_answer(crossref_standin: Running) -> None:
    posted = crossref_standin.completed(FILE)
    url = f"{crossref_standin.root}/servlet/submissionDownload"
    query = {"usr": LOGIN, "pwd": PASSWORD, "file_name": "a.xml", "type": "result"}
    assert crossref_standin.state.credentials_in_query == 0
    assert requests.get(url, params=query, timeout=30).text == posted
    assert crossref_standin.state.credentials_in_query == 1


def test_login_in_the_query_of_an_upload(crossref_standin: Running) -> None:
    query = {"login_id": LOGIN, "login_passwd": PASSWORD, "operation": "doMDUpload"}
    url = f"{crossref_standin.root}/servlet/deposit"
    answer = requests.post(url, params=query, files={"mdFile": ("a.xml", FILE)}, timeout=30)
    assert answer.content == SUCCESS
    assert crossref_standin.state.credentials_in_query == 1


def test_request_log_has_names_only(crossref_standin: Running) -> None:
    crossref_standin.upload(FILE)
    crossref_standin.result()
    seen = [(each.method, each.path, each.fields, each.status) for each in crossref_standin.state.requests]
    assert seen == [
        ("POST", "/servlet/deposit", ("operation", "login_id", "login_passwd", "fname"), 200),
        ("POST", "/servlet/submissionDownload", ("usr", "pwd", "file_name", "type"), 200),
    ]
    assert PASSWORD not in repr(crossref_standin.state.requests) + repr(crossref_standin.state.accounts)


def test_contents_are_the_bytes_that_were_sent(crossref_standin: Running) -> None:
    data = FILE.replace(b"Willows", "Wïllows\r\n\x85\u2028".encode()) + b"\r\n\r\n--\r\n"
    crossref_standin.upload(data)
    crossref_standin.clock.advance(minutes=1)
    assert crossref_standin.result(type="contents").content == data


def test_batch_id_finds_only_files_that_were_read(crossref_standin: Running) -> None:
    crossref_standin.upload(FILE)
    crossref_standin.upload(FILE.replace(b"batch-1", b"batch-2").replace(b"</doi_batch>", b""), "b.xml")
    crossref_standin.clock.advance(minutes=1)
    assert crossref_standin.result("", doi_batch_id="batch-1").content == UNKNOWN
    crossref_standin.clock.advance(minutes=1)
    assert b"<batch_id>batch-1</batch_id>" in crossref_standin.result("", doi_batch_id="batch-1").content
    assert crossref_standin.result("", doi_batch_id="batch-2").content == UNKNOWN
    assert b"JDOMParseException" in crossref_standin.result("b.xml").content


def test_name_finds_only_the_first_file(crossref_standin: Running) -> None:
    first = crossref_standin.completed(FILE)
    assert crossref_standin.completed(deposit(article(), timestamp=20270101)) == first


def test_files_of_other_accounts_are_unknown(crossref_standin: Running) -> None:
    crossref_standin.state.add_account(Account(login="other", password="x", prefixes=("10.1234",)))
    crossref_standin.completed(FILE)
    assert crossref_standin.result(usr="other", pwd="x").content == UNKNOWN


def test_result_with_old_line_ends(crossref_standin: Running) -> None:
    crossref_standin.state.knobs.crlf = True
    log = crossref_standin.completed(FILE)
    assert "</submission_id>\r\n" in log
    assert log.endswith("</doi_batch_diagnostic>\n")


def test_doi_in_another_letter_case(crossref_standin: Running) -> None:
    crossref_standin.state.deposit_directly(deposit(article("10.5555/WILLOW"), timestamp=1), LOGIN)
    log = crossref_standin.completed(FILE)
    assert "<doi>10.5555/WILLOW</doi>" in log
    assert "Successfully updated" in log


def test_another_tool_deposits_between_two_files(crossref_standin: Running) -> None:
    crossref_standin.completed(deposit(article(), timestamp=10))
    crossref_standin.state.deposit_directly(deposit(article(title="Theirs"), timestamp=30), LOGIN)
    log = crossref_standin.completed(deposit(article(), timestamp=20), "b.xml")
    assert "submitted version: 20 is less or equal to previously submitted version 30" in log
    assert [version.number for version in held(crossref_standin).versions] == [10, 30]


def test_files_are_processed_in_the_order_of_their_arrival(crossref_standin: Running) -> None:
    crossref_standin.upload(deposit(article(), timestamp=20), "late.xml")
    crossref_standin.upload(deposit(article(), timestamp=10), "early.xml")
    crossref_standin.clock.advance(hours=1)
    assert "version 20" in crossref_standin.result("early.xml").text
    assert [version.number for version in held(crossref_standin).versions] == [20]
