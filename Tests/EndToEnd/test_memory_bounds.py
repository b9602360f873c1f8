"""What clients may make the server hold: answers that nobody reads, requests that nobody finishes."""

import grpc
import h2.events
import pytest
from cairn.echo.v1 import echo_pb2, echo_pb2_grpc

from harness.memory import is_within, resident
from harness.refusals import refused
from harness.waiting import eventually
from test_bad_frames import Peer, message

Message = echo_pb2.EchoMessage
MIB = 1 << 20
OWN = ("grpc.use_local_subchannel_pool", 1)


@pytest.fixture
def start_echo(start_server):
    def start(*arguments):
        return start_server(*arguments, program="EchoServer", command=())

    return start


def works(echo):
    return echo.Unary(Message(text="b"), timeout=30).text == "b"


class Uploads(Peer):
    """A client that sends its requests in parts, as far as the server lets it."""

    def __init__(self, server):
        super().__init__(server)
        self.socket.settimeout(0.2)
        self.ended = set()

    def begin(self):
        stream = self.http2.get_next_available_stream_id()
        self.http2.send_headers(
            stream, [(name, value.replace("Unary", "ServerStreaming")) for name, value in self.HEADERS])
        return stream

    def send(self, stream, body, end_stream=False):
        """Fails when the server does not take all of it within half a minute."""
        def sends():
            nonlocal body
            while room := min(
                    len(body), self.http2.local_flow_control_window(stream), self.http2.max_outbound_frame_size):
                self.http2.send_data(stream, body[:room], end_stream=end_stream and room == len(body))
                body = body[room:]
            self.hear()
            return not body

        eventually(sends, "the server takes the request", timeout=30)

    def hear(self):
        self.flush()
        try:
            events = self.http2.receive_data(self.socket.recv(65536))
        except TimeoutError:
            return
        self.ended |= {event.stream_id for event in events if isinstance(event, h2.events.StreamEnded)}
        self.flush()


class Stalled(Peer):
    """A client that asks for endless streams and never reads."""

    def __init__(self, server, streams, text):
        super().__init__(server)
        body = message(Message(text=text, repeat=2**31 - 1).SerializeToString())
        headers = [(name, value.replace("Unary", "ServerStreaming")) for name, value in self.HEADERS]
        for _ in range(streams):
            stream = self.http2.get_next_available_stream_id()
            self.http2.send_headers(stream, headers)
            self.http2.send_data(stream, body, end_stream=True)
        self.flush()


def test_a_client_that_never_reads_is_held_within_its_bound(start_echo):
    server = start_echo("--max-connection-send-buffer", str(2 * MIB))
    with server.channel(OWN) as channel:
        echo = echo_pb2_grpc.EchoStub(channel)
        assert works(echo)
        before = resident(server.process)
        stalled = Stalled(server, 90, "x" * 300)
        for _ in range(300):
            assert works(echo)
        # 90 streams of 64 KiB would be 6 MB by themselves; small messages cost about twice their size.
        assert is_within(resident(server.process) - before, 8_000_000)
        stalled.socket.close()
        assert works(echo)


def test_large_requests_at_once_wait_for_each_other_and_all_arrive(start_echo):
    # Half of it when the waiting begins, one whole request, and a window of 256 KiB for each of the others.
    server = start_echo("--max-connection-receive-buffer", str(16 * MIB))
    with server.channel(OWN) as channel:
        echo = echo_pb2_grpc.EchoStub(channel)
        text = "x" * 3_900_000
        calls = [echo.Unary.future(Message(text=text), timeout=60) for _ in range(12)]
        assert all(call.result().text == text for call in calls)
        assert is_within(resident(server.process), 250_000_000)


def test_large_answers_at_once_wait_for_each_other_and_all_arrive(start_echo):
    server = start_echo("--max-connection-send-buffer", str(8 * MIB))
    with server.channel(OWN, ("grpc.http2.lookahead_bytes", 65536)) as channel:
        echo = echo_pb2_grpc.EchoStub(channel)
        calls = [echo.Unary.future(Message(text="x" * 1_000_000), timeout=60) for _ in range(60)]
        assert all(len(call.result().text) == 1_000_000 for call in calls)


