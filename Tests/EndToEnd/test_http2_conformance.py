"""RFC 9113 §3 to §8 and RFC 7541, frame by frame: what a client does wrong, and what the server must make of it.

A row is a name that begins with the section, the bytes that follow preface and SETTINGS, and the answers that the
section allows. A stream error may be taken for a connection error (RFC 9113 §5.4.1).
"""

import struct

import pytest
from cairn.echo.v1 import echo_pb2
from harness.frames import *  # noqa: F403
from hyperframe.frame import DataFrame, GoAwayFrame, HeadersFrame, PingFrame, RstStreamFrame, SettingsFrame

UNARY, UPLOAD, DUPLEX = (f"/cairn.echo.v1.Echo/{name}" for name in ("Unary", "ClientStreaming", "Bidirectional"))


def pairs(path=UNARY, **changed):
    """The fields of a call; a pseudo-header is changed or, with None, left out by its name."""
    wanted = {"method": "POST", "scheme": "http", "path": path, "authority": "localhost", **changed}
    pseudo = [(":" + name, value) for name, value in wanted.items() if value is not None]
    return [*pseudo, ("content-type", "application/grpc"), ("te", "trailers")]


def message(**fields):
    body = echo_pb2.EchoMessage(**fields).SerializeToString()
    return b"\0" + struct.pack(">I", len(body)) + body


def head(stream, block=None, flags=END_HEADERS, path=UNARY, **changed):
    return frame(HEADERS, flags, stream, fields(*pairs(path, **changed)) if block is None else block)


def with_field(*extra, **changed):
    """A whole request with more fields."""
    return head(1, fields(*pairs(**changed), *extra)) + frame(DATA, END_STREAM, 1, REQUEST)


REQUEST = message(text="a")
SLOW = message(text="a", delay_milliseconds=60_000)
BLOCK = fields(*pairs())
OPEN = head(1, path=UPLOAD)
CALL = head(1) + frame(DATA, END_STREAM, 1, REQUEST)
# The client has ended its side; the server will not end its own soon.
HALF_CLOSED = head(1) + frame(DATA, END_STREAM, 1, SLOW)
RESET = OPEN + frame(RST_STREAM, 0, 1, b"\0\0\0\x08")
TOO_MUCH = b"\0" * (1 << 14 | 1)
ANY = b"whatever"
HEAD_ONLY = END_HEADERS | END_STREAM
LARGEST_WINDOW = struct.pack(">I", 2**31 - 1)

