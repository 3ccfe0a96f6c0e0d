"""Reads config.toml to a frozen `Config`. Every problem names its key and line."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

import msgspec
import tzlocal

from harvester.config import lines
from harvester.config.contradictions import contradictions, without
from harvester.config.problems import Problem, Table, key_name, schema_problems
from harvester.config.settings import Alerts, Config, Daemon, Source
from harvester.crossref.settings import CrossrefSettings
from harvester.errors import ConfigError
from harvester.model import JournalFacts
from harvester.patterns import in_our_words


def load(path: Path | str) -> Config:
    """The configuration in a file. Raises `ConfigError` with every problem found, in the order of the file."""
    path = Path(path)
    text = _text(path)
    document = _document(text, path)
    problems = list(schema_problems(document))
    problems += contradictions(without(document, [problem.path for problem in problems]))
    if problems:
        raise ConfigError(_sentences(problems, text, path))
    return _config(document, path.absolute())


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")  # Notepad writes a byte order mark at the start
    except FileNotFoundError:
        raise ConfigError(
            [f"{path} is not there; make one with `harvester init`, or name yours with --config"]
        ) from None
    except OSError as error:
        raise ConfigError([f"{path} cannot be read: {error.strerror}; name a file that this user may read"]) from error
    except UnicodeDecodeError as error:
        raise ConfigError([f"{path} is not UTF-8 (byte {error.start}); save it again as UTF-8"]) from error


def _document(text: str, path: Path) -> Table:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError([_syntax(str(error), text, path)]) from error


def _syntax(message: str, text: str, path: Path) -> str:
    """The parser's message, with file and line at the start."""
    place = re.search(r" \(at (?:line (\d+), column (\d+)|end of document)\)$", message)
    words = message[: place.start()] if place else message
    line = place[1] if place and place[1] else len(text.splitlines()) or 1
    column = f", column {place[2]}" if place and place[2] else ""
    if twice := re.fullmatch(r"Cannot declare \((.+)\) twice", words):
        name = ".".join(re.findall(r"'([^']*)'", twice[1]))
        return f"{path}:{line}: [{name}] is here for the second time; give one of both another name, or take it out"
    hint = "; a text needs quotes, a key needs = and a value" if re.search("nvalid|Expected newline", words) else ""
    return f"{path}:{line}: this is not TOML{column}: {words}{hint}"


def _sentences(problems: list[Problem], text: str, path: Path) -> list[str]:
    located = lines.locate(text)
    in_order = sorted((_line(problem.path, located), key_name(problem.path), problem.sentence) for problem in problems)
    return [f"{path}:{line}: {f'{key}: ' if key else ''}{sentence}" for line, key, sentence in dict.fromkeys(in_order)]


def _line(path: lines.Path, located: dict[lines.Path, int]) -> int:
    """The line of a path, or of the nearest table that contains it."""
    while path and path not in located:
        path = path[:-1]
    return located.get(path, 1)


def _config(document: Table, path: Path) -> Config:
    folder = path.parent
    crossref = document.get("crossref")
    exports, report = document.get("exports", {}), document.get("report", {})
    return Config(
        path=path,
        store_url=_sqlite_url(document.get("store", {}).get("url", "sqlite:///harvester.sqlite"), folder),
        exports_dir=_path(exports.get("dir", "exports"), folder),
        exports_schedule=exports.get("schedule"),
        report_file=_path(report.get("file", "report.html"), folder),
        report_schedule=report.get("schedule"),
        zone=document.get("timezone") or tzlocal.get_localzone_name(),
        daemon=msgspec.convert(document.get("daemon", {}), Daemon),
        alerts=_alerts(document, folder),
        crossref=msgspec.convert(crossref, CrossrefSettings) if crossref else None,
        sources={name: _source(name, document, folder) for name in document.get("sources", {})},
        journals=_journal_facts(document),
        journal_tables={
            issn: key for key, table in document.get("journals", {}).items() for issn in _issns(key, table)
        },
    )


def _sqlite_url(url: str, folder: Path) -> str:
    return f"sqlite:///{_path(url.removeprefix('sqlite:///'), folder)}"


def _path(name: str, folder: Path) -> Path:
    """A path as it is written: relative to the folder of config.toml, or with ~ for the user's home."""
    return Path.home() / name[2:] if name.startswith("~/") else folder / name


def _source(name: str, document: Table, folder: Path) -> Source:
    values: Table = {**document.get("defaults", {}), **document["sources"][name]}
    repairs = values.get("repairs", {})
    values["repairs"] = [kind for kind in ("ligatures", "mojibake") if repairs.get(kind)]
    for key in ("password_file", "ca_file"):
        if key in values:
            values[key] = str(_path(values[key], folder))
    if "headers_file" in values:
        values["headers_file"] = {header: str(_path(file, folder)) for header, file in values["headers_file"].items()}
    return msgspec.convert({**values, "name": name}, Source)


def _alerts(document: Table, folder: Path) -> Alerts:
    values: Table = dict(document.get("alerts", {}))
    for key in ("smtp_password_file", "webhook_url_file"):
        if key in values:
            values[key] = str(_path(values[key], folder))
    return msgspec.convert(values, Alerts)


def _journal_facts(document: Table) -> dict[str, JournalFacts]:
    """The facts of each journal, by each of its ISSNs."""
    prefixes = document.get("crossref", {}).get("prefixes", [])
    facts: dict[str, JournalFacts] = {}
    for key, journal in document.get("journals", {}).items():
        doi = journal.get("doi", {})
        values: dict[str, Any] = {name: value for name, value in journal.items() if name != "doi"}
        values["doi_pattern"] = in_our_words(doi["pattern"]) if "pattern" in doi else None
        values["doi_prefix"] = doi.get("prefix") or (prefixes[0] if len(prefixes) == 1 else None)
        values["mint_dois"] = doi.get("mint", False)
        journal_facts = msgspec.convert(values, JournalFacts)
        facts |= dict.fromkeys(_issns(key, journal), journal_facts)
    return facts


def _issns(key: str, journal: Table) -> tuple[str, ...]:
    """Every ISSN of a journal's table."""
    return tuple(filter(None, (key, journal.get("issn_print"), journal.get("issn_electronic"))))
