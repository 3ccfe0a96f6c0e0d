"""A small target: one file for each export, with one line for each article."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from harvester.config import Config
from harvester.deposits.target import Validator
from harvester.model import Article, Batch
from harvester.text import plain


class LinesBuilder:
    version = "1"

    def lacks(self, article: Article) -> tuple[str, ...]:
        return ()

    def group(self, articles: Iterable[Article]) -> list[list[Article]]:
        return [list(articles)]

    def build(self, articles: Sequence[Article], batch: Batch) -> bytes:
        lines = (f"{article.doi}\t{plain(article.titles[0].text)}\n" for article in articles)
        return "".join(lines).encode()


class LinesTarget:
    name = "lines"
    title = "Lines"
    suffix = ".txt"
    versions: tuple[str, ...] = ()
    help = """Writes one line for each article, of the named sources or all.

    A record is written when it is new or has changed since its last file, and no error holds it back.
    """

    def next_step(self, paths: Sequence[str]) -> str:
        return f"Next: read {', '.join(paths)}."

    def is_configured(self, config: Config) -> bool:
        return True

    def builder(self, config: Config, version: str | None = None) -> LinesBuilder:
        return LinesBuilder()

    def validator(self, version: str) -> Validator:
        return lambda data: [] if data.endswith(b"\n") else ["the last line has no end"]


LINES = LinesTarget()
