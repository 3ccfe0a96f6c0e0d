"""The table `[crossref]` of the configuration."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Literal

from msgspec import Struct

from harvester.crossref.versions import DEFAULT
from harvester.targets import Table

_LARGEST_UPLOAD = 10_000_000  # bytes; Crossref's limit is 10 MB


class CrossrefSettings(Struct, frozen=True, kw_only=True):
    """What the depositor decides about every deposit; docs/config.md explains each setting."""

    depositor_name: str
    depositor_email: str
    registrant: str
    prefixes: tuple[str, ...] = ()
    registered_dois: tuple[str, ...] = ()  # in them * is any characters
    schema_version: str = DEFAULT
    title_order: Literal["article-language-first", "article-language-last"] = "article-language-first"
    crossmark_policy: str | None = None  # the DOI of the policy page; without one there is no <crossmark>
    max_records: int = 1000  # in one file
    max_bytes: int = 5_000_000  # of one file
    deposit: Literal["off", "test", "live"] = "off"  # where files are sent
    login: str | None = None
    password_env: str | None = None
    password_file: str | None = None
    deposit_url: str | None = None  # of the servlets; that of the system if it is not set
    api_url: str | None = None  # of the REST API
    contact: str | None = None  # an email address for Crossref's people; depositor_email if it is not set
    deposit_schedule: str | None = None
    max_in_flight: int = 200  # files that wait for their result
    pace: float = 1.0  # multiplies every wait; only for a stand-in


def _contradictions(table: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    if table.get("deposit", "off") != "off" and table.get("max_bytes", 0) > _LARGEST_UPLOAD:
        yield "max_bytes", f"is more than Crossref accepts, {_LARGEST_UPLOAD:,} bytes for one file"


TABLE = Table(
    title="Crossref",
    settings=CrossrefSettings,
    credential="password",
    needs=("login",),
    hosts=("deposit_url", "api_url"),
    contradictions=_contradictions,
)
