"""Crossref's deposit schemas: installed once from the package index or a folder, checked, and never fetched again.

`schemas/bundles.json` pins every file of every version by its SHA-256. What is not that file is not used.
"""

from harvester.bundles.installation import install
from harvester.bundles.pins import Bundle, Installed, Wheel, folders, installed, pinned
from harvester.bundles.schema import Schema, load

__all__ = ["Bundle", "Installed", "Schema", "Wheel", "folders", "install", "installed", "load", "pinned"]
