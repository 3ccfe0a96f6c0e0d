"""Providers made of recorded answers: scripts for `server.Server`."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

from lxml import etree

from tests.providers.server import Request, error, reply
from tests.providers.truth import Truth

TOKEN = re.compile(rb"<(?:\w+:)?resumptionToken\b[^>]*>\s*([^<\s][^<]*?)\s*</")

Script = Callable[[Request], bytes]


def recorded(folder: Path) -> Script:
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

    def answer(request: Request) -> bytes:
        query = request.query
        if query.get("verb") != "ListRecords":
            return reply((folder / f"{query['verb']}.xml").read_bytes())
        if "resumptionToken" in query:
            return reply(pages["after", query["resumptionToken"]])
        return reply(error("noRecordsMatch") if "from" in query else pages["first", query["metadataPrefix"]])

    return answer


def single(page: bytes) -> Script:
    """A provider that has one recorded page, whatever it is; its token leads to nothing more."""
    empty = Truth([], granularity="day", deleted_record="transient")

    def answer(request: Request) -> bytes:
        if request.query.get("verb") == "ListRecords":
            return reply(error("noRecordsMatch") if "resumptionToken" in request.query else page)
        return reply(empty.bytes_of(request))

    return answer


def without_prolog(article: bytes) -> bytes:
    """A JATS file without its declaration and document type, as a provider puts it into a record."""
    bare = re.sub(rb"\A(\xef\xbb\xbf)?\s*<\?xml.*?\?>", b"", article, count=1, flags=re.DOTALL)
    return re.sub(rb"<!DOCTYPE[^>\[]*(\[.*?\])?[^>]*>", b"", bare, count=1, flags=re.DOTALL)
