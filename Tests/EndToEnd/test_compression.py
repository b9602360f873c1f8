"""gzip and identity, by a stock client and byte by byte: what is packed, what is not, and what is refused."""

import gzip
import struct

import grpc
import pytest
from cairn.echo.v1 import echo_pb2, echo_pb2_grpc

from harness.memory import is_within, resident
from harness.refusals import refused
from test_bad_frames import INTERNAL, OK, RESOURCE_EXHAUSTED, UNIMPLEMENTED, Peer, message

Message = echo_pb2.EchoMessage
PACK = [("x-echo-gzip", "1")]
ALGORITHMS = [grpc.Compression.NoCompression, grpc.Compression.Gzip]


@pytest.fixture(scope="module")
def server(echo_server):
    return echo_server


@pytest.fixture
def echo(server):
    with server.channel() as channel:
        yield echo_pb2_grpc.EchoStub(channel)


@pytest.fixture
def peer(server):
    peer = Peer(server)
    yield peer
    peer.socket.close()


@pytest.mark.parametrize("size", [0, 10, 1000, 100_000, 3_900_000])
@pytest.mark.parametrize("metadata", [[], PACK], ids=["plain answers", "packed answers"])
@pytest.mark.parametrize("algorithm", ALGORITHMS, ids=lambda algorithm: algorithm.name)
def test_unary(echo, size, metadata, algorithm):
    text = "abcdefgh" * (size // 8)
    answer, call = echo.Unary.with_call(Message(text=text), metadata=metadata, compression=algorithm, timeout=30)
    assert answer.text == text
    if metadata:
        packed = algorithm is grpc.Compression.Gzip and size >= 1000
        assert dict(call.trailing_metadata())["x-was-compressed"] == str(packed).lower()


@pytest.mark.parametrize("metadata", [[], PACK], ids=["plain answers", "packed answers"])
@pytest.mark.parametrize("algorithm", ALGORITHMS, ids=lambda algorithm: algorithm.name)
def test_streams_keep_their_order(echo, metadata, algorithm):
    texts = [f"{i}" * (i % 3 * 60_000 + 50) for i in range(60)]
    answers = echo.Bidirectional(
        (Message(text=text) for text in texts), metadata=metadata, compression=algorithm, timeout=60)
    assert [answer.text for answer in answers] == texts


def packed(body):
    return message(gzip.compress(body), compressed=1)


REQUEST = Message(text="x" * 1000).SerializeToString()


class Answers(Peer):
    """A peer that keeps the body of its answer."""

    def call(self, *arguments, **options):
        self.body = b""
        receive = self.http2.receive_data

        def keep(chunk):
            events = receive(chunk)
            self.body += b"".join(getattr(event, "data", None) or b"" for event in events)
            return events

        self.http2.receive_data = keep
        try:
            return super().call(*arguments, **options)
        finally:
            self.http2.receive_data = receive


@pytest.mark.parametrize("accepts, packs", [
    ("identity,gzip", True), ("gzip", True), ("deflate, gzip", True), ("identity", False), ("x-gzip", False), (None, False)])
def test_answers_are_packed_for_those_who_take_it(server, accepts, packs):
    peer = Answers(server)
    headers = {"x-echo-gzip": "1", **({"grpc-accept-encoding": accepts} if accepts else {})}
    answer = peer.call(message(REQUEST), headers=headers)
    assert answer["grpc-status"] == OK
    assert answer.get("grpc-encoding") == ("gzip" if packs else None)
    flag, size = struct.unpack(">BI", peer.body[:5])
    assert flag == packs and size == len(peer.body) - 5
    body = peer.body[5:]
    assert (gzip.decompress(body) if packs else body) == REQUEST
    peer.socket.close()


def test_an_answer_that_would_not_shrink_goes_as_it_is(server):
    peer = Answers(server)
    request = Message(text="x").SerializeToString()
    peer.call(message(request), headers={"x-echo-gzip": "1", "grpc-accept-encoding": "gzip"})
    assert peer.body == message(request)
    peer.socket.close()


def test_a_packed_and_a_plain_request_are_both_taken_where_gzip_is_said(peer):
    for body in (packed(REQUEST), message(REQUEST), packed(b""), message(b"")):
        assert peer.call(body, headers={"grpc-encoding": "gzip"})["grpc-status"] == OK


@pytest.mark.parametrize("name", ["snappy", "deflate", "GZIP", "gzip, gzip", "", "x" * 1000])
def test_another_encoding_is_unimplemented_and_what_is_taken_is_named(peer, name):
    answer = peer.call(packed(REQUEST), headers={"grpc-encoding": name})
    assert answer["grpc-status"] == UNIMPLEMENTED
    assert answer["grpc-accept-encoding"] == "identity,gzip"


@pytest.mark.parametrize("body", [
    pytest.param(b"no gzip", id="no gzip"),
    pytest.param(gzip.compress(REQUEST)[:-9], id="cut off"),
    pytest.param(gzip.compress(REQUEST)[:-8] + b"\0" * 8, id="wrong checksum"),
    pytest.param(gzip.compress(REQUEST) + b"more", id="followed by more"),
])
def test_damage_is_an_error(peer, body):
    assert peer.call(message(body, compressed=1), headers={"grpc-encoding": "gzip"})["grpc-status"] == INTERNAL


@pytest.mark.parametrize("claim", [None, 10], ids=["honest", "lying"])
def test_a_bomb_is_stopped_at_the_limit(server, echo, claim):
    bomb = gzip.compress(b"\0" * 15_000_000, 9)
    if claim is not None:
        bomb = bomb[:-4] + struct.pack("<I", claim)
    assert len(bomb) < 16_384  # one frame
    echo.Unary(Message(text="x" * 3_900_000), compression=grpc.Compression.Gzip, timeout=30)
    before = resident(server.process)
    for _ in range(10):
        peer = Peer(server)
        answer = peer.call(message(bomb, compressed=1), headers={"grpc-encoding": "gzip"})
        assert answer["grpc-status"] == RESOURCE_EXHAUSTED
        assert str(4 << 20) in answer["grpc-message"]
        peer.socket.close()
    assert is_within(resident(server.process) - before, 40_000_000)
    assert echo.Unary(Message(text="still here"), timeout=30).text == "still here"


def test_a_large_message_is_refused_by_its_size_when_inflated(echo):
    refusal = refused(
        echo.Unary, Message(text="x" * 5_000_000), compression=grpc.Compression.Gzip, timeout=30,
        code=grpc.StatusCode.RESOURCE_EXHAUSTED)
    assert "4194304" in refusal.message
