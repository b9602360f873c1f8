"""Peers that break HTTP/2 or gRPC: they lose their connection or stream, nobody else notices."""

import socket
import struct

import h2.config
import h2.connection
import h2.events
import h2.settings
import pytest
from cairn.echo.v1 import echo_pb2, echo_pb2_grpc

PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
ECHO = echo_pb2.EchoMessage(text="still here?")
SETTINGS = b"\0\0\0\x04\0\0\0\0\0"


def frame(kind, flags, stream, payload, length=None):
    size = len(payload) if length is None else length
    return struct.pack(">I", size)[1:] + bytes([kind, flags]) + struct.pack(">I", stream) + payload


@pytest.fixture(scope="module")
def server(echo_server):
    return echo_server


@pytest.fixture
def bystander(server):
    """Another client: it must be served as if nothing had happened."""
    with server.channel() as channel:
        stub = echo_pb2_grpc.EchoStub(channel)
        assert stub.Unary(ECHO, timeout=30) == ECHO
        yield
        assert stub.Unary(ECHO, timeout=30) == ECHO
    assert server.process.poll() is None


def connect(server):
    connection = socket.create_connection(("127.0.0.1", server.port), timeout=30)
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return connection


def read_to_end(connection):
    """Everything until the server closes; a reset counts as closing."""
    received = b""
    try:
        while chunk := connection.recv(65536):
            received += chunk
    except ConnectionResetError:
        pass
    return received


