"""DataCite as a target of deposits; `harvester/deposits/target.py` says what a target is."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Sequence

from harvester.article_api.files import JsonBuilder, problems
from harvester.datacite.articles import document, lacks
from harvester.datacite.settings import DataciteSettings
from harvester.errors import ConfigError
from harvester.targets import Configuration

VERSION = "4.6"  # of DataCite's metadata schema
SCHEMA = "datacite-dois.schema.json"


class DataciteTarget:
    name = "datacite"
    title = "DataCite"
    suffix = ".datacite.json"
    versions: tuple[str, ...] = ()
    help = """Writes files with the metadata of DOIs for DataCite, of the named sources or all.

    A record is written when it is new or has changed since its last file, no error holds it back, and it has what
    DataCite requires: an author, a publisher, a year and a landing page.
    """

    def next_step(self, paths: Sequence[str]) -> str:
        """How to upload these files."""
        names = " ".join(map(shlex.quote, paths))
        return (
            'Next: set deposit = "live" under [datacite], and run `harvester deposit --target datacite`. Or upload the '
            "files with jq and curl, your login in the variable LOGIN as REPOSITORY:PASSWORD:\n"
            f"  jq -c '.[]' {names} | while read -r d; do\n"
            '    curl -X PUT -u "$LOGIN" -H "Content-Type: application/vnd.api+json" -d "$d" '
            '"https://api.datacite.org/dois/$(jq -r \'.data.id | @uri\' <<< "$d")"\n'
            "  done"
        )

    def is_configured(self, config: Configuration) -> bool:
        return "datacite" in config.targets

    def builder(self, config: Configuration, version: str | None = None) -> JsonBuilder:
        settings: DataciteSettings | None = config.targets.get("datacite")
        if settings is None:
            raise ConfigError([f"{config.path}: there is no [datacite] table; add one, it may be empty"])
        return JsonBuilder(version or VERSION, document, settings.max_records, lacks)

    def validator(self, version: str) -> Callable[[bytes], list[str]]:  # noqa: ARG002
        return lambda data: problems(data, SCHEMA)


DATACITE = DataciteTarget()
