"""What a person sees on terminals of 80 and 120 columns: the screens are kept in the folder `screens`.

KEEP_SCREENS=1 writes them again; look at what has changed.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.terminals import colours_of, run_in_terminal, text_of

pytestmark = pytest.mark.slow

SCREENS = Path(__file__).parent / "screens"
WIDTHS = (80, 120)
COMMANDS = {
    "status": ["status"],
    "check": ["check"],
    "runs": ["runs"],
    "export": ["export", "crossref", "--all", "--dry-run"],
    "explain": ["explain", "doi-missing"],
    "show": ["show", "oai:journals.example.org:article/507"],
    "sources": ["source", "list"],
}
_SHOWN = {"export": 10}  # lines; what follows is as in `check`
_CHANGING: tuple[
    tuple[re.Pattern[str], str | Callable[[re.Match[str]], str]], ...
] = (  # what is different each time, or at every change of the mapping, replaced by as many characters
    (re.compile(r"(?<=  )\d{4,6}$", re.MULTILINE), lambda number: "9" * len(number[0])),  # bytes
    (re.compile(r"\d+(?= kB$)", re.MULTILINE), lambda number: "9" * len(number[0])),
    (re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d"), "2026-01-01 00:00"),
    (re.compile(r"(?<=deposited )\d{4}-\d\d-\d\d|(?<=deposited\n {11})\d{4}-\d\d-\d\d"), "2026-01-01"),
    (re.compile(r"(?<=-)20\d{15}(?=\.xml)"), "20260101000000000"),
    (re.compile(r"(?<=127\.0\.0\.1:)\d{5}"), "40000"),
)


def steady(lines: list[str]) -> str:
    text = "\n".join(lines) + "\n"
    for pattern, replacement in _CHANGING:
        text = pattern.sub(replacement, text)
    return text


def expect(name: str, width: int, lines: list[str]) -> None:
    path = SCREENS / f"{name}-{width}.txt"
    if os.environ.get("KEEP_SCREENS"):
        path.parent.mkdir(exist_ok=True)
        path.write_text(steady(lines), encoding="utf-8")
    assert steady(lines) == path.read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a demonstration whose screen was as expected."""
    folder = tmp_path_factory.mktemp("screens")
    seen: list[list[str]] = []
    screen = run_in_terminal(["demo"], folder, 80, see=seen.append, TZ="UTC")
    lines = text_of(screen)
    more = lines.index("Run it again: it requests only what is new, and sends nothing twice. For more:") + 1
    # The commands have the path of the program, which may be longer than the line.
    assert re.fullmatch(r"\S.* check.*browser:.* serve", "".join(lines[more:]).strip())
    sent = next(number for number, line in enumerate(lines) if line.startswith("Sent "))
    expect("demo", 80, [*lines[: lines.index("Held back (12)") + 6], "…", *lines[sent:more]])
    assert any("writing deposit files" in line for shown in seen for line in shown)
    assert "writing deposit files" not in " ".join(lines)
    path = folder / "demo" / "config.toml"
    path.write_text('timezone = "Europe/Madrid"\n' + re.sub(r"\ntimezone.*", "", path.read_text()))
    return path.parent


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("name", COMMANDS)
def test_the_screen_is_as_kept(demo, name, width):
    lines = text_of(run_in_terminal(COMMANDS[name], demo, width))
    assert all(len(line) <= width for line in lines)
    expect(name, width, lines[: _SHOWN.get(name)])


def test_colour_shows_the_severity(demo):
    colours = colours_of(run_in_terminal(["check"], demo, 80))
    assert {word: colours.get(word) for word in ("error", "warning", "info")} == {
        "error": "red",
        "warning": "brown",  # what pyte calls yellow
        "info": "cyan",
    }
    assert set(colours) <= {"error", "warning", "info"}


@pytest.mark.parametrize("environment", [{"NO_COLOR": "1"}, {"TERM": "dumb"}])
def test_nobody_gets_colour_who_does_not_want_it(demo, environment):
    assert colours_of(run_in_terminal(["check"], demo, 80, **environment)) == {}


def test_a_retry_is_seen_while_it_waits(tmp_path):
    source = '[sources.gone]\nurl = "http://127.0.0.1:9/oai"\nformats = ["oai_dc"]\nallow_private = true\nretries = 1\n'
    (tmp_path / "config.toml").write_text(source)
    seen: list[list[str]] = []
    last = text_of(run_in_terminal(["harvest"], tmp_path, 80, see=seen.append))
    assert any("retrying in 1 s (1 of 1): nothing answers" in line for shown in seen for line in shown)
    assert any("gone: connecting" in line for shown in seen for line in shown)
    assert last[0].startswith("source  format")
    assert not any("retrying" in line for line in last)
