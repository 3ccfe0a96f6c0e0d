"""The deposit side: POST /servlet/deposit, /servlet/submissionDownload, and the older /v2/deposits."""

from __future__ import annotations

from collections.abc import Mapping

from harvester.standin import diagnostic
from harvester.standin.accounts import NO_LOGIN, Account, Refused, identify
from harvester.standin.exchange import MULTIPART, Answer, NoAnswer, Request, html, text, xml
from harvester.standin.knobs import MAX_UPLOAD, Fault, next_fault
from harvester.standin.state import State
from harvester.standin.submissions import Stage, Submission

_SECRET = ("login_id", "login_passwd", "usr", "pwd")
_PAGE = "\n\n\n\n<html>\n<head><title>{0}</title>\n</head>\n<body>\n<h2>{0}</h2>\n<p>{1}</p>\n</body>\n</html>\n"
SUCCESS = _PAGE.format("SUCCESS", "Your batch submission was successfully received.")
OUTAGE = "<html><body><h1>503 Service Unavailable</h1>\nNo server is available to handle this request.\n</body></html>"
_TOO_MANY = (
    "<html><body><h1>HTTP Status 500 - Request processing failed; nested exception is "
    "ojs.crossref.qs.security.ExceededConcurrentRequests</h1></body></html>"  # only its beginning was recorded
)


def failure_page(reason: str) -> str:
    """Recorded for wrong credentials. The frame of the other refusals is assumed to be the same."""
    return _PAGE.format("FAILURE", f"Your XML batch submission failed. [{reason}]")


