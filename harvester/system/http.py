"""One request to a registration agency: what was answered, or how far the request came. No error quotes what was sent.

Connections are those of `harvester.system.network`: no redirect is followed, there is no netrc, reads and writes end at
the deadline. Errors of the HTTP library quote addresses, so only their class is reported.
"""

from __future__ import annotations

import ipaddress
import time
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Literal
from urllib.parse import quote, urlsplit

import requests
import urllib3
from msgspec import Struct

from harvester import __version__
from harvester.errors import ConfigError, ProviderError, Stopped
from harvester.system.head import http_date, retry_after
from harvester.system.network import CONNECT, SLICE, RequestGuard, Session, certificates_of_environment
from harvester.system.stopping import Stop, never_stop

GRACE = 5.0  # seconds that a request goes on after a stop, if its body has begun to leave
LARGEST = 64 * 1024 * 1024  # bytes of an answer
_BLOCK = 64 * 1024
_NONE: Mapping[str, str] = MappingProxyType({})
_ERRORS = (requests.RequestException, urllib3.exceptions.HTTPError, OSError, ProviderError, ValueError)


class Connection(Struct, frozen=True, kw_only=True):
    """How a host is reached. `proxy` is its URL, "" for none, and `None` for what the environment says."""

    contact: str
    proxy: str | None = None
    ca_file: str | None = None


class Rate(Struct, frozen=True):
    """At most `requests` in `seconds`, as the host says."""

    requests: float
    seconds: float


class Reply(Struct, frozen=True, kw_only=True):
    """What was answered. Other headers are not kept: some contain tokens."""

    status: int
    body: bytes
    is_whole: bool = True
    server_time: datetime | None = None
    retry_after: float | None = None
    rate: Rate | None = None


class NoReply(Struct, frozen=True, kw_only=True):
    """Nothing was answered. `body_left`: at least one byte of the body may have reached the host."""

    reason: str  # the class of the innermost error
    body_left: bool = False


class Body:
    """The body of a request, which knows whether it was read. That is after the connection was made, and encrypted."""

    def __init__(self, data: bytes) -> None:
        self._data = memoryview(data)
        self._sent = 0
        self.has_left = False

    def __len__(self) -> int:
        return len(self._data)

    def __iter__(self) -> Iterator[bytes]:  # tells `requests` that this is a stream
        return iter(lambda: self.read(_BLOCK), b"")

    def read(self, size: int = -1) -> bytes:
        self.has_left = True
        end = len(self._data) if size < 0 else self._sent + size
        block = bytes(self._data[self._sent : end])
        self._sent += len(block)
        return block


def checked_url(url: str, setting: str) -> str:
    """The URL without a slash at its end. Raises `ConfigError` unless it is https, or http on this machine."""
    try:
        parts = urlsplit(url)
        usable = bool(parts.hostname) and parts.port != 0 and not parts.query and not parts.fragment
        usable = usable and parts.username is None
        safe = parts.scheme == "https" or (parts.scheme == "http" and is_loopback(parts.hostname or ""))
    except ValueError:
        usable = safe = False
    if not (usable and safe):
        raise ConfigError(
            [f"{setting}: this is not an address that a password may be sent to; it must begin with https:// and a "
             "host, without a login. http:// is accepted for this machine only"]
        )  # fmt: skip
    return url.rstrip("/")


