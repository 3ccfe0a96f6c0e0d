"""Log lines: text for people or JSON for machines, each with the source and the run at work."""

from __future__ import annotations

import logging
from datetime import UTC, datetime

import msgspec

from harvester.system.logcontext import facts


def set_up(kind: str, level: int, *, verbose: bool = False) -> None:
    """Configures logging to stderr, as `text` or as `json` lines.

    Warnings of libraries are for developers: they are logged only if `verbose`, errors always.
    """
    handler = logging.StreamHandler()
    if not verbose:
        handler.addFilter(_concerns_people)
    handler.setFormatter(JsonFormatter() if kind == "json" else TextFormatter())
    logging.basicConfig(level=level, handlers=[handler], force=True)
    logging.getLogger("apscheduler").setLevel(logging.ERROR)  # we log what it does ourselves
    logging.getLogger("apscheduler.executors").setLevel(logging.CRITICAL)  # and failed jobs: `Jobs._explain`
    logging.captureWarnings(True)


def _concerns_people(record: logging.LogRecord) -> bool:
    return record.name.partition(".")[0] == "harvester" or record.levelno >= logging.ERROR


class TextFormatter(logging.Formatter):
    """`2026-11-24 02:30:11Z INFO source=journal run=7 jats: complete`."""

    def format(self, record: logging.LogRecord) -> str:
        context = "".join(f"{name}={value} " for name, value in facts().items())
        moment = f"{_moment(record):%Y-%m-%d %H:%M:%SZ}"
        return _with_trace(self, record, f"{moment} {record.levelname} {context}{record.getMessage()}")


class JsonFormatter(logging.Formatter):
    """One object a line: time (RFC 3339, UTC), level, logger, message, and the facts of the log context."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, object] = {
            "time": _moment(record).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "level": record.levelname.lower(),
            "logger": record.name,
            **facts(),
            "message": record.getMessage(),
        }
        if record.exc_info:
            line["trace"] = self.formatException(record.exc_info)
        return msgspec.json.encode(line).decode()


def _moment(record: logging.LogRecord) -> datetime:
    return datetime.fromtimestamp(record.created, UTC)


def _with_trace(formatter: logging.Formatter, record: logging.LogRecord, line: str) -> str:
    return f"{line}\n{formatter.formatException(record.exc_info)}" if record.exc_info else line
