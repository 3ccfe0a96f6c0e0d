"""A store with articles that are ready for deposit."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from msgspec import Struct

from harvester import store
from harvester.store import StoredArticle
from harvester.store.store import Store
from tests.store import samples
from tests.store.samples import NOW, article_to_save, fill

__all__ = ["NOW", "Opened", "names", "ready"]


class Opened(Struct):
    store: Store
    articles: list[StoredArticle]


@pytest.fixture
def ready(tmp_path: Path) -> Iterator[Opened]:
    with store.connect(samples.url(tmp_path)) as opened:
        fill(opened, *(article_to_save(number) for number in range(1, 4)))
        yield Opened(opened, list(opened.ready.pending("crossref")))


def names(articles: Sequence[StoredArticle]) -> list[str]:
    return [one.identifier for one in articles]
