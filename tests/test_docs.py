"""The generated pages are up to date, and nothing that a person can set or call lacks its words."""

import re
import shlex
from pathlib import Path

import click
import pytest

from docs import generate
from harvester.cli import main
from harvester.config.problems import schema


@pytest.mark.parametrize("path", list(generate.pages()), ids=lambda path: path.name)
def test_a_page_is_what_would_be_generated(path):
    assert path.read_text(encoding="utf-8") == generate.pages()[path], "run `make docs`"


COMMANDS = list(generate.every_command())


@pytest.mark.parametrize("context", COMMANDS, ids=lambda context: context.command_path)
def test_a_command_and_each_of_its_options_are_explained(context):
    assert context.command.help
    for parameter in context.command.params:
        if isinstance(parameter, click.Option):
            assert parameter.help, parameter.name


def settings():
    """Every setting there is, by its table and name."""
    for header, _, definition in generate.tables():
        for name, setting in definition["properties"].items():
            yield pytest.param(generate.resolved(setting), id=f"{header} {name}")


@pytest.mark.parametrize("setting", list(settings()))
def test_a_setting_is_explained(setting):
    assert setting["description"].endswith((".", "`."))


def test_every_table_of_the_schema_is_on_the_page():
    on_page = [definition["properties"] for _, _, definition in generate.tables()]
    tables = {name: part["properties"] for name, part in schema()["$defs"].items() if "properties" in part}
    assert [name for name, settings in tables.items() if settings not in on_page] == []


ROOT = Path(__file__).parents[1]
PAGES = [
    ROOT / "README.md",
    *sorted((ROOT / "docs").glob("*.md")),
    ROOT / "CONTRIBUTING.md",
    *(ROOT / "deploy").iterdir(),
]
CODE = re.compile(r"^```\n(.*?)^```|`([^`\n]+)`|^(Exec.+)$", re.MULTILINE | re.DOTALL)
CALL = re.compile(r"(?:^|/bin/|&& |exec |--rm )harvester ([-a-z][^\n#|;&\\]*)", re.MULTILINE)
OURS = {"commands.md"}  # made of the commands themselves


def calls():
    """Every call of the program that a page shows, without what a shell or a person makes of its words."""
    for page in PAGES:
        for code in CODE.findall(page.read_text(encoding="utf-8")) if page.name not in OURS else ():
            for call in CALL.findall("".join(code).replace("harvester harvester", "harvester")):
                yield pytest.param(call, id=f"{page.name}: {call[:60]}")


def options(command):
    return {name: one for one in command.params if isinstance(one, click.Option) for name in one.opts}


@pytest.mark.parametrize("call", list(calls()))
def test_a_command_that_is_shown_exists_with_its_options(call):
    command: click.Command = main
    context = click.Context(main, info_name="harvester")
    words = shlex.split(call)
    known = options(main)
    while words:
        word = words.pop(0)
        if word.startswith("-"):
            if word != "--help" and not known[word].is_flag:
                words = words[1:]
        elif isinstance(command, click.Group):
            command = command.get_command(context, word) or pytest.fail(f"there is no {word}")
            known |= options(command)


@pytest.mark.parametrize("page", [page for page in PAGES if page.suffix == ".md"], ids=lambda page: page.name)
def test_a_link_leads_somewhere(page):
    for target in re.findall(r"\]\((?!https?:)([^)#]*)(?:#[^)]*)?\)", page.read_text(encoding="utf-8")):
        assert (page.parent / target).exists(), target
