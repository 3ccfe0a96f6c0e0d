"""`harvester schemas`: Crossref's deposit schemas."""

from __future__ import annotations

from pathlib import Path

import click

from harvester.cli.common import Common, Group, pass_common, unknown
from harvester.cli.output import as_json
from harvester.cli.tables import table
from harvester.crossref import bundles
from harvester.crossref.bundles import Installed


@click.group(cls=Group)
def command() -> None:
    """Installs Crossref's deposit schemas, which every deposit file is validated against."""


@command.command()
@click.argument("version", required=False)
@click.option(
    "--from",
    "source",
    type=click.Path(exists=True, path_type=Path),
    metavar="DIR|ZIP",
    help="Take the files from there, without any network.",
)
@pass_common
def install(common: Common, version: str | None, source: Path | None) -> None:
    """Installs one version, or all that have a package.

    Every file must be the one that is pinned in this program, wherever it comes from.
    """
    if version is not None and version not in bundles.pinned():
        raise click.BadParameter(unknown("schema", version, list(bundles.pinned())), param_hint="VERSION")
    installed = bundles.install(version, source=source)
    if common.json:
        as_json(schemas=[_document(bundle.version, bundle) for bundle in installed])
    for bundle in installed:
        common.say(f"Schema {bundle.version} is in {bundle.folder}.")


@command.command("list")
@pass_common
def list_(common: Common) -> None:
    """Lists the known versions and their state."""
    installed = {bundle.version: bundle for bundle in bundles.installed()}
    schemas = [_document(version, installed.get(version)) for version in bundles.pinned()]
    if common.json:
        as_json(schemas=schemas)
        return
    table(("schema", "state", "folder"), [tuple(schema.values()) for schema in schemas])
    absent = [schema["version"] for schema in schemas if schema["state"] != "installed"]
    damaged = [schema["version"] for schema in schemas if schema["state"] == "damaged"]
    if wanted := [version for version in absent if bundles.pinned()[version].wheel or version in damaged]:
        common.say(f"Not ready: {', '.join(wanted)}. To install: harvester schemas install")
    for version in absent:
        if version not in wanted:
            common.say(
                f"{version} is in no package, and needed only if schema_version names it: "
                f"harvester schemas install {version} --from DIR"
            )


def _document(version: str, bundle: Installed | None) -> dict[str, str]:
    state = "missing" if bundle is None else "damaged" if bundle.faults else "installed"
    return {"version": version, "state": state, "folder": str(bundle.folder) if bundle else ""}
