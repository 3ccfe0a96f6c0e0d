"""Answers in their forms: HTML, JSON, CSV, files, redirections."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import chain, islice

import msgspec
from werkzeug.exceptions import MethodNotAllowed, NotFound
from werkzeug.wrappers import Response

from harvester.documents import Document
from harvester.reports import SCHEMA
from harvester.web import listing
from harvester.web.asked import Asked, Context
from harvester.web.kinds import Action, Chosen, Download, Fragment, ListPage, Page, Row, Target
from harvester.web.layout import document
from harvester.web.static import BY_NAME

HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",  # with no-referrer a form would have the origin null
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
_FOR_EVER = "public, max-age=31536000, immutable"


def page(target: Target, asked: Asked, context: Context, form: str) -> Response:
    """A page or a part of one, from facts that are read now."""
    match target:
        case ListPage():
            return html(document(listing.show(target, listing.found(target, asked), context), context))
        case Page(read=read, document=as_document) if form and as_document:
            return json({"schema": SCHEMA, **as_document(read(asked))})
        case Page(read=read, show=show):
            return html(document(show(read(asked), context), context))
        case Fragment(read=read, show=show):
            return html(show(read(asked), context))
        case Download(read=read):
            return file(*read(asked))
        case Action():
            raise MethodNotAllowed(["POST"])


def rows(page: ListPage[Row], asked: Asked, form: str, name: str, read: Callable[[Chosen], Sequence[Row]]) -> Response:
    """All rows of a list as JSON or CSV. The first ones are read now, so that a failure has its page."""
    found = listing.every_row(page, listing.chosen_by(asked.query, page), read, asked.number("limit"))
    begun = _begun(found)
    if form == "json":
        return Response(listing.as_json(page, begun), content_type="application/json")
    return Response(
        listing.as_csv(page, begun), content_type="text/csv; charset=utf-8", headers=_saved_as(f"{name}.csv")
    )


def _begun(rows: Iterator[Row]) -> Iterator[Row]:
    return chain(list(islice(rows, 1)), rows)


def html(text: str, status: int = 200) -> Response:
    return Response(text, status, content_type="text/html; charset=utf-8")


def json(value: Document, status: int = 200) -> Response:
    return Response(msgspec.json.encode(value) + b"\n", status, content_type="application/json")


def file(name: str, media_type: str, content: bytes) -> Response:
    """A file to be saved, never shown: a record may hold a script."""
    return Response(content, content_type=media_type, headers=_saved_as(name))


def static(name: str) -> Response:
    if (found := BY_NAME.get(name)) is None:
        raise NotFound
    return Response(found.content, content_type=found.media_type, headers={"Cache-Control": _FOR_EVER})


def redirect(address: str, *, code: int = 303) -> Response:
    return Response(status=code, headers={"Location": address})


def _saved_as(name: str) -> dict[str, str]:
    safe = "".join(letter if letter.isalnum() or letter in "._-" else "_" for letter in name if letter.isascii())
    return {"Content-Disposition": f'attachment; filename="{safe}"'}
