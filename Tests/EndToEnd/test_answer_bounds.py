"""Heads and trailers of every size, behind answers of every size, for clients that say how much they take."""

import base64
import struct

import pytest
from google.rpc import status_pb2
from grpc.testing import messages_pb2
from hyperframe.frame import HeadersFrame

from harness.frames import (
    DATA, END_HEADERS, END_STREAM, HEADERS, WINDOW_UPDATE, FrameClient, fields, frame, setting)
from harness.server import Server

INITIAL, TRAILING = "x-grpc-test-echo-initial", "x-grpc-test-echo-trailing-bin"
INITIAL_WINDOW_SIZE, MAX_HEADER_LIST_SIZE = 4, 6
WIDEST = 2**31 - 1
FRAME = 16384
RESOURCE_EXHAUSTED = "8"


@pytest.fixture(scope="module")
def server():
    running = Server(program="InteropPeer").start()
    yield running
    status = running.stop()
    assert status == 0, running.text


class Client(FrameClient):
    """Takes any number of bytes at once, and header lists up to `takes` bytes."""

    def __init__(self, server, takes=None):
        settings = setting(INITIAL_WINDOW_SIZE, WIDEST)
        if takes is not None:
            settings += setting(MAX_HEADER_LIST_SIZE, takes)
        super().__init__(server, settings=settings)
        self.send(frame(WINDOW_UPDATE, 0, 0, struct.pack(">I", WIDEST - 65535)))
        self.decoder.max_header_list_size = 1 << 20
        self.stream = -1

    def call(self, request, *metadata):
        """The head, the body and the trailers of an answer; the head is None when there are only trailers."""
        self.stream += 2
        head = fields(
            (":method", "POST"), (":scheme", "http"), (":path", "/grpc.testing.TestService/UnaryCall"),
            (":authority", "test"), ("te", "trailers"), ("content-type", "application/grpc"), *metadata)
        body = request.SerializeToString()
        body = struct.pack(">BI", 0, len(body)) + body
        parts = [body[start:start + FRAME] for start in range(0, len(body), FRAME)]
        self.send(
            frame(HEADERS, END_HEADERS, self.stream, head)
            + b"".join(frame(DATA, 0, self.stream, part) for part in parts[:-1])
            + frame(DATA, END_STREAM, self.stream, parts[-1]))
        trailers = self.trailers(self.stream)
        assert trailers is not None, f"the server closed the connection; {self.received[-3:]}"
        blocks = [kept for kept in self.received if isinstance(kept, HeadersFrame) and kept.stream_id == self.stream]
        return dict(blocks[0].fields) if len(blocks) > 1 else None, self.body(self.stream), trailers


def list_size(block):
    """As RFC 9113 §6.5.2 counts."""
    return sum(len(name) + len(value) + 32 for name, value in block.items())


def test_trailers_fit_behind_answers_of_every_size(server):
    # 15 KB of trailers, behind answers that end anywhere in the server's write buffer of 256 KiB.
    trailing = base64.b64encode(bytes(range(256)) * 45).decode().rstrip("=")
    with Client(server) as client:
        for size in [*range(229_000, 262_500, 700), *range(261_860, 262_160, 7), 261_880, 524_000]:
            _, body, trailers = client.call(messages_pb2.SimpleRequest(response_size=size), (TRAILING, trailing))
            assert len(messages_pb2.SimpleResponse.FromString(body[5:]).payload.body) == size
            assert trailers["grpc-status"] == "0" and trailers[TRAILING].rstrip("=") == trailing
            client.received.clear()


def failing(message):
    return messages_pb2.SimpleRequest(response_status=messages_pb2.EchoStatus(code=9, message=message))


@pytest.mark.parametrize("takes", [150, 200, 600, 8192, 16384, 65536, None])
@pytest.mark.parametrize("letter", ["x", "é", "%"])
def test_a_message_is_cut_to_what_the_client_takes(server, takes, letter):
    with Client(server, takes) as client:
        client.acknowledged_settings()
        head, body, trailers = client.call(failing(letter * 100_000))
    assert (head, body) == (None, b"") and trailers["grpc-status"] == "9"
    assert list_size(trailers) <= (takes or 65536)
    if takes != 150:
        assert trailers["grpc-message"].endswith("...") and list_size(trailers) > (takes or 65536) - 10


def test_a_short_message_is_whole(server):
    with Client(server, 8192) as client:
        client.acknowledged_settings()
        assert client.call(failing("why 100% é"))[2]["grpc-message"] == "why 100%25 %C3%A9"


@pytest.mark.parametrize("key", [INITIAL, TRAILING])
def test_metadata_that_the_client_does_not_take_is_an_error_of_the_call(server, key):
    value = "x" * 12_000
    with Client(server, 8192) as client:
        client.acknowledged_settings()
        head, _, trailers = client.call(messages_pb2.SimpleRequest(response_size=10), (key, value))
        assert trailers["grpc-status"] == RESOURCE_EXHAUSTED and "8192" in trailers["grpc-message"]
        assert key not in (head or {}) and key not in trailers
        status = status_pb2.Status.FromString(base64.b64decode(trailers["grpc-status-details-bin"] + "=="))
        assert b"METADATA_TOO_LARGE" in status.details[0].value
        # The connection lives, and so does a call whose metadata fits.
        assert client.call(messages_pb2.SimpleRequest(response_size=10), (key, "abcd"))[2]["grpc-status"] == "0"


def test_a_client_that_takes_no_header_list_at_all_gets_the_code(server):
    with Client(server, 0) as client:
        client.acknowledged_settings()
        _, _, trailers = client.call(failing("why"))
        assert trailers == {":status": "200", "content-type": "application/grpc", "grpc-status": "9"}
