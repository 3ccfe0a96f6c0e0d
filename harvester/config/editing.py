"""Adds tables to the text of config.toml. Comments and everything else in it stay as they are. Pure."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Sequence

from msgspec import Struct

from harvester.config import lines
from harvester.config.problems import Table
from harvester.errors import ConfigError
from harvester.tomltext import as_toml

_KEY = re.compile(r"([A-Za-z0-9_-]+) = ")
_HEADER = re.compile(r"\s*\[journals\.")


class Edited(Struct, frozen=True):
    """The text with the tables, the lines that were added, and what they contradict, in sentences."""

    text: str
    added: str
    contradictions: tuple[str, ...]


def add_tables(text: str, source: str, journals: Sequence[str]) -> Edited:
    """Adds the table of a source, and those of its journals, each as text in TOML.

    A journal that has a table already, by any of its ISSNs, keeps it: keys that are missing in it are added. Raises
    `ConfigError` if the source is there, or if the text defines its tables in a form that cannot be extended.
    """
    text = text.replace("\r\n", "\n")
    document = tomllib.loads(text)
    blocks, added, contradictions = [_new_source(document, source)], [], []
    for block in journals:
        present = _present(document, block)
        if present is None:
            blocks.append(block)
            continue
        missing, others = _compared(document["journals"][present], block)
        contradictions += [f'[journals."{present}"] has {one}' for one in others]
        if missing:
            text = _below_header(text, present, missing)
            added.append("\n".join([f'[journals."{present}"]  # is there already, and gets these lines', *missing]))
    text = "\n\n".join(filter(None, [text.rstrip("\n"), *blocks])) + "\n"
    _check(text)
    return Edited(text, "\n\n".join([*blocks, *added]), tuple(contradictions))


def _new_source(document: Table, block: str) -> str:
    """The block, with another name if another source has that of it."""
    ((name, table),) = tomllib.loads(block)["sources"].items()
    known = document.get("sources", {})
    for other, its_table in known.items():
        if its_table.get("url") == table["url"] and its_table.get("sets") == table.get("sets"):
            raise ConfigError([f"the source {other} has this address already: `harvester harvest {other}` harvests it"])
    number, free = 2, name
    while free in known:
        free, number = f"{name}-{number}", number + 1
    return block.replace(f"[sources.{name}]", f"[sources.{free}]", 1)


def _present(document: Table, block: str) -> str | None:
    """The table of the journal in the block, by any of its ISSNs; `None` if it has none yet."""
    issns = _issns(tomllib.loads(block)["journals"])
    known = document.get("journals", {})
    return next((key for key, table in known.items() if _issns({key: table}) & issns), None)


def _issns(journals: Table) -> set[str]:
    return {
        issn
        for key, table in journals.items()
        for issn in (key, table.get("issn_print"), table.get("issn_electronic"))
        if issn
    }


def _compared(table: Table, block: str) -> tuple[list[str], list[str]]:
    """The lines of the block whose keys the table does not have, and what it has otherwise than the block."""
    missing, others = [], []
    ((_, found),) = tomllib.loads(block)["journals"].items()
    for line in block.splitlines():
        key = _KEY.match(line)
        if key is None:
            continue
        if key[1] not in table:
            if not (key[1].startswith("issn_") and found[key[1]] in _issns({"": table})):
                missing.append(line)
        elif table[key[1]] != found[key[1]]:
            others.append(f"{key[1]} = {as_toml(table[key[1]])}, where the records have {as_toml(found[key[1]])}")
    return missing, others


def _below_header(text: str, journal: str, added: Sequence[str]) -> str:
    """The text with these lines directly below the header of a journal's table."""
    number = lines.locate(text)["journals", journal]
    rows = text.split("\n")
    if not _HEADER.match(rows[number - 1]):
        raise ConfigError([f'add to the table of [journals."{journal}"]: {"; ".join(added)}'])
    return "\n".join([*rows[:number], *added, *rows[number:]])


def _check(text: str) -> None:
    try:
        tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(
            [f"the tables cannot be added ({error}); write [sources.NAME] for each source, and add them by hand"]
        ) from error


def unsuitable(document: Table, prefixes: dict[str, int], without_issn: int, articles: int) -> Iterator[str]:
    """What the records have that the configuration does not fit, in sentences.

    `prefixes` are the DOI prefixes of that many `articles`; `without_issn` of these name no ISSN.
    """
    ours = document.get("crossref", {}).get("prefixes", [])
    for prefix, number in prefixes.items():
        if ours and prefix not in ours:
            yield (
                f"{number} of {articles} records have a DOI with the prefix {prefix}, which is not among yours. They "
                f"will be held back. If your Crossref account may use it, set in [crossref]: "
                f"prefixes = {as_toml([*ours, prefix])}"
            )
    if without_issn:
        yield (
            f"{without_issn} of {articles} records name no ISSN. They will be held back, because Crossref requires "
            "one. Enter the ISSN in the journal system."
        )
