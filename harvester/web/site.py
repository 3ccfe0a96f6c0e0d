"""The WSGI application: from a request to an answer."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from itertools import chain, islice
from typing import Any

import msgspec
from msgspec import structs
from werkzeug.exceptions import HTTPException, NotFound
from werkzeug.routing import MapAdapter
from werkzeug.wrappers import Request, Response

from harvester.config import Config
from harvester.documents import Document
from harvester.errors import QueryTimeout, StoreError
from harvester.reports import SCHEMA
from harvester.store.reading import Reader
from harvester.web import failures, listing
from harvester.web.addresses import STATIC, TARGETS, routes
from harvester.web.asked import Asked, Body, Context, Viewer
from harvester.web.kinds import Action, Chosen, Download, Fragment, ListPage, Page, Row, Target
from harvester.web.layout import document
from harvester.web.links import Links
from harvester.web.static import BY_NAME

log = logging.getLogger("harvester.web")

HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",  # with no-referrer a form would have the origin null
    "Cross-Origin-Opener-Policy": "same-origin",
}
_FOR_EVER = "public, max-age=31536000, immutable"


class Site:
    """The application. `config` is asked for at each request, because a daemon loads its configuration again."""

    def __init__(
        self, config: Callable[[], Config], *, now: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:
        self._config, self._now = config, now
        self._reader = Reader(config().store_url)
        self._routes = routes()

    def __call__(self, environ: Any, start_response: Any) -> Iterable[bytes]:
        request = Request(environ)
        response = self.answer(request)
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        response.headers.setdefault("Cache-Control", "no-store")
        return response(environ, start_response)

    def answer(self, request: Request) -> Response:
        """The answer to any request. Nothing is raised: every failure has its page."""
        if not request.environ.get("PATH_INFO"):
            return _redirect(f"{request.root_path}/", code=308)
        adapter = self._routes.bind(
            "localhost",  # links have no host, so that of the request need not be trusted
            script_name=request.root_path,
            path_info=request.path,
            default_method=request.method,
        )
        try:
            name, values = adapter.match()
            if name == STATIC:
                return _static(values["file"])
            return self._reply(request, adapter, name, values)
        except HTTPException as error:
            return self._failed(request, adapter, failures.of_http(error, request.path, adapter), error.code or 500)
        except QueryTimeout:
            return self._failed(request, adapter, failures.of_slow_query(), 503)
        except StoreError as error:
            log.warning("%s %s: %s", request.method, request.path, error)
            return self._failed(request, adapter, failures.of_store(error), 503)
        except Exception:
            number = secrets.token_hex(4)
            log.exception("error %s in %s %s", number, request.method, request.path)
            return self._failed(request, adapter, failures.of_program(number), 500)

    # ------------------------------------------------------------------------------------------- answers

    def _reply(self, request: Request, adapter: MapAdapter, name: str, values: Mapping[str, Any]) -> Response:
        plain, _, form = name.partition(".")
        target = TARGETS[plain]
        query = request.args.to_dict()
        links = Links(
            adapter, plain, values, listing.chosen_by(query, target).filters if isinstance(target, ListPage) else {}
        )
        viewer = Viewer(name="this machine", may_act=True)
        with self._reader.session() as store:
            asked = Asked(config=self._config(), store=store, now=self._now(), viewer=viewer, path=values, query=query)
            context = self._context(links, viewer)
            if isinstance(target, ListPage) and form:
                return self._listed(target, asked, form, plain)
            return _answered(target, asked, context, form)

    def _listed(self, page: ListPage[Row], asked: Asked, form: str, name: str) -> Response:
        """All rows as JSON or CSV. The first ones are read now, so that a failure has its page."""

        def read(chosen: Chosen) -> Sequence[Row]:
            with self._reader.session() as store:
                return page.rows(structs.replace(asked, store=store), chosen)

        rows = _begun(listing.every_row(page, listing.chosen_by(asked.query, page), read, asked.number("limit")))
        if form == "json":
            return Response(listing.as_json(page, rows), content_type="application/json")
        headers = {"Content-Disposition": f'attachment; filename="{name}.csv"'}
        return Response(listing.as_csv(page, rows), content_type="text/csv; charset=utf-8", headers=headers)

    def _context(self, links: Links, viewer: Viewer) -> Context:
        return Context(links=links, now=self._now(), zone=self._config().zone, may_act=viewer.may_act)

    def _failed(self, request: Request, adapter: MapAdapter, body: Body, status: int) -> Response:
        if request.path.endswith(".json"):
            return _json({"schema": SCHEMA, "error": body.title}, status)
        context = self._context(Links(adapter, "failure"), Viewer(name="nobody"))
        return _html(document(body, context), status)


def _answered(target: Target, asked: Asked, context: Context, form: str) -> Response:
    match target:
        case ListPage():
            return _html(document(listing.show(target, listing.found(target, asked), context), context))
        case Page(read=read, document=as_document) if form and as_document:
            return _json({"schema": SCHEMA, **as_document(read(asked))})
        case Page(read=read, show=show):
            return _html(document(show(read(asked), context), context))
        case Fragment(read=read, show=show):
            return _html(show(read(asked), context))
        case Download(read=read):
            file, media_type, content = read(asked)
            disposition = {"Content-Disposition": f'attachment; filename="{file}"'}
            return Response(content, content_type=media_type, headers=disposition)
        case Action(perform=perform):
            done = perform(asked)
            log.info("%s: %s", asked.viewer.name, done.words)
            return _redirect(context.links.to(done.name, **done.values), code=303)


def _begun(rows: Iterator[Row]) -> Iterator[Row]:
    """The same rows, the first of which is read now."""
    return chain(list(islice(rows, 1)), rows)


def _static(name: str) -> Response:
    if (file := BY_NAME.get(name)) is None:
        raise NotFound
    return Response(file.content, content_type=file.media_type, headers={"Cache-Control": _FOR_EVER})


def _html(text: str, status: int = 200) -> Response:
    return Response(text, status, content_type="text/html; charset=utf-8")


def _json(value: Document, status: int = 200) -> Response:
    return Response(msgspec.json.encode(value) + b"\n", status, content_type="application/json")


def _redirect(address: str, *, code: int) -> Response:
    return Response(status=code, headers={"Location": address})