CONNECTION_ERRORS = [
    ("4.2 a DATA frame above the largest size", OPEN + frame(DATA, 0, 1, TOO_MUCH), FRAME_SIZE_ERROR),
    ("4.2 a HEADERS frame above the largest size", frame(HEADERS, END_HEADERS, 1, TOO_MUCH), FRAME_SIZE_ERROR),
    ("4.2 a SETTINGS frame above the largest size", frame(SETTINGS, 0, 0, b"\0" * 16386), FRAME_SIZE_ERROR),
    ("4.2 an unknown frame above the largest size", frame(0x42, 0, 0, TOO_MUCH), FRAME_SIZE_ERROR),
    ("4.3 a field block that cannot be read", head(1, b"\xff" * 20), COMPRESSION_ERROR),
    ("4.3 a field block that is cut off", head(1, BLOCK[:-3]), COMPRESSION_ERROR),
    ("4.3 PRIORITY within a field block", head(1, flags=0) + frame(PRIORITY, 0, 1, b"\0\0\0\0\0"), PROTOCOL_ERROR),
    ("4.3 another stream's HEADERS within a field block", head(1, flags=0) + head(3), PROTOCOL_ERROR),
    ("4.3 another stream's CONTINUATION within a field block",
     head(1, flags=0) + frame(CONTINUATION, END_HEADERS, 3, BLOCK), PROTOCOL_ERROR),
    ("4.3 DATA within a field block", head(1, flags=0) + frame(DATA, 0, 1, ANY), PROTOCOL_ERROR),
    ("5.5 an unknown frame within a field block", head(1, flags=0) + frame(0x42, 0, 0), PROTOCOL_ERROR),
    ("5.1 DATA on an idle stream", frame(DATA, 0, 1, ANY), PROTOCOL_ERROR),
    ("5.1 RST_STREAM on an idle stream", frame(RST_STREAM, 0, 1, b"\0\0\0\x08"), PROTOCOL_ERROR),
    ("5.1 WINDOW_UPDATE on an idle stream", frame(WINDOW_UPDATE, 0, 1, b"\0\0\0\x08"), PROTOCOL_ERROR),
    ("5.1 CONTINUATION on an idle stream", frame(CONTINUATION, END_HEADERS, 1, BLOCK), PROTOCOL_ERROR),
    ("5.1.1 an even stream", head(2), PROTOCOL_ERROR),
    ("5.1.1 a stream smaller than the last one", head(5) + head(3), PROTOCOL_ERROR),
    ("5.1.1 a stream smaller than the last one, which is over", head(5) + frame(RST_STREAM, 0, 5, b"\0\0\0\x08")
     + head(3), PROTOCOL_ERROR),
    ("6.1 DATA on stream 0", frame(DATA, 0, 0, ANY), PROTOCOL_ERROR),
    ("6.1 DATA with more padding than payload", OPEN + frame(DATA, PADDED, 1, b"\x08padding"), PROTOCOL_ERROR),
    ("6.1 padded DATA without a length of padding", OPEN + frame(DATA, PADDED, 1, b""),
     (PROTOCOL_ERROR, FRAME_SIZE_ERROR)),
    ("6.2 HEADERS on stream 0", head(0), PROTOCOL_ERROR),
    ("6.2 HEADERS with more padding than payload",
     frame(HEADERS, END_HEADERS | PADDED, 1, b"\xff" + BLOCK[:50]), PROTOCOL_ERROR),
    ("6.2 HEADERS with a priority that is cut off", frame(HEADERS, END_HEADERS | WITH_PRIORITY, 1, b"\0\0"),
     (PROTOCOL_ERROR, FRAME_SIZE_ERROR)),
    ("6.3 PRIORITY on stream 0", frame(PRIORITY, 0, 0, b"\0\0\0\0\0"), PROTOCOL_ERROR),
    ("6.4 RST_STREAM on stream 0", frame(RST_STREAM, 0, 0, b"\0\0\0\x08"), PROTOCOL_ERROR),
    ("6.4 RST_STREAM of three bytes", OPEN + frame(RST_STREAM, 0, 1, b"\0\0\0"), FRAME_SIZE_ERROR),
    ("6.5 SETTINGS on a stream", frame(SETTINGS, 0, 1), PROTOCOL_ERROR),
    ("6.5 SETTINGS of five bytes", frame(SETTINGS, 0, 0, b"\0" * 5), FRAME_SIZE_ERROR),
    ("6.5 an acknowledgement with settings", frame(SETTINGS, ACK, 0, b"\0" * 6), FRAME_SIZE_ERROR),
    ("6.5.2 ENABLE_PUSH of 2", frame(SETTINGS, 0, 0, setting(2, 2)), PROTOCOL_ERROR),
    ("6.5.2 INITIAL_WINDOW_SIZE above the largest", frame(SETTINGS, 0, 0, setting(4, 2**31)), FLOW_CONTROL_ERROR),
    ("6.5.2 MAX_FRAME_SIZE below the smallest", frame(SETTINGS, 0, 0, setting(5, 2**14 - 1)), PROTOCOL_ERROR),
    ("6.5.2 MAX_FRAME_SIZE above the largest", frame(SETTINGS, 0, 0, setting(5, 2**24)), PROTOCOL_ERROR),
    ("6.6 PUSH_PROMISE from a client", OPEN + frame(PUSH_PROMISE, END_HEADERS, 1, b"\0\0\0\2" + BLOCK),
     PROTOCOL_ERROR),
    ("6.7 PING on a stream", frame(PING, 0, 1, b"\0" * 8), PROTOCOL_ERROR),
    ("6.7 PING of seven bytes", frame(PING, 0, 0, b"\0" * 7), FRAME_SIZE_ERROR),
    ("6.7 PING of nine bytes", frame(PING, 0, 0, b"\0" * 9), FRAME_SIZE_ERROR),
    ("6.8 GOAWAY on a stream", frame(GOAWAY, 0, 1, b"\0" * 8), PROTOCOL_ERROR),
    ("6.8 GOAWAY of seven bytes", frame(GOAWAY, 0, 0, b"\0" * 7), FRAME_SIZE_ERROR),
    ("6.9 WINDOW_UPDATE of 0 on the connection", frame(WINDOW_UPDATE, 0, 0, b"\0\0\0\0"), PROTOCOL_ERROR),
    ("6.9 WINDOW_UPDATE of three bytes", frame(WINDOW_UPDATE, 0, 0, b"\0\0\0"), FRAME_SIZE_ERROR),
    ("6.9.1 the connection's window above the largest", frame(WINDOW_UPDATE, 0, 0, LARGEST_WINDOW),
     FLOW_CONTROL_ERROR),
    ("6.9.2 a stream's window above the largest, by SETTINGS",
     HALF_CLOSED + frame(WINDOW_UPDATE, 0, 1, struct.pack(">I", 2**31 - 65536))
     + frame(SETTINGS, 0, 0, setting(4, 65536)), FLOW_CONTROL_ERROR),
    ("6.10 CONTINUATION on stream 0", head(1, flags=0) + frame(CONTINUATION, END_HEADERS, 0, BLOCK), PROTOCOL_ERROR),
    ("6.10 CONTINUATION after END_HEADERS", OPEN + frame(CONTINUATION, END_HEADERS, 1, BLOCK), PROTOCOL_ERROR),
    ("6.10 CONTINUATION after the CONTINUATION that was the last",
     head(1, BLOCK[:9], 0) + frame(CONTINUATION, END_HEADERS, 1, BLOCK[9:]) + frame(CONTINUATION, END_HEADERS, 1),
     PROTOCOL_ERROR),
    ("6.10 CONTINUATION after DATA", OPEN + frame(DATA, 0, 1, REQUEST) + frame(CONTINUATION, END_HEADERS, 1, BLOCK),
     PROTOCOL_ERROR),
    ("7541 2.3.3 an index beyond the tables", head(1, BLOCK + b"\xfe"), COMPRESSION_ERROR),
    ("7541 2.3.3 a name's index beyond the tables", head(1, BLOCK + b"\x7e\x01a"), COMPRESSION_ERROR),
    ("7541 4.2 a table size at the end of a block", head(1, BLOCK + b"\x20"), COMPRESSION_ERROR),
    ("7541 5.1 an integer without end", head(1, BLOCK + b"\xff" + b"\xff" * 12 + b"\x01"), COMPRESSION_ERROR),
    ("7541 5.2 Huffman padding of more than seven bits", head(1, BLOCK + b"\x10\x01a\x83\x1f\xff\xff"),
     COMPRESSION_ERROR),
    ("7541 5.2 Huffman padding of zeros", head(1, BLOCK + b"\x10\x01a\x81\x18"), COMPRESSION_ERROR),
    ("7541 5.2 the Huffman code EOS", head(1, BLOCK + b"\x10\x01a\x84\xff\xff\xff\xff"), COMPRESSION_ERROR),
    ("7541 6.1 index 0", head(1, BLOCK + b"\x80"), COMPRESSION_ERROR),
    ("7541 6.3 a table size above the limit", head(1, b"\x3f\xe2\x1f" + BLOCK), COMPRESSION_ERROR),
]

