"""The one exception tree.

A fault of a single record is never raised: it is a `Finding` or a `BadRecord`, a value beside its neighbours.
What is raised here stops a source, a configuration, a store or an export, and its message names the next step.
"""

from __future__ import annotations


class HarvesterError(Exception):
    """Root of everything this package raises on purpose; `exit_code` is what the command line ends with."""

    exit_code = 1


class ConfigError(HarvesterError):
    """config.toml cannot be used; `problems` lists every fault found, one sentence each."""

    exit_code = 2

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


class ProviderError(HarvesterError):
    """The provider's answer cannot be used, or there was none."""


class ProtocolError(ProviderError):
    """The provider answered with an OAI-PMH <error>; `code` is the protocol's own name (OAI-PMH 2.0, section 3.6)."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(f"the provider answered {code}: {message}" if message else f"the provider answered {code}")
        self.code = code


class StoreError(HarvesterError):
    """The store cannot be opened, is damaged, or belongs to a newer program."""


class BusyError(HarvesterError):
    """Another process works on the same source, store or export."""

    exit_code = 75


class BundleError(HarvesterError):
    """A Crossref schema bundle is missing or not what was pinned."""


class ExportError(HarvesterError):
    """A deposit file could not be built, was not valid, or could not be written."""