def deposit(state: State, request: Request) -> Answer:
    """Receives a file without looking into it, nor at `operation`: the root of the file decides what it is.

    Raises `NoAnswer` for a fault that ends the connection.
    """
    fault = next_fault(state.knobs.deposit_faults)
    if unreceived := _unavailable(state, fault):
        return unreceived
    fields, files = request.multipart()
    if request.content_type != MULTIPART or not (fields or files):
        return html(200, "")  # recorded for an empty or malformed POST
    try:
        account = _login(state, request, fields, "login_id", "login_passwd")
    except Refused as error:
        return html(state.knobs.login_status, failure_page(str(error)))
    if not files:
        return html(200, "")
    if state.pending(account) >= state.knobs.pending_limit:
        return _throttled(state)
    if len(files[0].data) > MAX_UPLOAD or fault is Fault.TOO_LARGE:  # what Crossref answers is not known
        return text(413, "crossref-standin: the file is larger than 10 MB\n")
    data = files[0].data
    state.submit(files[0].name, data[: len(data) // 2] if fault is Fault.DAMAGED else data, account)
    return _after_acceptance(fault) or html(200, SUCCESS)


def deposit_synchronously(state: State, request: Request) -> Answer:
    """The endpoint that was made for OJS: the result is in the answer, and the references are processed later."""
    if unreceived := _unavailable(state, next_fault(state.knobs.deposit_faults)):
        return unreceived
    fields, files = request.multipart()
    try:
        account = _login(state, request, fields, "usr", "pwd")
    except Refused as error:
        return text(401, f"{error}\n")
    if not files:
        return text(400, "there is no file\n")
    with state.lock:
        submission = state.process_now(files[0].name, files[0].data, account)
        answer = xml(state.diagnostic(submission))
        records = submission.processed.records if submission.processed else ()
    failed = any(record.status == "Failure" for record in records)
    return Answer(403, answer.content_type, answer.body) if failed else answer


def submission_download(state: State, request: Request) -> Answer:
    """The result of a file, or its bytes. Raises `NoAnswer` for a fault that ends the connection."""
    fault = next_fault(state.knobs.result_faults)
    if unreceived := _unavailable(state, fault):
        return unreceived
    if failed := _after_acceptance(fault):
        return failed
    fields = {**request.query, **request.form(), **request.multipart()[0]}
    try:
        account = _login(state, request, fields, "usr", "pwd")
    except Refused as error:
        return text(401, f"{error}\n")
    with state.lock:
        state.settle()
        submission = _find(state, account, fields)
        stage = submission.stage(state.now()) if submission else Stage.UNKNOWN
        if submission is None or stage is Stage.UNKNOWN:
            return xml(diagnostic.unknown())
        if fields.get("type") == "contents":
            return xml(submission.data)
        if stage is Stage.COMPLETED:
            return xml(state.diagnostic(submission))
        status = state.knobs.queued_status if stage is Stage.QUEUED else str(stage)
        return xml(diagnostic.waiting(status, submission.number))


def _find(state: State, account: Account, fields: Mapping[str, str]) -> Submission | None:
    """The first file of that name, or with that batch id, which is not known before the file was read.

    Files of other accounts are not found. Whether Crossref shows those of other roles is not known.
    """
    own = [each for each in state.submissions if each.login == account.login]
    if name := fields.get("file_name"):
        return next((each for each in own if each.file_name == name), None)
    batch_id = fields.get("doi_batch_id", "")
    found = (each for each in own if each.processed and each.processed.batch_id == batch_id)
    return next(found, None) if batch_id else None


def mailed(state: State, name: str) -> Answer:
    """The message with the result of a file, as the test system would mail it: no one may take it for the real one."""
    mail = state.mail(name, test=True)
    return Answer(200, "message/rfc822", mail) if mail else text(404, "crossref-standin: no result of this file\n")


def _login(state: State, request: Request, fields: Mapping[str, str], name: str, secret: str) -> Account:
    """The account, from the body or, as Crossref accepts it, from the query. Raises `Refused`."""
    if state.knobs.login_lost:
        raise Refused(NO_LOGIN)
    query = request.query
    if any(each in query for each in _SECRET):
        with state.lock:
            state.credentials_in_query += 1
    return identify(state.accounts, fields.get(name, query.get(name)), fields.get(secret, query.get(secret)))


def _unavailable(state: State, fault: Fault | None) -> Answer | None:
    """The answer if nothing is received. Raises `NoAnswer` if the connection is to be closed."""
    if fault is Fault.UNAVAILABLE or is_out(state):
        return outage(state)
    if fault is Fault.THROTTLED:
        return _throttled(state)
    if fault is Fault.DROP:
        raise NoAnswer
    if fault is Fault.BLANK:
        return html(200, "")
    if fault is Fault.OTHER_PAGE:
        return html(200, "<html><body><h1>crossref-standin: another page</h1></body></html>")
    if fault is Fault.REDIRECT:
        return Answer(302, "text/html", b"", (("Location", "/elsewhere"),))
    return html(500, "<html><body><h1>HTTP Status 500</h1></body></html>") if fault is Fault.ERROR else None


def is_out(state: State) -> bool:
    """Whether there is an outage of the deposit host."""
    until = state.knobs.outage_until
    return until is not None and state.now() < until


def outage(state: State) -> Answer:
    return Answer(503, "text/html", OUTAGE.encode(), _retry_after(state))


def _after_acceptance(fault: Fault | None) -> Answer | None:
    """The answer that hides a success. Raises `NoAnswer` if there is to be none."""
    if fault is Fault.LOST_ANSWER:
        raise NoAnswer
    if fault is Fault.GATEWAY_TIMEOUT:
        return html(504, "<html><body><h1>504 Gateway Time-out</h1></body></html>")
    if fault is Fault.ERROR_AFTER_ACCEPTANCE:
        return html(500, "<html><body><h1>HTTP Status 500</h1></body></html>")
    return html(500, _TOO_MANY) if fault is Fault.TOO_MANY else None


def _throttled(state: State) -> Answer:
    """Too many files wait. The body was not recorded."""
    return Answer(429, "text/plain", b"crossref-standin: too many pending submissions\n", _retry_after(state))


def _retry_after(state: State) -> tuple[tuple[str, str], ...]:
    return (("Retry-After", str(state.knobs.retry_after)),) if state.knobs.retry_after is not None else ()
