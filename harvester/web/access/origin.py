"""Whether a POST comes from a page of this server, and not from a foreign one in the same browser."""

from __future__ import annotations

from urllib.parse import urlsplit

from werkzeug.datastructures import Headers


def is_own(headers: Headers, host: str) -> bool:
    """Whether the browser says that the request comes from a page of `host`, the Host header of the request.

    Browsers send Sec-Fetch-Site where the connection is safe or on loopback, and Origin always (WHATWG Fetch, section
    3.2 and 3.1). Where both are there, both must agree: a proxy that changes Host is not configured. A request with
    neither does not come from a browser of today, and is refused too: programs send a token.
    """
    site, origin = headers.get("Sec-Fetch-Site"), headers.get("Origin")
    if site is not None and site not in ("same-origin", "none"):
        return False
    if origin is None:
        return site is not None
    try:
        return _plain(urlsplit(origin).netloc) == _plain(host) != ""
    except ValueError:
        return False


def _plain(host: str) -> str:
    """The host without the port that its scheme has anyway."""
    return host.strip().lower().removesuffix(":443").removesuffix(":80")
