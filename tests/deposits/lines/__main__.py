"""The program with one target more: its line in the list of packages, and its settings in the schema."""

from __future__ import annotations

from harvester.config.problems import schema
from harvester.targets import PACKAGES

PACKAGES["lines"] = "tests.deposits.lines"

from harvester.cli import main  # noqa: E402 - the line comes first, as it would in the list
from tests.deposits.lines.settings import SCHEMA  # noqa: E402

if __name__ == "__main__":
    schema()["$defs"]["lines"] = SCHEMA
    schema()["properties"]["lines"] = {"$ref": "#/$defs/lines"}
    main()
