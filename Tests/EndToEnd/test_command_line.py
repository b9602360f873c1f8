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


@pytest.mark.parametrize("address, options, hint", [
    ("nobody.invalid:7433", [], "Is the name of --address right"),
    ("127.0.0.1:1", [], "`cairn serve` starts one"),
    ("unix:/nonexistent/cairn.sock", [], "`cairn serve` starts one"),
])
def test_a_hint_fits_the_failure(address, options, hint):
    result = cairn("list", "--address", address, *options)
    assert result.returncode == 78 and hint in result.stderr, result.stderr
    assert result.stderr.count("  ") == 1, "one hint"


def test_a_hint_knows_about_tls(server):
    result = cairn("list", "--address", server.address, "--tls")
    assert result.returncode == 78 and "Without --tls and --ca calls are in plaintext" in result.stderr, result.stderr
    with peer(b"\x15\x03\x01\0\x02\x02\x46") as address:
        result = cairn("list", "--address", address)
    assert "Give --tls" in result.stderr and "cairn serve" not in result.stderr, result.stderr


def test_items_that_failed_make_a_call_fail(server):
    assert cairn("call", "CreateContext", '{"context": {"id": "cli-a", "title": "t"}}', "-a", server.address).returncode == 0
    assert cairn("call", "CreateContext", '{"context": {"id": "cli-b", "title": "t"}}', "-a", server.address).returncode == 0
    request = (
        '{"relationships": [{"source": "cli-a", "target": "cli-b", "kind": "RELATIONSHIP_KIND_RELATES_TO"},'
        ' {"source": "cli-a", "target": "nobody", "kind": "RELATIONSHIP_KIND_RELATES_TO"}]}')
    result = cairn("call", "RelateContexts", request, "-a", server.address)
    assert result.returncode == 64 + 5, result.stderr
    assert '"relationship"' in result.stdout and '"error"' in result.stdout
    assert result.stderr.startswith("results[1].error: NOT_FOUND: ")
    assert "reason: CONTEXT_NOT_FOUND (cairn.dev)  id=nobody" in result.stderr
    fine = cairn("call", "ListRelationships", '{"context": "cli-a"}', "-a", server.address)
    assert (fine.returncode, fine.stderr) == (0, "")


def test_a_project_must_be_clear(server):
    twice = cairn("call", "ListContexts", "-p", "default", "-H", "cairn-project: default", "-a", server.address)
    assert twice.returncode == 67 and "metadata cairn-project is there more than once" in twice.stderr
    empty = cairn("call", "ListContexts", "-H", "cairn-project:", "-a", server.address)
    assert empty.returncode == 67 and "metadata cairn-project is empty" in empty.stderr
    assert cairn("call", "ListContexts", "-p", "", "-a", server.address).returncode == 2
    assert cairn("call", "ListContexts", "-a", server.address, env={"CAIRN_PROJECT": ""}).returncode == 0


def test_the_help_has_the_default_that_the_proto_promises():
    help = " ".join(cairn("serve", "--help").stdout.split())
    proto = (ROOT / "Protos/cairn/v1/search.proto").read_text()
    assert "Default 10000." in help[help.index("--search-matches"):].split("--")[1] and "10,000 matches" in proto


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


def test_describe_shows_the_comments_of_the_api_as_a_protoset_does(server, protoset):
    services = [name for name in cairn("list", "-a", server.address).stdout.split() if name.startswith("cairn.v1.")]
    assert len(services) >= 2
    methods = [name for service in services for name in cairn("list", service, "-a", server.address).stdout.split()]
    for symbol in [*services, *methods, "cairn.v1.Memory", "cairn.v1.Context.content",
                   "cairn.v1.TransferRecord", "CONTEXT_TYPE_NOTE"]:
        described = cairn("describe", symbol, "-a", server.address)
        assert described.returncode == 0, (symbol, described.stderr)
        assert described.stdout == cairn("describe", symbol, "--protoset", protoset).stdout, symbol
        assert "\n// " in described.stdout or "\n  // " in described.stdout, symbol


def test_a_protoset_stands_in_for_reflection(server, protoset):
    listed = cairn("list", "--protoset", protoset)
    assert "cairn.v1.ContextService" in listed.stdout.split()
    described = cairn("describe", "GetContext", "--protoset", protoset)
    assert "rpc GetContext(cairn.v1.GetContextRequest)" in described.stdout
    assert "// Returns one context." in described.stdout, "comments are in a protoset"
    refused = cairn("call", "GetContext", '{"id": "none"}', "--protoset", protoset, "--address", server.address)
    assert refused.returncode == 69, refused.stderr
    assert "reason: CONTEXT_NOT_FOUND (cairn.dev)  id=none" in refused.stderr
