"""Web addresses: which are the same page, which ones everybody can open, and without the identifier of a session."""

from __future__ import annotations

import ipaddress
import re
import socket
from collections.abc import Iterable
from functools import lru_cache
from urllib.parse import urlsplit

_USUAL_PORT = {"http": re.compile(r"(?<=[^/]):80(?=/|$)"), "https": re.compile(r"(?<=[^/]):443(?=/|$)")}
_WEB = re.compile(r"https?://([^\s/?#\\]+)\S*", re.IGNORECASE)

# ------------------------------------------------------------------------------------------ one page


def host_of(url: str) -> str | None:
    """The host of a web address in lower case, without port and user name; `None` if it has none."""
    match = _WEB.fullmatch(url)
    return _host_of_authority(match[1]) if match else None


@lru_cache(1 << 10)
def _host_of_authority(authority: str) -> str | None:
    try:
        return urlsplit(f"//{authority}").hostname
    except ValueError:  # `http://[::1` and the like
        return None


def distinct_pages(urls: Iterable[str]) -> list[str]:
    """The addresses of different pages, in order. Of several addresses of one page, the most general is used.

    They differ only in http or https and its port, in case, in a slash or an empty fragment at the end, or, in OJS 3.5,
    in whether they name a language.
    """
    pages: dict[str, str] = {}
    for url in sorted(urls, key=_is_secure):
        pages[_comparable(url)] = url
    for page in list(pages):
        general = _without_language(page)
        if general != page and general in pages:
            del pages[page]
    return list(pages.values())


def _comparable(url: str) -> str:
    scheme, _, rest = url.lower().partition("://")
    return _USUAL_PORT[scheme].sub("", rest.removesuffix("#"), count=1).rstrip("/")


def _is_secure(url: str) -> bool:
    return url.lower().startswith("https:")


# OJS 3.5: /index.php/journal/en/article/view/12. Its pages without a language are for readers of all languages.
_LANGUAGE = re.compile(r"(?<=/)[a-z]{2,3}(?:[_-][a-z]{2,4})?(?:@[a-z]+)?/(?=article/view/[^/]+$)")


def _without_language(page: str) -> str:
    return _LANGUAGE.sub("", page)


# In the path, and as a parameter. Short values are no identifiers of sessions.
_SESSION = re.compile(r";jsessionid=[^/?#;]*", re.IGNORECASE)
_SESSION_PARAMETER = re.compile(
    r"(?<=[?&;])(?:jsessionid|phpsessid|ojssid|aspsessionid\w*|session_?id|cftoken|cfid|sid(?=\w*=[0-9a-f]{16}))=[^&#;]*&?",
    re.IGNORECASE,
)


def without_session(url: str) -> str:
    """The address without the identifier of the session in which somebody copied it.

    >>> without_session("https://journal.example/12;jsessionid=8F0?lang=en&PHPSESSID=77")
    'https://journal.example/12?lang=en'
    """
    if "ses" not in url.lower() and "sid" not in url.lower() and "cf" not in url.lower():
        return url
    shorter = _SESSION_PARAMETER.sub("", _SESSION.sub("", url))
    return shorter if shorter == url else re.sub(r"[?&]+(?=#|$)", "", shorter)


# ------------------------------------------------------------------------------------- open to everybody

# Names that are never in the public domain name system (RFC 2606, 6761, 6762, 8375), and those that networks use.
_LOCAL_DOMAINS = frozenset(
    {
        "localhost",
        "local",
        "localdomain",
        "lan",
        "home",
        "internal",
        "intranet",
        "corp",
        "private",
        "test",
        "invalid",
        "onion",
    }
)
# EZproxy and its kind: www-publisher-com.ezproxy.library.edu, or 0-www.publisher.com.library.edu, also with hyphens.
_LIBRARY_PROXY = re.compile(
    r"(?:ez|e|lib|web)?-?proxy(?:[\d-]\w*)?|(?:ez|lib)proxy\w*|proxy-?lib\w*|ezp|remotexs|web-?vpn"
)
_NUMERIC = re.compile(r"(?:.*\.)?(?:[0-9]+|0x[0-9a-f]+)")
_REWRITTEN_HOST = re.compile(
    r"0-[\w-]+(?:\.[\w-]+)*[.-](?:com|org|net|edu|gov|info)\.[\w-]+\.[\w.-]+|"
    r"[\w-]+\.translate\.goog|(?:dx-)?doi-org\.[\w-]+\.[\w.-]+|www-\w+(?:-\w+)*-(?:com|org|net)\.[\w-]+\.[\w.-]+"
)


# Pages of a journal system for authors and editors.
_LOGIN = re.compile(
    r"/(?:authorDashboard/|workflow/(?:index|access)/\d|submission/wizard|(?:author|editor)/submission/\d|"
    r"login(?:[/?#]|$)|\$\$\$call\$\$\$/)",
    re.IGNORECASE,
)


def why_closed(url: str) -> str | None:
    """Why not everybody can open a web address; `None` if nothing in its host or path says so."""
    host = host_of(url) or ""
    if _LOGIN.search(url):
        return f"{host} asks for a login there"
    return why_not_public(host)


@lru_cache(1 << 12)
def why_not_public(host: str) -> str | None:
    """Why not everybody can open pages on this host; `None` if nothing in its name or number says so.

    Nothing is looked up. A public name may still lead into a private network.
    """
    name = host.rstrip(".").lower()
    number = _number(name)
    if number is not None:
        return None if is_public(number) else f"{host} is a private address"
    labels = name.split(".")
    if labels[-1] in _LOCAL_DOMAINS or name.endswith(".home.arpa"):
        return f"{host} is a name in a private network"
    if len(labels) < 2:
        return f"{host} is not a full host name"
    if any(map(_LIBRARY_PROXY.fullmatch, labels[:-2])) or _REWRITTEN_HOST.fullmatch(name):
        return f"{host} is the proxy of a library"
    return None


def _number(name: str) -> str | None:
    """The IP address that a host is, also in the forms 127.1, 2130706433 and 0x7f000001; `None` if it is a name."""
    try:
        if ":" in name:
            return str(ipaddress.IPv6Address(name.partition("%")[0]))
        if _NUMERIC.fullmatch(name):
            return str(ipaddress.IPv4Address(socket.inet_aton(name)))
    except (OSError, ValueError):
        pass
    return None


def is_public(address: str) -> bool:
    """Whether an IP address is public. One that wraps an IPv4 address counts as that address."""
    ip = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(ip, ipaddress.IPv6Address):
        inner = _wrapped(ip)
        if inner is None and ip not in _GLOBAL_UNICAST:
            return False
        ip = inner or ip
    return ip.is_global and not ip.is_multicast


# All that IANA assigns (RFC 4291, section 2.4). Python calls some of the rest global: ::127.0.0.1, fec0::1, 5f00::1.
_GLOBAL_UNICAST = ipaddress.ip_network("2000::/3")
_NAT64 = ipaddress.ip_network("64:ff9b::/96")


def _wrapped(ip: ipaddress.IPv6Address) -> ipaddress.IPv4Address | None:
    if ip in _NAT64:
        return ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
    return ip.ipv4_mapped or ip.sixtofour or (ip.teredo[1] if ip.teredo else None)
