"""Deposit targets: the agencies and indexes that take deposits. `harvester.targets` has the list.

Export plans batches in the ledger, writes files, and remembers what is in them. A target knows the rest: which settings
it needs, which articles go into one file, the bytes of a file, and whether they are valid.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Protocol

from harvester import targets
from harvester.config import Config
from harvester.model import Article, Batch

Validator = Callable[[bytes], Sequence[str]]  # what is wrong with a file, one sentence each; empty if it is valid


class Builder(Protocol):
    """Builds the files of one target with its settings. Pure: no clock, no network, no files."""

    version: str  # of the target's schema; the ledger and the manifest record it

    def lacks(self, article: Article) -> tuple[str, ...]:
        """The codes of findings.toml for what the target requires and the article does not have."""

    def group(self, articles: Iterable[Article]) -> Iterable[Sequence[Article]]:
        """Splits articles into files: every article is in exactly one, in the order given."""

    def build(self, articles: Sequence[Article], batch: Batch) -> bytes:
        """The file for articles that `group` put together. The same arguments give the same bytes."""


class Target(Protocol):
    """One place that deposits go to. It holds no state: there is one instance."""

    name: str  # of its command, of its table in the configuration, and in the ledger: it never changes
    title: str  # its name for people
    suffix: str  # of its files; not ".json", which their manifests have, and that of no other target
    versions: tuple[str, ...]  # that a person can choose for one export; empty: there is nothing to choose
    help: str  # of its command, `harvester export NAME`

    def next_step(self, paths: Sequence[str]) -> str:
        """What a person does with these files now."""

    def is_configured(self, config: Config) -> bool:
        """Whether the configuration has the settings of this target. If so, `[exports] schedule` exports to it."""

    def builder(self, config: Config, version: str | None = None) -> Builder:
        """The builder for this version of the schema, or for the configured one.

        Raises `ConfigError` if the configuration lacks the settings.
        """

    def validator(self, version: str) -> Validator:
        """What checks each file before it gets its name. Raises `BundleError` if a schema is not installed."""


TARGETS: dict[str, Target] = targets.targets()


def configured_targets(config: Config) -> list[Target]:
    """The targets that have their settings."""
    return [target for target in TARGETS.values() if target.is_configured(config)]