STREAM_ERRORS = [
    ("5.1 DATA on a half-closed stream", HALF_CLOSED + frame(DATA, 0, 1, ANY), STREAM_CLOSED),
    ("5.1 HEADERS on a half-closed stream", HALF_CLOSED + head(1), STREAM_CLOSED),
    ("5.1 CONTINUATION on a half-closed stream", HALF_CLOSED + frame(CONTINUATION, END_HEADERS, 1, BLOCK),
     (STREAM_CLOSED, PROTOCOL_ERROR)),
    ("5.1 DATA after RST_STREAM", RESET + frame(DATA, 0, 1, ANY), STREAM_CLOSED),
    ("5.1 HEADERS after RST_STREAM", RESET + head(1), STREAM_CLOSED),
    ("5.1 CONTINUATION after RST_STREAM", RESET + frame(CONTINUATION, END_HEADERS, 1, BLOCK),
     (STREAM_CLOSED, PROTOCOL_ERROR)),
    ("5.1.2 more streams than allowed", b"".join(head(1 + 2 * number, path=UPLOAD) for number in range(1001)),
     (REFUSED_STREAM, PROTOCOL_ERROR), 2001),
    ("5.3.1 HEADERS whose stream depends on itself",
     frame(HEADERS, END_HEADERS | WITH_PRIORITY, 1, b"\0\0\0\1\x10" + BLOCK), PROTOCOL_ERROR),
    ("5.3.1 PRIORITY of a stream that depends on itself", OPEN + frame(PRIORITY, 0, 1, b"\0\0\0\1\x10"),
     PROTOCOL_ERROR),
    ("6.3 PRIORITY of four bytes", OPEN + frame(PRIORITY, 0, 1, b"\0\0\0\0"), FRAME_SIZE_ERROR),
    ("6.9 WINDOW_UPDATE of 0 on a stream", OPEN + frame(WINDOW_UPDATE, 0, 1, b"\0\0\0\0"), PROTOCOL_ERROR),
    ("6.9.1 a stream's window above the largest", OPEN + frame(WINDOW_UPDATE, 0, 1, LARGEST_WINDOW),
     FLOW_CONTROL_ERROR),
    ("6.9.1 more DATA than the stream's window",
     head(1, path=DUPLEX) + frame(DATA, 0, 1, SLOW) + frame(DATA, 0, 1, REQUEST)
     + frame(DATA, 0, 1, (REQUEST * 2000)[:1 << 14]) * 20, FLOW_CONTROL_ERROR),
    ("8.1 HEADERS amid a body that do not end the stream", OPEN + frame(DATA, 0, 1, REQUEST) + head(1),
     PROTOCOL_ERROR),
    ("8.1.1 content-length without DATA", head(1, fields(*pairs(), ("content-length", "1")), HEAD_ONLY),
     PROTOCOL_ERROR),
    ("8.1.1 content-length above the DATA", with_field(("content-length", str(len(REQUEST) + 1))), PROTOCOL_ERROR),
    ("8.1.1 content-length below the DATA", with_field(("content-length", str(len(REQUEST) - 1))), PROTOCOL_ERROR),
    ("8.1.1 content-length below several DATA frames",
     head(1, fields(*pairs(), ("content-length", "3"))) + frame(DATA, 0, 1, REQUEST[:2])
     + frame(DATA, END_STREAM, 1, REQUEST[2:]), PROTOCOL_ERROR),
    ("8.1.1 a content-length that is no number", with_field(("content-length", "8x")), PROTOCOL_ERROR),
    ("8.1.1 two content-lengths", with_field(("content-length", "8"), ("content-length", "9")), PROTOCOL_ERROR),
    ("8.2 a name with capitals", with_field(("X-Test", "a")), PROTOCOL_ERROR),
    ("8.2.1 a name with a space", with_field(("x test", "a")), PROTOCOL_ERROR),
    ("8.2.1 a name with a colon", with_field(("x:test", "a")), PROTOCOL_ERROR),
    ("8.2.1 a name with a control character", with_field(("x\x01", "a")), PROTOCOL_ERROR),
    ("8.2.1 a name beyond ASCII", with_field(("x\xe9", "a")), PROTOCOL_ERROR),
    ("8.2.1 an empty name", with_field(("", "a")), PROTOCOL_ERROR),
    ("8.2.1 a value with NUL", with_field(("x-test", "a\0b")), PROTOCOL_ERROR),
    ("8.2.1 a value with CR", with_field(("x-test", "a\rb")), PROTOCOL_ERROR),
    ("8.2.1 a value with LF", with_field(("x-test", "a\nb")), PROTOCOL_ERROR),
    ("8.2.1 a value that begins with a space", with_field(("x-test", " a")), PROTOCOL_ERROR),
    ("8.2.1 a value that ends with a tab", with_field(("x-test", "a\t")), PROTOCOL_ERROR),
    *((f"8.2.2 the field {name}", with_field((name, value)), PROTOCOL_ERROR) for name, value in [
        ("connection", "keep-alive"), ("keep-alive", "3"), ("proxy-connection", "keep-alive"),
        ("transfer-encoding", "chunked"), ("upgrade", "h2c"), ("te", "gzip")]),
    ("8.3 an unknown pseudo-header", with_field(version="1"), PROTOCOL_ERROR),
    ("8.3 a response's pseudo-header", with_field(status="200"), PROTOCOL_ERROR),
    ("8.3 a pseudo-header after others", with_field((":authority", "localhost"), authority=None), PROTOCOL_ERROR),
    ("8.3 a pseudo-header in trailers",
     OPEN + frame(DATA, 0, 1, REQUEST) + head(1, fields((":method", "POST"), ("x", "y")), HEAD_ONLY), PROTOCOL_ERROR),
    *((f"8.3.1 {name} is missing", with_field(**{name: None}), PROTOCOL_ERROR)
      for name in ("method", "scheme", "path")),
    *((f"8.3.1 {name} occurs twice", head(1, fields((f":{name}", value), *pairs()), HEAD_ONLY), PROTOCOL_ERROR)
      for name, value in [("method", "POST"), ("scheme", "http"), ("path", UNARY), ("authority", "localhost")]),
    ("8.3.1 an empty path", with_field(path=""), PROTOCOL_ERROR),
    ("8.3.1 a path that does not begin with a slash", with_field(path="cairn.echo.v1.Echo/Unary"), PROTOCOL_ERROR),
    ("8.5 CONNECT with a path", with_field(method="CONNECT", scheme=None), PROTOCOL_ERROR),
    ("8.5 CONNECT without an authority", with_field(method="CONNECT", scheme=None, path=None, authority=None),
     PROTOCOL_ERROR),
]

