"""Requests, taken from what clients send."""

from __future__ import annotations

import pytest
import requests
from hypothesis import given
from hypothesis import strategies as st

from harvester.standin.exchange import Request, Upload, as_json


def prepared(url: str = "http://127.0.0.1/servlet/deposit", **arguments: object) -> Request:
    """What `requests` would send."""
    sent = requests.Request("POST", url, **arguments).prepare()
    body = sent.body or b""
    headers = {name.lower(): value for name, value in sent.headers.items()}
    return Request("POST", sent.path_url, headers, body.encode() if isinstance(body, str) else body)


@given(st.binary(max_size=200))
def test_file_arrives_byte_for_byte(data: bytes) -> None:
    request = prepared(data={"login_id": "dömo"}, files={"fname": ("a b.xml", data, "application/xml")})
    assert request.multipart() == ({"login_id": "dömo"}, [Upload("a b.xml", data)])
    assert request.form() == {}


def test_form() -> None:
    request = prepared(data={"usr": "a&b", "pwd": "", "file_name": "ü.xml"})
    assert request.form() == {"usr": "a&b", "pwd": "", "file_name": "ü.xml"}
    assert request.multipart() == ({}, [])


@pytest.mark.parametrize("body", [b"", b"nothing", b"--x\r\nno name\r\n\r\nvalue\r\n--x--\r\n"])
def test_body_that_is_not_what_its_type_says(body: bytes) -> None:
    request = Request("POST", "/", {"content-type": "multipart/form-data; boundary=x"}, body)
    assert request.multipart() == ({}, [])


def test_path_keeps_an_encoded_slash() -> None:
    request = Request("GET", "/works/10.5555%2Fa%20b?mailto=a%40example.org&x=", {})
    assert request.segments == ["works", "10.5555/a b"]
    assert request.path == "/works/10.5555%2Fa%20b"
    assert request.query == {"mailto": "a@example.org", "x": ""}


def test_json_keeps_letters() -> None:
    assert as_json({"a": "ж"}, 400).body == '{"a": "ж"}'.encode()
