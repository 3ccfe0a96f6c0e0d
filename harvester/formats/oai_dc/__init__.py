"""Dublin Core as OAI-PMH carries it: METADATA D1-D10, and what OJS, Janeway and repositories make of it."""

from harvester.formats.oai_dc.article import reading

__all__ = ["reading"]
