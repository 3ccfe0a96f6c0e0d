"""Servers on loopback close, whatever their clients do."""

from __future__ import annotations

import socket
import threading
from http.server import BaseHTTPRequestHandler

import requests

from harvester.system.loopback import LoopbackServer, running


class Hello(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", "5")
        self.end_headers()
        self.wfile.write(b"hello")

    def log_message(self, format: str, *args: object) -> None:
        pass


def test_server_answers_on_loopback_until_the_end_of_the_block() -> None:
    with running(LoopbackServer(Hello), "hello") as server:
        assert server.server_address[0] == "127.0.0.1"
        assert requests.get(server.root).text == "hello"
        assert "hello" in [thread.name for thread in threading.enumerate()]
        port = server.server_address[1]
    assert "hello" not in [thread.name for thread in threading.enumerate()]
    with socket.socket() as probe:
        assert probe.connect_ex(("127.0.0.1", port))


def test_server_closes_while_a_client_keeps_its_connection() -> None:
    with requests.Session() as session, running(LoopbackServer(Hello), "hello") as server:
        assert session.get(server.root).ok


def test_client_that_hangs_up_is_no_error(caplog) -> None:
    with (
        running(LoopbackServer(Hello), "hello") as server,
        socket.create_connection(("127.0.0.1", server.server_port)) as client,
    ):
        client.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        client.shutdown(socket.SHUT_RDWR)
    assert [record for record in caplog.records if record.levelname == "ERROR"] == []
