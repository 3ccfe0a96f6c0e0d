"""The tables and triggers of the store, and nothing else.

Payloads are numbered in the order they came. A record is one identifier in one format of one source; its earlier
versions are in `record_version`. An article is one identifier of one source, mapped from all its records: a JSON
document, next to the few columns that are searched. The ledger (`batch`, `deposit`, `deposited`, `elsewhere`) says what
was written for which target, and what another program deposited. `submission` and `registration` say what became of
these files and their DOIs at the agency. `wish` has what people asked for on the web page.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from harvester.store.column_types import Moment, Numbers, Sha256, Strings, Words

metadata = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "uq": "uq_%(table_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "ix": "ix_%(table_name)s_%(column_0_name)s",
    }
)

# One row, kept by alembic: the revision of this store.
alembic_version = Table("alembic_version", metadata, Column("version_num", String(32), primary_key=True))

# ---------------------------------------------------------------------------------------------- harvest

source = Table(
    "source",
    metadata,
    Column("name", Text, primary_key=True),
    Column("url", Text, nullable=False),
    Column("identity", Text),  # JSON of the answer to Identify; null until the provider has answered
    Column("sets", Strings, nullable=False, server_default="[]"),  # that were asked for last, of a harvest by sets
)

run = Table(
    "run",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("source", Text, ForeignKey("source.name"), nullable=False),
    Column("prefix", Text, nullable=False),
    Column("kind", Text, nullable=False),  # full, incremental, range, reconcile
    Column("state", Text, nullable=False),  # running, complete, incomplete, failed, waiting
    Column("started", Moment, nullable=False),
    Column("finished", Moment),
    Column("response_date", Text),  # of the first page, by the provider's clock
    Column("error", Text),
    Column("wait_until", Moment),  # the provider wants no requests before
    Column("interrupted", Boolean, nullable=False, server_default="0"),  # by us or by a crash, not by the provider
    Column("pages", Integer, nullable=False, server_default="0"),
    Column("new", Integer, nullable=False, server_default="0"),
    Column("changed", Integer, nullable=False, server_default="0"),
    Column("deleted", Integer, nullable=False, server_default="0"),
    Column("moved", Integer, nullable=False, server_default="0"),
    Column("unchanged", Integer, nullable=False, server_default="0"),
    Column("repaired", Integer, nullable=False, server_default="0"),
    Column("rejected", Integer, nullable=False, server_default="0"),
    Column("needs_person", Boolean, nullable=False, server_default="0"),  # `error` says what to change
    Column("taken", Integer, nullable=False, server_default="0"),  # how often a process took it up again
    Index("ix_run_source", "source", "prefix", "id"),
)

# One list request with its checkpoint: the token that requests the next page. A split window is done when the windows
# that have it as their parent are done.
run_window = Table(
    "run_window",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("run_id", Integer, ForeignKey("run.id"), nullable=False, index=True),
    Column("parent", Integer, ForeignKey("run_window.id")),
    Column("set_spec", Text),
    Column("since", Text),
    Column("until", Text),
    Column("state", Text, nullable=False, server_default="open"),  # open, split, done
    Column("token", Text),
    Column("list_size", Integer),
    Column("cursor", Integer),
    Column("expires", Text),
    Column("pages", Integer, nullable=False, server_default="0"),
    Column("seen", Integer, nullable=False, server_default="0"),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("announced", Integer, nullable=False, server_default="0"),  # the largest completeListSize in any attempt
    Column("delivered", Integer, nullable=False, server_default="0"),  # records given in any attempt before this one
    Column("last_total", Integer),  # what the list gave when it ended with much less than that
    Column("short_since", Moment),  # since when it has given about as much as `last_total`
)

# Found by id only: an index of the hashes would be written at a random place for each record.
payload = Table(
    "payload",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("hash", Sha256, nullable=False),  # of the bytes before compression
    Column("codec", Text, nullable=False),  # zstd, none
    Column("size", Integer, nullable=False),  # bytes before compression
    Column("data", LargeBinary, nullable=False),
)

record = Table(
    "record",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("source", Text, ForeignKey("source.name"), nullable=False),
    Column("identifier", Text, nullable=False),
    Column("prefix", Text, nullable=False),
    Column("datestamp", Text, nullable=False),
    Column("sets", Strings, nullable=False),  # that its header names
    Column("deleted", Boolean, nullable=False),
    Column("payload_id", Integer, ForeignKey("payload.id")),  # null for a deleted record
    Column("repairs", Strings, nullable=False),
    Column("original_id", Integer, ForeignKey("payload.id")),  # the page as received, if it was repaired
    Column("run_id", Integer, ForeignKey("run.id"), nullable=False),  # the run that brought or confirmed this version
    Column("listed_in", Strings, nullable=False, server_default="[]"),  # sets whose lists gave it, unlike its header
    UniqueConstraint("source", "identifier", "prefix"),
)

# The number of records, kept up to date by `TRIGGERS`: counting a million of them would be too slow for `status`.
record_count = Table(
    "record_count",
    metadata,
    Column("source", Text, primary_key=True),
    Column("prefix", Text, primary_key=True),
    Column("deleted", Boolean, primary_key=True),
    Column("number", Integer, nullable=False),
    sqlite_with_rowid=False,
)

# The earlier versions of a record: together with `record` they are everything that was received.
record_version = Table(
    "record_version",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("record_id", Integer, ForeignKey("record.id"), nullable=False, index=True),
    Column("datestamp", Text, nullable=False),
    Column("sets", Strings, nullable=False),
    Column("deleted", Boolean, nullable=False),
    Column("payload_id", Integer, ForeignKey("payload.id")),
    Column("repairs", Strings, nullable=False),
    Column("original_id", Integer, ForeignKey("payload.id")),
    Column("run_id", Integer, ForeignKey("run.id"), nullable=False),
    Column("replaced_by", Integer, ForeignKey("run.id"), nullable=False),
)

rejected = Table(
    "rejected",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("run_id", Integer, ForeignKey("run.id"), nullable=False, index=True),
    Column("identifier", Text),
    Column("reason", Text, nullable=False),
    Column("payload_id", Integer, ForeignKey("payload.id"), nullable=False),
    # Whether the same run had stored the record before: then what is stored does not resolve this.
    Column("after_arrival", Boolean, nullable=False, server_default="0"),
)

# The continuing failures that a person was notified of: of a source, the export or the report.
alert = Table(
    "alert",
    metadata,
    Column("subject", Text, primary_key=True),
    Column("since", Moment, nullable=False),
    Column("told", Moment, nullable=False),  # when a person was last notified
)

# The digests that were sent, or had nothing to say.
digest = Table("digest", metadata, Column("id", Integer, primary_key=True), Column("sent", Moment, nullable=False))

# --------------------------------------------------------------------------------------------- articles

# The fingerprints of the configurations and programs that articles were mapped with.
mapping = Table(
    "mapping",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("fingerprint", Text, nullable=False, unique=True),
)

article = Table(
    "article",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("source", Text, ForeignKey("source.name"), nullable=False),
    Column("identifier", Text, nullable=False),
    Column("state", Text, nullable=False),  # ready, held (back), deleted
    Column("format", Text),
    Column("doi", Text),  # as the source writes it
    Column("doi_key", Text),  # folded, for comparison
    Column("title", Text),  # plain
    Column("journal", Text),  # plain
    Column("issn", Text),
    Column("year", Integer),
    Column("volume", Text),
    Column("issue", Text),
    Column("fingerprint", Sha256),  # of what can reach a deposit
    Column("mapping_id", Integer, ForeignKey("mapping.id"), nullable=False, index=True),
    Column("document", Text),  # JSON, schemas/article.schema.json; null if the records contain no article
    UniqueConstraint("source", "identifier"),
    Index("ix_article_state", "state", "source"),
    Index("ix_article_doi", "doi_key", "state", "fingerprint"),
    Index("ix_article_journal", "issn", "year", "state", "source"),  # all that a list of articles is counted by
)

article_count = Table(
    "article_count",
    metadata,
    Column("source", Text, primary_key=True),
    Column("state", Text, primary_key=True),
    Column("number", Integer, nullable=False),
    sqlite_with_rowid=False,
)

finding = Table(
    "finding",
    metadata,
    Column("article_id", Integer, ForeignKey("article.id"), primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("code", Text, nullable=False),
    Column("severity", Text, nullable=False),  # error, warning, info
    Column("path", Text, nullable=False),
    Column("value", Text, nullable=False),
    Column("detail", Text, nullable=False),  # JSON object of strings
    Index("ix_finding_code", "code", "article_id"),
    sqlite_with_rowid=False,
)

# The articles that a digest reported as held back, and that still are.
digest_held = Table("digest_held", metadata, Column("article_id", Integer, ForeignKey("article.id"), primary_key=True))

NO_SOURCE = ""  # of DOIs that were minted for records of a source which was forgotten
# The DOIs that this program minted for records without one: stored once, never changed.
minted = Table(
    "minted",
    metadata,
    Column("source", Text, primary_key=True),
    Column("identifier", Text, primary_key=True),
    Column("doi", Text, nullable=False),
    Column("doi_key", Text, nullable=False, unique=True),
    sqlite_with_rowid=False,
)

# ----------------------------------------------------------------------------------------------- ledger

batch = Table(
    "batch",
    metadata,
    Column("id", Text, primary_key=True),
    Column("target", Text, nullable=False),  # crossref
    Column("timestamp", BigInteger, nullable=False, unique=True),  # 17 digits, only rises, over all targets
    Column("schema_version", Text, nullable=False),
    Column("state", Text, nullable=False, index=True),  # planned, written, abandoned
    Column("planned", Moment, nullable=False),
    Column("written", Moment),
    Column("path", Text),
    Column("sha256", Sha256),
    Column("size", Integer),
    Column("raised", Boolean, nullable=False, server_default="0"),  # its timestamp is above a floor, not of the clock
)

deposit = Table(
    "deposit",
    metadata,
    Column("batch_id", Text, ForeignKey("batch.id"), primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("article_id", Integer, ForeignKey("article.id")),  # null after its source was forgotten
    Column("doi_key", Text, nullable=False, index=True),
    Column("fingerprint", Sha256, nullable=False),
    Column("counts_by_kind", Numbers, nullable=False),  # how many titles, references and so on it had
    sqlite_with_rowid=False,
)

# The last written deposit of each DOI for each target.
deposited = Table(
    "deposited",
    metadata,
    Column("doi_key", Text, primary_key=True),
    Column("target", Text, primary_key=True),
    Column("fingerprint", Sha256, nullable=False),
    Column("batch_id", Text, ForeignKey("batch.id"), nullable=False),
    Column("timestamp", BigInteger, nullable=False),
    sqlite_with_rowid=False,
)

# DOIs that another program deposited before. Their articles are exported when they change.
elsewhere = Table(
    "elsewhere",
    metadata,
    Column("doi_key", Text, primary_key=True),
    Column("target", Text, primary_key=True),
    Column("fingerprint", Sha256),  # of the article that counts as deposited; null until an export finds it ready
    Column("since", Moment, nullable=False),  # when a person marked it, or it was found at the agency
    Column("system", Text),  # test, live: where the agency holds it; null: a person said so, of every system
    sqlite_with_rowid=False,
)

# ----------------------------------------------------------------------------------------- registration

# What became of a deposit file in one system of its target. `registration/file_states.py` explains the states.
submission = Table(
    "submission",
    metadata,
    Column("batch_id", Text, ForeignKey("batch.id"), primary_key=True),
    Column("system", Text, primary_key=True),  # test, live
    Column("state", Text, nullable=False, index=True),
    Column("since", Moment, nullable=False),  # of the state
    Column("names", Strings, nullable=False),  # under which it was sent, or is asked for; the last one counts
    Column("asked", Boolean, nullable=False, server_default="0"),  # the agency did not know it before it was sent
    Column("accepted", Boolean, nullable=False, server_default="0"),  # the agency said that it was received
    Column("sent", Moment),  # when it was last sent, or found at the agency
    Column("attempts", Integer, nullable=False, server_default="0"),  # to send it, since one was answered clearly
    Column("next", Moment, index=True),  # when to send it or to ask for it; null: not by itself
    Column("submission_id", Text),
    Column("answer", Text, nullable=False, server_default=""),  # the agency's last words, on one line
    sqlite_with_rowid=False,
)

# What became of a DOI in one system of a target: by the newest file with it that was sent.
registration = Table(
    "registration",
    metadata,
    Column("doi_key", Text, primary_key=True),
    Column("target", Text, primary_key=True),
    Column("system", Text, primary_key=True),
    Column("doi", Text, nullable=False),  # as sent
    Column("state", Text, nullable=False),
    Column("batch_id", Text, ForeignKey("batch.id")),  # null: a person said so
    Column("kind", Text),  # of the agency's message, in its catalogue
    Column("message", Text, nullable=False, server_default=""),
    Column("who", Text, nullable=False, server_default="nobody"),  # can act
    Column("details", Words, nullable=False, server_default="{}"),  # named in the message
    Column("held", Text),  # the version of ours at the agency, a number of any length
    Column("held_since", Moment),
    Column("conflict_id", Text),
    Column("dois_in_conflict", Strings, nullable=False, server_default="[]"),
    Column("changed", Moment, nullable=False),
    Column("refusals", Integer, nullable=False, server_default="0"),  # of the same kind in succession
    Column("settings", Text),  # the fingerprint of those whose change makes it due again
    Column("due", Moment),  # when it is to be exported again, although its article is the same
    Column("overruled", Text),  # the version of another program that a person has decided to overwrite
    Index("ix_registration_state", "target", "system", "state"),
    sqlite_with_rowid=False,
)

# The logs of files, as received.
submission_log = Table(
    "submission_log",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("batch_id", Text, ForeignKey("batch.id"), nullable=False, index=True),
    Column("system", Text, nullable=False),
    Column("name", Text, nullable=False),  # of the file
    Column("received", Moment, nullable=False),
    Column("payload_id", Integer, ForeignKey("payload.id"), nullable=False),
)

# The bytes of a file whose result is known, to compare with what the agency holds: people move files away.
sent_file = Table(
    "sent_file",
    metadata,
    Column("batch_id", Text, ForeignKey("batch.id"), primary_key=True),
    Column("payload_id", Integer, ForeignKey("payload.id"), nullable=False),
    sqlite_with_rowid=False,
)

# What the agency was last seen to hold of a DOI, whoever deposited it.
held_record = Table(
    "held_record",
    metadata,
    Column("doi_key", Text, primary_key=True),
    Column("target", Text, primary_key=True),
    Column("system", Text, primary_key=True),
    Column("doi", Text, nullable=False),
    Column("version", Text),  # a number of any length; null: it was not there, or was seen in a list only
    Column("owner", Text),  # a DOI prefix
    Column("updated", Moment),  # by the agency
    Column("mark", Text),  # changes with what the list has of it
    Column("read", Moment),  # when it was read whole; null: it was seen in a list only
    Column("refs", Integer, nullable=False, server_default="0"),
    Column("matched", Integer, nullable=False, server_default="0"),  # of these, by the agency
    Column("facts", Text, nullable=False, server_default="{}"),  # as JSON
    Column("found", Text, nullable=False, server_default="{}"),  # as JSON: DOIs of matched references by their keys
    sqlite_with_rowid=False,
)

# What happened to a file or a DOI, for people.
registration_event = Table(
    "registration_event",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("at", Moment, nullable=False),
    Column("target", Text, nullable=False),
    Column("system", Text, nullable=False),
    Column("batch_id", Text, ForeignKey("batch.id"), index=True),
    Column("doi_key", Text, index=True),  # null: of the whole file
    Column("state", Text, nullable=False),
    Column("words", Text, nullable=False),
)

# The version of a DOI that the agency is known to have, whoever deposited it: the next one must be higher.
version_floor = Table(
    "version_floor",
    metadata,
    Column("doi_key", Text, primary_key=True),
    Column("target", Text, primary_key=True),
    Column("system", Text, primary_key=True),
    Column("version", Text, nullable=False),  # a number of any length
    sqlite_with_rowid=False,
)

# The account that is used in a system. `login` is a fingerprint: what it changes with, and not what it is.
agency_account = Table(
    "agency_account",
    metadata,
    Column("target", Text, primary_key=True),
    Column("system", Text, primary_key=True),
    Column("login", Text, nullable=False),
    Column("accepted", Moment),  # when the agency last accepted the login
    Column("stopped", Moment),  # since when it refuses the login; nothing is sent then
    Column("answer", Text, nullable=False, server_default=""),
    Column("clock_ahead", Integer, nullable=False, server_default="0"),  # seconds of our clock before the agency's
    Column("quiet_until", Moment),  # it could not answer; nothing is requested before
    Column("failures", Integer, nullable=False, server_default="0"),  # requests without an answer in succession
    sqlite_with_rowid=False,
)

# ----------------------------------------------------------------------------------------------- wishes

# What people asked for on the web page.
wish = Table(
    "wish",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("what", Text, nullable=False),  # a kind of `standing.wishes`
    Column("subject", Text, nullable=False),  # what it is about: a source, a target
    Column("choices", Words, nullable=False, server_default="{}"),
    Column("upload", LargeBinary),  # the file that came with it, until it is done
    Column("asked", Moment, nullable=False),
    Column("asked_by", Text, nullable=False),
    Column("taken", Moment),  # by a process; null: it waits
    Column("done", Moment, index=True),  # null: it is open
    Column("succeeded", Boolean),
    Column("outcome", Text, nullable=False, server_default=""),  # what it did, one sentence a line
)

# Before PostgreSQL deletes a row, it looks for what points to it. Without an index on that column it reads the whole
# table for each row, so there it does not know of such a key.
for _table in metadata.tables.values():
    _unique = [one for one in _table.constraints if isinstance(one, UniqueConstraint)]
    _indexed = {one.columns[0] for one in (_table.primary_key, *_unique)} | {one.columns[0] for one in _table.indexes}
    for _key in _table.foreign_key_constraints:
        if _key.columns[0] not in _indexed:
            _key.ddl_if(dialect="sqlite")

# ----------------------------------------------------------------------------------- counts, by triggers

TRIGGERS = (
    """
