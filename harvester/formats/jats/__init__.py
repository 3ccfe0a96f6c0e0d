"""JATS, the Journal Article Tag Suite: NLM 2.3 to JATS 1.4, in any namespace (mapping J1-J10)."""

from harvester.formats.jats.article import READER

__all__ = ["READER"]