# What looks odd and is allowed: the call on stream 1 is answered.
ALLOWED = [
    ("4.1 an unknown frame", frame(0x42, 0xff, 0, ANY) + frame(0x42, 0xff, 7, ANY) + CALL),
    ("4.1 unknown flags", frame(SETTINGS, 0xfe, 0) + frame(PING, 0xfe, 0, b"\0" * 8) + CALL),
    ("4.1 a reserved bit", frame(HEADERS, END_HEADERS, 0x8000_0001, BLOCK) + frame(DATA, 1, 0x8000_0001, REQUEST)),
    ("4.2 a DATA frame of the largest size",
     head(1) + frame(DATA, END_STREAM, 1, message(text="x" * (2**14 - 8)))),
    ("5.1 PRIORITY on an idle stream", frame(PRIORITY, 0, 9, b"\0\0\0\0\x10") + CALL),
    ("5.1 PRIORITY on a closed stream", CALL + frame(PRIORITY, 0, 1, b"\0\0\0\0\x10")),
    ("5.1 WINDOW_UPDATE on a half-closed stream", CALL + frame(WINDOW_UPDATE, 0, 1, b"\0\0\0\x08")),
    ("5.1.1 streams that are left out", CALL + head(777)),
    ("6.1 padded DATA", head(1) + frame(DATA, END_STREAM | PADDED, 1, b"\x05" + REQUEST + b"\0" * 5)),
    ("6.1 empty DATA", head(1) + frame(DATA, 0, 1) + frame(DATA, END_STREAM, 1, REQUEST)),
    ("6.2 padded HEADERS with a priority",
     frame(HEADERS, END_HEADERS | PADDED | WITH_PRIORITY, 1, b"\x04\0\0\0\0\x10" + BLOCK + b"\0" * 4)
     + frame(DATA, END_STREAM, 1, REQUEST)),
    ("6.5.2 an unknown setting", frame(SETTINGS, 0, 0, setting(0xff, 0xffff_ffff)) + CALL),
    ("6.5.3 a setting that occurs twice", frame(SETTINGS, 0, 0, setting(4, 1) + setting(4, 65535)) + CALL),
    ("6.10 a field block in several frames",
     head(1, BLOCK[:10], 0) + frame(CONTINUATION, 0, 1, BLOCK[10:30]) + frame(CONTINUATION, 0, 1)
     + frame(CONTINUATION, END_HEADERS, 1, BLOCK[30:]) + frame(DATA, END_STREAM, 1, REQUEST)),
    ("8.1 trailers", head(1) + frame(DATA, 0, 1, REQUEST) + head(1, fields(("x-last", "a")), HEAD_ONLY)),
    ("8.1.1 the content-length of the DATA", with_field(("content-length", str(len(REQUEST))))),
    ("8.2.3 several cookies", with_field(("cookie", "a=b"), ("cookie", "c=d"))),
    ("7541 4.2 a smaller table", head(1, b"\x20" + BLOCK) + frame(DATA, END_STREAM, 1, REQUEST)),
    ("7541 6.2.1 a field that is indexed, and used", head(1, BLOCK + b"\x40\x01a\x01b\xbe")
     + frame(DATA, END_STREAM, 1, REQUEST)),
]


