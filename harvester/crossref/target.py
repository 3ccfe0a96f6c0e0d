"""Crossref as a target of deposits; `harvester/deposits/target.py` says what a target is."""

from __future__ import annotations

import os
import shlex
from collections.abc import Callable, Iterable, Sequence
from glob import escape, glob
from pathlib import Path
from typing import Protocol

from harvester.crossref import bundles, deposit
from harvester.crossref.settings import CrossrefSettings
from harvester.crossref.versions import VERSIONS
from harvester.errors import ConfigError
from harvester.model import Article, Batch

SERVLET = "https://doi.crossref.org/servlet/deposit"
UPLOAD = 'curl --form operation=doMDUpload --form login_id=LOGIN --form "login_passwd=<PASSWORD_FILE" --form'
SHOWN = 5  # paths in one command, if a pattern can name them instead


class _Configuration(Protocol):
    """What this target reads from the configuration."""

    @property
    def path(self) -> Path: ...

    @property
    def crossref(self) -> CrossrefSettings | None: ...


class CrossrefBuilder:
    """Builds deposit XML in one version of the schema."""

    def __init__(self, settings: CrossrefSettings, version: str) -> None:
        self.version = version
        self._settings = settings

    def lacks(self, article: Article) -> tuple[str, ...]:  # noqa: ARG002
        """Nothing: the rules hold back what Crossref does not accept."""
        return ()

    def group(self, articles: Iterable[Article]) -> list[list[Article]]:
        settings = self._settings
        return deposit.group(articles, max_records=settings.max_records, max_bytes=settings.max_bytes)

    def build(self, articles: Sequence[Article], batch: Batch) -> bytes:
        return deposit.build(articles, batch, self._settings)


class CrossrefTarget:
    name = "crossref"
    title = "Crossref"
    suffix = ".xml"
    versions = tuple(VERSIONS)
    help = """Writes Crossref deposit files, of the named sources or all.

    A record is written when it is new or has changed since its last file, and no error holds it back. Every file is
    valid against Crossref's schema before it gets its name.
    """

    def next_step(self, paths: Sequence[str]) -> str:
        """How to upload these files. Crossref takes the oldest first, which is the order of their names."""
        if len(paths) == 1:
            what, command = "this file", f"{UPLOAD} {shlex.quote(f'fname=@{paths[0]}')} {SERVLET}"
        else:
            what = f"these {len(paths)} files, in the order of their names,"
            command = f'for f in {_in_a_shell(paths)}; do {UPLOAD} "fname=@$f" {SERVLET}; done'
        return (
            f"Next: upload {what} at https://doi.crossref.org (Submissions, Upload, type Metadata), or with your login "
            f"and your password in a file:\n  {command}\nCrossref mails the result to depositor_email."
        )

    def is_configured(self, config: _Configuration) -> bool:
        return config.crossref is not None

    def builder(self, config: _Configuration, version: str | None = None) -> CrossrefBuilder:
        if config.crossref is None:
            table = "there is no [crossref] table; set depositor_name, depositor_email and registrant in it"
            raise ConfigError([f"{config.path}: {table}"])
        return CrossrefBuilder(config.crossref, version or config.crossref.schema_version)

    def validator(self, version: str) -> Callable[[bytes], list[str]]:
        return bundles.load(version).validate


def _in_a_shell(paths: Sequence[str]) -> str:
    """These files for a shell: one by one, or if they are many as a pattern, provided that it fits no other file."""
    begin = os.path.commonprefix(paths)  # noqa: RUF071 — characters are compared, of names that begin alike
    pattern = f"*{CrossrefTarget.suffix}"
    if len(paths) > SHOWN and set(glob(escape(begin) + pattern)) == set(paths):  # noqa: PTH207 — a pattern, as in a shell
        return f"{shlex.quote(begin)}{pattern}"
    return " ".join(map(shlex.quote, paths))


CROSSREF = CrossrefTarget()
