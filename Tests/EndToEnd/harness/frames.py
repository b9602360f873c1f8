"""A client that sends HTTP/2 frames by hand, right or wrong, and tells what the server made of them."""

import socket
import struct
import time

import hpack
from hyperframe.frame import (
    ContinuationFrame, DataFrame, Frame, GoAwayFrame, HeadersFrame, PingFrame, RstStreamFrame, SettingsFrame)

PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
DATA, HEADERS, PRIORITY, RST_STREAM, SETTINGS, PUSH_PROMISE, PING, GOAWAY, WINDOW_UPDATE, CONTINUATION = range(10)
END_STREAM, ACK, END_HEADERS, PADDED, WITH_PRIORITY = 0x1, 0x1, 0x4, 0x8, 0x20
NO_ERROR, PROTOCOL_ERROR, INTERNAL_ERROR, FLOW_CONTROL_ERROR, SETTINGS_TIMEOUT, STREAM_CLOSED = range(6)
FRAME_SIZE_ERROR, REFUSED_STREAM, CANCEL, COMPRESSION_ERROR, CONNECT_ERROR, ENHANCE_YOUR_CALM = range(6, 12)


def frame(kind, flags, stream, payload=b"", length=None):
    """A frame as bytes; `length` is announced instead of the payload's own."""
    size = len(payload) if length is None else length
    return struct.pack(">I", size)[1:] + bytes([kind, flags]) + struct.pack(">I", stream) + payload


def setting(name, value):
    return struct.pack(">HI", name, value)


def integer(value, prefix=7, first=0):
    """RFC 7541 §5.1."""
    limit = (1 << prefix) - 1
    if value < limit:
        return bytes([first | value])
    out, value = bytes([first | limit]), value - limit
    while value >= 128:
        out, value = out + bytes([value & 127 | 128]), value >> 7
    return out + bytes([value])


def literal(text):
    data = text.encode("latin-1") if isinstance(text, str) else text
    return integer(len(data)) + data


def fields(*pairs):
    """A header block that leaves the dynamic table as it is: literals that are never indexed."""
    return b"".join(b"\x10" + literal(name) + literal(value) for name, value in pairs)


class FrameClient:
    """One connection. What the server sends is kept as hyperframe's frames in `received`."""

    def __init__(self, server, start=True, settings=b"", timeout=10):
        self.timeout = timeout
        self.socket = socket.create_connection(("127.0.0.1", server.port), timeout=timeout)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.decoder = hpack.Decoder()
        self.buffer = b""
        self.received = []
        self.head = None
        self.is_closed = False
        if start:
            self.send(PREFACE + frame(SETTINGS, 0, 0, settings))

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()

    def send(self, data):
        """Sends bytes; a server that has closed may refuse them."""
        try:
            self.socket.sendall(data)
        except (ConnectionResetError, BrokenPipeError):
            pass

    def wait_for(self, wanted):
        """Reads until a frame fits `wanted`, and returns it; None when the server closed first."""
        for kept in self.received:
            if wanted(kept):
                return kept
        deadline = time.monotonic() + self.timeout
        while not self.is_closed:
            for new in self._read(deadline):
                if wanted(new):
                    return new
        return None

    def _read(self, deadline):
        try:
            self.socket.settimeout(max(0.001, deadline - time.monotonic()))
            chunk = self.socket.recv(1 << 16)
        except ConnectionResetError:
            chunk = b""
        except TimeoutError:
            raise AssertionError(f"nothing came; before that: {self.received}")
        if not chunk:
            self.is_closed = True
        self.buffer += chunk
        new = []
        while len(self.buffer) >= 9:
            parsed, length = Frame.parse_frame_header(memoryview(self.buffer[:9]))
            if len(self.buffer) < 9 + length:
                break
            parsed.parse_body(memoryview(self.buffer[9:9 + length]))
            self.buffer = self.buffer[9 + length:]
            if isinstance(parsed, ContinuationFrame):
                # Part of the HEADERS before it, which counts when it is whole.
                self.head.data += parsed.data
                self.head.flags |= parsed.flags
                parsed = self.head
            if isinstance(parsed, HeadersFrame):
                self.head = parsed
                if "END_HEADERS" not in parsed.flags:
                    continue
                parsed.fields = self.decoder.decode(parsed.data)
            if isinstance(parsed, SettingsFrame) and "ACK" not in parsed.flags:
                self.send(frame(SETTINGS, ACK, 0))
            new.append(parsed)
        self.received += new
        return new

    # What a server may have made of it.

    def connection_error(self):
        """The code of GOAWAY, after which the server must close; None when it closed without one."""
        goaway = self.wait_for(lambda kept: isinstance(kept, GoAwayFrame))
        self.wait_for(lambda kept: False)
        return goaway.error_code if goaway else None

    def stream_error(self, stream):
        """The code of RST_STREAM on `stream`, or of GOAWAY in its place."""
        reset = self.wait_for(
            lambda kept: isinstance(kept, GoAwayFrame)
            or isinstance(kept, RstStreamFrame) and kept.stream_id == stream)
        return reset.error_code if reset else None

    def is_alive(self):
        """Whether the connection still answers a PING."""
        self.send(frame(PING, 0, 0, b"alive???"))
        return self.wait_for(
            lambda kept: isinstance(kept, PingFrame) and "ACK" in kept.flags and kept.opaque_data == b"alive???")

    def trailers(self, stream):
        """The fields of the HEADERS that ended `stream`."""
        last = self.wait_for(
            lambda kept: isinstance(kept, HeadersFrame) and kept.stream_id == stream and "END_STREAM" in kept.flags)
        return dict(last.fields) if last else None

    def acknowledged_settings(self):
        """Waits until both sides' settings are in force."""
        self.wait_for(lambda kept: isinstance(kept, SettingsFrame) and "ACK" not in kept.flags)
        return self.wait_for(lambda kept: isinstance(kept, SettingsFrame) and "ACK" in kept.flags)

    def of(self, kind):
        """The frames of a kind that have come."""
        return [kept for kept in self.received if isinstance(kept, kind)]

    def body(self, stream):
        return b"".join(kept.data for kept in self.received if isinstance(kept, DataFrame) and kept.stream_id == stream)
