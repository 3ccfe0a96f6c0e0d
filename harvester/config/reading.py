"""Reads config.toml to a frozen `Config`. Every problem names its key and line."""

from __future__ import annotations

import logging
import re
import tomllib
from pathlib import Path
from typing import Any

import msgspec
import tzlocal

from harvester.config import lines, secrets, syntax
from harvester.config.contradictions import contradictions, without
from harvester.config.problems import LONG_NUMBER, Problem, Table, key_name, long_numbers, schema_problems
from harvester.config.settings import SQLITE, Alerts, Config, Daemon, Source, Web
from harvester.errors import ConfigError
from harvester.model import JournalFacts
from harvester.patterns import in_our_words
from harvester.system.confidential import SHORTEST_SECRET
from harvester.system.listening import UNIX
from harvester.targets import PACKAGES, tables

log = logging.getLogger(__name__)


_NAMED = 5  # settings in one warning


def load(path: Path | str) -> Config:
    """The configuration in a file. Raises `ConfigError` with every problem found, in the order of the file.

    Logs a warning about secrets that are too short to be hidden.
    """
    path = Path(path)
    return parse(_text(path), path)


def parse(text: str, path: Path) -> Config:
    """The configuration in the text of the file at `path`. Raises `ConfigError` as `load` does."""
    document = _document(text, path)
    problems = list(long_numbers(document))
    problems += schema_problems(without(document, [problem.path for problem in problems]))
    problems += contradictions(without(document, [problem.path for problem in problems]))
    if problems:
        raise ConfigError(_sentences(problems, text, path))
    config = _config(document, path.absolute())
    _warn_of_short_secrets(config)
    return config


def _warn_of_short_secrets(config: Config) -> None:
    short = [setting for source in config.sources.values() for setting in source.short_secrets()]
    short += [*config.short_deposit_secrets(), *secrets.short_in_proxies()]
    if short:
        named = ", ".join(short[:_NAMED]) + (f" and {len(short) - _NAMED} more" if len(short) > _NAMED else "")
        log.warning(
            "%s: a secret of fewer than %d characters is not hidden in messages and logs; use a longer one",
            named,
            SHORTEST_SECRET,
        )


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")  # Notepad writes a byte order mark at the start
    except FileNotFoundError:
        raise ConfigError(
            [
                f"{path.absolute()} is not there; make one with `harvester init`, go to the folder of yours, or name "
                "it with --config"
            ]
        ) from None
    except OSError as error:
        raise ConfigError([f"{path} cannot be read: {error.strerror}; name a file that this user may read"]) from error
    except UnicodeDecodeError as error:
        raise ConfigError([f"{path} is not UTF-8 (byte {error.start}); save it again as UTF-8"]) from error


def _document(text: str, path: Path) -> Table:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        line, words = syntax.explained(str(error), text)
        raise ConfigError([f"{path}:{line}: {words}"]) from error
    except ValueError as error:  # Python refuses to read a number of thousands of digits
        raise ConfigError([_long_number(text, path)]) from error


def _long_number(text: str, path: Path) -> str:
    longest = max(re.finditer(r"[0-9][0-9_]*", text), key=lambda number: len(number[0]))
    line = text.count("\n", 0, longest.start()) + 1
    return f"{path}:{line}: {LONG_NUMBER}"


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
    exports, report = document.get("exports", {}), document.get("report", {})
    return Config(
        path=path,
        store_url=_store_url(document.get("store", {}), folder),
        exports_dir=_path(exports.get("dir", "exports"), folder),
        exports_schedule=exports.get("schedule"),
        report_file=_path(report.get("file", "report.html"), folder),
        report_schedule=report.get("schedule"),
        zone=document.get("timezone") or tzlocal.get_localzone_name(),
        daemon=msgspec.convert(document.get("daemon", {}), Daemon),
        web=_web(document, folder),
        alerts=_alerts(document, folder),
        targets={name: _target(name, document, folder) for name in PACKAGES if name in document},
        sources={name: _source(name, document, folder) for name in document.get("sources", {})},
        journals=_journal_facts(document),
        journal_tables={
            issn: key for key, table in document.get("journals", {}).items() for issn in _issns(key, table)
        },
    )


def _target(name: str, document: Table, folder: Path) -> Any:
    """The table of a target of deposits, with an absolute path of its secret."""
    table, values = tables()[name], dict(document[name])
    if (key := f"{table.credential}_file") in values:
        values[key] = str(_path(values[key], folder))
    return msgspec.convert(values, table.settings)


def _store_url(values: Table, folder: Path) -> str:
    """Raises `ConfigError` if it is in a variable or a file that has none."""
    file = str(_path(values["url_file"], folder)) if "url_file" in values else None
    url = secrets.read(values.get("url_env"), file, "store.url") or values.get("url", f"{SQLITE}harvester.sqlite")
    return f"{SQLITE}{_path(url.removeprefix(SQLITE), folder)}" if url.startswith(SQLITE) else url


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


def _web(document: Table, folder: Path) -> Web:
    values = dict(document.get("web", {}))
    for key in ("password_file", "reader_password_file", "token_file"):
        if key in values:
            values[key] = str(_path(values[key], folder))
    if values.get("listen", "").startswith(UNIX):
        values["listen"] = f"{UNIX}{_path(values['listen'].removeprefix(UNIX), folder)}"
    return msgspec.convert(values, Web)


def _alerts(document: Table, folder: Path) -> Alerts:
    defaults = document.get("defaults", {})
    values: Table = {key: defaults[key] for key in ("proxy", "ca_file") if key in defaults}
    values |= document.get("alerts", {})
    for key in ("smtp_password_file", "webhook_url_file", "ca_file"):
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
