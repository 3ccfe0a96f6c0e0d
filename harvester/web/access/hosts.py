"""The name by which the page is asked for, against DNS rebinding: foreign pages that give this machine their name."""

from __future__ import annotations

from collections.abc import Collection
from ipaddress import ip_address


def is_known(host: str, names: Collection[str], *, is_local: bool) -> bool:
    """Whether the Host header (with or without a port) names this server: by a configured name, or as this machine.

    A page that only this machine can reach is asked for as this machine; one that others can reach, by any IP address,
    because a foreign page cannot have one as its name.
    """
    name = without_port(host)
    if name in {known.lower() for known in names} | {"localhost"}:
        return True
    try:
        address = ip_address(name)
    except ValueError:
        return False
    return address.is_loopback or not is_local


def without_port(host: str) -> str:
    """The name in lower case: `[::1]:80` is `::1`."""
    name = host.strip().lower()
    if name.startswith("["):
        return name[1:].partition("]")[0]
    return name.partition(":")[0]
