"""A process that makes articles for another one: `main` in it, and the messages between the two.

It reads requests from its standard input and answers on its standard output. It opens nothing and keeps nothing, so
that it may be killed at any moment, and ends by itself when the process that asks is gone.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from contextlib import suppress
from typing import IO

import msgspec

from harvester.article_rows import MappedArticle
from harvester.mapping.article_mapper import ArticleMapper
from harvester.mapping.garbage import rarely_collected
from harvester.model import RawRecord

Live = dict[str, RawRecord]  # the live records of one identifier by format

# Nothing is imported beside what makes articles: the process is to be at work in a moment.
PROGRAM = "import sys; sys.path[:] = {path!r}; from harvester.mapping import worker; worker.main()"
READY = b"ready"
_LENGTH = 4  # bytes before each message

_encode = msgspec.msgpack.Encoder().encode
_requests = msgspec.msgpack.Decoder(list[Live])
_answers = msgspec.msgpack.Decoder(list[MappedArticle])
_makers = msgspec.msgpack.Decoder(ArticleMapper)


def greeting(maker: ArticleMapper) -> bytes:
    """The first message to a worker, which it answers with `READY`."""
    return _encode(maker)


def request(work: Sequence[Live]) -> bytes:
    """The records of some identifiers, as a message. Raises `ValueError` on half a surrogate pair."""
    return _encode(work)


def answer(message: bytes) -> list[MappedArticle]:
    """What came of a request, in its order. Raises `ValueError` on anything else, such as a message of nothing."""
    return _answers.decode(message)


def write(pipe: IO[bytes], message: bytes) -> None:
    """One message. Raises `OSError` where the other side has gone."""
    pipe.write(len(message).to_bytes(_LENGTH, "big") + message)
    pipe.flush()


def read(pipe: IO[bytes]) -> bytes | None:
    """One message; `None` where the other side has gone."""
    head = pipe.read(_LENGTH)
    length = int.from_bytes(head, "big")
    message = pipe.read(length)
    return message if len(head) == _LENGTH and len(message) == length else None


def main() -> None:
    """Makes articles until there is nobody left to make them for."""
    with suppress(BrokenPipeError), rarely_collected():
        _serve(sys.stdin.buffer, sys.stdout.buffer)


def _serve(requests: IO[bytes], answers: IO[bytes]) -> None:
    first = read(requests)
    if first is None:
        return
    maker = _makers.decode(first)
    write(answers, READY)
    while (asked := read(requests)) is not None:
        write(answers, _made(maker, asked))


def _made(maker: ArticleMapper, asked: bytes) -> bytes:
    """What comes of a request; a message of nothing where it cannot be said, so that it is made where it is wanted."""
    try:
        return _encode(maker.make(_requests.decode(asked)))
    except ValueError:  # half a surrogate pair
        return b""
