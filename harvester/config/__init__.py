"""The configuration: config.toml to a frozen `Config`, or every problem in it at once."""

from harvester.config.reading import load
from harvester.config.settings import CitationProfile, Config, Crossref, Source

__all__ = ["CitationProfile", "Config", "Crossref", "Source", "load"]
