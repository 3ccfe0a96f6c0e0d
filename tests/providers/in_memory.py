"""The script of a server, asked without a socket: the protocol client works as ever, and an answer takes no time."""

from __future__ import annotations

import http.client
import io
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

import pytest
import requests
import urllib3

from harvester.system.head import Reply
from tests.providers.server import Answer, Request

URL = "http://127.0.0.1:9/oai"  # where no server is

Script = Callable[[Request], "bytes | Answer"]


class _Line:
    """What `http.client` wants of a socket."""

    def __init__(self, data: bytes) -> None:
        self._data = data

    def makefile(self, _: str) -> io.BytesIO:
        return io.BytesIO(self._data)


class _Adapter(requests.adapters.BaseAdapter):
    def __init__(self, script: Script) -> None:
        super().__init__()
        self._script = script

    def send(self, request: requests.PreparedRequest, *_: object, **__: object) -> requests.Response:
        address = urlsplit(request.url or "")
        target = f"{address.path}?{address.query}" if address.query else address.path
        answer = self._script(Request(target, {str(name): str(text) for name, text in request.headers.items()}))
        return _response(request, answer.data if isinstance(answer, Answer) else answer)

    def close(self) -> None:
        pass


def _response(request: requests.PreparedRequest, data: bytes) -> requests.Response:
    head = Reply(_Line(data))  # type: ignore[arg-type]
    try:
        head.begin()
    except (http.client.HTTPException, OSError) as error:
        raise requests.ConnectionError(urllib3.exceptions.ProtocolError("Connection aborted.", error)) from error
    response = requests.Response()
    response.raw = urllib3.HTTPResponse(
        head,
        headers=urllib3.HTTPHeaderDict(head.headers.items()),
        status=head.status,
        preload_content=False,
        decode_content=False,
        original_response=head,
    )
    response.status_code, response.url, response.request = head.status, request.url or "", request
    response.headers = requests.structures.CaseInsensitiveDict(response.raw.headers)
    return response


@contextmanager
def in_memory(script: Script) -> Iterator[None]:
    """Whatever is asked meanwhile, over HTTP, is answered by the script. Nobody waits."""
    adapter = _Adapter(script)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(requests.Session, "get_adapter", lambda *_, **__: adapter)
        patch.setattr("harvester.oai.client.wait", lambda *_: None)
        yield
