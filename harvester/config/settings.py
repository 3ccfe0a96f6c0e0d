"""The configuration as values: one Struct for each kind of table, with fields named like the settings.

The meaning, range and default of every setting are in schemas/config.schema.json and docs/config.md.
"""

from __future__ import annotations

import ssl
from collections.abc import Iterable, Iterator
from contextlib import suppress
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

from msgspec import Struct
from msgspec.structs import replace

from harvester.config import secrets
from harvester.config.schedule import Schedule, delay_of
from harvester.crossref.settings import CrossrefSettings
from harvester.errors import ConfigError
from harvester.model import Access, Hints, JournalFacts, Policy
from harvester.sets import any_within
from harvester.system.locks import Place
from harvester.targets import tables

CitationProfile = Literal["ojs", "erudit", "scielo", "zenodo", "hal", "eprints", "dspace", "arxiv"]
SQLITE = "sqlite:///"  # and a path
LOCKS = ".harvester-locks"  # the folder of the lock files of a store named harvester.sqlite


class Source(Struct, frozen=True, kw_only=True):
    """One OAI-PMH endpoint, with the values of `[defaults]` filled in and absolute paths."""

    name: str
    url: str
    formats: tuple[str, ...]
    sets: tuple[str, ...] = ()
    allow_private: bool = False
    proxy: str | None = None
    ca_file: str | None = None
    contact: str | None = None
    username: str | None = None
    password_env: str | None = None
    password_file: str | None = None
    headers: dict[str, str] = {}
    headers_env: dict[str, str] = {}
    headers_file: dict[str, str] = {}
    deadline: float = 300.0
    retries: int = 5
    retry_cap: float = 300.0
    delay: float = 0.0
    max_page_bytes: int = 256 * 1024 * 1024
    name_order: Literal["family-first", "given-first"] | None = None
    citation_profile: CitationProfile = "ojs"
    date_profile: Literal["dspace"] | None = None
    organizations: tuple[str, ...] = ()
    journal: str | None = None
    journals: dict[str, str] = {}
    abstract_types: tuple[str, ...] = ()
    article_types: tuple[str, ...] = ()
    repairs: tuple[Literal["ligatures", "mojibake"], ...] = ()
    schedule: str | None = None
    jitter: int = 0
    parallel: int = 1
    window_records: int = 10_000
    overlap: int = 120
    reconcile: str | None = None
    max_deletion_share: float = 0.1

    def access(self) -> Access:
        """How to reach the provider. Reads the secrets and certificates now; raises `ConfigError` if one is missing."""
        key = f"sources.{self.name}"
        hidden = {name: secrets.from_variable(value, f"{key}.headers_env") for name, value in self.headers_env.items()}
        hidden |= {name: secrets.from_file(value, f"{key}.headers_file") for name, value in self.headers_file.items()}
        return Access(
            url=self.url,
            allow_private=self.allow_private,
            proxy=self.proxy,
            ca_file=_certificates(self.ca_file, f"{key}.ca_file"),
            contact=self.contact,
            username=self.username,
            password=self._password(key),
            headers={**self.headers, **hidden},
            deadline=self.deadline,
            retries=self.retries,
            retry_cap=self.retry_cap,
            delay=self.delay,
            max_bytes=self.max_page_bytes,
        )

    def short_secrets(self) -> Iterator[str]:
        """The settings whose secrets are too short to be hidden in messages. `access` reports missing ones."""
        key = f"sources.{self.name}"
        named = [(f"{key}.password", self.password_env, self.password_file)]
        named += [(f"{key}.headers", variable, None) for variable in self.headers_env.values()]
        named += [(f"{key}.headers", None, file) for file in self.headers_file.values()]
        for setting, variable, file in named:
            with suppress(ConfigError):
                if secrets.is_short(secrets.read(variable, file, setting)):
                    yield f"{setting}_{'env' if variable else 'file'}"

    def _password(self, key: str) -> str | None:
        return secrets.read(self.password_env, self.password_file, f"{key}.password")

    def includes(self, sets: Iterable[str]) -> bool:
        """Whether a record in these sets belongs to the source: in one that is configured, or in a part of one.

        This is the only place that decides it. Without configured sets every record belongs.
        """
        return not self.sets or any_within(sets, self.sets)

    def hints(self, journals: dict[str, JournalFacts]) -> Hints:
        """What a reader of this source's records needs to know."""
        return Hints(
            provider_host=urlsplit(self.url).hostname,
            name_order=self.name_order,
            citation_profile=self.citation_profile,
            date_profile=self.date_profile,
            organizations=self.organizations,
            abstract_types=self.abstract_types,
            repairs=self.repairs,
            journals=journals,
            journal=self.journal,
            set_journals=self.journals,
        )


