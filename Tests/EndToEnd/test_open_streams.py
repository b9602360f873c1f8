"""Streams of feeds are counted while they are open, and no longer once they were cancelled or their clients are gone."""

import socket
import struct

import channelz_pb2
import channelz_pb2_grpc
import pytest
from cairn.v1 import context_pb2, context_pb2_grpc, operations_pb2, operations_pb2_grpc, session_log_pb2

from harness.sessions import new_sessions
from harness.waiting import eventually
from test_bad_frames import Peer, message

STREAMS = 100


@pytest.fixture
def asking(own_server):
    """Asks by a connection of its own."""
    with own_server.channel() as channel:
        yield channel


@pytest.fixture
def feeds(asking):
    stub = operations_pb2_grpc.OperationsServiceStub(asking)

    def feeds():
        answer = stub.GetHealth(operations_pb2.GetHealthRequest(), timeout=30)
        return {feed.name: feed.watchers for feed in answer.feeds}

    return feeds


def calls(channel):
    """How many calls are open, this one not counted."""
    stub = channelz_pb2_grpc.ChannelzStub(channel)
    [server] = stub.GetServers(channelz_pb2.GetServersRequest(), timeout=30).server
    return server.data.calls_started - server.data.calls_succeeded - server.data.calls_failed - 1


NONE = {"changes": 0, "session_log": 0, "coordination": 0}


def test_a_hundred_cancelled_streams_leave_nothing(own_server, asking, feeds):
    assert list(feeds()) == list(NONE) and feeds() == NONE
    before = calls(asking)
    with own_server.channel() as channel:
        sessions = new_sessions(channel)
        id = sessions.begin().id
        contexts = context_pb2_grpc.ContextServiceStub(channel)
        metadata = [("cairn-project", sessions.project)]
        opened = [sessions.WatchSession(session=id, timeout=None) for _ in range(STREAMS // 2)]
        opened += [sessions.WatchSessions(timeout=None) for _ in range(STREAMS // 4)]
        opened += [
            contexts.WatchContexts(context_pb2.WatchContextsRequest(), metadata=metadata) for _ in range(STREAMS // 4)]
        eventually(
            lambda: feeds() == {"changes": STREAMS // 2, "session_log": STREAMS // 2, "coordination": 0}, "all streams are counted")
        eventually(lambda: calls(asking) == before + STREAMS, "all calls are open")
        sessions.append(id)
        for stream in opened[::2]:
            stream.cancel()
        eventually(lambda: sum(feeds().values()) == STREAMS // 2, "half of them are gone")
        for stream in opened[1::2]:
            stream.cancel()
        eventually(lambda: feeds() == NONE, "no stream is left")
        eventually(lambda: calls(asking) == before, "no call is left")
        # Nobody is in the way of what comes next.
        feed = sessions.follow(id, after_sequence=0)
        assert feed.caught_up().sequences == [1]
        feed.close()
    eventually(lambda: feeds() == NONE, "no stream is left")


def test_streams_that_are_cancelled_before_they_have_read_leave_nothing(own_server, feeds):
    """They have far more to send than was taken."""
    with own_server.channel() as channel:
        sessions = new_sessions(channel)
        id = sessions.begin().id
        for _ in range(8):
            sessions.append(id, {"type": 8, "name": "large", "payload": b"x" * 900_000})
        opened = [sessions.WatchSession(session=id, after_sequence=0, timeout=None) for _ in range(20)]
        eventually(lambda: feeds()["session_log"] == 20, "all streams are counted")
        for stream in opened:
            stream.cancel()
        eventually(lambda: feeds() == NONE, "no stream is left")


@pytest.mark.parametrize("lingering", [None, struct.pack("ii", 1, 0)], ids=["closed", "reset"])
def test_clients_that_vanish_leave_nothing(own_server, asking, feeds, lingering):
    with own_server.channel() as channel:
        sessions = new_sessions(channel)
        id = sessions.begin().id
    request = session_log_pb2.WatchSessionRequest(session=id, after_sequence=0, project=sessions.project)
    before = calls(asking)
    peers = [Peer(own_server) for _ in range(4)]
    for peer in peers:
        for stream in range(1, 50, 2):
            headers = {**dict(Peer.HEADERS), ":path": "/cairn.v1.SessionService/WatchSession"}
            peer.http2.send_headers(stream, list(headers.items()))
            peer.http2.send_data(stream, message(request.SerializeToString()), end_stream=True)
        peer.flush()
    eventually(lambda: feeds()["session_log"] == STREAMS, "all streams are counted")
    for peer in peers:
        if lingering:
            peer.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, lingering)
        peer.socket.close()
    eventually(lambda: feeds() == NONE, "no stream is left")
    eventually(lambda: calls(asking) == before, "no call is left")
