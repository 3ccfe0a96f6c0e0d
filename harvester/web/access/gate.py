"""Who is let in: every request passes here before a page is read."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime
from threading import Lock
from typing import NoReturn

from werkzeug.exceptions import Forbidden, TooManyRequests, Unauthorized
from werkzeug.wrappers import Request

from harvester.config.settings import Web
from harvester.system.listening import UNIX, is_on_loopback
from harvester.web.access import hosts, origin, passwords, proxies
from harvester.web.access.credentials import Credentials
from harvester.web.access.sessions import Sessions
from harvester.web.access.tries import Tries
from harvester.web.asked import Viewer

log = logging.getLogger("harvester.web")

LONGEST_NAME = 200  # characters of a user's name that are shown and logged
NOBODY = Viewer(name="nobody")


class Gate:
    """The rules of one server. `cookie` is the name of the cookie, which differs between servers on one host."""

    def __init__(
        self, web: Web, credentials: Credentials, listen: str, now: Callable[[], datetime], cookie: str = "harvester"
    ) -> None:
        self._web, self._credentials, self.cookie = web, credentials, cookie
        self._is_local = listen.startswith(UNIX) or is_on_loopback(listen)
        self._sessions, self._tries, self._checking = Sessions(now), Tries(now), Lock()

    @property
    def has_password(self) -> bool:
        """Whether people log in on the page itself."""
        return self._credentials.password is not None or self._credentials.reader_password is not None

    def check_address(self, request: Request) -> None:
        """Refuses requests with the headers of a proxy that is not configured, and for the name of another server."""
        if header := proxies.forged(request.environ):
            peer = request.remote_addr or "unix"
            raise Forbidden(
                f"This request has the header {header}, so a proxy is in front. If {peer} is yours, add it to "
                f'config.toml, with who may see the page: [web] proxies = ["{peer}"]'
            )
        host = request.environ.get("HTTP_HOST", "")
        if not hosts.is_known(host, self._web.hosts, is_local=self._is_local):
            name = hosts.without_port(host)[:LONGEST_NAME]
            raise Forbidden(
                f"This page was asked for by the name {name}. If that is its name, add it to config.toml: [web] "
                f'hosts = ["{name}"]'
            )

    def viewer(self, request: Request) -> Viewer:
        """Who asks. Raises `Unauthorized` for those who have to log in, and `Forbidden` if they cannot."""
        found = self._with_token(request) or self._with_session(request) or self._named_by_proxy(request)
        if found is None:
            found = self._unnamed()
        return (
            found
            if found.may_act and not self._web.read_only
            else Viewer(name=found.name, may_log_out=found.may_log_out)
        )

    def check_action(self, request: Request, viewer: Viewer) -> None:
        """Refuses an action of somebody who may only read, and one that another page asks for."""
        self.check_origin(request)
        if self._web.read_only:
            raise Forbidden("This page only shows; [web] read_only is set in config.toml.")
        if not viewer.may_act:
            raise Forbidden("You may read and not act. Log in with the password of those who may act.")

    def check_origin(self, request: Request) -> None:
        """Refuses a POST that comes from a page of another server. A program with the token sends no Origin."""
        if request.authorization and request.authorization.type == "bearer":
            return
        if not origin.is_own(request.headers, request.environ.get("HTTP_HOST", "")):
            raise Forbidden(
                "This does not come from a page of this server. If you used one, a proxy in front changes the host: "
                "let it pass on the header Host, or X-Forwarded-Host if it is in [web] proxies."
            )

    # ------------------------------------------------------------------------------------------- log in

    def log_in(self, request: Request, password: str) -> str | None:
        """The token of a new session; `None` if the password is wrong. Raises `TooManyRequests`."""
        address = request.remote_addr or "unix"
        self._check_tries(address)
        if not self._checking.acquire(blocking=False):  # a hash takes a while, and no thread is to wait for it
            raise TooManyRequests("Another log-in is being checked. Try again in a second.")
        try:
            may_act = self._role(password)
        finally:
            self._checking.release()
        if may_act is None:
            self._tries.failed(address)
            log.warning("a wrong password from %s", address)
            return None
        self._tries.succeeded(address)
        log.info("log-in from %s, %s", address, "to act" if may_act else "to read")
        return self._sessions.begin(may_act=may_act)

    def log_out(self, request: Request) -> None:
        self._sessions.end(request.cookies.get(self.cookie, ""))

    def _role(self, password: str) -> bool | None:
        """Whether the person with this password may act; `None` if it is wrong."""
        for line, may_act in ((self._credentials.password, True), (self._credentials.reader_password, False)):
            if line is not None and passwords.matches(password, line):
                return may_act
        return None

    def _check_tries(self, address: str) -> None:
        if moment := self._tries.next_allowed(address):
            raise TooManyRequests(
                f"Too many wrong passwords. The next one may be tried at {moment:%Y-%m-%d %H:%M} UTC.",
                retry_after=moment,
            )

    # --------------------------------------------------------------------------------------- who it is

    def _with_token(self, request: Request) -> Viewer | None:
        given = request.authorization
        if self._credentials.token is None or given is None or given.type != "bearer":
            return None
        address = request.remote_addr or "unix"
        self._check_tries(address)
        if not passwords.same(given.token or "", self._credentials.token):
            self._tries.failed(address)
            log.warning("a wrong token from %s", address)
            raise Unauthorized("The token is wrong. It is in the file that [web] token_file names.")
        return Viewer(name="token", may_act=True)

    def _with_session(self, request: Request) -> Viewer | None:
        session = self._sessions.get(request.cookies.get(self.cookie, ""))
        if session is None:
            return None
        return Viewer(name="logged in", may_act=session.may_act, may_log_out=True)

    def _named_by_proxy(self, request: Request) -> Viewer | None:
        if self._web.user_header is None or not request.environ[proxies.PEER_IS_PROXY]:
            return None
        name = request.headers.get(self._web.user_header, "").strip()
        return Viewer(name=_printable(name), may_act=True) if name else None

    def _unnamed(self) -> Viewer:
        if self._web.anonymous == "read":
            return Viewer(name="anonymous")
        if self.has_password:
            raise Unauthorized("Log in first.")
        if self._web.user_header is not None:
            self._refuse_unnamed(self._web.user_header)
        return Viewer(name="this machine", may_act=True)

    def _refuse_unnamed(self, header: str) -> NoReturn:
        raise Forbidden(
            f"The proxy in front has not named you in the header {header} ([web] user_header in config.toml). Come "
            "through the proxy, or let it set that header."
        )


def _printable(name: str) -> str:
    """The name without what would break a line of the log or change its order."""
    return "".join(letter if letter.isprintable() else "\ufffd" for letter in name[:LONGEST_NAME])