class Daemon(Struct, frozen=True, kw_only=True):
    listen: str | None = None  # address:port of health checks and metrics
    workers: int = 4


class Web(Struct, frozen=True, kw_only=True):
    """Where the web page is served, and to whom."""

    listen: str | None = None  # address:port, or unix: and a path
    hosts: tuple[str, ...] = ()
    password_file: str | None = None
    reader_password_file: str | None = None
    token_file: str | None = None
    user_header: str | None = None
    proxies: tuple[str, ...] = ()
    anonymous: Literal["nothing", "read"] = "nothing"
    read_only: bool = False
    language: Literal["en", "es", "ru"] = "en"


class Alerts(Struct, frozen=True, kw_only=True):
    """Whom to notify when something needs a person, and how."""

    email_to: tuple[str, ...] = ()
    email_from: str | None = None
    smtp_host: str | None = None
    smtp_port: int = 587
    smtp_security: Literal["starttls", "tls", "none"] = "starttls"
    smtp_username: str | None = None
    smtp_password_env: str | None = None
    smtp_password_file: str | None = None
    webhook_url_env: str | None = None
    webhook_url_file: str | None = None
    proxy: str | None = None
    ca_file: str | None = None
    digest: str | None = None  # the schedule of what is new for a person, though nothing fails

    def certificates(self) -> str | None:
        """The file of certificates to trust in addition. Raises `ConfigError` if it cannot be read."""
        return _certificates(self.ca_file, "alerts.ca_file")

    def smtp_password(self) -> str | None:
        """The password, if one is configured. Raises `ConfigError` if it is missing."""
        return secrets.read(self.smtp_password_env, self.smtp_password_file, "alerts.smtp_password")

    def webhook_url(self) -> str | None:
        """The URL, if one is configured. Raises `ConfigError` if it is missing."""
        return secrets.read(self.webhook_url_env, self.webhook_url_file, "alerts.webhook_url")


@lru_cache(maxsize=1024)  # it is asked for with every source
def _locks_dir(store: Path) -> Path:
    found = store.resolve()
    return found.parent / f".{found.name.removesuffix('.sqlite')}-locks"


