"""What several cases are made of."""

from __future__ import annotations

import re
from collections.abc import Callable

from tests.providers.server import Request, error, reply
from tests.providers.truth import Truth

TOKEN = re.compile(rb"<resumptionToken([^>]*)>([^<]*)</resumptionToken>")
BROKEN = reply("", 500)
WINDOWS = "window_records = 6\n"
CAP = "max_page_bytes = 65536\n"


def no_token(page: bytes) -> bytes:
    return TOKEN.sub(b"", page)


def token(change: Callable[[bytes], bytes]) -> Callable[[bytes], bytes]:
    """A change of the token's value alone."""
    return lambda page: TOKEN.sub(lambda found: b"<resumptionToken>%s</resumptionToken>" % change(found[2]), page)


def plain_token(page: bytes) -> bytes:
    """A token without its attributes; none where it is empty."""
    return re.sub(rb"<resumptionToken[^>]*/>", b"", TOKEN.sub(rb"<resumptionToken>\2</resumptionToken>", page))


def needs_date(request: Request, _: Truth) -> bytes | None:
    """The fault of a provider that refuses every list without `from`."""
    is_bare = "from" not in request.query and "resumptionToken" not in request.query
    lists = request.query.get("verb") in ("ListRecords", "ListIdentifiers")
    return reply(error("badArgument", "The from argument is required")) if lists and is_bare else None
