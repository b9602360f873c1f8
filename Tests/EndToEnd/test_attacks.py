"""Clients that mean harm: the server's memory stays bounded, its other clients do not notice."""

import resource
import selectors
import socket
import struct

import pytest
from cairn.echo.v1 import echo_pb2, echo_pb2_grpc
from harness.bystander import MEGABYTE, undisturbed
from harness.frames import *  # noqa: F403
from harness.frames import FrameClient
from harness.memory import is_within, resident
from harness.server import Server
from harness.waiting import eventually
from hyperframe.frame import GoAwayFrame

pytestmark = pytest.mark.timeout(120)

CONNECTIONS = 8


def head(path):
    return fields(
        (":method", "POST"), (":scheme", "http"), (":path", f"/cairn.echo.v1.Echo/{path}"),
        (":authority", "localhost"), ("content-type", "application/grpc"), ("te", "trailers"))


def message(**values):
    body = echo_pb2.EchoMessage(**values).SerializeToString()
    return b"\0" + struct.pack(">I", len(body)) + body


def streams(count, *frames, first=1):
    """Bytes that open streams one after the other; each frame is made from the stream's id."""
    return b"".join(make(stream) for stream in range(first, first + 2 * count, 2) for make in frames)


def opened(stream):
    return frame(HEADERS, END_HEADERS, stream, head("ClientStreaming"))


@pytest.fixture(scope="module")
def server(echo_server):
    return echo_server


def flood(server, data, settings=b"", reads=True):
    """Sends `data` until the server closes the connection, at most 200 times; returns the code of GOAWAY."""
    with FrameClient(server, settings=settings, timeout=60) as client:
        if reads:
            client.acknowledged_settings()
        client.socket.settimeout(60)
        try:
            for _ in range(200):
                client.socket.sendall(data)
        except (ConnectionResetError, BrokenPipeError):
            pass
        try:
            return client.connection_error()
        except AssertionError:
            return NO_ERROR


FLOODS = [
    pytest.param(streams(2000, opened, lambda stream: frame(RST_STREAM, 0, stream, b"\0\0\0\x08")), id="rapid reset"),
    pytest.param(streams(2000, opened, lambda stream: frame(WINDOW_UPDATE, 0, stream, b"\0\0\0\0")),
                 id="streams that the server must reset"),
    pytest.param(streams(4000, opened), id="streams that the server must refuse"),
    pytest.param(frame(PING, 0, 0, b"flooding") * 4000, id="PING"),
    pytest.param(frame(PING, ACK, 0, b"flooding") * 4000, id="PING answers"),
    pytest.param(frame(SETTINGS, 0, 0, setting(4, 65535)) * 4000, id="SETTINGS"),
    pytest.param(frame(SETTINGS, 0, 0) * 4000, id="empty SETTINGS"),
    pytest.param(frame(PRIORITY, 0, 1, b"\0\0\0\0\x10") * 4000, id="PRIORITY"),
    pytest.param(frame(0x42, 0, 0) * 4000, id="unknown frames"),
    pytest.param(opened(1) + frame(DATA, 0, 1) * 4000, id="empty DATA"),
    pytest.param(frame(HEADERS, 0, 1, head("Unary")) + frame(CONTINUATION, 0, 1, b"\0\x01a\x01b") * 4000,
                 id="CONTINUATION"),
    pytest.param(frame(HEADERS, 0, 1, head("Unary")) + frame(CONTINUATION, 0, 1) * 4000, id="empty CONTINUATION"),
]


@pytest.mark.parametrize("data", FLOODS)
def test_a_flood_ends_its_connection_and_nothing_else(server, data):
    with undisturbed(server, megabytes=24):
        for _ in range(CONNECTIONS):
            assert flood(server, data) != NO_ERROR


@pytest.mark.parametrize("data", FLOODS[:7])
def test_a_flood_by_one_who_never_reads_piles_nothing_up(server, data):
    with undisturbed(server, megabytes=24):
        for _ in range(CONNECTIONS):
            assert flood(server, data, reads=False) != NO_ERROR


def test_who_floods_learns_why_his_connection_ended(server):
    """Bytes that nobody reads any more must not turn the end into a reset, which takes the GOAWAY with it."""
    for _ in range(10):
        with FrameClient(server, timeout=60) as client:
            client.acknowledged_settings()
            client.send(frame(PING, ACK, 0, b"flooding") * 40_000)
            assert client.connection_error() == ENHANCE_YOUR_CALM
            assert b"flood-burst" in client.of(GoAwayFrame)[0].additional_data


