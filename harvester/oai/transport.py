"""One GET request to a provider: the allowed addresses, our headers, and errors in plain words."""

from __future__ import annotations

import http.client
import ssl
from base64 import b64encode
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TypeVar
from urllib.parse import SplitResult, quote, unquote, urljoin, urlsplit, urlunsplit
from urllib.request import getproxies

import requests
import urllib3
from msgspec import Struct

from harvester import __version__
from harvester.errors import BadAnswer, ProviderError, RefusedAddress, Unreachable
from harvester.model import Access
from harvester.oai import body
from harvester.oai.pages import safe
from harvester.system.confidential import SHORTEST_SECRET
from harvester.system.network import (
    CONNECT,
    SILENCE,
    SLICE,
    RequestGuard,
    Session,
    certificates_of_environment,
    check_behind_proxy,
)

Kind = TypeVar("Kind", bound=BaseException)

MAX_REDIRECTS = 5
MAX_ERROR_BODY = 1024 * 1024  # bytes that are read of a 4xx or 5xx answer
# Errors of OpenSSL, in its different versions, for an answer in plain HTTP.
_NO_TLS = ("WRONG_VERSION_NUMBER", "HTTP_REQUEST", "PACKET_LENGTH_TOO_LONG", "RECORD_LAYER_FAILURE")
_ARGUMENTS = frozenset({"verb", "metadataPrefix", "set", "from", "until", "resumptionToken", "identifier"})


