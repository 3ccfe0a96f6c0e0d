"""`harvester init`: a first config.toml, with a person's answers or with examples in comments."""

from __future__ import annotations

import json
import sys
from functools import partial
from pathlib import Path
from string import Template

import click

from harvester.cli.common import Command, Common, pass_common
from harvester.cli.output import as_json
from harvester.config import load
from harvester.config.problems import schema, schema_problems
from harvester.errors import HarvesterError
from harvester.system.files import give_to_owner, make_folder

TEMPLATE = Path(__file__).with_name("config.toml.template")
QUESTIONS = {
    "depositor_name": "Who deposits with Crossref (your organisation; empty: not yet)",
    "depositor_email": "Where does Crossref send its reports (e-mail)",
    "registrant": "Who is responsible for the content",
    "prefixes": "DOI prefixes, separated by spaces",
}


@click.command(cls=Command)
@pass_common
def command(common: Common) -> None:
    """Writes a commented config.toml and makes the folder for deposit files.

    On a terminal it asks who deposits with Crossref; all of that can be filled in later. It never overwrites a file.
    """
    path = common.config
    if path.exists():
        raise HarvesterError(f"{path} is there already and stays as it is; name another file with --config.")
    answers = _ask() if sys.stdin.isatty() and not common.json else {}
    text = render(answers)
    make_folder(path.absolute().parent)
    with path.open("x", encoding="utf-8") as file:
        file.write(text)
    give_to_owner(path)
    make_folder(load(path).exports_dir)
    if common.json:
        as_json(config=str(path))
    common.say(f"{path} is written. Next: harvester source add URL, with the address of the journal.")


def _ask() -> dict[str, object]:
    """Asks the questions, each until its answer is valid. Returns nothing if there is no depositor yet."""
    answers: dict[str, object] = {}
    for key, question in QUESTIONS.items():
        default = answers["depositor_name"] if key == "registrant" else ""
        parse = partial(_parsed, key)
        answer = click.prompt(question, default=default, show_default=bool(default), err=True, value_proc=parse)
        if not answer and key == "depositor_name":
            return {}
        answers[key] = answer
    return answers


def _parsed(key: str, text: str) -> object:
    answer = text.split() if key == "prefixes" else text.strip()
    for problem in schema_problems({"crossref": {key: answer}}):
        if problem.path[:2] == ("crossref", key) and (answer or key != "depositor_name"):
            raise click.UsageError(problem.sentence)
    return answer


def render(answers: dict[str, object]) -> str:
    """The text of a new configuration, with examples in comments if there are no answers."""
    examples = schema()["$defs"]["crossref"]["properties"]
    lines = [
        f"{key} = {json.dumps(answers[key], ensure_ascii=False)}"
        if answers
        else f"# {key} = {json.dumps(examples[key]['examples'][0], ensure_ascii=False)}"
        for key in QUESTIONS
    ]
    header = "[crossref]" if answers else "# [crossref]"
    return Template(TEMPLATE.read_text(encoding="utf-8")).substitute(crossref="\n".join([header, *lines]))
