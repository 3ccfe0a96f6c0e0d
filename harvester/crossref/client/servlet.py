"""The two servlets of Crossref: one receives files, the other says what became of them.

Login and password are in the body of each request, never in an address. A file is received if the answer is 200 and
says SUCCESS. Nothing else is known of it then: neither the login's DOI prefixes nor the XML were looked at.
"""

from __future__ import annotations

import re
import secrets
from html.parser import HTMLParser
from typing import Literal
from urllib.parse import urlencode

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from harvester.answers import Answer, Result
from harvester.crossref.client import diagnostic
from harvester.crossref.client.messages import folded
from harvester.system.confidential import forms_of
from harvester.system.http import Http, NoReply, Reply, checked_url

LIVE = "https://doi.crossref.org"
TEST = "https://test.crossref.org"
UPLOAD = 300.0  # seconds for one file
QUESTION = 120.0  # seconds for one question; a log of 10,000 records has some megabytes
_LOGIN_CHECK = "harvester-login-check-"  # with random letters: the name of a file that was never sent

_LOGIN = re.compile(r"credential|password|user ?name|log ?in|assume specified role|not authori[sz]ed", re.IGNORECASE)
_NOT_SHOWN = (400, 404, 410)
_LONGEST_TEXT = 500
_LARGEST_PAGE = 8192  # bytes
_RECEIVED = "batch submission was successfully received"


class Login(Struct, frozen=True, kw_only=True):
    """The account: `name` is a role, or an address and a role (`user@example.org/role`). Both are case-sensitive."""

    name: str
    password: str

    def __repr__(self) -> str:
        return "Login(…)"


class Servlet:
    """Crossref's servlets at a base URL such as `LIVE` or `TEST`.

    Raises `ConfigError` if the URL is not one that a password may be sent to.
    """

    def __init__(self, http: Http, login: Login, base: str = LIVE) -> None:
        self._http = http
        self._login = login
        self._base = checked_url(base, "deposit_url of [crossref]")

    def send(self, name: str, data: bytes) -> Answer:
        """Sends a deposit file. `name` is how it is asked for later, so it must never have been used before.

        Raises `Stopped` if no byte of the file has left.
        """
        boundary, body = _multipart(self._login, name, data)
        content_type = f"multipart/form-data; boundary={boundary}"
        reply = self._http.upload(f"{self._base}/servlet/deposit", body, content_type, seconds=UPLOAD)
        return self._hidden(received(reply))

    def result(self, name: str) -> Answer | Result:
        """What became of a file, by the name it was sent under. Raises `Stopped`."""
        reply = self._download(name, "result")
        if isinstance(reply, Answer):
            return reply
        found = diagnostic.read(reply.body) if reply.is_whole else _cut(reply)
        if isinstance(found, Result):
            return replace(found, server_time=reply.server_time)
        return self._hidden(_dated(found, reply))

    def contents(self, name: str) -> Answer | bytes | None:
        """A file as Crossref received it; `None` if Crossref does not show it. Raises `Stopped`."""
        reply = self._download(name, "contents")
        if isinstance(reply, Answer):
            return None if reply.status in _NOT_SHOWN else reply
        return reply.body if reply.is_whole else self._hidden(_dated(_cut(reply), reply))

    def check_login(self) -> Answer:
        """Whether Crossref accepts the login: `accepted`, `login_refused`, or that it could not be asked.

        It asks for a file that was never sent, which costs nothing. Raises `Stopped`.
        """
        found = self.result(f"{_LOGIN_CHECK}{secrets.token_hex(8)}.xml")
        if isinstance(found, Answer):
            return found
        return Answer(kind="accepted", status=200, server_time=found.server_time)

    def resolved_references(self, doi: str) -> Answer | dict[str, str]:
        """The DOIs that Crossref found for the references of a DOI, by our key; none if it has none.

        Raises `Stopped`.
        """
        form = {"doi": doi, "usr": self._login.name, "pwd": self._login.password}
        reply = self._http.ask(f"{self._base}/getResolvedRefs", urlencode(form).encode(), seconds=QUESTION)
        if isinstance(reply, Reply) and reply.status == 404:
            return {}
        if isinstance(reply, NoReply) or reply.status != 200:
            return self._hidden(answered(reply))
        return _matched(reply.body) if reply.is_whole else self._hidden(_dated(_cut(reply), reply))

    def _download(self, name: str, kind: Literal["result", "contents"]) -> Answer | Reply:
        form = {"usr": self._login.name, "pwd": self._login.password, "file_name": name, "type": kind}
        url = f"{self._base}/servlet/submissionDownload"
        reply = self._http.ask(url, urlencode(form).encode(), seconds=QUESTION)
        if isinstance(reply, Reply) and reply.status == 200 and not _Page(reply.body).is_failure:
            return reply
        return self._hidden(answered(reply))

    def _hidden(self, answer: Answer) -> Answer:
        """The answer without the password and the login, should a page repeat them."""
        text, raw = answer.text, answer.raw
        for form in [*forms_of(self._login.password), *forms_of(self._login.name)]:
            text = text.replace(form, "…")
            raw = raw.replace(form.encode(), "…".encode()) if raw else raw
        return replace(answer, text=text, raw=raw)


