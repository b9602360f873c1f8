"""What the command line says to those who meet the wrong peer, or write down the wrong thing."""

import contextlib
import socket
import subprocess
import threading

import pytest

from harness import ROOT
from harness.server import cairn


@contextlib.contextmanager
def peer(answer):
    """A server that answers each connection's first bytes with `answer` and closes it; yields its address."""
    listener = socket.create_server(("127.0.0.1", 0))

    def serve():
        with contextlib.suppress(OSError):
            while True:
                connection, _ = listener.accept()
                with connection:
                    connection.recv(65536)
                    connection.sendall(answer)
                    connection.shutdown(socket.SHUT_WR)
                    while connection.recv(65536):
                        pass

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield f"127.0.0.1:{listener.getsockname()[1]}"
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join(10)


@pytest.mark.parametrize("answer, hint", [
    pytest.param(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n", "the server answers HTTP/1", id="HTTP/1.1"),
    pytest.param(b"\x15\x03\x01\0\x02\x02\x46", "the server speaks TLS", id="TLS"),
    pytest.param(b"220 mail.example ESMTP\r\n", "the connection", id="SMTP"),
])
@pytest.mark.parametrize("command", [["health"], ["list"], ["call", "GetContext"]], ids=lambda command: command[0])
def test_a_peer_of_another_protocol_is_named(command, answer, hint):
    with peer(answer) as address:
        result = cairn(*command, "--address", address)
    assert result.returncode == 78, result.stderr
    assert hint in result.stderr


@pytest.mark.parametrize("url", ["nonsense", "http://db.example/cairn", "postgresql://[::1"])
@pytest.mark.parametrize("command", [["serve", "--listen", "127.0.0.1:0"], ["migrate", "status"]], ids=lambda c: c[0])
def test_a_database_url_of_another_form_is_told_the_right_one(command, url):
    result = cairn(*command, "--database-url", url)
    assert result.returncode != 0
    assert "postgresql://USER:PASSWORD@HOST:PORT/DATABASE" in result.stderr
    assert "secret" not in cairn(*command, "--database-url", "http://me:secret@db.example").stderr


@pytest.fixture(scope="module")
def protoset():
    made = subprocess.run(["make", "--no-print-directory", "protoset"], cwd=ROOT, capture_output=True, text=True)
    assert made.returncode == 0, made.stderr
    return ROOT / "cairn.protoset"


def test_a_protoset_stands_in_for_reflection(server, protoset):
    listed = cairn("list", "--protoset", protoset)
    assert "cairn.v1.ContextService" in listed.stdout.split()
    described = cairn("describe", "GetContext", "--protoset", protoset)
    assert "rpc GetContext(cairn.v1.GetContextRequest)" in described.stdout
    assert "// Returns one context." in described.stdout, "comments are in a protoset"
    refused = cairn("call", "GetContext", '{"id": "none"}', "--protoset", protoset, "--address", server.address)
    assert refused.returncode == 69, refused.stderr
    assert "reason: CONTEXT_NOT_FOUND (cairn)  id=none" in refused.stderr
