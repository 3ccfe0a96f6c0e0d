"""Pages of a harvest that are mapped on other cores while the pages before them are stored."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from threading import Lock

from harvester.model import RawRecord
from harvester.store import ArticleToSave

Articles = Callable[[], list[ArticleToSave]]  # waits until they are mapped


class MappingAhead:
    """The last pages that were begun. Older ones that nobody took, such as those of a window that failed, drop out."""

    def __init__(self, pages: int) -> None:
        self._begun: deque[tuple[Sequence[RawRecord], Articles]] = deque(maxlen=pages)
        self._lock = Lock()

    def put(self, raws: Sequence[RawRecord], articles: Articles) -> None:
        """Keeps a page that was begun, with the article of each record. For any thread."""
        with self._lock:
            self._begun.append((raws, articles))

    def take(self, raws: Sequence[RawRecord]) -> dict[str, ArticleToSave]:
        """The articles of those of these very records that were begun, by identifier. Waits for them."""
        wanted = {raw.identifier: raw for raw in raws}
        with self._lock:
            page = next(
                (page for page in self._begun if any(wanted.get(raw.identifier) is raw for raw in page[0])), None
            )
            if page is None:
                return {}
            self._begun.remove(page)
        begun, articles = page
        pairs = zip(begun, articles(), strict=True)
        return {raw.identifier: article for raw, article in pairs if wanted.get(raw.identifier) is raw}
