"""Any request, to any address, by any method, with any parameters, headers and body: no error, and no GET writes."""

from __future__ import annotations

import io
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote_from_bytes

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import Struct

from harvester import store
from harvester.config import Config, load
from harvester.web.addresses import routes
from harvester.web.site import Site
from tests.store.samples import NOW, begin
from tests.web.conftest import CONFIG
from tests.web.ledger import CROSSREF, decide, fill_articles, write_file

LONGEST = 10.0  # seconds; the slowest answer is a wrong password, which takes half of one
BAD = (
    *("-1", "0", "1", "00", "9" * 18, "9" * 19, "9" * 5000, "1e9", "NaN", "٣", "1.5", "[]", "{}", "null", "true"),
    *("\0", "a\0b", "\r\n", "\ud800", "\udfff\ud800", "\ufffe", "\u202e", "é", "e\u0301", "😀", "ß" * 3000),
    *("%", "%00", "%zz", "%ff", "%2e%2e%2f", "..", "../../etc/passwd", "/", "//evil.example/", "\\..\\", "a/" * 300),
    *("' OR 1=1 --", '"', ";", ":source", "?", "*", "LIKE '%", "<script>", "{{7*7}}", "${x}", "javascript:1"),
    *("oai:example.org:1", "10.5555/Reeds.1", "wetlands", "crossref", "held_back", "ready", "b1", "2019"),
)
VALUE = st.sampled_from(BAD) | st.text(st.characters(), max_size=20)
PATHS = sorted({rule.rule for rule in routes().iter_rules()})
NAMES = (
    *("after", "limit", "state", "source", "kind", "light", "q", "id", "code", "next", "lang", "severity", "journal"),
    *("year", "format", "version", "target", "class", "doi", "subject", "file", "confirm", "expected", "password"),
)
METHODS = ("GET", "GET", "GET", "HEAD", "POST", "POST", "PUT", "DELETE", "OPTIONS", "PATCH", "get", "\x7f")
HEADERS = (
    *("COOKIE", "AUTHORIZATION", "RANGE", "IF_NONE_MATCH", "IF_MODIFIED_SINCE", "IF_RANGE", "ACCEPT_LANGUAGE"),
    *("ACCEPT", "REFERER", "USER_AGENT", "X_FORWARDED_FOR", "FORWARDED", "SEC_FETCH_SITE", "ORIGIN", "HOST", "TE"),
)
HEADER_VALUE = (
    VALUE
    | st.sampled_from(
        [
            *("bytes=0-", "bytes=5-1", "bytes=" + "0-1," * 500, "bytes=-" + "9" * 40, "W/", '"', '"' * 999, "*"),
            *("ru;q=x", "ru;q=1e999", "en," * 5000, "xx-" * 900, "Bearer ", "Bearer \xff", "Basic !!!", "Digest a"),
            *("harvester=" + "x" * 9000, "a=b;" * 3000, '="', "lang=\xff", "Thu, 99 Foo 0000", "[::1", "a" * 300),
        ]
    )
).map(lambda text: text.encode("utf-8", "surrogatepass").decode("latin-1"))  # as a server hands them on
PART = b'--b\r\nContent-Disposition: form-data; name="log"; filename="a"\r\n\r\n'
BODIES = st.sampled_from(
    [
        *(b"", b"&&==&", b"%zz=%", b"a=1&" * 2000, b"subject=%ff%00", b"\xff" * 100, b"{", b"<a/>", b"a" * 300_000),
        *(PART, PART + b"x\r\n--b--", PART * 50, b"--b", b"--b\r\n\r\n\r\n--b--", b"--b\r\n" + b"A: b\r\n" * 900),
        *(b'--b\r\nContent-Disposition: form-data; name="\xff"\r\nContent-Type: text/plain; charset=x\r\n\r\n--b--',),
    ]
)
FORM, MULTIPART = "application/x-www-form-urlencoded", "multipart/form-data; boundary=b"
TYPES = (FORM, MULTIPART, f"{FORM}; charset=nonsense", "multipart/form-data", "multipart/form-data; boundary=", "a", "")