def test_a_proxy_whose_clients_give_up_is_no_flood(server):
    call = frame(DATA, END_STREAM, 0, message(text="x", delay_milliseconds=60_000))
    first = 1
    with undisturbed(server, megabytes=24), FrameClient(server, timeout=60) as client:
        client.acknowledged_settings()
        for _ in range(40):
            ids = range(first, first + 200, 2)
            client.send(b"".join(
                frame(HEADERS, END_HEADERS, id, head("Unary")) + call[:5] + struct.pack(">I", id) + call[9:] for id in ids))
            first = ids.stop
            # Those calls are open for as long as another takes.
            client.send(frame(HEADERS, END_HEADERS, first, head("Unary")) + frame(
                DATA, END_STREAM, first, message(text="y", delay_milliseconds=30)))
            assert client.trailers(first)["grpc-status"] == "0"
            first += 2
            client.received.clear()
            client.send(b"".join(frame(RST_STREAM, 0, id, b"\0\0\0\x08") for id in ids))
        assert client.is_alive()


def test_what_is_a_flood_can_be_set():
    server = Server("--flood-burst", "20", "--flood-rate", "1", program="EchoServer", command=()).start()
    try:
        with FrameClient(server) as client:
            client.acknowledged_settings()
            client.send(frame(PING, ACK, 0, b"flooding") * 15)
            assert client.is_alive()
            client.send(frame(PING, ACK, 0, b"flooding") * 15)
            assert client.connection_error() == ENHANCE_YOUR_CALM
    finally:
        assert server.stop() == 0, server.text


def test_window_updates_without_end_only_cost_their_reading(server):
    with undisturbed(server, megabytes=8):
        with FrameClient(server, timeout=60) as client:
            for _ in range(100):
                client.send(frame(WINDOW_UPDATE, 0, 0, b"\0\0\0\x01") * 1000)
            assert client.is_alive()


def test_an_hpack_bomb_is_not_kept(server):
    """A field of 4 KB in the dynamic table, named by one byte 12,000 times a block: 48 MB from 12 KB."""
    big = b"\x40" + literal("x-bomb") + literal("b" * 4000)
    with undisturbed(server, megabytes=24):
        with FrameClient(server, timeout=60) as client:
            client.send(frame(HEADERS, END_HEADERS, 1, head("ClientStreaming") + big))
            for stream in range(3, 63, 2):
                client.send(frame(HEADERS, END_HEADERS, stream, head("ClientStreaming") + b"\xbe" * 12_000))
            assert all(client.stream_error(stream) == INTERNAL_ERROR for stream in range(3, 63, 2))
            assert client.is_alive()


def test_metadata_a_little_above_the_limit_is_named(server):
    with FrameClient(server) as client:
        block = head("Unary") + fields(*((f"x-{number}", "a" * 1000) for number in range(20)))
        client.send(frame(HEADERS, END_STREAM, 1, block[:10_000]))
        client.send(frame(CONTINUATION, END_HEADERS, 1, block[10_000:]))
        answer = client.trailers(1)
        assert answer["grpc-status"] == "8" and "16384" in answer["grpc-message"]


def test_streams_that_get_no_window_hold_little(server):
    """A thousand endless answers and not one byte of window: what is written ahead is bounded."""
    request = message(text="x" * 10_000, repeat=2**31 - 1)
    call = streams(
        1000, lambda stream: frame(HEADERS, END_HEADERS, stream, head("ServerStreaming")),
        lambda stream: frame(DATA, END_STREAM, stream, request))
    with undisturbed(server, megabytes=160, worst=5.0):
        with FrameClient(server, settings=setting(4, 0), timeout=60) as client:
            client.send(call)
            assert client.is_alive()
            assert not client.body(1)


