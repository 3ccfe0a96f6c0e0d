"""Contradictions between settings that are valid one by one, which a JSON Schema cannot find."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from copy import deepcopy
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

from msgspec import structs

from harvester.config.lines import Path
from harvester.config.problems import Problem, Table, key_name, schema
from harvester.config.settings import Web
from harvester.errors import ConfigError
from harvester.system.listening import UNIX, is_on_loopback
from harvester.targets import PACKAGES, tables
from harvester.targets import Table as TargetTable

_NO_BASE_URL = "must be https://HOST without a path or a login; http:// is accepted for this machine only"
_PASSWORDS = (
    ("password_env", "password_file", "username"),
    ("smtp_password_env", "smtp_password_file", "smtp_username"),
)


def without(document: Table, paths: Sequence[Path]) -> Table:
    """The document without these paths, so that the rest can still be checked. It is copied if there are any."""
    document = deepcopy(document) if paths else document
    for path in paths:
        table: Any = document
        for key in path[:-1]:
            table = table.get(key) if isinstance(table, dict) else None
        if path and isinstance(table, dict):
            table.pop(path[-1], None)
    return document


def contradictions(document: Table) -> Iterator[Problem]:
    """The problems between two settings. `document` has only values that the schema accepts."""
    for name, own in document.get("sources", {}).items():
        source = {**document.get("defaults", {}), **own}
        yield from _secrets(source, ("sources", name))
        yield from _headers(source, ("sources", name))
        yield from _assigned(source, document, ("sources", name))
    yield from web_problems(document.get("web", {}))
    yield from _store(document.get("store", {}))
    yield from _secrets(document.get("alerts", {}), ("alerts",))
    yield from _alerts(document.get("alerts", {}))
    if "schedule" in document.get("exports", {}) and not any(target in document for target in PACKAGES):
        yield Problem(("exports", "schedule"), "needs a [crossref] table, which says who deposits")
    for name, table in tables().items():
        yield from _target(document.get(name, {}), name, table)
    yield from _deposit_schedules(document)
    yield from _journals(document)


def _deposit_schedules(document: Table) -> Iterator[Problem]:
    """There is one schedule, because one export goes before all sending."""
    tables = [name for name in PACKAGES if "deposit_schedule" in document.get(name, {})]
    for name in tables[1:]:
        first = document[tables[0]]["deposit_schedule"]
        if document[name]["deposit_schedule"] != first:
            yield Problem((name, "deposit_schedule"), f"differs from that of [{tables[0]}]; one schedule is for all")


def _target(table: Table, name: str, known: TargetTable) -> Iterator[Problem]:
    """The problems of sending files to a target."""
    env, file = f"{known.credential}_env", f"{known.credential}_file"
    if env in table and file in table:
        yield Problem((name, file), f"cannot be combined with {env}; keep one of them")
    hosts = {key: table[key] for key in known.hosts if key in table}
    for key in hosts:
        if not _is_base_url(hosts[key]):
            yield Problem((name, key), _NO_BASE_URL)
    if "pace" in table and not (len(hosts) == len(known.hosts) and all(map(_is_on_loopback, hosts.values()))):
        yield Problem((name, "pace"), f"is only for a stand-in: {' and '.join(known.hosts)} must be on this machine")
    for key, sentence in known.contradictions(table):
        yield Problem((name, key), sentence)
    missing = [key for key in known.needs if key not in table]
    missing += [] if env in table or file in table else [f'{file} = "…"']
    if missing and table.get("deposit", "off") != "off":
        yield Problem((name, "deposit"), f"needs {' and '.join(missing)} too")


def _is_base_url(url: str) -> bool:
    try:
        parts = urlsplit(url)
        usable = bool(parts.hostname) and parts.port != 0 and parts.username is None and parts.password is None
    except ValueError:
        return False
    usable = usable and parts.path in ("", "/") and not parts.query and not parts.fragment
    return usable and (parts.scheme == "https" or (parts.scheme == "http" and _is_on_loopback(url)))


def _is_on_loopback(url: str) -> bool:
    try:
        host = urlsplit(url).hostname or ""
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


_LOGINS = ("password_file", "reader_password_file", "user_header")


def web_problems(web: Table) -> Iterator[Problem]:
    """The problems of letting others reach the page: it is open to this machine only, unless it knows who asks."""
    path: Path = ("web",)
    asks = any(key in web for key in _LOGINS) or web.get("anonymous") == "read"
    choices = 'password_file = "web-password.txt", user_header, or anonymous = "read" if everybody may read'
    listen = web.get("listen", "")
    if listen and not asks and not listen.startswith(UNIX) and not is_on_loopback(listen):
        yield Problem((*path, "listen"), f"{listen} can be reached by other machines, so it needs {choices}")
    if web.get("proxies") and not asks:
        yield Problem((*path, "proxies"), f"let others reach the page, so they need {choices}")
    if "user_header" in web and not web.get("proxies"):
        yield Problem(
            (*path, "user_header"), 'needs proxies too, such as proxies = ["127.0.0.1"]: anybody can send a header'
        )


def check_listen(web: Web, listen: str) -> None:
    """Raises `ConfigError` if the page must not be served at this address, which is that of a command line."""
    form = schema()["$defs"]["web"]["properties"]["listen"]
    if not re.fullmatch(form["pattern"], listen):
        raise ConfigError([f"web.listen: {json.dumps(listen)} {form['errorMessage']}"])
    table = {**{key: value for key, value in structs.asdict(web).items() if value}, "listen": listen}
    if problems := list(web_problems(table)):
        raise ConfigError([f"{key_name(problem.path)}: {problem.sentence}" for problem in problems])


def _secrets(table: Table, path: Path) -> Iterator[Problem]:
    for env, file, user in _PASSWORDS:
        if env in table and file in table:
            yield Problem((*path, file), f"cannot be combined with {env}; keep one of them")
        if (env in table or file in table) and user not in table:
            yield Problem((*path, env if env in table else file), f"needs {user} too")


def _store(table: Table) -> Iterator[Problem]:
    """Where it is must be said once."""
    places = [key for key in ("url", "url_env", "url_file") if key in table]
    for key in places[1:]:
        yield Problem(("store", key), f"cannot be combined with {places[0]}; keep one of them")


def _alerts(table: Table) -> Iterator[Problem]:
    if "webhook_url_env" in table and "webhook_url_file" in table:
        yield Problem(("alerts", "webhook_url_file"), "cannot be combined with webhook_url_env; keep one of them")
    if table.get("email_to"):
        for key in ("email_from", "smtp_host"):
            if key not in table:
                yield Problem(("alerts", "email_to"), f"needs {key} too")


def _headers(table: Table, path: Path) -> Iterator[Problem]:
    kinds = ("headers", "headers_env", "headers_file")
    names = Counter(name.lower() for kind in kinds for name in table.get(kind, {}))
    for kind in kinds:
        for name in table.get(kind, {}):
            if names[name.lower()] > 1:
                yield Problem((*path, kind, name), "is given more than once")


def _assigned(source: Table, document: Table, path: Path) -> Iterator[Problem]:
    """The ISSNs to which records are assigned must have a table."""
    known = {issn for key, table in document.get("journals", {}).items() for issn in (key, *_media(table))}
    assigned: dict[Path, str] = {("journals", name): issn for name, issn in source.get("journals", {}).items()}
    if "journal" in source:
        assigned["journal",] = source["journal"]
    for place, issn in assigned.items():
        if issn not in known:
            yield Problem((*path, *place), f'is not in a [journals] table; add [journals."{issn}"]')


def _media(journal: Table) -> list[str]:
    return [journal[kind] for kind in ("issn_print", "issn_electronic") if kind in journal]


def _journals(document: Table) -> Iterator[Problem]:
    prefixes = document.get("crossref", {}).get("prefixes", [])
    owners: dict[str, str] = {}
    for key, journal in document.get("journals", {}).items():
        path = ("journals", key)
        media = _media(journal)
        if len(media) == 2 and key not in media:
            yield Problem(path, "has two other ISSNs; name the table by one of them")
        if len(set(media)) < len(media):
            yield Problem((*path, "issn_electronic"), "is the print ISSN too; each medium has its own")
        for issn in sorted({key, *media}):
            if owners.setdefault(issn, key) != key:
                yield Problem(
                    path,
                    f'has the ISSN {issn}, which [journals."{owners[issn]}"] has already; merge both into one table',
                )
        yield from _doi(journal.get("doi", {}), prefixes, (*path, "doi"))


def _doi(doi: Table, prefixes: list[str], path: Path) -> Iterator[Problem]:
    if doi.get("mint") and "pattern" not in doi:
        yield Problem((*path, "mint"), "needs a pattern too")
    if "prefix" in doi and prefixes and doi["prefix"] not in prefixes:
        yield Problem((*path, "prefix"), f"is not one of [crossref] prefixes: {', '.join(prefixes)}")
    if "{prefix}" in doi.get("pattern", "") and "prefix" not in doi and len(prefixes) != 1:
        yield Problem((*path, "pattern"), 'has {prefix}, but which one? Add prefix = "10.…" below it')
