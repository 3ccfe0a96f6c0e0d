"""What a reader records in addition to the article."""

from __future__ import annotations

from harvester.model import Finding


class Notes:
    """The findings about one record so far, and the origin of its values (`provenance`, by field of the article)."""

    __slots__ = ("findings", "provenance")

    def __init__(self) -> None:
        self.findings: list[Finding] = []
        self.provenance: dict[str, str] = {}

    def report(self, code: str, path: str = "", value: str = "", **detail: str) -> None:
        self.findings.append(Finding(code, path, value, detail))

    def add(self, findings: list[Finding]) -> None:
        self.findings += findings
