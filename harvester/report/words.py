"""The words that the page and the terminal share."""

from __future__ import annotations

# Named as in Crossref's participation reports, in the order of `rules.completeness.MEASURES`.
MEASURES = {
    "references": "References",
    "abstracts": "Abstracts",
    "orcid": "ORCID iDs",
    "affiliations": "Affiliations",
    "ror": "ROR iDs",
    "similarity_check": "Similarity Check URLs",
    "crossmark": "Crossmark enabled",
    "text_mining": "Text mining URLs",
    "licenses": "License URLs",
    "funders": "Funders",
    "awards": "Award numbers",
}
WHO = {  # what its readers can do at once comes first
    "configuration": "You can fix these in config.toml",
    "command": "You can fix these with a command",
    "source": "The journal can fix these in its own system",
    "nobody": "For information; nobody needs to do anything",
}
SEVERITIES = {
    "error": "the record is held back",
    "warning": "exported, but please check",
    "info": "for information only",
}
