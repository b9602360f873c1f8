"""How many connections there may be, and how long one may take to say what it wants."""

import contextlib
import socket
import time

import pytest
from harness.frames import PREFACE, SETTINGS, FrameClient, frame
from harness.waiting import eventually
from hyperframe.frame import GoAwayFrame

SETTINGS_TIMEOUT = 4


@pytest.fixture
def start_echo(start_server):
    def start(*arguments):
        return start_server(*arguments, program="EchoServer", command=())

    return start


@pytest.mark.parametrize("said", [b"", PREFACE[:10], PREFACE, PREFACE + frame(SETTINGS, 0, 0)[:-2]])
def test_who_does_not_say_what_he_wants_has_to_go(start_echo, said):
    server = start_echo("--handshake-timeout", "400")
    with contextlib.ExitStack() as clients:
        speaker = clients.enter_context(FrameClient(server))
        speaker.acknowledged_settings()
        silent = [clients.enter_context(FrameClient(server, start=False, timeout=60)) for _ in range(30)]
        begun = time.monotonic()
        for client in silent:
            client.send(said)
            # Not even the server's SETTINGS are acknowledged.
            client.send = lambda _: None
        for client in silent:
            assert client.connection_error() == SETTINGS_TIMEOUT
            assert b"handshake-timeout" in client.of(GoAwayFrame)[0].additional_data
        assert time.monotonic() - begun > 0.3
        assert speaker.is_alive(), "a connection that says nothing more is nothing but idle"


def test_there_are_only_so_many_connections(start_echo):
    server = start_echo("--max-connections", "5", "--loops", "2")

    def is_served():
        with FrameClient(server) as client:
            return client.acknowledged_settings()

    with contextlib.ExitStack() as clients:
        admitted = [clients.enter_context(FrameClient(server)) for _ in range(5)]
        for client in admitted:
            client.acknowledged_settings()
        for _ in range(20):
            with socket.create_connection(("127.0.0.1", server.port), timeout=60) as refused:
                with contextlib.suppress(ConnectionResetError):
                    assert refused.recv(1) == b""
        assert all(client.is_alive() for client in admitted)
        admitted[0].socket.close()
        eventually(is_served, "room for another")
