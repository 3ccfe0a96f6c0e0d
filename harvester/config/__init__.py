"""The configuration: config.toml to a frozen `Config`, or every problem in it at once."""

from harvester.config.reading import load
from harvester.config.selection import select_sources
from harvester.config.settings import LOCKS, Alerts, CitationProfile, Config, Crossref, Daemon, Source

__all__ = ["LOCKS", "Alerts", "CitationProfile", "Config", "Crossref", "Daemon", "Source", "load", "select_sources"]
