"""The generated pages are up to date, and nothing that a person can set or call lacks its words."""

import click
import pytest

from docs import generate
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