def test_too_many_requests_at_once_are_refused_and_the_connection_lives(start_echo):
    server = start_echo("--max-connection-receive-buffer", str(MIB))
    with server.channel(OWN) as channel:
        echo = echo_pb2_grpc.EchoStub(channel)
        calls = [echo.Unary.future(Message(text="x" * 1_000_000), timeout=60) for _ in range(100)]
        codes = {call.code() for call in calls if call.exception() is not None}
        assert codes <= {grpc.StatusCode.RESOURCE_EXHAUSTED}
        assert any(call.exception() is None for call in calls)
        assert is_within(resident(server.process), 150_000_000)
        assert works(echo)


def test_a_full_server_refuses_calls_until_there_is_room(start_echo):
    server = start_echo("--max-buffered-bytes", str(MIB))
    with server.channel(OWN) as channel:
        echo = echo_pb2_grpc.EchoStub(channel)
        large = Message(text="x" * 300_000)
        assert echo.Unary(large, timeout=30) == large
        stalled = []

        def is_full():
            call = echo.Unary.future(large, timeout=30)
            return call.exception() is not None and call.code() == grpc.StatusCode.UNAVAILABLE

        def is_filled():
            # What comes while a large call is under way is refused and leaves that call's room: it takes another.
            stalled.append(Stalled(server, 60, "x" * 300))
            return is_full()

        eventually(is_filled, "the server is full")
        refusal = refused(echo.Unary, large, timeout=30, code=grpc.StatusCode.UNAVAILABLE)
        assert "try again" in refusal.message
        for client in stalled:
            client.socket.close()
        eventually(lambda: not is_full(), "there is room again")


def test_more_calls_than_permitted_wait_at_the_client_or_are_refused(start_echo):
    server = start_echo("--max-concurrent-streams", "3")
    with server.channel(OWN) as channel:
        echo = echo_pb2_grpc.EchoStub(channel)
        calls = [echo.Unary.future(Message(text=f"{i}", delay_milliseconds=50), timeout=30) for i in range(30)]
        assert [call.result().text for call in calls] == [f"{i}" for i in range(30)]


def test_handlers_that_keep_large_requests_hold_no_others_up_for_ever(start_echo):
    """Two that work for a minute on more than a quarter of the bound; each of the others waits for a second at most."""
    server = start_echo("--max-connection-receive-buffer", str(16 * MIB))
    with server.channel(OWN) as channel:
        echo = echo_pb2_grpc.EchoStub(channel)
        text = "x" * 3_900_000
        kept = [echo.Unary.future(Message(text=text, delay_milliseconds=600_000), timeout=600) for _ in range(2)]
        for _ in range(3):
            assert echo.Unary(Message(text=text), timeout=30).text == text
        assert not any(call.done() for call in kept)
        for call in kept:
            call.cancel()
        assert works(echo)


def test_requests_go_on_that_wait_for_one_whose_client_is_silent(start_echo):
    """Above half of the bound one stream at a time is let on; one that says nothing in its turn loses it."""
    server = start_echo("--max-connection-receive-buffer", str(2 * MIB))
    client = Uploads(server)
    waiting, silent = client.begin(), client.begin()
    long = message(Message(text="x" * 1_300_000).SerializeToString())
    short = message(Message(text="y" * 600_000).SerializeToString())
    client.send(waiting, long[:700_000])
    # With this the connection holds more than half, so it is this stream's turn.
    client.send(silent, short[:500_000])
    client.send(waiting, long[700_000:], end_stream=True)
    eventually(lambda: client.hear() or waiting in client.ended, "the one that waited is answered", timeout=30)
    client.send(silent, short[500_000:], end_stream=True)
    eventually(lambda: client.hear() or silent in client.ended, "the other one is answered", timeout=30)
    client.socket.close()
