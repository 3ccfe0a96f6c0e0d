"""docs/json.md documents exactly the keys that `--json` prints."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import answer
from tests.providers import small_journal
from tests.providers.server import Server
from tests.providers.truth import rewritten

PAGE = (Path(__file__).parents[2] / "docs" / "json.md").read_text(encoding="utf-8")
OBJECTS = ("outcome", "run", "source", "trouble", "finding", "export crossref", "assignment")
CALLS = {
    "harvest, reconcile": ("harvest", "reconcile", "harvest --due"),
    "status": ("status",),
    "runs": ("runs", "runs 1"),
    "check": ("check",),
    "export crossref": ("export crossref --all", "export crossref --dry-run --all"),
    "deposits": (
        "deposits",
        "deposits show 10.12345/small.1",
        "deposits retry 10.12345/small.1",
        "deposits mark --all --yes",
        "deposits mark --all --undo",
        "deposits discard {batch} --yes",
    ),
    "dois": ("dois", "dois undo --all"),
    "show": ("show oai:small:4", "show oai:small:1"),
    "report": ("report",),
    "explain": ("explain doi-missing", "explain issnowner"),
    "source rename, source forget": ("source rename small other", "source forget other --yes"),
    "source list, source probe, source add, source test": (
        "source list",
        "source probe {url} --allow-private",
        "source add {url}?from=elsewhere --allow-private --yes",
        "source test small",
    ),
    "schedule": ("schedule",),
    "The others": (
        "init --config other.toml",
        "config check",
        "remap",
        "backup copy.sqlite",
        "restore copy.sqlite",
        "doctor",
        "prune --older-than 400",
        "schemas list",
        "docs",
        "docs tutorial",
        "docs --copy pages",
    ),
}
# `health`, which needs a daemon, and `alerts test`, which needs a mail server or a webhook.
ELSEWHERE = {"well", "answer", "outcomes.way", "outcomes.to", "outcomes.error"}


def table(heading: str) -> dict[str, str]:
    """Every key under a heading, with its type."""
    section = re.split(r"^#+ ", PAGE.split(f"# {heading}\n", 1)[1], maxsplit=1, flags=re.MULTILINE)[0]
    rows = re.findall(r"^\| (`.+?) \| (.+?) \|", section, re.MULTILINE)
    return {key: what for keys, what in rows for key in re.findall(r"`(.+?)`", keys)}


def documented(heading: str) -> dict[str, str]:
    """The same, with the keys of linked objects."""
    keys = dict(table(heading))
    for key, what in table(heading).items():
        for link in re.findall(r"\]\(#(.+?)\)", what):
            keys |= {f"{key}.{inner}": is_ for inner, is_ in documented(link.replace("-", " ")).items()}
    return keys


def printed(value: Any, documented: dict[str, str], path: str = "") -> Iterator[str]:
    """The paths of all values in an answer, as far as the page documents them."""
    inner = value if isinstance(value, list) else [value]
    if documented.get(path) in ("object", "list") or not any(isinstance(one, dict) for one in inner):
        yield path
        return
    for one in inner:
        for key, below in one.items():
            yield from printed(below, documented, f"{path}.{key}".lstrip("."))


@pytest.fixture(scope="module")
def broken() -> Iterator[Server]:
    """A provider with a record that has no identifier."""
    with small_journal.serving(rewritten(0, small_journal.without_identifier)) as server:
        yield server


@pytest.fixture
def configured(call, tmp_path, broken):
    text = small_journal.CONFIG.format(url=broken.url).replace("allow_private", 'schedule = "@daily"\nallow_private')
    dead = '[sources.dead]\nurl = "http://127.0.0.1:9/oai"\nformats = ["oai_dc"]\nallow_private = true\nretries = 0\n'
    schedules = '[exports]\nschedule = "@daily"\n[report]\nschedule = "@daily"\n'
    (tmp_path / "config.toml").write_text(f"{text}\n{dead}{schedules}")
    return call


@pytest.mark.parametrize("section", CALLS)
def test_json_page_documents_every_printed_key(configured, broken, section):
    keys = documented(section)
    if section != "harvest, reconcile":
        configured("harvest")
    if section in ("deposits", "show"):
        configured("export", "crossref", "--doi", "10.12345/small.1")
    found: set[str] = set()
    batch = next((path.stem for path in Path("exports").glob("*.xml")), "")
    for command in CALLS[section]:
        done = answer(configured(*command.format(url=broken.url, batch=batch).split(), "--json"))
        found |= set(printed(done, keys)) - {""}
    below = {key for key in found if any(other.startswith(f"{key}.") for other in keys)}  # null, or an empty list
    assert {key for key in found - below if key not in keys} == set()
    above = {key for key in keys if any(other.startswith(f"{key}.") for other in keys)}
    missing = {key for key in keys if key not in found | above | ELSEWHERE}
    assert {key for key in missing if not any(key.startswith(f"{one}.") for one in below)} == set()
