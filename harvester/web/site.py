"""The WSGI application: from a request to an answer."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from msgspec import Struct, structs
from werkzeug.exceptions import HTTPException, Unauthorized
from werkzeug.routing import MapAdapter
from werkzeug.wrappers import Request, Response

from harvester import store
from harvester.config import Config
from harvester.errors import QueryTimeout, StoreError
from harvester.reports import SCHEMA
from harvester.store.reading import Reader
from harvester.system.listening import UNIX
from harvester.web import failures, listing, replies
from harvester.web.access import credentials
from harvester.web.access.gate import NOBODY, Gate
from harvester.web.access.proxies import Proxies
from harvester.web.access.sessions import LASTS
from harvester.web.addresses import LOG_IN, LOG_OUT, STATIC, TARGETS, routes
from harvester.web.asked import Asked, Context, Viewer
from harvester.web.cookies import remember
from harvester.web.failures import Failure
from harvester.web.kinds import Action, Chosen, ListPage, Page, Row
from harvester.web.languages.catalogue import NAMES
from harvester.web.languages.choice import PARAMETER, chosen, spoken
from harvester.web.layout import document
from harvester.web.links import Links
from harvester.web.pages import login

log = logging.getLogger("harvester.web")

LOOPBACK = "127.0.0.1:8765"  # where the page is served if nothing else is said


class _Call(Struct, frozen=True, kw_only=True):
    """A request, the rule that it matches with its values, and who asks."""

    request: Request
    adapter: MapAdapter
    name: str = "failure"
    values: Mapping[str, Any] = {}
    viewer: Viewer = NOBODY

    def links(self, query: Mapping[str, str] | None = None) -> Links:
        return Links(self.adapter, self.name.partition(".")[0], self.values, query)

    def in_language(self, code: str) -> str:
        """The address of this page in a language, or that of the first page if this request has no page of its own."""
        if self.request.method != "GET" or not isinstance(TARGETS.get(self.name), Page | ListPage):
            return str(self.adapter.build("home", {PARAMETER: code}))
        return str(self.adapter.build(self.name, {**self.request.args, **self.values, PARAMETER: code}))


class Site:
    """The application. `config` is asked for at each request, because a daemon loads its configuration again.

    Who may see it is decided at start: raises `ConfigError` if a file of a password has none.
    """

    def __init__(
        self,
        config: Callable[[], Config],
        *,
        listen: str = LOOPBACK,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._config, self._now, web = config, now, config().web
        self._reader = Reader(config().store_url)
        self._routes = routes()
        self._gate = Gate(web, credentials.read(web), listen, now, cookie=f"harvester-{secrets.token_hex(4)}")
        self._application = Proxies(self._respond, web.proxies, is_unix=listen.startswith(UNIX))

    def __call__(self, environ: Any, start_response: Any) -> Iterable[bytes]:
        return self._application(environ, start_response)

    def _respond(self, environ: Any, start_response: Any) -> Iterable[bytes]:
        request = Request(environ)
        response = spoken(self._answer(request), request, self._config().web.language)
        for name, value in replies.HEADERS.items():
            response.headers.setdefault(name, value)
        response.headers.setdefault("Cache-Control", "no-store")
        return response(environ, start_response)

    def _answer(self, request: Request) -> Response:
        """The answer to any request. Nothing is raised: every failure has its page."""
        adapter = self._routes.bind(
            "localhost",  # links have no host, so that of the request need not be trusted
            script_name=request.root_path,
            path_info=request.path,
            default_method=request.method,
        )
        call = _Call(request=request, adapter=adapter)
        try:
            self._gate.check_address(request)
            name, values = adapter.match()
            call = structs.replace(call, name=name, values=values)
            return self._let_in(call)
        except HTTPException as error:
            return self._refused(call, error)
        except QueryTimeout:
            return self._failed(call, failures.of_slow_query(), 503)
        except StoreError as error:
            log.warning("%s %s: %s", request.method, request.path, error)
            return self._failed(call, failures.of_store(error), 503)
        except Exception:
            number = secrets.token_hex(4)
            log.exception("error %s in %s %s", number, request.method, request.path)
            return self._failed(call, failures.of_program(number), 500)

    def _let_in(self, call: _Call) -> Response:
        """The answer to a request for this server. Style sheet and log-in are for everybody."""
        if call.name == STATIC:
            return replies.static(call.values["file"])
        if call.name == LOG_IN:
            return self._log_in(call)
        if call.name == LOG_OUT:
            return self._log_out(call)
        if call.name != "login":
            call = structs.replace(call, viewer=self._gate.viewer(call.request))
        return self._act(call) if isinstance(TARGETS[_plain(call.name)], Action) else self._show(call)

    # ------------------------------------------------------------------------------------------- answers

    def _show(self, call: _Call) -> Response:
        target, form = TARGETS[_plain(call.name)], call.name.partition(".")[2]
        query = call.request.args.to_dict()
        filters = listing.chosen_by(query, target).filters if isinstance(target, ListPage) else {}
        with self._reader.session() as session:
            asked = self._asked(call, query, session)
            if isinstance(target, ListPage) and form:
                return replies.rows(target, asked, form, _plain(call.name), self._batches(target, asked))
            return replies.page(target, asked, self._context(call, filters), form)

    def _batches(self, page: ListPage[Row], asked: Asked) -> Callable[[Chosen], Sequence[Row]]:
        """Reads batches of rows, each in a session of its own."""

        def read(chosen: Chosen) -> Sequence[Row]:
            with self._reader.session() as session:
                return page.rows(structs.replace(asked, store=session), chosen)

        return read

    def _act(self, call: _Call) -> Response:
        """Does what is asked for, and leads to the page that shows it."""
        request, target = call.request, TARGETS[call.name]
        assert isinstance(target, Action)
        self._gate.check_action(request, call.viewer)
        with request, store.connect(self._config().store_url) as opened:
            asked = self._asked(call, request.form.to_dict(), opened)
            files = {name: data for name, file in request.files.items() if (data := file.read())}
            done = target.perform(structs.replace(asked, uploads=files))
        log.info("%s (%s): %s", call.viewer.name, request.remote_addr or "unix", done.words)
        return replies.redirect(call.links().to(done.name, **done.values))

    def _log_in(self, call: _Call) -> Response:
        request = call.request
        self._gate.check_origin(request)
        token = self._gate.log_in(request, request.form.get("password", ""))
        wanted = request.form.get("next", "")
        if token is None:
            body = login.show(login.LogIn(next=wanted, is_wrong=True), self._context(call))
            return replies.html(document(body, self._context(call)), 401)
        response = replies.redirect(_address(wanted, call.adapter) or f"{request.root_path}/")
        remember(response, request, self._gate.cookie, token, LASTS)
        return response

    def _log_out(self, call: _Call) -> Response:
        self._gate.check_origin(call.request)
        self._gate.log_out(call.request)
        response = replies.redirect(call.links().to("login"))
        remember(response, call.request, self._gate.cookie, "", timedelta(0))
        return response

    # ------------------------------------------------------------------------------------------ failures

    def _refused(self, call: _Call, error: HTTPException) -> Response:
        request = call.request
        if isinstance(error, Unauthorized) and self._gate.has_password and _is_page(call):
            wanted = request.full_path.rstrip("?")
            return replies.redirect(call.links().to("login", next=None if wanted == "/" else wanted))
        response = self._failed(call, failures.of_http(error, request.path, call.adapter), error.code or 500)
        for name, value in error.get_headers(request.environ):
            if name in ("Allow", "Retry-After"):
                response.headers[name] = value
        return response

    def _failed(self, call: _Call, failure: Failure, status: int) -> Response:
        if call.request.path.endswith(".json"):
            return replies.json({"schema": SCHEMA, "error": failure.sentence}, status)
        context = self._context(call)
        return replies.html(document(failures.show(failure, context), context), status)

    # ------------------------------------------------------------------------------------- what pages get

    def _asked(self, call: _Call, query: Mapping[str, str], session: store.Store) -> Asked:
        return Asked(
            config=self._config(),
            store=session,
            now=self._now(),
            viewer=call.viewer,
            path=call.values,
            query=query,
        )

    def _context(self, call: _Call, filters: Mapping[str, str] | None = None) -> Context:
        return Context(
            links=call.links(filters),
            now=self._now(),
            zone=self._config().zone,
            may_act=call.viewer.may_act,
            may_log_in=self._gate.has_password and call.viewer.name == "anonymous",
            may_log_out=call.viewer.may_log_out,
            language=chosen(call.request, self._config().web.language),
            languages={code: call.in_language(code) for code in NAMES},
        )


def _plain(name: str) -> str:
    """The name of an address without its form."""
    return name.partition(".")[0]


def _is_page(call: _Call) -> bool:
    return "." not in call.name and isinstance(TARGETS[call.name], Page | ListPage)


def _address(wanted: str, adapter: MapAdapter) -> str | None:
    """The address of a page of this site, built anew: nothing of another server is ever redirected to."""
    try:
        parts = urlsplit(wanted)
        name, values = adapter.match(parts.path, method="GET")
    except (ValueError, HTTPException):
        return None
    return adapter.build(name, {**dict(parse_qsl(parts.query)), **values})
