"""One page from a scripted server, or the error that it ends in."""

from __future__ import annotations

import pytest

from harvester.model import Access, Window
from harvester.oai import Provider
from tests.providers.server import Server, listing, record

DC = Window(prefix="oai_dc")
PAGE = listing(record(1), record(2))
HTML = "<!DOCTYPE html><html><head><title>Maintenance</title></head><body>Back &nbsp;soon<br></body></html>"


def access(server: Server, **settings) -> Access:
    return Access(url=server.url, allow_private=True, **settings)


class Naps:
    """A sleep that only writes down."""

    def __init__(self) -> None:
        self.total = 0.0

    def __call__(self, seconds: float) -> None:
        self.total += seconds


def harvest(*answers, token=None, window=DC, naps=None, **settings):
    """One page from a server with these answers, and the server."""
    with (
        Server(answers) as server,
        Provider(access(server, **settings), sleep=naps or Naps()) as provider,
    ):
        page = provider.page(window, token)
        assert provider.requests == len(server.requests)
        return page, server


def refused(*answers, **settings):
    """The error one page ends in, how many requests it took, and how long the waits were."""
    naps = Naps()
    with Server(answers) as server, Provider(access(server, **settings), sleep=naps) as provider:
        with pytest.raises(Exception, match=r"; \w") as caught:
            provider.page(DC)
        return caught.value, len(server.requests), naps.total