class Config(Struct, frozen=True, kw_only=True):
    path: Path  # of the file, absolute
    store_url: str  # a path in it is absolute; it may have a password
    exports_dir: Path
    exports_schedule: str | None = None
    report_file: Path  # absolute
    report_schedule: str | None = None
    zone: str = "UTC"  # of every schedule; an IANA name
    daemon: Daemon = Daemon()
    web: Web = Web()
    alerts: Alerts = Alerts()
    targets: dict[str, Any] = {}  # the settings of each target of deposits that has a table
    sources: dict[str, Source] = {}
    journals: dict[str, JournalFacts] = {}  # by every ISSN of each journal
    journal_tables: dict[str, str] = {}  # the ISSN that names the table of each journal, by every ISSN

    @property
    def crossref(self) -> CrossrefSettings | None:
        """`[crossref]`, which says more than how to send: whose DOIs these are, and in which schema."""
        return self.targets.get("crossref")

    @property
    def store_path(self) -> Path:
        """The file of a store that is one."""
        return Path(self.store_url.removeprefix(SQLITE))

    @property
    def has_store_file(self) -> bool:
        """Whether the store is a file, and not in a database of a server."""
        return self.store_url.startswith(SQLITE)

    @property
    def locks_dir(self) -> Path:
        """The folder of lock files and marks, next to the store itself: other configurations may name the same store.

        If the store is not a file, it is next to config.toml.
        """
        return _locks_dir(self.store_path) if self.has_store_file else self.path.parent / LOCKS

    @property
    def locks(self) -> Place:
        """Where the locks are: in `locks_dir`, or in the database of the store."""
        if self.has_store_file:
            return self.locks_dir
        from harvester.system.advisory import locks_at  # psycopg takes 0.1 s to import

        return locks_at(self.store_url)

    def schedules(self) -> dict[str, Schedule]:
        """The schedule of each source that has one."""
        return {name: schedule for name in self.sources if (schedule := self.schedule_of(name))}

    def reconcile_schedules(self) -> dict[str, Schedule]:
        """The schedule by which each source that has one is compared with its provider."""
        return {name: schedule for name in self.sources if (schedule := self.reconcile_schedule_of(name))}

    def schedule_of(self, name: str) -> Schedule | None:
        """The schedule by which one source is harvested."""
        source = self.sources[name]
        return self._schedule(source.schedule, delay_of(name, source.jitter))

    def reconcile_schedule_of(self, name: str) -> Schedule | None:
        """The schedule by which one source is compared with its provider."""
        source = self.sources[name]
        return self._schedule(source.reconcile, delay_of(name, source.jitter))

    def export_schedule(self) -> Schedule | None:
        return self._schedule(self.exports_schedule)

    def page_schedule(self) -> Schedule | None:
        """When to write the report."""
        return self._schedule(self.report_schedule)

    def deposit_schedule(self) -> Schedule | None:
        """When to export and send to every target that files are sent to; `None` if they are sent on request only."""
        sending = [table.deposit_schedule for table in self.targets.values() if table.deposit != "off"]
        return self._schedule(next(filter(None, sending), None))

    def deposit_secret(self, target: str) -> str | None:
        """The password or key at a target, if one is configured. Raises `ConfigError` if it is missing."""
        if target not in self.targets:
            return None
        key = tables()[target].credential
        variable, file = (getattr(self.targets[target], f"{key}_{kind}") for kind in ("env", "file"))
        return secrets.read(variable, file, f"{target}.{key}")

    def short_deposit_secrets(self) -> Iterator[str]:
        """The settings of secrets that are too short to be hidden. Reading them to send files reports missing ones."""
        for target, table in self.targets.items():
            key = tables()[target].credential
            with suppress(ConfigError):
                if secrets.is_short(self.deposit_secret(target)):
                    yield f"{target}.{key}_{'env' if getattr(table, f'{key}_env') else 'file'}"

    def digest_schedule(self) -> Schedule | None:
        return self._schedule(self.alerts.digest)

    def _schedule(self, expression: str | None, delay: int = 0) -> Schedule | None:
        return Schedule(expression=expression, zone=self.zone, delay=delay) if expression else None

    def policy(self, today: str, source: Source) -> Policy:
        """What the rules check an article of this source against, on the day `today` (YYYY-MM-DD)."""
        policy = Policy(today=today, journals=self.journals, article_types=source.article_types)
        if self.crossref is None:
            return policy
        return replace(
            policy,
            doi_prefixes=self.crossref.prefixes,
            registered_dois=self.crossref.registered_dois,
            crossmark=self.crossref.crossmark_policy is not None,
            schema_version=self.crossref.schema_version,
        )


def _certificates(path: str | None, key: str) -> str | None:
    """The path of a file with certificates in PEM. Raises `ConfigError` if it is not one."""
    if path is None:
        return None
    try:
        ssl.create_default_context(cafile=path)
    except OSError as error:
        raise ConfigError([f"{key}: {path} cannot be read ({error}); name a file with certificates in PEM"]) from error
    return path
