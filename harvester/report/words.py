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
WHO = {
    "source": "The journal can mend this, in its own system",
    "configuration": "You can mend this, in config.toml",
    "nobody": "Good to know; nobody has to do anything",
}
SEVERITIES = {"error": "holds records back", "warning": "deposited, and said", "info": "only said"}