class Served(Struct, frozen=True):
    """A site and the file of its store."""

    site: Site
    store: Path

    def stored(self) -> list[bytes]:
        """What is in the files of the store. The third one, for locks, changes with each reader."""
        files = (self.store, self.store.with_name(f"{self.store.name}-wal"))
        return [file.read_bytes() for file in files if file.exists()]

    def ask(self, environ: dict[str, Any]) -> tuple[int, dict[str, str], bytes]:
        """The answer to a request as a server hands it on."""
        begun: list[tuple[str, list[tuple[str, str]]]] = []
        usual = {
            "REQUEST_METHOD": "GET",
            "SCRIPT_NAME": "",
            "PATH_INFO": "/",
            "QUERY_STRING": "",
            "SERVER_NAME": "localhost",
            "SERVER_PORT": "80",
            "SERVER_PROTOCOL": "HTTP/1.1",
            "REMOTE_ADDR": "127.0.0.1",
            "HTTP_HOST": "localhost",
            "wsgi.url_scheme": "http",
            "wsgi.input": io.BytesIO(),
            "wsgi.errors": io.StringIO(),
        }
        answer = self.site({**usual, **environ}, lambda status, headers, *_: begun.append((status, headers)))
        body = b"".join(answer)
        if hasattr(answer, "close"):
            answer.close()
        ((status, headers),) = begun
        return int(status[:3]), dict(headers), body


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A site with articles, a run, a deposit file and what became of its DOIs."""
    folder = tmp_path_factory.mktemp("site")
    (folder / "config.toml").write_text(CONFIG + CROSSREF, encoding="utf-8")
    config: Config = load(folder / "config.toml")
    with store.connect(config.store_url) as opened:
        fill_articles(opened)
        write_file(opened, folder, 1, 2, 3)
        decide(opened, "refused", 1, kind="issn_not_owned", who="publisher")
        begin(opened)
        yield Served(Site(lambda: config, now=lambda: NOW), Path(opened.where))


def paths() -> st.SearchStrategy[str]:
    """An address with odd parts as a server hands it on: percent signs decoded, bytes as characters."""

    def filled(rule: str, part: str) -> str:
        for piece in ("<id:id>", "<name>", "<file>", "<code>", "<what>", "<id>"):
            rule = rule.replace(piece, part)
        return rule.encode("utf-8", "surrogatepass").decode("latin-1")

    return st.builds(filled, st.sampled_from(PATHS), VALUE) | VALUE.map(
        lambda text: "/" + text.encode("utf-8", "surrogatepass").decode("latin-1")
    )


def queries() -> st.SearchStrategy[str]:
    """Parameters with odd values, some given twice, or any text at all."""

    def written(pairs: list[tuple[str, str]]) -> str:
        parts = [(quote_from_bytes(text.encode("utf-8", "surrogatepass"), safe="") for text in pair) for pair in pairs]
        return "&".join("=".join(pair) for pair in parts)

    pairs = st.tuples(st.sampled_from(NAMES) | VALUE, VALUE)
    ascii_alone = st.text(st.characters(max_codepoint=127), max_size=40)  # a server hands on no other
    return st.lists(pairs, max_size=5).map(written) | ascii_alone


def check(answer: tuple[int, dict[str, str], bytes], request: object) -> None:
    status, headers, body = answer
    assert 200 <= status < 500, request
    assert b"Traceback" not in body
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert "evil.example" not in headers.get("Location", "").partition("?")[0]
    assert not any("\r" in value or "\n" in value for value in headers.values())


@pytest.mark.slow
@given(
    path=paths(),
    query=queries(),
    method=st.sampled_from(METHODS),
    headers=st.dictionaries(st.sampled_from(HEADERS), HEADER_VALUE, max_size=3),
    body=BODIES,
    kind=st.sampled_from(TYPES),
    length=st.sampled_from([None, None, "0", "-1", "x", "99999999999"]),
)
def test_any_request_has_an_answer(served: Served, path, query, method, headers, body, kind, length):
    environ = {f"HTTP_{name}": value for name, value in headers.items()}
    environ.setdefault("HTTP_ORIGIN", "http://localhost")  # or no POST would be read
    environ |= {"REQUEST_METHOD": method, "PATH_INFO": path, "QUERY_STRING": query, "wsgi.input": io.BytesIO(body)}
    environ |= {"CONTENT_TYPE": kind, "CONTENT_LENGTH": str(len(body)) if length is None else length}
    before, begun = served.stored(), time.monotonic()
    check(served.ask(environ), environ)
    assert time.monotonic() - begun < LONGEST
    if method != "POST":
        assert served.stored() == before
