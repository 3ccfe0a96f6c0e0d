"""Reading a deposit file: validation with the real schema, and the DOIs that it contains. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from lxml import etree
from msgspec import Struct

from harvester import xmltools
from harvester.crossref import bundles
from harvester.errors import BundleError
from harvester.standin import schema_errors
from harvester.xmltools import local

_NAMESPACE = re.compile(r"http://www\.crossref\.org/schema/(\d+(?:\.\d+)+)")
RESOURCES = re.compile(r"http://www\.crossref\.org/doi_resources_schema/[\d.]+")

# The parts of a journal, book or conference that can be there many times. The others describe the whole.
_REPEATED = ("journal_article", "content_item", "conference_paper", "component_list")
# Where the DOI of the whole is, by the element that contains it.
TITLE_LEVEL = (
    "journal_metadata",
    "book_metadata",
    "book_series_metadata",
    "book_set_metadata",
    "proceedings_metadata",
    "proceedings_series_metadata",
)

Validate = Callable[[str, etree._Element], list[str]]  # version and root to what is wrong


class Unreadable(Exception):
    """The whole file is refused. The message is that of its only record."""


class Item(Struct, frozen=True):
    """A DOI in the file. `element` contains its doi_data, `kind` is the element's name."""

    doi: str
    kind: str
    element: etree._Element
    container: etree._Element

    @property
    def is_title(self) -> bool:
        return self.kind in TITLE_LEVEL

    def xml(self) -> bytes:
        """The item as a document: the container with what describes it, and without the other articles."""
        tag = etree.QName(self.container)
        opening = f'<{tag.localname} xmlns="{tag.namespace}">'
        return b"".join([opening.encode(), *map(xmltools.serialise, self._parts()), f"</{tag.localname}>".encode()])

    def _parts(self) -> Iterator[etree._Element]:
        if self.element is self.container:  # such as a preprint, which is part of nothing
            yield from self.element
            return
        for part in self.container:
            if part is self.element or part in self.element.iterancestors():
                yield part
                return
            if local(part) not in _REPEATED:
                yield part


class Container(Struct, frozen=True):
    """A journal, a book or something else directly in the body, with its DOIs in document order."""

    element: etree._Element
    items: tuple[Item, ...]

    @property
    def is_journal(self) -> bool:
        return local(self.element) == "journal"


class DepositFile(Struct, frozen=True):
    """A valid file. `timestamp` is the version of all its DOIs."""

    batch_id: str
    timestamp: int
    email: str
    containers: tuple[Container, ...]
    resources: etree._Element | None = None  # the root, if the file contains nothing but resources of DOIs


def validate(version: str, root: etree._Element) -> list[str]:
    """Validates with the real schema. Raises `Unreadable` if that version is not installed here."""
    try:
        return bundles.load(version).validate(root)
    except BundleError as error:
        raise Unreadable(f"{schema_errors.unsupported(version)} (crossref-standin: {error})") from error


def read(data: bytes, validate: Validate = validate, *, old_wording: bool = False) -> DepositFile:
    """Raises `Unreadable` if the file is not well-formed or not valid."""
    try:
        root = xmltools.parse(data, huge=True)
    except (etree.XMLSyntaxError, xmltools.UnsafeXml) as error:
        raise Unreadable(schema_errors.not_well_formed(error)) from error
    namespace = etree.QName(root).namespace or ""
    if RESOURCES.fullmatch(namespace):  # no package contains its schema, so it is not validated
        return _read(root, resources=root)
    version = _NAMESPACE.fullmatch(namespace)
    if version is None or version[1] not in bundles.pinned():
        raise Unreadable(schema_errors.unsupported(namespace))
    if problems := validate(version[1], root):
        raise Unreadable(schema_errors.invalid(version[1], namespace, problems, old_wording=old_wording))
    return _read(root)


def _read(root: etree._Element, resources: etree._Element | None = None) -> DepositFile:
    timestamp = text_of(root, "{*}head/{*}timestamp")
    return DepositFile(
        batch_id=text_of(root, "{*}head/{*}doi_batch_id"),
        timestamp=int(timestamp) if timestamp.isdigit() else 0,
        email=text_of(root, "{*}head/{*}depositor/{*}email_address"),
        containers=() if resources is not None else tuple(map(_container, root.iterfind("{*}body/{*}*"))),
        resources=resources,
    )


def _container(element: etree._Element) -> Container:
    items = []
    for doi in element.iterfind(".//{*}doi_data/{*}doi"):
        data = doi.getparent()
        owner = data.getparent() if data is not None else None
        assert owner is not None
        items.append(Item((doi.text or "").strip(), local(owner), owner, element))
    return Container(element, tuple(items))


def text_of(element: etree._Element, path: str) -> str:
    """The text of the first element at a path, with single spaces; empty if there is none."""
    found = element.find(path)
    return "" if found is None else words(found)


def words(element: etree._Element) -> str:
    """All text in an element, with single spaces."""
    return " ".join("".join(map(str, element.itertext())).split())
