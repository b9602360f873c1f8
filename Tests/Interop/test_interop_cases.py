"""gRPC's official interoperability cases: stock grpcio against our server, our client against both servers."""

import subprocess

import pytest
from harness import binary, interop
from harness.server import Server, environment

pytestmark = pytest.mark.timeout(60)


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


def call(address, name):
    """Runs our client's side of a case."""
    result = subprocess.run(
        [binary("InteropPeer"), "call", address, name], env=environment(), capture_output=True, text=True, timeout=30)
    assert result.returncode == 0, result.stderr


@pytest.mark.parametrize("name", interop.NAMES)
def test_a_stock_client_and_our_server(server, name):
    with server.channel() as channel:
        interop.run(name, channel)


@pytest.mark.parametrize("name", interop.NAMES)
def test_our_client_and_a_stock_server(foreign_server, name):
    call(foreign_server, name)


@pytest.mark.parametrize("name", interop.NAMES)
def test_our_client_and_our_server(server, name):
    call(server.address, name)