def is_loopback(host: str) -> bool:
    """Whether a host is this machine, by its name."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host.lower() == "localhost"


class Http:
    """Requests to the hosts of an agency. A session is kept for GET requests; a file gets a connection of its own."""

    def __init__(self, connection: Connection, stop: Stop = never_stop) -> None:
        self._connection = connection
        self._stop = stop
        self._upload: Body | None = None
        self._stopped_at: float | None = None
        self._guard = RequestGuard(self._is_to_end)
        self._session = self._new_session()

    def close(self) -> None:
        self._session.close()

    def get(self, url: str, *, seconds: float, headers: Mapping[str, str] = _NONE) -> Reply | NoReply:
        """Raises `Stopped`."""
        return self._exchange(self._session, "GET", url, headers, seconds)

    def ask(self, url: str, form: bytes, *, seconds: float) -> Reply | NoReply:
        """A question whose words are in the body, because addresses are logged. Raises `Stopped`."""
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        return self._exchange(self._session, "POST", url, headers, seconds, form)

    def upload(
        self,
        url: str,
        data: bytes,
        content_type: str,
        *,
        seconds: float,
        method: Literal["POST", "PUT"] = "POST",
        headers: Mapping[str, str] = _NONE,
    ) -> Reply | NoReply:
        """On a connection of its own: one that was kept may break when it is used, and nobody knows what arrived.

        Raises `Stopped` if no byte of the body has left. Otherwise the answer is waited for during `GRACE`.
        """
        self._upload, self._stopped_at = Body(data), None
        try:
            with self._new_session() as session:
                named = {**headers, "Content-Type": content_type}
                return self._exchange(session, method, url, named, seconds, self._upload)
        finally:
            self._upload = None

    def _exchange(
        self,
        session: Session,
        method: str,
        url: str,
        headers: Mapping[str, str],
        seconds: float,
        data: Body | bytes | None = None,
    ) -> Reply | NoReply:
        self._guard.start(seconds)
        try:
            self._guard.check()
            with session.request(
                method,
                url,
                data=data,
                headers=headers,
                stream=True,
                timeout=(CONNECT, SLICE),
                allow_redirects=False,
                proxies=_proxies(session, url),
            ) as response:
                return _reply(response)
        except Stopped:
            if not self._has_left():
                raise Stopped("stopped during a request; the same command resumes from here") from None
            return NoReply(reason="Stopped", body_left=True)
        except _ERRORS as error:
            return NoReply(reason=_innermost(error), body_left=self._has_left())

    def _has_left(self) -> bool:
        return self._upload is not None and self._upload.has_left

    def _is_to_end(self) -> bool:
        """After a stop, a file that has begun to leave gets some seconds, so that its fate is known."""
        if not self._stop():
            return False
        if self._stopped_at is None:
            self._stopped_at = time.monotonic()
        return not self._has_left() or time.monotonic() > self._stopped_at + GRACE

    def _new_session(self) -> Session:
        """Private addresses are allowed, because a person configured them and no redirect is followed."""
        certificates = self._connection.ca_file or certificates_of_environment()
        session = Session(self._guard, True, self._connection.proxy, certificates)
        session.headers.clear()
        session.headers.update(
            {
                "User-Agent": f"harvester/{__version__} (mailto:{quote(self._connection.contact, safe='@+')})",
                "Accept-Encoding": "gzip",
                "Accept": "*/*",
            }
        )
        return session


def _innermost(error: BaseException) -> str:
    """The class of the first cause, which says more than that of the library: `ConnectionRefusedError`."""
    seen: set[int] = set()
    current: BaseException | None = error
    while current is not None and id(current) not in seen:
        seen.add(id(current))
        error = current
        held = (arg for arg in (*error.args, getattr(error, "reason", None)) if isinstance(arg, BaseException))
        current = error.__cause__ or error.__context__ or next(held, None)
    return type(error).__name__


def _proxies(session: Session, url: str) -> dict[str, str]:
    return {} if is_loopback(urlsplit(url).hostname or "") else session.proxies_for(url)


def _reply(response: requests.Response) -> Reply:
    """The answer with its body. Where the body is cut short or too long, what came of it."""
    body, is_whole = bytearray(), True
    try:
        for block in response.iter_content(_BLOCK):
            body += block
            if len(body) > LARGEST:
                is_whole = False
                break
    except _ERRORS:
        is_whole = False  # the status has come, and counts
    server_time = http_date(response.headers.get("Date", ""))
    return Reply(
        status=response.status_code,
        body=bytes(body[:LARGEST]),
        is_whole=is_whole,
        server_time=server_time,
        retry_after=retry_after(response.headers.get("Retry-After"), server_time or datetime.now(UTC)),
        rate=_rate(response.headers),
    )


def _rate(headers: Mapping[str, str]) -> Rate | None:
    """x-rate-limit-limit and x-rate-limit-interval (`1s`), if both make sense."""
    count = headers.get("x-rate-limit-limit", "").strip()
    seconds = headers.get("x-rate-limit-interval", "").strip().lower().removesuffix("s")
    if not (count.isascii() and count.isdigit() and seconds.isascii() and seconds.isdigit()):
        return None
    rate = Rate(float(count[:6]), float(seconds[:6]))
    return rate if rate.requests and rate.seconds else None
