"""The configuration: reads config.toml to a frozen `Config`, or reports all its problems at once."""

from harvester.config.contradictions import check_listen
from harvester.config.reading import load
from harvester.config.selection import select_sources
from harvester.config.settings import LOCKS, Alerts, CitationProfile, Config, Daemon, Source, Web

__all__ = [
    "LOCKS",
    "Alerts",
    "CitationProfile",
    "Config",
    "Daemon",
    "Source",
    "Web",
    "check_listen",
    "load",
    "select_sources",
]
