"""The table `[crossref]` of the configuration."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from harvester.crossref.versions import DEFAULT


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
    max_bytes: int = 10_000_000  # of one file
