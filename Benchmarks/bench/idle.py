"""connections and streams: what the server's memory grows by for calls that are open and silent."""

import contextlib
import resource
import socket
import struct

from harness.bystander import resident
from harness.frames import ACK, END_HEADERS, HEADERS, PING, PREFACE, SETTINGS, fields, frame

from . import peers, report

OPEN = 10_000
ALIVE = b"open now"
HEAD = fields(
    (":method", "POST"), (":scheme", "http"), (":path", "/cairn.echo.v1.Echo/Bidirectional"),
    (":authority", "127.0.0.1"), ("content-type", "application/grpc"), ("te", "trailers"))


def opening(streams):
    """A connection with open streams, and a question that is answered when the server knows them all."""
    return PREFACE + frame(SETTINGS, 0, 0) + frame(SETTINGS, ACK, 0) + b"".join(
        frame(HEADERS, END_HEADERS, 2 * i + 1, HEAD) for i in range(streams)) + frame(PING, 0, 0, ALIVE)


def connect(server, data):
    peer = socket.create_connection(("127.0.0.1", server.port), timeout=30)
    # Reset at the end: ports that wait would be missing in the next bench.
    peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    peer.sendall(data)
    return peer


def await_answer(peer):
    answer = b""
    while frame(PING, ACK, 0, ALIVE) not in answer:
        chunk = peer.recv(4096)
        assert chunk, "the server refused a connection"
        answer += chunk


def growth(connections, streams):
    """Bytes that the server grows by for so many connections with so many open calls each."""
    server = peers.ours().start()
    try:
        with contextlib.ExitStack() as open_ones:
            await_answer(open_ones.enter_context(connect(server, opening(streams))))
            before = resident(server.process)
            data = opening(streams)
            group = [open_ones.enter_context(connect(server, data)) for _ in range(connections)]
            for peer in group:
                await_answer(peer)
            return resident(server.process) - before
    finally:
        server.kill()


def connections():
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    number = min(OPEN, hard - 500)
    report(
        "connections", growth(number, 1) / number / 1024, limit=32, higher_is_better=False,
        unit=f"KB a connection with an open call, of {number}")


def streams():
    report(
        "streams", growth(100, OPEN // 100) / OPEN / 1024, limit=4, higher_is_better=False,
        unit=f"KB an open call, of {OPEN} on 100 connections")
