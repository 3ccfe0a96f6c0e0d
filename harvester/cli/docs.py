"""`harvester docs`: the documentation of this version, which is part of the installation."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import click

from harvester.cli.common import Command, Common, pass_common, unknown
from harvester.cli.output import as_json
from harvester.cli.tables import table
from harvester.system.files import make_folder, write_whole
from harvester.system.packaged import packaged_file

_START = "index.md"


@click.command(cls=Command)
@click.argument("page", required=False)
@click.option(
    "--copy",
    "folder",
    type=click.Path(file_okay=False, path_type=Path),
    metavar="DIR",
    help="Copy all pages there, and the units of systemd into its folder deploy.",
)
@pass_common
def command(common: Common, page: str | None, folder: Path | None) -> None:
    """Shows a page of the documentation, or lists them all with their paths."""
    pages = {path.relative_to(_root()).with_suffix("").as_posix(): path for path in sorted(_pages())}
    if page is not None and folder is not None:
        raise click.UsageError("--copy copies all pages; leave out PAGE.")
    if page is not None:
        _show(common, _named(page, pages), pages)
    elif folder is not None:
        _copy(common, folder)
    elif common.json:
        as_json(pages=[_document(name, path) for name, path in pages.items()])
    else:
        table(("page", "title", "path"), [tuple(_document(name, path).values()) for name, path in pages.items()])
        common.say("To read one: harvester docs PAGE")


def _root() -> Path:
    return packaged_file("docs", _START).parent


def _pages() -> Iterator[Path]:
    yield from _root().rglob("*.md")


def _units() -> Iterator[Path]:
    deploy = packaged_file("deploy", "harvester.service").parent
    yield from (path for path in sorted(deploy.iterdir()) if path.suffix in (".service", ".timer"))


def _named(page: str, pages: dict[str, Path]) -> str:
    """The page of this name, with or without its folder and suffix. Raises `BadParameter` if there is none."""
    wanted = page.removesuffix(".md")
    for name in pages:
        if wanted in (name, name.rpartition("/")[2]):
            return name
    raise click.BadParameter(f"{unknown('page', page, list(pages))} harvester docs lists them all.", param_hint="PAGE")


def _document(name: str, path: Path) -> dict[str, str]:
    title = path.read_text(encoding="utf-8").partition("\n")[0].removeprefix("# ")
    return {"page": name, "title": title, "path": str(path)}


def _show(common: Common, name: str, pages: dict[str, Path]) -> None:
    text = pages[name].read_text(encoding="utf-8")
    if common.json:
        as_json(pages=[{**_document(name, pages[name]), "text": text}])
    else:
        click.echo_via_pager(text)


def _copy(common: Common, folder: Path) -> None:
    copies = {folder / path.relative_to(_root()): path for path in _pages()}
    copies |= {folder / "deploy" / path.name: path for path in _units()}
    for copy, path in copies.items():
        make_folder(copy.parent)
        write_whole(copy, path.read_bytes())
    if common.json:
        as_json(copied=[str(copy) for copy in copies])
    common.say(f"{len(copies)} files are in {folder}.")
