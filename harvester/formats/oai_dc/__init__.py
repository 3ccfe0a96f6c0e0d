"""Dublin Core as OJS, Janeway and repositories send it over OAI-PMH (mapping D1-D10)."""

from harvester.formats.oai_dc.article import READER

__all__ = ["READER"]