@pytest.mark.parametrize("sent", [
    pytest.param(b"\0" * 4096, id="zeros"),
    pytest.param(b"\xff" * 4096, id="ones"),
    pytest.param(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n", id="HTTP/1.1"),
    pytest.param(b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\0" * 500, id="TLS"),
    pytest.param(PREFACE + frame(0x4, 0, 1, b""), id="SETTINGS on a stream"),
    pytest.param(PREFACE + frame(0x4, 0, 0, b"\0" * 5), id="SETTINGS of five bytes"),
    pytest.param(PREFACE + SETTINGS + frame(0x0, 0, 0, b"data"), id="DATA on stream 0"),
    pytest.param(PREFACE + SETTINGS + frame(0x0, 0, 1, b"data"), id="DATA on an idle stream"),
    pytest.param(PREFACE + SETTINGS + frame(0x1, 0x4, 2, b"\x82"), id="HEADERS on an even stream"),
    pytest.param(PREFACE + SETTINGS + frame(0x1, 0x4, 1, b"\xff" * 50), id="broken HPACK"),
    pytest.param(PREFACE + SETTINGS + frame(0x9, 0x4, 1, b"\x82"), id="CONTINUATION without HEADERS"),
    pytest.param(PREFACE + SETTINGS + frame(0x1, 0, 1, b"\x82") + frame(0x6, 0, 0, b"\0" * 8),
                 id="PING between HEADERS and CONTINUATION"),
    pytest.param(PREFACE + SETTINGS + frame(0x6, 0, 0, b"\0" * 7), id="PING of seven bytes"),
    pytest.param(PREFACE + SETTINGS + frame(0x8, 0, 0, b"\0\0\0\0"), id="WINDOW_UPDATE of 0"),
    pytest.param(PREFACE + SETTINGS + frame(0x8, 0, 0, b"\x7f\xff\xff\xff") * 2, id="window overflow"),
    pytest.param(PREFACE + SETTINGS + frame(0x0, 0, 1, b"", length=0xFFFFFF), id="frame of 16 MB announced"),
    pytest.param(PREFACE + SETTINGS + frame(0x5, 0x4, 1, b"\0\0\0\x02\x82"), id="PUSH_PROMISE from a client"),
])
def test_a_peer_that_breaks_http2_is_cut_off(server, bystander, sent):
    with connect(server) as connection:
        try:
            connection.sendall(sent)
        except (ConnectionResetError, BrokenPipeError):
            return
        read_to_end(connection)


def test_a_peer_that_leaves_in_the_middle_of_a_frame_is_forgotten(server, bystander):
    for cut in range(len(PREFACE + SETTINGS)):
        with connect(server) as connection:
            connection.sendall((PREFACE + SETTINGS)[:cut])


class Peer:
    """An HTTP/2 client that sends what it is told."""

    HEADERS = [
        (":method", "POST"), (":scheme", "http"), (":path", "/cairn.echo.v1.Echo/Unary"),
        (":authority", "localhost"), ("content-type", "application/grpc"), ("te", "trailers")]

    def __init__(self, server):
        self.socket = connect(server)
        self.http2 = h2.connection.H2Connection(h2.config.H2Configuration(
            validate_outbound_headers=False, normalize_outbound_headers=False))
        self.http2.initiate_connection()
        self.flush()

    def flush(self):
        self.socket.sendall(self.http2.data_to_send())

    def call(self, body, headers=(), without=(), end_stream=True):
        """Sends one request and returns the headers and trailers of its answer, and RST_STREAM's code if any."""
        given = dict(headers)
        pairs = [(name, given.pop(name, value)) for name, value in self.HEADERS if name not in without]
        stream = self.http2.get_next_available_stream_id()
        self.http2.send_headers(stream, pairs + list(given.items()), end_stream=end_stream and body is None)
        if body is not None:
            self.http2.send_data(stream, body, end_stream=end_stream)
        self.flush()
        answer = {}
        while chunk := self.socket.recv(65536):
            for event in self.http2.receive_data(chunk):
                if getattr(event, "stream_id", None) != stream:
                    continue
                if isinstance(event, (h2.events.ResponseReceived, h2.events.TrailersReceived)):
                    answer |= {
                        text(name): text(value) for name, value in event.headers}
                elif isinstance(event, h2.events.StreamReset):
                    return answer | {"reset": event.error_code}
                elif isinstance(event, h2.events.StreamEnded):
                    return answer
            self.flush()
        return answer | {"closed": True}


def text(value):
    return value.decode() if isinstance(value, bytes) else value


@pytest.fixture
def peer(server, bystander):
    peer = Peer(server)
    yield peer
    peer.socket.close()


def message(body, compressed=0, length=None):
    return bytes([compressed]) + struct.pack(">I", len(body) if length is None else length) + body


REQUEST = message(ECHO.SerializeToString())
OK, INVALID_ARGUMENT, UNIMPLEMENTED, INTERNAL, RESOURCE_EXHAUSTED = "0", "3", "12", "13", "8"


def test_a_proper_call_is_answered(peer):
    assert peer.call(REQUEST)["grpc-status"] == OK


@pytest.mark.parametrize("body", [
    pytest.param(b"\0", id="cut inside the prefix"),
    pytest.param(b"\0\0\0\0\x05abc", id="cut inside the message"),
    pytest.param(message(b"", length=10), id="no message after its prefix"),
])
def test_a_message_that_is_cut_off_is_an_error(peer, body):
    assert peer.call(body)["grpc-status"] in (INTERNAL, INVALID_ARGUMENT)


def test_a_compressed_message_without_an_encoding_is_an_error(peer):
    assert peer.call(message(b"xx", compressed=1))["grpc-status"] in (INTERNAL, UNIMPLEMENTED)


def test_a_compressed_flag_that_is_neither_0_nor_1_is_an_error(peer):
    assert peer.call(message(b"xx", compressed=7))["grpc-status"] in (INTERNAL, INVALID_ARGUMENT)


def test_an_encoding_that_is_not_supported_is_named(peer):
    answer = peer.call(message(b"xx", compressed=1), headers={"grpc-encoding": "snappy"})
    assert answer["grpc-status"] == UNIMPLEMENTED
    assert "identity" in answer["grpc-accept-encoding"]


def test_a_length_of_four_gigabytes_is_refused_before_it_is_sent(peer):
    answer = peer.call(message(b"", length=0xFFFFFFFF), end_stream=False)
    assert answer["grpc-status"] == RESOURCE_EXHAUSTED
    assert "4294967295" in answer["grpc-message"]


@pytest.mark.parametrize("timeout", ["", "S", "-1S", "1x", "123456789S", "1.5S", "1 S"])
def test_a_timeout_that_cannot_be_read_is_an_error(peer, timeout):
    assert peer.call(REQUEST, headers={"grpc-timeout": timeout})["grpc-status"] in (INTERNAL, INVALID_ARGUMENT)


@pytest.mark.parametrize("timeout", ["0n", "0S"])
def test_a_timeout_that_is_over_before_it_began_is_deadline_exceeded(peer, timeout):
    assert peer.call(REQUEST, headers={"grpc-timeout": timeout})["grpc-status"] == "4"


def test_another_content_type_is_unsupported_media_type(peer):
    answer = peer.call(REQUEST, headers={"content-type": "application/json"})
    assert answer[":status"] == "415"


@pytest.mark.parametrize("content_type", ["application/grpc", "application/grpc+proto", "application/grpc;a=b"])
def test_protobuf_is_taken_by_all_of_its_names(peer, content_type):
    assert peer.call(REQUEST, headers={"content-type": content_type})["grpc-status"] == OK


@pytest.mark.parametrize("codec", ["json", "protobuf", "thrift", ""])
def test_messages_that_are_no_protobuf_are_unimplemented(peer, codec):
    answer = peer.call(REQUEST, headers={"content-type": f"application/grpc+{codec}"})
    assert answer["grpc-status"] == UNIMPLEMENTED
    assert f"application/grpc+{codec} is not supported" in answer["grpc-message"]


@pytest.mark.parametrize("method", ["Unary", "ServerStreaming"])
@pytest.mark.parametrize("body", [pytest.param(None, id="none"), pytest.param(b"", id="an empty body"), pytest.param(REQUEST * 2, id="two")])
def test_another_number_of_messages_than_one_is_unimplemented(peer, method, body):
    answer = peer.call(body, headers={":path": f"/cairn.echo.v1.Echo/{method}"})
    assert answer["grpc-status"] == UNIMPLEMENTED
    assert "one request message" in answer["grpc-message"]


def test_another_http_method_is_refused(peer):
    answer = peer.call(REQUEST, headers={":method": "PUT"})
    assert answer.get(":status") == "405" or "reset" in answer or answer.get("grpc-status") not in (None, "0")


@pytest.mark.parametrize("value", ["!!!", "a"])
def test_a_binary_header_that_is_not_base64_is_survived(peer, value):
    assert "grpc-status" in peer.call(REQUEST, headers={"x-data-bin": value})


def test_headers_without_end_are_cut_off(server, bystander):
    with connect(server) as connection:
        connection.sendall(PREFACE + SETTINGS + frame(0x1, 0, 1, b"\x82"))
        part = frame(0x9, 0, 1, b"\0\x01a\x7f\x80\x7f" + b"x" * 255)
        try:
            for _ in range(20_000):
                connection.sendall(part)
        except (ConnectionResetError, BrokenPipeError):
            return
        read_to_end(connection)
