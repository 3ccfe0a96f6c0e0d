"""An OAI-PMH 2.0 repository in memory: it takes the arguments of a request and returns the document that answers it.

The sections cited are those of https://www.openarchives.org/OAI/openarchivesprotocol.html.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Literal

from msgspec.structs import replace

from harvester.demo import envelope, lists
from harvester.demo.envelope import Arguments, Refusal, escape
from harvester.demo.lists import Record, Token, stamp
from harvester.model import Format, SetInfo

OAI_DC = Format(
    "oai_dc", "http://www.openarchives.org/OAI/2.0/oai_dc.xsd", "http://www.openarchives.org/OAI/2.0/oai_dc/"
)
JATS = Format(  # as in the list of OJS 3.4, although its records have another namespace
    "jats", "https://jats.nlm.nih.gov/publishing/0.4/xsd/JATS-journalpublishing0.xsd", "http://jats.nlm.nih.gov"
)


def utc_now() -> datetime:
    return datetime.now(UTC).replace(microsecond=0)


class Repository:
    """A repository that answers all six verbs.

    `records` may be any sequence, so that a million of them can be created on request. `page_size` is in records,
    `token_life` is how long a token is valid, `description` is the XML inside the <description> of Identify.
    """

    def __init__(
        self,
        records: Iterable[Record] = (),
        *,
        name: str = "Demonstration repository",
        formats: Sequence[Format] = (OAI_DC, JATS),
        sets: Sequence[SetInfo] = (),
        page_size: int = 100,
        granularity: Literal["second", "day"] = "second",
        deleted_record: Literal["no", "transient", "persistent"] = "persistent",
        token_life: timedelta = timedelta(hours=24),
        description: str = "",
        clock: Callable[[], datetime] = utc_now,
    ) -> None:
        self.records: Sequence[Record] = records if isinstance(records, Sequence) else list(records)
        self.name, self.formats, self.sets, self.page_size = name, tuple(formats), tuple(sets), page_size
        self.granularity, self.deleted_record = granularity, deleted_record
        self.token_life, self.description, self.clock = token_life, description, clock
        self._lock = threading.Lock()
        self._positions: dict[str, int] | None = None

    # --------------------------------------------------------------------------------------- contents

    def put(self, record: Record) -> None:
        """Adds the record, or replaces the one with its identifier."""
        with self._lock:
            records, position = list(self.records), self._position(record.identifier)
            if position is None:
                records.append(record)
            else:
                records[position] = record
            self.records, self._positions = records, None

    def _position(self, identifier: str) -> int | None:
        if self._positions is None:
            self._positions = {record.identifier: position for position, record in enumerate(self.records)}
        return self._positions.get(identifier)

    def _record(self, identifier: str) -> Record:
        with self._lock:
            position = self._position(identifier)
            record = None if position is None else self.records[position]
        if record is None or not self._shows(record):
            raise Refusal("idDoesNotExist", f"there is no item {identifier}")
        return record

    def _shows(self, record: Record) -> bool:
        return not record.deleted or self.deleted_record != "no"

    # --------------------------------------------------------------------------------------- requests

    def answer(self, base_url: str, arguments: Arguments) -> bytes:
        """The document that answers a request with these arguments."""
        shown = ""
        try:
            verb, checked = envelope.checked(arguments)
            content = self._content(verb, base_url, checked)
            shown = envelope.attributes(arguments)
        except Refusal as refusal:
            content = [refusal.element()]
            if refusal.code not in ("badVerb", "badArgument"):  # those have no arguments (section 3.2)
                shown = envelope.attributes(arguments)
        return envelope.document(stamp(self.clock(), seconds=True), base_url, shown, content)

    def _content(self, verb: str, base_url: str, arguments: Mapping[str, str]) -> list[bytes]:
        if verb in ("ListRecords", "ListIdentifiers"):
            return self._list(verb, arguments)
        if verb == "GetRecord":
            return self._get_record(arguments["identifier"], arguments["metadataPrefix"])
        if verb == "ListMetadataFormats":
            return [self._formats(arguments.get("identifier")).encode()]
        if verb == "ListSets":
            return [self._sets(arguments.get("resumptionToken")).encode()]
        return [self._identify(base_url).encode()]

    def _identify(self, base_url: str) -> str:
        earliest = min((record.datestamp for record in self.records if self._shows(record)), default=self.clock())
        form = "YYYY-MM-DDThh:mm:ssZ" if self.granularity == "second" else "YYYY-MM-DD"
        described = f"<description>{self.description}</description>" if self.description else ""
        return (
            f"<Identify><repositoryName>{escape(self.name)}</repositoryName><baseURL>{escape(base_url)}</baseURL>"
            "<protocolVersion>2.0</protocolVersion><adminEmail>demo@example.org</adminEmail>"
            f"<earliestDatestamp>{self._stamp(earliest)}</earliestDatestamp>"
            f"<deletedRecord>{self.deleted_record}</deletedRecord><granularity>{form}</granularity>"
            f"<compression>gzip</compression>{described}</Identify>"
        )

    def _formats(self, identifier: str | None) -> str:
        formats = self.formats
        if identifier is not None:
            metadata = self._record(identifier).metadata
            formats = tuple(offered for offered in formats if offered.prefix in metadata)
            if not formats:
                raise Refusal("noMetadataFormats", f"{identifier} has no format")
        rows = (
            f"<metadataFormat><metadataPrefix>{escape(offered.prefix)}</metadataPrefix>"
            f"<schema>{escape(offered.schema)}</schema>"
            f"<metadataNamespace>{escape(offered.namespace)}</metadataNamespace></metadataFormat>"
            for offered in formats
        )
        return f"<ListMetadataFormats>{''.join(rows)}</ListMetadataFormats>"

    def _sets(self, token: str | None) -> str:
        if not self.sets:
            raise Refusal("noSetHierarchy", "this repository has no sets")
        if token is not None:
            raise Refusal("badResumptionToken", "the list of sets has one page, and no token was given for it")
        rows = (
            f"<set><setSpec>{escape(info.spec)}</setSpec><setName>{escape(info.name)}</setName></set>"
            for info in self.sets
        )
        return f"<ListSets>{''.join(rows)}</ListSets>"

    def _get_record(self, identifier: str, prefix: str) -> list[bytes]:
        record = self._record(identifier)
        if not self._offers(prefix) or not record.has(prefix):
            raise Refusal("cannotDisseminateFormat", f"{identifier} has no {prefix}")
        return [b"<GetRecord>", *self._element(record, prefix), b"</GetRecord>"]

    def _offers(self, prefix: str) -> bool:
        return any(offered.prefix == prefix for offered in self.formats)

    # ------------------------------------------------------------------------------------------ lists

    def _list(self, verb: str, arguments: Mapping[str, str]) -> list[bytes]:
        value = arguments.get("resumptionToken")
        token = self._first(verb, arguments) if value is None else lists.token(value, verb, self.clock())
        page, next_position = self._page(token)
        if not page:
            raise Refusal("noRecordsMatch", "no record matches these arguments")
        parts = [f"<{verb}>".encode()]
        for record in page:
            if verb == "ListRecords":
                parts += self._element(record, token.selection.prefix)
            else:
                parts.append(self._header(record))
        return [*parts, self._token(token, len(page), next_position), f"</{verb}>".encode()]

    def _first(self, verb: str, arguments: Mapping[str, str]) -> Token:
        """The token of the first page, if it had one."""
        if "set" in arguments and not self.sets:
            raise Refusal("noSetHierarchy", "this repository has no sets")
        if not self._offers(arguments["metadataPrefix"]):
            raise Refusal("cannotDisseminateFormat", f"there is no format {arguments['metadataPrefix']}")
        selection = lists.selection(arguments, seconds=self.granularity == "second")
        is_selected = selection.test()
        size = sum(is_selected(record) for record in self.records if self._shows(record))
        return Token(verb, selection, size, self.clock() + self.token_life)

    def _page(self, token: Token) -> tuple[list[Record], int]:
        """The records of one page, and the position after them."""
        is_selected, records, position = token.selection.test(), self.records, token.position
        page: list[Record] = []
        while position < len(records) and len(page) < self.page_size:
            record = records[position]
            if self._shows(record) and is_selected(record):
                page.append(record)
            position += 1
        return page, position

    def _token(self, token: Token, sent: int, next_position: int) -> bytes:
        """The token for the next page; empty on the last of several pages, absent on a single page (section 3.5)."""
        cursor = token.cursor + sent
        facts = f'completeListSize="{token.size}" cursor="{token.cursor}"'
        if cursor >= token.size or next_position >= len(self.records):
            return f"<resumptionToken {facts}/>".encode() if token.cursor else b""
        expires = self.clock() + self.token_life
        value = replace(token, expires=expires, cursor=cursor, position=next_position).value()
        return (
            f'<resumptionToken expirationDate="{stamp(expires, seconds=True)}" {facts}>{value}</resumptionToken>'
        ).encode()

    def _element(self, record: Record, prefix: str) -> Iterator[bytes]:
        """A <record> in pieces, so that its metadata is copied only once, to the whole answer."""
        yield b"<record>"
        yield self._header(record)
        if not record.deleted:
            yield b"<metadata>"
            yield record.metadata[prefix]
            yield b"</metadata>"
        yield b"</record>\n"

    def _header(self, record: Record) -> bytes:
        status = ' status="deleted"' if record.deleted else ""
        sets = "".join([f"<setSpec>{escape(spec)}</setSpec>" for spec in record.sets])
        return (
            f"<header{status}><identifier>{escape(record.identifier)}</identifier>"
            f"<datestamp>{self._stamp(record.datestamp)}</datestamp>{sets}</header>"
        ).encode()

    def _stamp(self, moment: datetime) -> str:
        return stamp(moment, seconds=self.granularity == "second")
