"""The deposit files of one target: their bytes, what is wrong with them, and their place in the exports folder."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from pathlib import Path

from harvester.config import Config
from harvester.deposits import outbox
from harvester.deposits.manifest import manifest, manifest_name
from harvester.deposits.target import Builder, Target, Validator
from harvester.model import Article, Batch
from harvester.store import PlannedBatch


class DepositFiles:
    """Builds, validates and writes one file for each planned batch, with a manifest next to it."""

    def __init__(self, config: Config, target: Target, version: str | None = None) -> None:
        """`version` is the version of the target's schema; the configured one if it is `None`.

        Raises `ConfigError` without the target's settings, and `BundleError` without its schema.
        """
        self.target = target
        self._config = config
        self._builder = target.builder(config, version)
        self._validator = target.validator(self.version)

    @property
    def version(self) -> str:
        return self._builder.version

    def lacks(self, article: Article) -> tuple[str, ...]:
        return self._builder.lacks(article)

    def group(self, articles: Iterable[Article]) -> Iterable[Sequence[Article]]:
        return self._builder.group(articles)

    def build(self, planned: PlannedBatch, articles: Sequence[Article]) -> bytes:
        return self._builder_of(planned).build(articles, _batch(planned))

    def problems(self, planned: PlannedBatch, data: bytes) -> Sequence[str]:
        """What is wrong with the bytes of a file, one sentence each; empty if they are valid."""
        return self._validator_of(planned)(data)

    def path(self, planned: PlannedBatch) -> Path:
        return self._config.exports_dir / f"{planned.id}{self.target.suffix}"

    def put(self, planned: PlannedBatch, articles: Sequence[Article], data: bytes) -> None:
        """Writes the manifest, then the deposit: once the deposit has its name, everything is there."""
        path = self.path(planned)
        text = json.dumps(manifest(articles, _batch(planned), path, data), ensure_ascii=False, indent=2) + "\n"
        outbox.put(path.parent, manifest_name(planned.id), text.encode())
        outbox.put(path.parent, path.name, data)

    def left_by_crash(self, planned: PlannedBatch) -> bytes | None:
        """The file of a batch that was written but not marked. Settings may have changed: it cannot be built again.

        Without the file, its manifest is removed as well.
        """
        path = self.path(planned)
        data = outbox.get(path.parent, path.name)
        if data is None:
            outbox.drop(path.parent, manifest_name(planned.id))
            return None
        described = outbox.get(path.parent, manifest_name(planned.id)) or b""
        return data if hashlib.sha256(data).hexdigest().encode() in described else None

    def clean(self) -> None:
        """Removes what crashed exports left half written."""
        outbox.clean(self._config.exports_dir)

    def _builder_of(self, planned: PlannedBatch) -> Builder:
        """An unfinished batch keeps its version, whatever is configured now."""
        if planned.schema_version == self.version:
            return self._builder
        return self.target.builder(self._config, planned.schema_version)

    def _validator_of(self, planned: PlannedBatch) -> Validator:
        if planned.schema_version == self.version:
            return self._validator
        return self.target.validator(planned.schema_version)


def _batch(planned: PlannedBatch) -> Batch:
    return Batch(id=planned.id, timestamp=planned.timestamp, schema_version=planned.schema_version)
