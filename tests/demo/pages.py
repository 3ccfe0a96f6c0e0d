"""The records of the demo as they are sent, and their elements."""

from __future__ import annotations

from lxml import etree

from harvester.demo import ojs
from harvester.demo.lists import Record

DC = {"dc": "http://purl.org/dc/elements/1.1/"}
J = {"j": "https://jats.nlm.nih.gov/publishing/1.1/", "m": "http://www.w3.org/1998/Math/MathML"}
LANG = "{http://www.w3.org/XML/1998/namespace}lang"


def records() -> dict[str, Record]:
    return {one.identifier: one for site in ojs.repositories().values() for one in site.records}


def article(number: int, host: str = "journals") -> Record:
    return records()[f"oai:{host}.example.org:article/{number}"]


def core(number: int, host: str = "journals") -> etree._Element:
    return etree.fromstring(article(number, host).metadata["oai_dc"])


def full(number: int) -> etree._Element:
    return etree.fromstring(article(number).metadata["jats"])


def values(page: etree._Element, name: str) -> list[tuple[str | None, str]]:
    """The elements of Dublin Core with this name, each with its language."""
    return [(found.get(LANG), found.text or "") for found in page.iterfind(f"dc:{name}", DC)]


def texts(page: etree._Element, path: str) -> list[str]:
    return [str(found.xpath("string()")) for found in page.iterfind(path, J)]