def rows(table):
    return [pytest.param(*row[1:], id=row[0]) for row in table]


def codes(allowed):
    return allowed if isinstance(allowed, tuple) else (allowed,)


@pytest.fixture(scope="module")
def server(echo_server):
    return echo_server


@pytest.fixture
def client(server):
    with FrameClient(server) as client:
        yield client


@pytest.mark.parametrize("sent, allowed", rows(CONNECTION_ERRORS))
def test_a_broken_connection_ends_with_its_error(client, sent, allowed):
    client.send(sent)
    assert client.connection_error() in codes(allowed)


def test_3_4_the_preface_must_be_followed_by_settings(server):
    with FrameClient(server, start=False) as client:
        client.send(PREFACE + frame(PING, 0, 0, b"\0" * 8))
        assert client.connection_error() == PROTOCOL_ERROR


@pytest.mark.parametrize("preface", [b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r!", b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"])
def test_3_4_another_preface_ends_the_connection(server, preface):
    with FrameClient(server, start=False) as client:
        client.send(preface + b"\0" * 64)
        assert client.connection_error() in (PROTOCOL_ERROR, None)


def test_3_4_the_server_begins_with_settings(server):
    with FrameClient(server, start=False) as client:
        client.send(PREFACE)
        client.wait_for(lambda kept: True)
        assert isinstance(client.received[0], SettingsFrame) and not client.received[0].flags


