"""What people read is in plain English: none of the words of words.toml, which has a better one for each."""

from __future__ import annotations

import re
import tokenize
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
WORDS: dict[str, str] = tomllib.loads(Path(__file__).with_name("words.toml").read_text(encoding="utf-8"))["words"]
_PATTERNS = {re.compile(words, re.IGNORECASE): better for words, better in WORDS.items()}

TEXTS = [
    "harvester/findings.toml",  # also the source of docs/findings.md and `explain`
    # The sources of docs/deposit-messages*.md and `explain`.
    "harvester/crossref/client/messages.toml",
    "harvester/datacite/messages.toml",
    "harvester/doaj/messages.toml",
    "harvester/cli/config.toml.template",
    "schemas/config.schema.json",
    *(str(page.relative_to(ROOT)) for page in sorted((ROOT / "docs").rglob("*.md"))),
    "README.md",
    "ARCHITECTURE.md",
    "CONTRIBUTING.md",
]
MODULES = [
    path
    for folder in ("harvester", "docs")
    for path in sorted((ROOT / folder).rglob("*.py"))
    if "versions" not in path.parts  # migrations stay as they were released
]


def found(text: str) -> list[str]:
    """The words in a text that have a better one, with it."""
    return [f"{match[0]}: better {better}" for words, better in _PATTERNS.items() for match in words.finditer(text)]


def written(path: Path) -> Iterator[str]:
    """The comments and texts of a module."""
    with path.open("rb") as module:
        for token in tokenize.tokenize(module.readline):
            if token.type in (tokenize.COMMENT, tokenize.STRING):
                yield token.string


@pytest.mark.parametrize("name", TEXTS)
def test_texts_are_in_plain_english(name: str):
    assert found((ROOT / name).read_text(encoding="utf-8")) == []


def test_messages_and_comments_are_in_plain_english():
    words = {str(path): [word for text in written(path) for word in found(text)] for path in MODULES}
    assert {path: some for path, some in words.items() if some} == {}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("The author can mend it.", ["mend"]),
        ("It is no DOI, and stands there in vain.", ["in vain", "is no ", "stands"]),
        (
            "`*` stands for any characters, a stand-in too; there is none, there is no more, it is no longer there.",
            [],
        ),
        ("An amendment", []),
    ],
)
def test_only_whole_words_are_found(text: str, words: list[str]):
    assert [one.partition(":")[0] for one in found(text)] == words