def test_readers_that_never_read_hold_little(server):
    request = message(text="x" * 100_000, repeat=2**31 - 1)
    parts = [request[at:at + 2**14] for at in range(0, len(request), 2**14)]
    call = streams(
        10, lambda stream: frame(HEADERS, END_HEADERS, stream, head("ServerStreaming")),
        lambda stream: b"".join(frame(DATA, 0, stream, part) for part in parts) + frame(DATA, END_STREAM, stream))
    wide = setting(4, 2**31 - 1)
    clients = []
    with undisturbed(server, megabytes=80) as bystander:
        try:
            for _ in range(20):
                clients.append(FrameClient(server, settings=wide, timeout=60))
                clients[-1].acknowledged_settings()
                clients[-1].send(frame(WINDOW_UPDATE, 0, 0, struct.pack(">I", 2**30)) + call)
            seen = len(bystander.latencies)
            eventually(lambda: len(bystander.latencies) > seen + 50 or bystander.error, "fifty more calls", 60)
        finally:
            for client in clients:
                client.socket.close()


def test_writers_of_one_byte_at_a_time_are_served_in_their_time(server):
    request = message(text="slow")
    call = frame(HEADERS, END_HEADERS, 1, head("Unary")) + frame(DATA, END_STREAM, 1, request)
    with undisturbed(server, megabytes=8):
        clients = [FrameClient(server, start=False, timeout=60) for _ in range(50)]
        try:
            for byte in PREFACE + frame(SETTINGS, 0, 0) + call:
                for client in clients:
                    client.socket.sendall(bytes([byte]))
            for client in clients:
                assert client.trailers(1)["grpc-status"] == "0"
                assert client.body(1) == request
        finally:
            for client in clients:
                client.socket.close()


def test_clients_that_stop_in_the_middle_of_everything_hold_little(server):
    call = PREFACE + frame(SETTINGS, 0, 0) + frame(HEADERS, END_HEADERS, 1, head("Unary")) + frame(DATA, 0, 1, b"\0\0")
    with undisturbed(server, megabytes=24):
        connections = []
        try:
            for cut in range(0, len(call), 2):
                connections.append(socket.create_connection(("127.0.0.1", server.port), timeout=30))
                connections[-1].sendall(call[:cut])
            with FrameClient(server) as client:
                assert client.is_alive()
        finally:
            for connection in connections:
                connection.close()


def test_idle_connections_are_cheap():
    """As many as descriptors allow, less 500, of up to 20,000 descriptors: at most 32 KB each."""
    limit = min(20_000, resource.getrlimit(resource.RLIMIT_NOFILE)[1])
    resource.setrlimit(resource.RLIMIT_NOFILE, (limit, resource.getrlimit(resource.RLIMIT_NOFILE)[1]))
    count = limit - 500
    server = Server(program="EchoServer", command=(), prefix=("prlimit", f"--nofile={limit}:{limit}")).start()
    connections = []
    try:
        with undisturbed(server, megabytes=count * 32 // 1024 + 8):
            selector = selectors.DefaultSelector()
            for i in range(count):
                # An address has not ports enough for all of them while others test, too.
                source = (f"127.0.1.{i % 4 + 1}", 0)
                connections.append(socket.create_connection(("127.0.0.1", server.port), 30, source))
                connections[-1].sendall(PREFACE + frame(SETTINGS, 0, 0))
                selector.register(connections[-1], selectors.EVENT_READ)
            # The server's SETTINGS have come on every one of them.
            eventually(lambda: len(selector.select(0)) == count, "all connections are served", 60)
        assert is_within(resident(server.process), 1024 * MEGABYTE)
    finally:
        for connection in connections:
            connection.close()
        assert server.stop() == 0, server.text


def test_more_connections_than_descriptors_wait_and_harm_nobody():
    server = Server(program="EchoServer", command=(), prefix=("prlimit", "--nofile=100:100")).start()
    connections = []
    try:
        with undisturbed(server, megabytes=8) as bystander:
            eventually(lambda: bystander.latencies, "a first call")
            for _ in range(150):
                connections.append(socket.create_connection(("127.0.0.1", server.port), timeout=30))
            seen = len(bystander.latencies)
            eventually(lambda: len(bystander.latencies) > seen + 50 or bystander.error, "fifty more calls", 60)
            for connection in connections:
                connection.close()
            with server.channel(("grpc.use_local_subchannel_pool", 1)) as channel:
                echo = echo_pb2_grpc.EchoStub(channel)
                assert echo.Unary(echo_pb2.EchoMessage(text="a"), timeout=30, wait_for_ready=True).text == "a"
    finally:
        assert server.stop() == 0, server.text
