"""The configuration: reads config.toml to a frozen `Config`, or reports all its problems at once."""

from harvester.config.reading import load
from harvester.config.selection import select_sources
from harvester.config.settings import LOCKS, Alerts, CitationProfile, Config, Daemon, Source

__all__ = ["LOCKS", "Alerts", "CitationProfile", "Config", "Daemon", "Source", "load", "select_sources"]
