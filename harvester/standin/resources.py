"""Files that only add resources to registered DOIs: references, funding, licences (the resource schema).

They are acknowledged in the recorded words, and nothing is changed in the records.
"""

from __future__ import annotations

from collections.abc import Iterator

from lxml import etree

from harvester.standin.deposit_file import text_of
from harvester.standin.diagnostic import Diagnosis, failure
from harvester.standin.registry import Registry
from harvester.xmltools import local

_WORDS = {"fundref_data": "FundRef Resources", "lic_ref_data": "License-ref Resources"}


def process(root: etree._Element, registry: Registry) -> Iterator[Diagnosis]:
    """One diagnosis for each DOI. The wording for an unknown DOI was not recorded."""
    for part in root.iterfind("{*}body/{*}*"):
        doi = text_of(part, "{*}doi")
        if registry.record(doi) is None:
            yield failure(doi, "DOI does not exist")
        else:
            message = f"{_WORDS.get(local(part), 'Resources')} processed successfully"
            yield Diagnosis(status="Success", pairs=((doi, message),))