class Response(Struct, frozen=True):
    """An answer: `body` is decompressed, `url` is the address after redirects, without credentials."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    url: str


class Transport:
    """The HTTP session of one source. `base` is the address in use, `requests` counts the requests sent.

    Raises `RefusedAddress` for an address that is neither http nor https, and `ConfigError` for certificates that
    cannot be read.
    """

    def __init__(self, access: Access, guard: RequestGuard) -> None:
        self._access = access
        self._guard = guard
        self.home, self._auth = home_of(access)
        self.base = self.home
        self.secrets = _secrets(access, self._auth)
        self.requests = 0
        certificates = access.ca_file or certificates_of_environment()
        self._session = Session(guard, access.allow_private, access.proxy, certificates)
        self._checked: set[str] = set()  # the hosts that a proxy may connect to
        self._session.headers.clear()
        self._session.headers.update(
            {"User-Agent": user_agent(access.contact), "Accept-Encoding": "gzip, deflate", "Accept": "text/xml, */*"}
        )

    def close(self) -> None:
        self._session.close()

    def get(self, query: str) -> Response:
        """Sends one request and returns the answer, whatever its status, within the deadline of `access`.

        Raises `Unreachable`, `BadAnswer`, `TooBig`, `TooSlow`, `RefusedAddress`, `Stopped`.
        """
        self._guard.start(self._access.deadline)
        try:
            return self._follow(query)
        except body.BadEncoding:
            self._session.headers["Accept-Encoding"] = "identity"  # from now on (metha a97de427)
        try:
            return self._follow(query)
        except body.UnknownEncoding as error:
            raise BadAnswer(
                f"the provider compresses its answers with {error}, which was not requested and is not read here; "
                "ask the provider's administrator to send them uncompressed or with gzip",
                transient=True,
            ) from error
        except body.BadEncoding as error:
            raise BadAnswer(
                f"the answer is not compressed the way it says ({error}); tell the provider's administrator",
                transient=True,
            ) from error

    def keep_address(self, response: Response) -> None:
        """Uses the address of a good answer from now on: OJS 3.5 redirects every single request."""
        self.base = base_of(response.url)

    def reset_address(self) -> None:
        """Returns to the configured address, after a bad answer."""
        self.base = self.home

    def _follow(self, query: str) -> Response:
        url = first = with_query(self.base, query)
        for _ in range(MAX_REDIRECTS + 1):
            with (
                _after_redirect(first, url),
                _as_unreachable(urlsplit(url).hostname or url),
                self._send(url) as reply,
            ):
                target = self._session.get_redirect_target(reply)
                if target is None:
                    return Response(reply.status_code, reply.headers, self._body(reply), url)
            url = redirected(url, target, query)
        raise BadAnswer(
            f"the provider sent us on more than {MAX_REDIRECTS} times; open the address in a browser and configure "
            "the one it ends at"
        )

    def _send(self, url: str) -> requests.Response:
        """Credentials and headers of the configuration go to the configured host only."""
        self._guard.check()
        at_home = not self._session.should_strip_auth(self.home, url)  # type: ignore[no-untyped-call]
        request = requests.Request(
            "GET", url, headers=self._access.headers if at_home else None, auth=self._auth if at_home else None
        )
        prepared = self._session.prepare_request(request)
        proxies = self._session.proxies_for(url)
        if proxies:
            self._check_behind_proxy(url)
        self.requests += 1
        return self._session.send(
            prepared, stream=True, timeout=(CONNECT, SLICE), allow_redirects=False, proxies=proxies
        )

    def _check_behind_proxy(self, url: str) -> None:
        parts = urlsplit(url)
        if not self._access.allow_private and parts.hostname and parts.netloc not in self._checked:
            check_behind_proxy(parts.hostname, parts.port or (443 if parts.scheme == "https" else 80), self._guard)
            self._checked.add(parts.netloc)

    def _body(self, reply: requests.Response) -> bytes:
        if reply.status_code < 400:
            return self._read(reply, self._access.max_bytes)
        try:
            return self._read(reply, min(MAX_ERROR_BODY, self._access.max_bytes))
        except (ProviderError, body.BadEncoding, urllib3.exceptions.HTTPError):
            self._guard.check()
            return b""  # the status is enough

    def _read(self, reply: requests.Response, cap: int) -> bytes:
        raw = body.read_body(reply.raw, reply.headers, cap)
        return body.decompress(raw, reply.headers.get("Content-Encoding", ""), cap)


def user_agent(contact: str | None) -> str:
    """`harvester/VERSION (+editor@example.org)`: Some providers block the default of a library (metha)."""
    return f"harvester/{__version__}" + (f" (+{contact})" if contact else "")


# ------------------------------------------------------------------------------------------- addresses


def home_of(access: Access) -> tuple[str, tuple[bytes, bytes] | None]:
    """The configured address, with the credentials of the configuration or else those in the address.

    They are bytes, because `requests` would encode text as Latin-1.
    """
    parts = _checked(access.url)
    username, password = access.username, access.password or ""
    if username is None and parts.username is not None:
        username, password = unquote(parts.username), unquote(parts.password or "")
    auth = None if username is None else (username.encode(), password.encode())
    return base_of(access.url), auth


def _secrets(access: Access, auth: tuple[bytes, bytes] | None) -> tuple[str, ...]:
    """What must never be in a message, in every form that it can have there, longest first."""
    logins = [(auth[0].decode(), auth[1].decode())] if auth else []
    logins += [login for url in getproxies().values() if (login := _login_in(url))]
    sent = [form for login in logins for form in (login[1], *_basic(*login))]
    hidden = [secret for secret in (*sent, *access.headers.values()) if len(secret) >= SHORTEST_SECRET]
    forms = {form for secret in hidden for form in (secret, quote(secret), quote(secret, ""))}
    return tuple(sorted(forms, key=len, reverse=True))


def _login_in(url: str) -> tuple[str, str] | None:
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    return (unquote(parts.username or ""), unquote(parts.password)) if parts.password else None


def _basic(username: str, password: str) -> Iterator[str]:
    """What basic authentication makes of a login: our UTF-8 for a provider, the Latin-1 of `requests` for a proxy."""
    for encoding in ("utf-8", "latin-1"):
        yield b64encode(f"{username}:{password}".encode(encoding, "replace")).decode()


def _checked(url: str) -> SplitResult:
    try:
        parts = urlsplit(url)
        usable = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
    except ValueError:
        usable = False
    if not usable:
        shown = url.rpartition("@")[2][:100]
        raise RefusedAddress(
            f"{shown!r} is not an address that is requested; it must begin with http:// or https:// and a host"
        )
    return parts


def base_of(url: str) -> str:
    """The address without credentials and OAI-PMH arguments. Other arguments stay (`index.php?page=oai`)."""
    parts = urlsplit(url)
    kept = "&".join(pair for pair in parts.query.split("&") if pair.partition("=")[0] not in _ARGUMENTS)
    return urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path, kept, ""))


def with_query(base: str, query: str) -> str:
    return f"{base}{'&' if '?' in base else '?'}{query}"


def redirected(url: str, location: str, query: str) -> str:
    """The target of a redirect, with `query` if the redirect has lost it."""
    try:
        target = urljoin(url, location)
    except ValueError:
        target = location
    parts = _checked(target)
    asked = any(pair.startswith("verb=") for pair in parts.query.split("&"))
    clean = urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path, parts.query, ""))
    return clean if asked else with_query(base_of(clean), query)


# ---------------------------------------------------------------------------------------------- errors


@contextmanager
def _after_redirect(first: str, url: str) -> Iterator[None]:
    """Names both addresses in an error at one that a person has not configured, but the provider redirected to."""
    try:
        yield
    except (Unreachable, RefusedAddress) as error:
        if url != first:
            error.args = (f"{_shown(first)} redirects to {_shown(url)}: {error}",)
        raise


def _shown(url: str) -> str:
    return safe(urlunsplit(urlsplit(base_of(url))._replace(query="")))


@contextmanager
def _as_unreachable(host: str) -> Iterator[None]:
    """Turns what `requests` and urllib3 raise into `Unreachable`, in plain words."""
    host = safe(host)
    try:
        yield
    except (requests.Timeout, urllib3.exceptions.TimeoutError, TimeoutError) as error:
        raise Unreachable(f"{host} has sent nothing for {SILENCE:g} seconds; harvest again later") from error
    except (requests.RequestException, urllib3.exceptions.HTTPError, OSError) as error:
        if certificate := cause(error, ssl.SSLCertVerificationError):
            raise Unreachable(
                f"the certificate of {host} cannot be trusted ({certificate.verify_message}); {_remedy(certificate)}",
                transient=False,
            ) from error
        if isinstance(error, requests.exceptions.ProxyError):
            raise Unreachable(f"the proxy gives no connection to {host} ({_brief(error)}); {_LOGIN}") from error
        if (fault := cause(error, ssl.SSLError)) and fault.reason in _NO_TLS:
            raise Unreachable(
                f"{host} does not speak https at this port; write http:// in the address, or the port where it does",
                transient=False,
            ) from error
        if cause(error, http.client.IncompleteRead):
            raise Unreachable(f"the answer of {host} was cut short; harvest again") from error
        raise Unreachable(f"the connection to {host} broke ({_brief(error)}); harvest again later") from error


_EXPIRED, _OTHER_NAMES = (9, 10), (62, 64)  # X509_V_ERR_… of OpenSSL
_UNKNOWN_ISSUER = (2, 18, 19, 20, 21)
_LOGIN = (
    "check the proxy of the source; if it asks for a login, write it into the environment variables HTTP_PROXY and "
    "HTTPS_PROXY (http://user:password@host:port) and remove the setting proxy"
)


def _remedy(certificate: ssl.SSLCertVerificationError) -> str:
    if certificate.verify_code in _EXPIRED:
        return (
            "check the clock of this machine; if it is right, the provider's administrator must renew the certificate"
        )
    if certificate.verify_code in _OTHER_NAMES:
        return "check the host in the address of the source, or tell the provider's administrator"
    if certificate.verify_code in _UNKNOWN_ISSUER:
        return (
            "either its server does not send the intermediate certificate, which its administrator can correct, or it "
            "was issued by an institution's own authority: set ca_file of the source to a file with the missing "
            "certificate (PEM)"
        )
    return "tell the provider's administrator"


def _chain(error: BaseException) -> Iterator[BaseException]:
    """The error and its causes. urllib3 puts some into an error that it never raised, without a cause of its own."""
    current: BaseException | None = error
    while current is not None:
        yield current
        held = (arg for arg in current.args if isinstance(arg, BaseException))
        current = current.__cause__ or current.__context__ or next(held, None)


def cause(error: BaseException, kind: type[Kind]) -> Kind | None:
    """The cause of this kind, if the error has one."""
    return next((link for link in _chain(error) if isinstance(link, kind)), None)


def _brief(error: BaseException) -> str:
    """The innermost cause, which may quote the provider. The outer ones repeat the address with its query."""
    *_, root = _chain(error)
    return safe(str(getattr(root, "strerror", None) or root or type(root).__name__), 150)
