"""Exporters: articles and a batch to the bytes of one deposit file. Pure: no clock, no network, no files."""

from __future__ import annotations

from types import ModuleType

from harvester.exporters import crossref

# By the name of the command `harvester export NAME`; each has `group`, `build`, `deposit_of`, `manifest`, `Options`.
EXPORTERS: dict[str, ModuleType] = {"crossref": crossref}
