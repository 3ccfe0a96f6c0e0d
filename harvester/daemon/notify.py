"""Notifications to systemd (sd_notify(3)): one datagram each to its socket, nothing without one."""

from __future__ import annotations

import os
import socket
import time


def notify(state: str) -> bool:
    """Sends a state such as `READY=1`, and returns whether there was a receiver."""
    address = os.environ.get("NOTIFY_SOCKET", "")
    if not address.startswith(("/", "@")):
        return False
    if address.startswith("@"):
        address = "\0" + address[1:]  # the abstract namespace of Linux
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as line:
        try:
            line.sendto(state.encode(), address)
        except OSError:
            return False  # the receiver is gone
    return True


def reloading() -> str:
    """The state to send before the configuration is loaded again. `READY=1` ends it."""
    return f"RELOADING=1\nMONOTONIC_USEC={time.monotonic_ns() // 1000}"


def watchdog_period() -> float | None:
    """Seconds between two signs of life: half of what systemd waits. `None` if its watchdog is off."""
    micros, watched = os.environ.get("WATCHDOG_USEC", ""), os.environ.get("WATCHDOG_PID")
    if not micros.isdigit() or (watched and watched != str(os.getpid())):
        return None
    return int(micros) / 2_000_000
