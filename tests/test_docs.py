"""The generated pages are up to date, every command and setting is documented, and references are right.

Links have their own test, tests/test_links.py.
"""

import re
import shlex
from pathlib import Path

import click
import pytest

from docs import generate
from harvester.cli import main
from harvester.config import Config, load, secrets
from harvester.config.problems import schema
from harvester.formats.citation import parse_ojs
from harvester.formats.pages import parse_pages


@pytest.mark.parametrize("path", list(generate.pages()), ids=lambda path: path.name)
def test_generated_page_is_up_to_date(path):
    assert path.read_text(encoding="utf-8") == generate.pages()[path], "run `make docs`"


COMMANDS = list(generate.every_command())


@pytest.mark.parametrize("context", COMMANDS, ids=lambda context: context.command_path)
def test_command_and_its_options_are_explained(context):
    assert context.command.help
    for parameter in context.command.params:
        if isinstance(parameter, click.Option):
            assert parameter.help, parameter.name


def settings():
    """Every setting, by its table and name."""
    for header, _, definition in generate.tables():
        for name, setting in definition["properties"].items():
            yield f"{header} {name}", generate.resolved(setting)


def test_every_setting_is_explained():
    assert [name for name, setting in settings() if not setting["description"].endswith((".", "`."))] == []


def test_every_table_of_the_schema_is_documented():
    on_page = [definition["properties"] for _, _, definition in generate.tables()]
    tables = {name: part["properties"] for name, part in schema()["$defs"].items() if "properties" in part}
    assert [name for name, settings in tables.items() if settings not in on_page] == []


ROOT = Path(__file__).parents[1]
PAGES = [
    ROOT / "README.md",
    *sorted((ROOT / "docs").rglob("*.md")),
    ROOT / "CONTRIBUTING.md",
    ROOT / "ARCHITECTURE.md",
    *(ROOT / "deploy").iterdir(),
]
CODE = re.compile(
    r"^ *```(?:toml|text|diff)\n.*?^ *```|^ *```(?:sh)?\n(.*?)^ *```|`([^`\n]+)`|^(Exec.+)$", re.MULTILINE | re.DOTALL
)
CALL = re.compile(r"(?:^ *|/bin/|&& |exec |--rm )harvester ([-a-z][^\n#|;&\\]*)", re.MULTILINE)
GENERATED = {"commands.md"}  # from the commands themselves


def calls():
    """Every call of the program on a page, up to pipes, comments and the like."""
    for page in PAGES:
        for code in CODE.findall(page.read_text(encoding="utf-8")) if page.name not in GENERATED else ():
            for call in CALL.findall("".join(code).replace("harvester harvester", "harvester")):
                yield f"{page.name}: {call}", call


def options(command):
    return {name: option for option in command.params if isinstance(option, click.Option) for name in option.opts}


def test_documented_command_exists_with_its_options(subtests):
    for place, call in calls():
        with subtests.test(place):
            _exists(call)


def _exists(call: str) -> None:
    command: click.Command = main
    context = click.Context(main, info_name="harvester")
    words = shlex.split(call)
    known = options(main)
    while words:
        word = words.pop(0)
        if word.startswith("-"):
            assert word == "--help" or word in known, f"there is no option {word}"
            if word != "--help" and not known[word].is_flag:
                words = words[1:]
        elif isinstance(command, click.Group):
            found = command.get_command(context, word)
            assert found is not None, f"there is no command {word}"
            command = found
            known |= options(command)


FENCED = re.compile(r"^ *```(\w*)\n(.*?)^ *```", re.MULTILINE | re.DOTALL)
UNINDENTED = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)
SHALLOW = re.compile(r"^ {1,3}(?:```|- |\d+\. ).*", re.MULTILINE)


def test_what_is_inside_a_list_is_indented_by_four_blanks():
    """The site takes less for the end of the list, although forges do not."""
    pages = {page.name: page.read_text(encoding="utf-8") for page in (ROOT / "docs").rglob("*.md")}
    assert [(name, found) for name, text in pages.items() for found in SHALLOW.findall(UNINDENTED.sub("", text))] == []


ASKS = re.compile(
    r"harvester\S* (?:--config \S+ )?init\b|\bnano\b|crontab .*-e"
    r"|(?:source add|deposits mark|deposits discard|dois undo) (?!.*--(?:yes|registered|not)\b)"
)


@pytest.mark.parametrize("page", [page for page in PAGES if page.suffix == ".md"], ids=lambda page: page.name)
def test_a_command_that_asks_is_the_last_of_its_block(page):
    """Otherwise it takes the lines after it for its answers when somebody pastes the whole block into a shell."""
    for kind, block in FENCED.findall(page.read_text(encoding="utf-8")) if page.name not in GENERATED else ():
        lines = block.strip().splitlines() if kind in ("", "sh") else []
        assert [line for line in lines[:-1] if ASKS.search(line)] == []


LINES = re.compile(r"^( *)```toml\n(.*?)^ *```", re.MULTILINE | re.DOTALL)


def configurations():
    """Every example of lines for config.toml on a page."""
    for page in PAGES:
        for number, (indent, lines) in enumerate(LINES.findall(page.read_text(encoding="utf-8")), 1):
            yield pytest.param(re.sub(f"^{indent}", "", lines, flags=re.MULTILINE), id=f"{page.name} {number}")


