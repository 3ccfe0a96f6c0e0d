"""Addresses on which a server listens, as they are in the configuration."""

from __future__ import annotations

from ipaddress import ip_address

UNIX = "unix:"  # before the path of a socket file


def address_of(listen: str) -> tuple[str, int]:
    """Host and port of `address:port`."""
    host, _, port = listen.rpartition(":")
    return host.strip("[]"), int(port)


def is_on_loopback(listen: str) -> bool:
    """Whether only this machine can reach `address:port`. A name other than localhost may be anything."""
    if listen.startswith(UNIX):
        return False
    host, _ = address_of(listen)
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False
