"""From a journal's OAI-PMH endpoint to Crossref deposit files, unattended."""

__version__ = "0.2.0"
