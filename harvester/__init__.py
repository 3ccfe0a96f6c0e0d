"""From a journal's OAI-PMH endpoint to registered DOIs, unattended."""

__version__ = "0.2.0"