@pytest.mark.parametrize("sent, allowed, stream", [
    pytest.param(*row[1:3], row[3] if len(row) > 3 else 1, id=row[0]) for row in STREAM_ERRORS])
def test_a_broken_stream_ends_with_its_error(client, sent, allowed, stream):
    client.send(sent)
    assert client.stream_error(stream) in codes(allowed)
    if not any(isinstance(kept, GoAwayFrame) for kept in client.received):
        assert client.is_alive()


@pytest.mark.parametrize("sent", rows(ALLOWED))
def test_what_is_allowed_is_answered(client, sent):
    client.send(sent)
    assert client.trailers(1)["grpc-status"] == "0"
    assert client.is_alive()


@pytest.mark.parametrize("kind, payload, allowed", [
    pytest.param(DATA, ANY, STREAM_CLOSED, id="DATA"),
    pytest.param(HEADERS, BLOCK, STREAM_CLOSED, id="HEADERS"),
    pytest.param(CONTINUATION, BLOCK, (STREAM_CLOSED, PROTOCOL_ERROR), id="CONTINUATION"),
])
def test_5_1_an_answered_stream_takes_no_more(client, kind, payload, allowed):
    client.send(CALL)
    assert client.trailers(1)
    client.send(frame(kind, END_HEADERS if kind != DATA else 0, 1, payload))
    assert client.connection_error() in codes(allowed)


@pytest.mark.parametrize("kind", [WINDOW_UPDATE, RST_STREAM])
def test_5_1_frames_that_were_on_their_way_are_ignored(client, kind):
    client.send(CALL)
    assert client.trailers(1)
    client.send(frame(kind, 0, 1, b"\0\0\0\x08"))
    assert client.is_alive()


def test_5_1_trailers_that_cross_a_reset_are_ignored(client):
    """The server ends a call early and asks the client to stop; what is on its way breaks nothing."""
    client.send(head(1, path=UPLOAD) + frame(DATA, 0, 1, message(text="no", fail_with=3)))
    assert client.trailers(1)["grpc-status"] == "3"
    assert client.stream_error(1) == NO_ERROR
    client.send(frame(DATA, 0, 1, REQUEST) + head(1, fields(("x-last", "a")), HEAD_ONLY))
    assert client.is_alive()


def test_6_5_3_settings_are_acknowledged(client):
    assert client.acknowledged_settings()


def test_6_7_a_ping_is_answered_with_its_own_bytes(client):
    client.send(frame(PING, ACK, 0, b"no reply") + frame(PING, 0, 0, b"12345678"))
    assert client.wait_for(lambda kept: isinstance(kept, PingFrame)).opaque_data == b"12345678"


@pytest.mark.parametrize("window", [0, 1])
def test_6_9_1_the_server_keeps_to_a_streams_window(server, window):
    with FrameClient(server, settings=setting(4, window)) as client:
        client.send(CALL)
        assert client.is_alive()
        assert len(client.body(1)) == window
        client.send(frame(WINDOW_UPDATE, 0, 1, b"\0\0\0\x01"))
        assert client.is_alive()
        client.wait_for(lambda kept: len(client.body(1)) == window + 1)
        client.send(frame(WINDOW_UPDATE, 0, 1, b"\0\0\x10\0"))
        assert client.trailers(1)["grpc-status"] == "0"
        assert client.body(1) == REQUEST


