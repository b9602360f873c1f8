"""gRPC's official interoperability cases: stock clients against our server, our client against stock servers.

The stock ones are Python's grpcio and Debian's C++ library.
"""

import subprocess

import pytest
from harness import binary, interop
from harness.server import Server, environment


@pytest.fixture(scope="module")
def server():
    running = Server(program="InteropPeer").start()
    yield running
    status = running.stop()
    assert status == 0, running.text


@pytest.fixture(scope="module")
def foreign_server():
    with interop.serving() as address:
        yield address


@pytest.fixture(scope="module")
def cpp_server(cpp_peer):
    with subprocess.Popen([cpp_peer, "serve"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        yield process.stdout.readline().strip()
        process.stdin.close()
        assert process.wait(30) == 0


def call(address, name, client=None):
    """Runs the client's side of a case, ours or another's."""
    result = subprocess.run(
        [client or binary("InteropPeer"), "call", address, name], env=environment(), capture_output=True, text=True,
        timeout=30)
    assert result.returncode == 0, result.stderr


@pytest.mark.parametrize("name", interop.NAMES)
def test_grpcio_and_our_server(server, name):
    with server.channel() as channel:
        interop.run(name, channel)


@pytest.mark.parametrize("name", interop.NAMES)
def test_our_client_and_grpcio(foreign_server, name):
    call(foreign_server, name + ("_noprobe" if name in interop.CANNOT_PROBE else ""))


@pytest.mark.parametrize("name", interop.NAMES)
def test_our_client_and_our_server(server, name):
    call(server.address, name)


@pytest.mark.parametrize("name", interop.NAMES)
def test_cpp_and_our_server(cpp_peer, server, name):
    call(server.address, name, cpp_peer)


@pytest.mark.parametrize("name", interop.NAMES)
def test_our_client_and_cpp(cpp_server, name):
    call(cpp_server, name)