def _multipart(login: Login, name: str, data: bytes) -> tuple[str, bytes]:
    """The boundary and the body of a form with a file in it."""
    boundary = f"harvester{secrets.token_hex(16)}"
    fields = {"operation": "doMDUpload", "login_id": login.name, "login_passwd": login.password}
    parts = [f'--{boundary}\r\nContent-Disposition: form-data; name="{key}"\r\n\r\n{value}\r\n'.encode()
             for key, value in fields.items()]  # fmt: skip
    head = f'--{boundary}\r\nContent-Disposition: form-data; name="fname"; filename="{_quoted(name)}"\r\n'
    parts += [f"{head}Content-Type: application/xml\r\n\r\n".encode(), data, f"\r\n--{boundary}--\r\n".encode()]
    return boundary, b"".join(parts)


def _quoted(name: str) -> str:
    """As browsers write a file name (HTML, multipart/form-data encoding algorithm)."""
    return name.replace('"', "%22").replace("\r", "%0D").replace("\n", "%0A")


# ------------------------------------------------------------------------------------------ answers


def received(reply: Reply | NoReply) -> Answer:
    """What the answer to a file that was sent means for the file."""
    if isinstance(reply, NoReply):
        kind: Literal["uncertain", "unavailable"] = "uncertain" if reply.body_left else "unavailable"
        return Answer(kind=kind, text=_no_reply(reply))
    page = _Page(reply.body)
    text = _shown(page, reply)
    if reply.status == 200:
        return _dated(Answer(kind=_page_kind(page, reply.is_whole), text=text), reply)
    if reply.status in (429, 503) or _is_login(reply, page):
        return answered(reply)
    if reply.status in (400, 413, 415, 422):
        return _dated(Answer(kind="refused", text=text), reply)
    if reply.status in (403, 404, 405, 407, 410):  # not Crossref's servlet: an address, a firewall or a proxy is wrong
        return _dated(Answer(kind="unavailable", text=text), reply)
    return _dated(Answer(kind="uncertain", text=text), reply)


def _page_kind(page: _Page, is_whole: bool) -> Literal["accepted", "login_refused", "refused", "uncertain"]:
    """By a page with status 200. Older servlets sent their refusals with it, that of a login too."""
    if page.is_success == page.is_failure or not is_whole:
        return "uncertain"
    if page.is_success:
        return "accepted"
    return "login_refused" if _LOGIN.search(page.text) else "refused"


def answered(reply: Reply | NoReply) -> Answer:
    """What an answer without what was asked for means: to a question, or one that comes before a file is looked at."""
    if isinstance(reply, NoReply):
        return Answer(kind="unavailable", text=_no_reply(reply))
    page = _Page(reply.body)
    if _is_login(reply, page):
        return _dated(Answer(kind="login_refused", text=_shown(page, reply)), reply)
    kind: Literal["throttled", "unavailable"] = "throttled" if reply.status == 429 else "unavailable"
    return _dated(Answer(kind=kind, text=_shown(page, reply)), reply)


def _is_login(reply: Reply, page: _Page) -> bool:
    """401, or another refusal that names the login, in any of the pages that Crossref had for it."""
    names_login = bool(_LOGIN.search(page.text))
    return reply.status == 401 or (names_login and (reply.status == 403 or (reply.status == 200 and page.is_failure)))


def _dated(answer: Answer, reply: Reply) -> Answer:
    return replace(answer, status=reply.status, server_time=reply.server_time, retry_after=reply.retry_after)


def _cut(reply: Reply) -> Answer:
    return Answer(kind="unreadable", text="the answer was cut short", raw=reply.body)


def _no_reply(reply: NoReply) -> str:
    return f"no answer ({reply.reason})"


def _shown(page: _Page, reply: Reply) -> str:
    return page.text[:_LONGEST_TEXT] or f"HTTP {reply.status}, and nothing else"


def _matched(body: bytes) -> Answer | dict[str, str]:
    try:
        found = msgspec.json.decode(body, type=_References)
    except msgspec.DecodeError:  # which ValidationError is one of
        return Answer(kind="unreadable", text="the answer is not a list of references", raw=body)
    return {row.key: row.doi for row in found.matched if row.key and row.doi}


class _Reference(Struct, frozen=True):
    key: str = ""
    doi: str = ""


class _References(Struct, frozen=True):
    matched: tuple[_Reference, ...] = msgspec.field(name="matched-references", default=())


class _Page(HTMLParser):
    """What a page says: its headings, and its text on one line. Plain text is a page without headings."""

    def __init__(self, body: bytes) -> None:
        super().__init__()
        self._in: str | None = None
        self._titles: list[str] = []
        self._words: list[str] = []
        self.feed(body[:_LARGEST_PAGE].decode("utf-8", "replace"))
        self.close()

    def handle_starttag(self, tag: str, *_: object) -> None:
        self._in = tag

    def handle_endtag(self, *_: object) -> None:
        self._in = None

    def handle_data(self, data: str) -> None:
        title = folded(data).upper() if self._in in ("title", "h1", "h2") else ""
        self._titles.append(title)
        if self._in not in ("title", "style", "script") and title not in ("SUCCESS", "FAILURE"):
            self._words.append(data)

    @property
    def text(self) -> str:
        return folded(" ".join(self._words))

    @property
    def is_success(self) -> bool:
        return "SUCCESS" in self._titles or _RECEIVED in self.text.lower()

    @property
    def is_failure(self) -> bool:
        return "FAILURE" in self._titles
