"""Proxies in front: whose word counts about who asks, and by which address."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from ipaddress import ip_address, ip_network
from typing import Any

from werkzeug.middleware.proxy_fix import ProxyFix

FORWARDED = (
    *("HTTP_FORWARDED", "HTTP_X_FORWARDED_FOR", "HTTP_X_FORWARDED_PROTO", "HTTP_X_FORWARDED_HOST"),
    *("HTTP_X_FORWARDED_PREFIX", "HTTP_X_FORWARDED_PORT", "HTTP_X_FORWARDED_USER", "HTTP_X_REAL_IP", "HTTP_VIA"),
)
PEER_IS_PROXY = "harvester.peer_is_proxy"  # the key in the WSGI environment
Application = Callable[[Any, Any], Iterable[bytes]]


class Proxies:
    """Middleware that applies the X-Forwarded headers of configured proxies, and only theirs."""

    def __init__(self, application: Application, proxies: Sequence[str], *, is_unix: bool) -> None:
        """`is_unix`: connections come by a socket file, whose clients have no address."""
        self._application, self._proxies, self._is_unix = application, proxies, is_unix
        self._fixed = ProxyFix(application, x_for=1, x_proto=1, x_host=1, x_prefix=1)

    def __call__(self, environ: Any, start_response: Any) -> Iterable[bytes]:
        peer = "unix" if self._is_unix else environ.get("REMOTE_ADDR", "")
        environ[PEER_IS_PROXY] = is_proxy(peer, self._proxies)
        return (self._fixed if environ[PEER_IS_PROXY] else self._application)(environ, start_response)


def is_proxy(peer: str, proxies: Sequence[str]) -> bool:
    """Whether the other end of the connection is one of the proxies."""
    if peer == "unix":
        return "unix" in proxies
    try:
        address = ip_address(peer)
    except ValueError:
        return False
    mapped = getattr(address, "ipv4_mapped", None)
    return any(one in ip_network(proxy) for proxy in proxies if proxy != "unix" for one in (address, mapped) if one)


def forged(environ: Any) -> str | None:
    """The first header of a proxy in a request that comes from none."""
    if environ[PEER_IS_PROXY]:
        return None
    return next((key.removeprefix("HTTP_").replace("_", "-").title() for key in FORWARDED if key in environ), None)
