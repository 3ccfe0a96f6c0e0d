"""What the agency was last seen to hold of each DOI, and the bytes of our own files to compare it with."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import func, select, text
from sqlalchemy.dialects.sqlite import insert

from harvester.answers import Facts, HeldRecord, System
from harvester.identifiers import fold_doi
from harvester.store import payloads
from harvester.store.database import Part, chunks, in_list
from harvester.store.registration_structs import Matches, OwnFile, SeenDoi
from harvester.store.registrations import raise_floors
from harvester.store.tables import held_record, sent_file


class HeldRecords(Part):
    """What was seen in each system of a target."""

    def of_dois(self, target: str, system: System, dois: Iterable[str]) -> dict[str, SeenDoi]:
        """What was seen of these DOIs, by the folded DOI."""
        found: dict[str, SeenDoi] = {}
        which = (held_record.c.target == target) & (held_record.c.system == system)
        statement = select(held_record).where(which & in_list(held_record.c.doi_key, "keys"))
        with self._read() as connection:
            for chunk in chunks(dict.fromkeys(map(fold_doi, dois))):
                rows = connection.execute(statement, {"keys": chunk}).all()
                found |= {row.doi_key: _seen(row._asdict()) for row in rows}
        return found

    def save(self, target: str, system: System, seen: Sequence[SeenDoi]) -> None:
        """Writes what was seen, and raises the floors of the next versions."""
        floors: dict[str, int] = {}
        with self._write(durable=True) as connection:
            for one in seen:
                version = one.record.version
                values = {name: getattr(one.record, name) for name in ("doi", "owner", "updated")} | {
                    "mark": one.mark,
                    "read": one.read,
                    "refs": one.refs,
                    "matched": one.matched,
                    "version": None if version is None else str(version),
                    "facts": msgspec.json.encode(one.record.facts).decode(),
                }
                key = fold_doi(one.record.doi)
                statement = insert(held_record).values(doi_key=key, target=target, system=system, **values)
                connection.execute(statement.on_conflict_do_update(set_=values))
                if version is not None:
                    floors[key] = version
            raise_floors(connection, target, system, floors)

    def save_matches(self, target: str, system: System, matches: Mapping[str, Matches]) -> None:
        """Writes what a log or a question said of the references of each DOI."""
        with self._write(durable=True) as connection:
            for doi, one in matches.items():
                found = msgspec.json.encode(one.found).decode()
                values = {"refs": one.refs, "matched": one.matched, "found": found}
                keys = {"doi_key": fold_doi(doi), "target": target, "system": system}
                statement = insert(held_record).values(**keys, doi=doi, **values)
                connection.execute(statement.on_conflict_do_update(set_=values))

    def matches(self, target: str, system: System) -> tuple[int, int]:
        """How many references all DOIs have that were seen, and how many of them have a DOI there."""
        sums = select(func.coalesce(func.sum(held_record.c.refs), 0), func.coalesce(func.sum(held_record.c.matched), 0))
        with self._read() as connection:
            row = connection.execute(sums.where(held_record.c.target == target, held_record.c.system == system)).one()
        return int(row[0]), int(row[1])

    def last_seen(self, target: str, system: System) -> datetime | None:
        """When a record was last read."""
        newest = select(held_record.c.read).where(
            held_record.c.target == target, held_record.c.system == system, held_record.c.read.is_not(None)
        )
        with self._read() as connection:
            return connection.execute(newest.order_by(held_record.c.read.desc()).limit(1)).scalar()

    def own_files(self, target: str, dois: Collection[str]) -> dict[str, tuple[OwnFile, ...]]:
        """The written files with each of these DOIs, oldest version first, by the folded DOI."""
        found: dict[str, tuple[OwnFile, ...]] = {}
        with self._read() as connection:
            for chunk in chunks(dict.fromkeys(map(fold_doi, dois))):
                parameters = {"keys": msgspec.json.encode(chunk).decode(), "target": target}
                for row in connection.execute(_OWN_FILES, parameters):
                    file = OwnFile(batch_id=row.id, version=row.timestamp, path=row.path, sha256=row.sha256.hex())
                    found[row.doi_key] = (*found.get(row.doi_key, ()), file)
        return found

    def keep_file(self, batch_id: str, data: bytes) -> None:
        """Keeps the bytes of a file, compressed, as people move files away."""
        with self._write(durable=True) as connection:
            known = connection.execute(select(sent_file.c.batch_id).where(sent_file.c.batch_id == batch_id)).first()
            if known is None:
                ids = payloads.save(connection, [data])
                connection.execute(insert(sent_file).values(batch_id=batch_id, payload_id=ids[data]))

    def file(self, batch_id: str) -> bytes | None:
        """The bytes that were kept of a file."""
        with self._read() as connection:
            row = connection.execute(select(sent_file.c.payload_id).where(sent_file.c.batch_id == batch_id)).scalar()
            return None if row is None else payloads.load(connection, [row])[row]


def _seen(row: Mapping[str, Any]) -> SeenDoi:
    record = HeldRecord(
        doi=row["doi"],
        version=None if row["version"] is None else int(row["version"]),
        owner=row["owner"],
        updated=row["updated"],
        facts=msgspec.json.decode(row["facts"], type=Facts),
    )
    return SeenDoi(
        record=record,
        mark=row["mark"],
        read=row["read"],
        refs=row["refs"],
        matched=row["matched"],
        found=msgspec.json.decode(row["found"]),
    )


_OWN_FILES = text("""
SELECT deposit.doi_key, batch.id, batch.timestamp, batch.path, batch.sha256
  FROM deposit JOIN batch ON batch.id = deposit.batch_id
 WHERE deposit.doi_key IN (SELECT value FROM json_each(:keys)) AND batch.target = :target AND batch.state = 'written'
 ORDER BY batch.timestamp
""")
