"""Files with a list of JSON documents, one for each article: built and validated."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from functools import cache
from typing import Any

from jsonschema import Draft202012Validator

from harvester.model import Article, Batch
from harvester.system.packaged import schema_text

Document = dict[str, Any]

_MOST_PROBLEMS = 20  # of one file; more say nothing new


class JsonBuilder:
    """Builds files of at most `max_records` articles. Each is one line, so that a person can read and cut the file."""

    def __init__(
        self,
        version: str,
        document: Callable[[Article], Document],
        max_records: int,
        lacks: Callable[[Article], tuple[str, ...]] = lambda _: (),
    ) -> None:
        self.version = version
        self._document, self._max_records, self._lacks = document, max_records, lacks

    def lacks(self, article: Article) -> tuple[str, ...]:
        return self._lacks(article)

    def group(self, articles: Iterable[Article]) -> list[list[Article]]:
        every, size = list(articles), self._max_records
        return [every[start : start + size] for start in range(0, len(every), size)]

    def build(self, articles: Sequence[Article], batch: Batch) -> bytes:  # noqa: ARG002
        lines = (json.dumps(self._document(article), ensure_ascii=False) for article in articles)
        return ("[\n" + ",\n".join(lines) + "\n]\n").encode()


def problems(data: bytes, schema: str) -> list[str]:
    """What is wrong with a file by a schema of `schemas/`, one sentence each."""
    found = []
    for error in _validator(schema).iter_errors(json.loads(data)):
        found.append(f"{error.json_path}: {error.message}")
        if len(found) == _MOST_PROBLEMS:
            break
    return found


@cache
def _validator(schema: str) -> Draft202012Validator:
    return Draft202012Validator(json.loads(schema_text(schema)))


def present(**values: Any) -> Document:
    """The values that are there: no `None`, no empty text, no empty list or table."""
    return {name: value for name, value in values.items() if value not in (None, "", [], {})}