@pytest.mark.parametrize("lines", list(configurations()))
def test_documented_lines_are_a_configuration(tmp_path, monkeypatch, lines):
    """The files with secrets that it names are there, as on the machine of who follows the page."""
    monkeypatch.setattr(secrets, "from_file", lambda path, _key: f"postgresql://from{path}/store")
    path = tmp_path / "config.toml"
    path.write_text(lines, encoding="utf-8")
    assert isinstance(load(path), Config)


PATH = re.compile(r"[\w.-]+(?:/[\w.-]*)+")  # a pattern such as tests/*.py is not a path
MODULE_TO_RUN = re.compile(r"-m ([\w.]+)")
FOR_DEVELOPERS = {"ARCHITECTURE.md", "CONTRIBUTING.md"}  # where store/ is harvester/store/
FOLDERS = {"bench", "deploy", "docs", "harvester", "release", "schemas", "tests"}
CREATED = (".venv/", "build/site", "deploy/data", "dist/")  # by the commands on a page


def paths(page):
    """Every path of this repository in the code on a page, such as a test file or a module to run."""
    for code in CODE.findall(page.read_text(encoding="utf-8")):
        text = MODULE_TO_RUN.sub(lambda match: match[1].replace(".", "/"), "".join(code))
        for word in text.replace("::", " ").split():
            ours = page.name in FOR_DEVELOPERS or word.partition("/")[0] in FOLDERS
            if ours and PATH.fullmatch(word) and not word.startswith(CREATED):
                yield word


def exists(path):
    """Whether the path exists. A module may lack its suffix; a folder with nothing but bytecode does not count."""
    return path.is_file() or Path(f"{path}.py").is_file() or any(path.glob("*.*"))


@pytest.mark.parametrize("page", [page for page in PAGES if page.suffix == ".md"], ids=lambda page: page.name)
def test_documented_path_exists(page):
    places = [ROOT, ROOT / "harvester"] if page.name in FOR_DEVELOPERS else [ROOT]
    assert [path for path in paths(page) if not any(exists(place / path) for place in places)] == []


# The rules of the mapping with their texts, by code, and all files that may cite one.
RULE = re.compile(r"^### ([CDJR]\d+)\n(.*?)(?=^##|\Z)", re.MULTILINE | re.DOTALL)
MAPPING = (ROOT / "docs" / "mapping.md").read_text(encoding="utf-8")
RULES = dict(RULE.findall(MAPPING))
MODULE = re.compile(r"`((?:harvester|schemas)/[\w./]+)`")
TREES = [ROOT / name for name in ("harvester", "tests", "docs", "bench")]
CITING = [
    *ROOT.glob("*.md"),
    *(path for tree in TREES for path in tree.rglob("*") if path.suffix in (".py", ".md", ".toml")),
]
CODES = r"[CDJR]\d+(?:-[CDJR]\d+)?(?:,\s+[CDJR]\d+(?:-[CDJR]\d+)?)*"
CITED = re.compile(rf"mapping\s+({CODES})")
WITHOUT_PAGE = re.compile(rf"\((?:METADATA )?{CODES}\b[^()]*\)|METADATA (?:{CODES}|section)")


def cited(text):
    """The code of every rule that a text cites, as in `mapping D7, D8` and `mapping D1-D10`."""
    for citation in CITED.findall(text):
        for letter, first, last in re.findall(r"([CDJR])(\d+)(?:-[CDJR](\d+))?", citation):
            yield from (f"{letter}{number}" for number in range(int(first), int(last or first) + 1))


def in_files(search):
    """The results of `search` in each file that may cite a rule, by path."""
    results = {path: list(search(path.read_text(encoding="utf-8"))) for path in CITING}
    return {str(path.relative_to(ROOT)): result for path, result in results.items() if result}


def test_lists_and_ranges_of_rules_are_citations():
    assert list(cited('"""Names (mapping\n    D6)."""  # (mapping D8-D10, J6)')) == ["D6", "D8", "D9", "D10", "J6"]


def test_every_cited_rule_is_on_the_page():
    assert in_files(lambda text: (code for code in cited(text) if code not in RULES)) == {}


def test_every_rule_on_the_page_is_cited_in_the_code():
    in_code = {code for path, codes in in_files(cited).items() if path.startswith("harvester/") for code in codes}
    assert RULES.keys() - in_code == set()


def test_every_citation_names_the_page():
    assert in_files(WITHOUT_PAGE.findall) == {}, "write (mapping D3)"


def test_every_rule_names_its_modules():
    assert [code for code, text in RULES.items() if not MODULE.search(text)] == []


EXAMPLE = re.compile(r"^\| `([^`]+;[^`]+)`[^|]*\|" + r"([^|]*)\|" * 5 + "$", re.MULTILINE)


@pytest.mark.parametrize("example", EXAMPLE.findall(RULES["D3"]), ids=lambda example: example[0])
def test_citation_is_read_as_in_its_rule(example):
    raw, *cells = example
    volume, issue, year, title, pages = (cell.strip() or None for cell in cells)
    read = parse_ojs(raw)
    assert read is not None
    assert (read.volume, read.issue, read.year and str(read.year)) == (volume, issue, year)
    assert (read.issue_title, read.pages) == (title, pages and parse_pages(pages))
