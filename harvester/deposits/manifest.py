"""The manifest next to a deposit file: what is in it, for people and programs that do not read the file itself."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path, PurePath
from typing import Any

from harvester.model import Article, Batch
from harvester.reports import FileReport
from harvester.text import plain


def manifest(articles: Sequence[Article], batch: Batch, path: str | PurePath, data: bytes) -> dict[str, Any]:
    """The manifest's JSON document; `data` are the bytes of the deposit file at `path`."""
    return {
        "schema": 1,
        "batch_id": batch.id,
        "timestamp": batch.timestamp,
        "schema_version": batch.schema_version,
        "file": PurePath(path).name,
        "sha256": hashlib.sha256(data).hexdigest(),
        "bytes": len(data),
        "records": [_record(article) for article in articles],
    }


def manifest_name(batch_id: str) -> str:
    return f"{batch_id}.json"


def manifest_path(file: FileReport) -> Path:
    return Path(file.path).with_name(manifest_name(file.batch_id))


def _record(article: Article) -> dict[str, str | None]:
    return {
        "doi": article.doi,
        "title": plain(article.titles[0].text) if article.titles else None,
        "landing_page": article.landing_page,
        "journal": plain(article.journal.titles[0].text) if article.journal.titles else None,
        "volume": article.volume,
        "issue": article.issue,
    }
