"""The page with its server, for `harvester serve` and for the daemon."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from harvester.config import Config, check_listen
from harvester.web.server import serve
from harvester.web.site import Site


@contextmanager
def serve_page(config: Callable[[], Config], listen: str) -> Iterator[str]:
    """Serves the page in the block; yields its address.

    Raises `ConfigError` if not everybody who can reach the address may see it and nothing says who asks, or if a
    password is missing, and `HarvesterError` if it cannot listen there.
    """
    check_listen(config().web, listen)
    site = Site(config, listen=listen)
    with serve(site, listen) as address:
        yield address
