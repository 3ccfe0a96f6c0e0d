"""What a reader writes down beside the article."""

from __future__ import annotations

from harvester.model import Finding


class Notes:
    """The findings of one record so far, and where its values stood (`provenance`, by field of the article)."""

    __slots__ = ("findings", "provenance")

    def __init__(self) -> None:
        self.findings: list[Finding] = []
        self.provenance: dict[str, str] = {}

    def doubt(self, code: str, path: str = "", value: str = "", **detail: str) -> None:
        self.findings.append(Finding(code, path, value, detail))

    def add(self, findings: list[Finding]) -> None:
        self.findings += findings