CREATE TRIGGER record_in AFTER INSERT ON record
BEGIN
    INSERT INTO record_count VALUES (new.source, new.prefix, new.deleted, 1)
        ON CONFLICT DO UPDATE SET number = number + 1;
END""",
    """
CREATE TRIGGER record_out AFTER DELETE ON record
BEGIN
    UPDATE record_count SET number = number - 1
     WHERE source = old.source AND prefix = old.prefix AND deleted = old.deleted;
END""",
    """
CREATE TRIGGER record_turned AFTER UPDATE OF deleted ON record WHEN old.deleted <> new.deleted
BEGIN
    UPDATE record_count SET number = number - 1
     WHERE source = old.source AND prefix = old.prefix AND deleted = old.deleted;
    INSERT INTO record_count VALUES (new.source, new.prefix, new.deleted, 1)
        ON CONFLICT DO UPDATE SET number = number + 1;
END""",
    """
CREATE TRIGGER article_in AFTER INSERT ON article
BEGIN
    INSERT INTO article_count VALUES (new.source, new.state, 1) ON CONFLICT DO UPDATE SET number = number + 1;
END""",
    """
CREATE TRIGGER article_out AFTER DELETE ON article
BEGIN
    UPDATE article_count SET number = number - 1 WHERE source = old.source AND state = old.state;
END""",
    """
CREATE TRIGGER article_turned AFTER UPDATE OF state ON article WHEN old.state <> new.state
BEGIN
    UPDATE article_count SET number = number - 1 WHERE source = old.source AND state = old.state;
    INSERT INTO article_count VALUES (new.source, new.state, 1) ON CONFLICT DO UPDATE SET number = number + 1;
END""",
)

# ------------------------------------------------------------------------------------- views, for people
