"""How often a password may be tried: 10 times an hour from one address, and 20 times a day in all."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from ipaddress import IPv6Address, ip_address
from threading import Lock

PER_ADDRESS, HOUR = 10, timedelta(hours=1)
IN_ALL, DAY = 20, timedelta(days=1)
KNOWN = 1000  # addresses from which someone logged in


class Tries:
    """Failed tries, in memory. All threads share one.

    An address from which someone has logged in is not locked out by the tries of others.
    """

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now, self._lock = now, Lock()
        self._failed: list[tuple[datetime, str]] = []
        self._known: dict[str, None] = {}

    def next_allowed(self, address: str) -> datetime | None:
        """From when on a password may be tried from the address; `None` if it may be now."""
        network, now = _network(address), self._now()
        with self._lock:
            self._failed = [(at, one) for at, one in self._failed if at > now - DAY]
            own = [at for at, one in self._failed if one == network and at > now - HOUR]
            if len(own) >= PER_ADDRESS:
                return own[-PER_ADDRESS] + HOUR
            if len(self._failed) >= IN_ALL and network not in self._known:
                return self._failed[-IN_ALL][0] + DAY
        return None

    def failed(self, address: str) -> None:
        with self._lock:
            self._failed.append((self._now(), _network(address)))

    def succeeded(self, address: str) -> None:
        with self._lock:
            self._known[_network(address)] = None
            for oldest in list(self._known)[:-KNOWN]:
                del self._known[oldest]


def _network(address: str) -> str:
    """The address, or of IPv6 the network of 64 bits, of which one client can have all addresses."""
    try:
        parsed = ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if isinstance(parsed, IPv6Address):
        return str(parsed.ipv4_mapped or IPv6Address(int(parsed) >> 64 << 64))
    return str(parsed)
