"""Requests that are small on the wire and large in memory: they count as what they become, and are not worked on where
others wait."""

import gzip
import time

import pytest
from cairn.echo.v1 import echo_pb2
from harness.bystander import MEGABYTE, undisturbed
from harness.memory import forget_most, is_within, resident
from harness.server import Server
from harness.waiting import eventually
from test_bad_frames import Peer, message

pytestmark = pytest.mark.timeout(300)

HEADERS = [*Peer.HEADERS, ("grpc-encoding", "gzip")]


@pytest.fixture
def server():
    server = Server(program="EchoServer", command=()).start()
    yield server
    server.kill()


def packed(body):
    return message(gzip.compress(body, 9), compressed=1)


class Crowd(Peer):
    """Many calls on one connection, whose answers nobody reads."""

    def __init__(self, server, calls, body):
        super().__init__(server)
        while self.http2.outbound_flow_control_window < calls * len(body):
            self.http2.receive_data(self.socket.recv(65536))
        for _ in range(calls):
            stream = self.http2.get_next_available_stream_id()
            self.http2.send_headers(stream, HEADERS)
            self.http2.send_data(stream, body, end_stream=True)
        self.flush()

    def answers(self, count):
        """The statuses of that many calls."""
        statuses = []
        while len(statuses) < count:
            for event in self.http2.receive_data(self.socket.recv(65536)):
                headers = dict(getattr(event, "headers", None) or [])
                if b"grpc-status" in headers:
                    statuses.append(headers[b"grpc-status"].decode())
                if length := getattr(event, "flow_controlled_length", 0):
                    self.http2.acknowledge_received_data(length, event.stream_id)
            self.flush()
        return statuses


def test_packed_requests_count_as_what_they_hold(server):
    Crowd(server, 1, packed(b"")).answers(1)
    before = resident(server.process)
    forget_most(server.process)
    # A megabyte each, of which two kilobytes travel; the handlers keep it for a minute.
    body = packed(echo_pb2.EchoMessage(text="x" * 1_000_000, delay_milliseconds=60_000).SerializeToString())
    crowd = Crowd(server, 1000, body)
    statuses = crowd.answers(900)
    assert set(statuses) == {"8"}
    # 64 MiB of requests, and what is under work beside them.
    assert is_within(resident(server.process, "VmHWM") - before, 200 * MEGABYTE)
    crowd.socket.close()
    eventually(lambda: is_within(resident(server.process) - before, 40 * MEGABYTE), "memory has come back")


def test_calls_that_were_left_count_until_their_handlers_have_let_go(server):
    Crowd(server, 1, packed(b"")).answers(1)
    before = resident(server.process)
    forget_most(server.process)
    body = packed(echo_pb2.EchoMessage(text="x" * 1_000_000).SerializeToString())
    for _ in range(20):
        crowd = Crowd(server, 200, body)
        crowd.socket.close()
    assert is_within(resident(server.process, "VmHWM") - before, 300 * MEGABYTE)
    eventually(lambda: is_within(resident(server.process) - before, 40 * MEGABYTE), "memory has come back")


BOMBS = [
    pytest.param(echo_pb2.EchoMessage(text="x" * 4_000_000).SerializeToString(), id="long texts"),
    pytest.param(b"\x2a\x00" * 2_000_000, id="unknown fields"),
    pytest.param(b"\x0a\x01x" * 1_300_000, id="one field again and again"),
]


@pytest.mark.parametrize("body", BOMBS)
def test_nobody_waits_for_another_clients_packed_requests(server, body):
    body = packed(body)
    assert len(body) < 10_000
    with undisturbed(server, megabytes=400, worst=1.0, median=0.1) as bystander:
        deadline = time.monotonic() + 6
        crowds = []
        while time.monotonic() < deadline or len(bystander.latencies) < 30:
            crowds = [Crowd(server, 10, body) for _ in range(2)]
            for crowd in crowds:
                crowd.socket.settimeout(120)
                crowd.answers(1)
                crowd.socket.close()
