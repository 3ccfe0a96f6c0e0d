"""Providers made of recorded answers, served over real HTTP on loopback."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from lxml import etree

Answer = Callable[[dict[str, str]], bytes]

OAI = "http://www.openarchives.org/OAI/2.0/"
TOKEN = re.compile(rb"<(?:\w+:)?resumptionToken\b[^>]*>\s*([^<\s][^<]*?)\s*</")


@contextmanager
def serving(answer: Answer) -> Iterator[str]:
    """The address of a provider that gives these answers to the arguments of each request."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def do_GET(self) -> None:
            pairs = parse_qs(urlsplit(self.path).query, keep_blank_values=True)
            body = answer({name: values[0] for name, values in pairs.items()})
            self.send_response(200)
            self.send_header("Content-Type", "text/xml; charset=utf-8")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args: object) -> None:
            """Tests read what the harvester says, not the server's log."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}/oai"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def document(inner: str) -> bytes:
    """An OAI-PMH answer around these elements."""
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><OAI-PMH xmlns="{OAI}">'
        f"<responseDate>2026-11-24T05:40:38Z</responseDate><request>x</request>{inner}</OAI-PMH>"
    ).encode()


IDENTIFY = document(
    "<Identify><repositoryName>Replay</repositoryName><baseURL>x</baseURL><protocolVersion>2.0</protocolVersion>"
    "<adminEmail>a@example.org</adminEmail><earliestDatestamp>1990-01-01</earliestDatestamp>"
    "<deletedRecord>transient</deletedRecord><granularity>YYYY-MM-DD</granularity></Identify>"
)
NOTHING = document('<error code="noRecordsMatch">nothing there</error>')
NO_SETS = document('<error code="noSetHierarchy">no sets</error>')


def recorded(folder: Path) -> Answer:
    """A provider recorded whole: pages by their number, found again by the token of the page before."""
    pages: dict[tuple[str, str], bytes] = {}
    for path in sorted(folder.glob("ListRecords-*.xml")):
        _, prefix, number = path.stem.split("-")
        data = path.read_bytes()
        if number == "1":
            pages["first", prefix] = data
        following = path.with_name(f"ListRecords-{prefix}-{int(number) + 1}.xml")
        if (token := TOKEN.search(data)) and following.exists():
            value = etree.fromstring(b"<t>" + token[1] + b"</t>").text or ""
            pages["after", value] = following.read_bytes()

    def answer(asked: dict[str, str]) -> bytes:
        if asked.get("verb") != "ListRecords":
            return (folder / f"{asked['verb']}.xml").read_bytes()
        if "resumptionToken" in asked:
            return pages["after", asked["resumptionToken"]]
        return NOTHING if "from" in asked else pages["first", asked["metadataPrefix"]]

    return answer


def single(page: bytes) -> Answer:
    """A provider that has one recorded page, whatever it is; its token leads to nothing more, and it lists no names."""

    def answer(asked: dict[str, str]) -> bytes:
        if asked.get("verb") == "Identify":
            return IDENTIFY
        if asked.get("verb") == "ListSets":
            return NO_SETS
        return NOTHING if "resumptionToken" in asked or asked.get("verb") == "ListIdentifiers" else page

    return answer


def wrapped(article: bytes, identifier: str) -> bytes:
    """A page with one record around a JATS file, its declaration and document type left out as a provider would."""
    bare = re.sub(rb"\A(\xef\xbb\xbf)?\s*<\?xml.*?\?>", b"", article, count=1, flags=re.DOTALL)
    bare = re.sub(rb"<!DOCTYPE[^>\[]*(\[.*?\])?[^>]*>", b"", bare, count=1, flags=re.DOTALL)
    head = f"<record><header><identifier>{identifier}</identifier><datestamp>2024-01-01</datestamp></header><metadata>"
    return (
        document("<ListRecords>").removesuffix(b"</OAI-PMH>")
        + head.encode()
        + bare
        + b"</metadata></record></ListRecords></OAI-PMH>"
    )
