"""DOAJ as a target of deposits; `harvester/deposits/target.py` says what a target is."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Sequence

from harvester.article_api.files import JsonBuilder, problems
from harvester.doaj.articles import document
from harvester.doaj.settings import DoajSettings
from harvester.errors import ConfigError
from harvester.targets import Configuration

VERSION = "4"  # of DOAJ's API
SCHEMA = "doaj-articles.schema.json"


class DoajTarget:
    name = "doaj"
    title = "DOAJ"
    suffix = ".doaj.json"
    versions: tuple[str, ...] = ()
    help = """Writes files with articles for DOAJ, of the named sources or all.

    A record is written when it is new or has changed since its last file, and no error holds it back.
    """

    def next_step(self, paths: Sequence[str]) -> str:
        """How to upload these files."""
        names = " ".join(map(shlex.quote, paths))
        return (
            'Next: set deposit = "live" under [doaj], and run `harvester deposit --target doaj`. Or upload the files '
            "with your API key in the variable KEY:\n"
            f'  for f in {names}; do curl --json "@$f" "https://doaj.org/api/bulk/articles?api_key=$KEY"; done\n'
            "DOAJ takes all articles of such a file, or none."
        )

    def is_configured(self, config: Configuration) -> bool:
        return "doaj" in config.targets

    def builder(self, config: Configuration, version: str | None = None) -> JsonBuilder:
        settings: DoajSettings | None = config.targets.get("doaj")
        if settings is None:
            raise ConfigError([f"{config.path}: there is no [doaj] table; add one, it may be empty"])
        return JsonBuilder(version or VERSION, document, settings.max_records)

    def validator(self, version: str) -> Callable[[bytes], list[str]]:  # noqa: ARG002
        return lambda data: problems(data, SCHEMA)


DOAJ = DoajTarget()
