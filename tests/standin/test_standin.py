"""The stand-in shares no code with the client, so that an error of one is not repeated in the other."""

from __future__ import annotations

import ast
from pathlib import Path

import harvester.standin

ALLOWED = {
    "harvester.crossref",  # for `bundles`: the real schemas
    "harvester.crossref.bundles",
    "harvester.errors",
    "harvester.system.loopback",
    "harvester.xmltools",
    "harvester",  # for `xmltools`
}


def test_imports() -> None:
    folder = Path(harvester.standin.__file__).parent
    found = set()
    for path in folder.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("harvester"):
                found |= {(node.module, alias.name) for alias in node.names}
    others = {(module, name) for module, name in found if not module.startswith("harvester.standin")}
    assert {module for module, _ in others} <= ALLOWED
    names = {name for module, name in others if module in ("harvester", "harvester.crossref")}
    assert names <= {"xmltools", "bundles"}
