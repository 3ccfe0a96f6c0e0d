"""The network protocol of Crossref: sending files, reading their logs, and reading what Crossref holds."""