def test_6_9_1_the_server_keeps_to_the_connections_window(server):
    body = message(text="x" * 100_000)
    parts = [body[at:at + 2**14] for at in range(0, len(body), 2**14)]
    with FrameClient(server, settings=setting(4, 2**20)) as client:
        client.acknowledged_settings()
        client.send(head(1) + b"".join(frame(DATA, 0, 1, part) for part in parts) + frame(DATA, END_STREAM, 1))
        client.wait_for(lambda kept: len(client.body(1)) == 65535)
        assert client.is_alive()
        assert len(client.body(1)) == 65535
        client.send(frame(WINDOW_UPDATE, 0, 0, LARGEST_WINDOW[:1] + b"\0\0\0"))
        assert client.trailers(1)["grpc-status"] == "0"
        assert client.body(1) == body


def test_6_9_2_a_smaller_initial_window_may_make_a_window_negative(server):
    body = message(text="x" * 30_000)
    with FrameClient(server, settings=setting(4, 10_000)) as client:
        client.send(head(1) + frame(DATA, 0, 1, body[:2**14]) + frame(DATA, END_STREAM, 1, body[2**14:]))
        client.wait_for(lambda kept: len(client.body(1)) == 10_000)
        client.send(frame(SETTINGS, 0, 0, setting(4, 4_000)) + frame(WINDOW_UPDATE, 0, 1, struct.pack(">I", 6_000)))
        assert client.is_alive()
        assert len(client.body(1)) == 10_000
        client.send(frame(WINDOW_UPDATE, 0, 1, struct.pack(">I", 1)))
        client.wait_for(lambda kept: len(client.body(1)) == 10_001)
        client.send(frame(SETTINGS, 0, 0, setting(4, 65_535)))
        assert client.trailers(1)["grpc-status"] == "0"
        assert client.body(1) == body


def test_6_5_2_frames_keep_to_the_peers_largest_size(client):
    """The default of 16,384 bytes holds for what the server sends."""
    body = message(text="x" * 50_000)
    parts = [body[at:at + 2**14] for at in range(0, len(body), 2**14)]
    client.acknowledged_settings()
    client.send(head(1) + b"".join(frame(DATA, 0, 1, part) for part in parts) + frame(DATA, END_STREAM, 1))
    assert client.trailers(1)["grpc-status"] == "0"
    assert max(len(kept.data) for kept in client.received if isinstance(kept, DataFrame)) <= 2**14


def plain(stream, method, flags=HEAD_ONLY):
    return frame(HEADERS, flags, stream, fields(
        (":method", method), (":scheme", "http"), (":path", "/"), (":authority", "localhost")))


@pytest.mark.parametrize("method, status", [("GET", "405"), ("HEAD", "405"), ("POST", "415")])
def test_what_is_no_grpc_is_answered_as_http(client, method, status):
    client.send(plain(1, method))
    client.wait_for(lambda kept: kept.stream_id == 1 and "END_STREAM" in kept.flags)
    head = next(kept for kept in client.received if isinstance(kept, HeadersFrame))
    assert dict(head.fields)[":status"] == status
    assert bool(client.body(1)) == (method != "HEAD")


def test_what_is_no_grpc_is_heard_to_its_end(client):
    """The stream is open meanwhile, so that what breaks it is seen."""
    client.send(plain(1, "POST", END_HEADERS))
    assert client.is_alive()
    client.send(plain(1, "POST", END_HEADERS))
    assert client.stream_error(1) == PROTOCOL_ERROR


def test_5_1_2_answers_that_wait_for_a_window_count_as_streams(server):
    with FrameClient(server, settings=setting(4, 0)) as client:
        client.send(b"".join(plain(1 + 2 * number, "GET") for number in range(1001)))
        assert client.stream_error(2001) in (REFUSED_STREAM, PROTOCOL_ERROR)
        assert client.is_alive()


def test_a_client_that_resets_hears_nothing_more_of_the_stream(client):
    client.send(RESET)
    assert client.is_alive()
    assert not [kept for kept in client.received if kept.stream_id == 1 and not isinstance(kept, RstStreamFrame)]
