"""A browser without scripts, for the application without a server."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from lxml import html
from msgspec import Struct
from werkzeug.test import Client

from harvester import store
from harvester.config import Config, load
from harvester.store.store import Store
from harvester.web.site import Site
from tests.store.samples import NOW

CONFIG = """
timezone = "UTC"
[store]
url = "sqlite:///harvester.sqlite"
[sources.wetlands]
url = "https://wetlands.example/oai"
formats = ["oai_dc"]
"""


class Seen(Struct, frozen=True):
    """An answer, as a person or a program sees it."""

    status: int
    headers: Any
    body: bytes

    @property
    def page(self) -> Any:
        return html.document_fromstring(self.body.decode())

    @property
    def text(self) -> str:
        """The words of the page, with single blanks."""
        return " ".join(" ".join(self.page.find("body").itertext()).split())

    @property
    def heading(self) -> str:
        return str(self.page.xpath("string(//h1)"))

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    def links(self) -> dict[str, str]:
        """Where the links lead, by their words."""
        return {" ".join(link.text_content().split()): link.get("href") for link in self.page.iter("a")}


class Browser:
    """Requests addresses of a site, which may be below a sub-path."""

    def __init__(self, site: Site, below: str = "") -> None:
        self._client, self.below = Client(site), below

    def get(self, path: str, **options: Any) -> Seen:
        return self.request(path, method="GET", **options)

    def post(self, path: str, **options: Any) -> Seen:
        return self.request(path, method="POST", **options)

    def request(self, path: str, **options: Any) -> Seen:
        base = f"http://localhost{self.below}/"
        answer = self._client.open(path.removeprefix(self.below), base_url=options.pop("base_url", base), **options)
        return Seen(answer.status_code, answer.headers, answer.get_data())


@pytest.fixture
def config(tmp_path: Path) -> Config:
    (tmp_path / "config.toml").write_text(CONFIG, encoding="utf-8")
    return load(tmp_path / "config.toml")


@pytest.fixture
def opened(config: Config) -> Iterator[Store]:
    """The store of the configuration, to be filled."""
    with store.connect(config.store_url) as new:
        yield new


@pytest.fixture
def browser(config: Config, opened: Store) -> Browser:
    return Browser(Site(lambda: config, now=lambda: NOW))


@pytest.fixture
def browser_below(config: Config, opened: Store) -> Callable[[str], Browser]:
    """A browser for the same site below a sub-path."""
    return lambda below: Browser(Site(lambda: config, now=lambda: NOW), below)
