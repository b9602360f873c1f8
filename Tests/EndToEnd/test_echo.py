"""The transport alone: all four kinds of call, metadata, deadlines, cancellation and status, by a stock client."""

import os
import queue
import threading

import grpc
import pytest
from cairn.echo.v1 import echo_pb2, echo_pb2_grpc

from harness.memory import is_within, resident
from harness.refusals import refused
from harness.waiting import eventually

Message = echo_pb2.EchoMessage


@pytest.fixture(scope="module")
def server(echo_server):
    return echo_server


@pytest.fixture
def echo(server):
    with server.channel() as channel:
        yield echo_pb2_grpc.EchoStub(channel)


def texts(messages):
    return [message.text for message in messages]


class TestKindsOfCall:
    @pytest.mark.parametrize("size", [0, 1, 16_384, 65_535, 65_536, 1_000_000, 3_900_000])
    def test_unary(self, echo, size):
        assert echo.Unary(Message(text="x" * size), timeout=30).text == "x" * size

    @pytest.mark.parametrize("count", [0, 1, 1000])
    def test_server_streaming(self, echo, count):
        assert texts(echo.ServerStreaming(Message(text="a", repeat=count), timeout=30)) == ["a"] * count

    @pytest.mark.parametrize("count", [0, 1, 1000])
    def test_client_streaming(self, echo, count):
        answer = echo.ClientStreaming((Message(text=f"{i},") for i in range(count)), timeout=30)
        assert answer.text == "".join(f"{i}," for i in range(count))

    @pytest.mark.parametrize("count", [0, 1, 1000])
    def test_bidirectional(self, echo, count):
        answers = echo.Bidirectional((Message(text=f"{i}") for i in range(count)), timeout=30)
        assert texts(answers) == [f"{i}" for i in range(count)]

    def test_bidirectional_answers_before_the_next_question(self, echo):
        questions = queue.SimpleQueue()
        answers = echo.Bidirectional(iter(questions.get, None), timeout=30)
        for i in range(20):
            questions.put(Message(text=f"{i}"))
            assert next(answers).text == f"{i}"
        questions.put(None)
        assert list(answers) == []

    def test_large_messages_flow_both_ways_at_once(self, echo):
        body = "x" * 1_000_000
        answers = echo.Bidirectional((Message(text=body) for _ in range(20)), timeout=60)
        assert [len(message.text) for message in answers] == [len(body)] * 20

    def test_a_thousand_calls_at_once_on_one_connection(self, echo):
        calls = [echo.Unary.future(Message(text=f"{i}", delay_milliseconds=100), timeout=30) for i in range(1000)]
        assert [call.result().text for call in calls] == [f"{i}" for i in range(1000)]


class TestMetadata:
    PAIRS = [
        ("x-echo-text", "plain, with = and ; and  spaces"), ("x-echo-same", "one"), ("x-echo-same", "two"),
        ("x-echo-bytes-bin", bytes(range(256))), ("x-echo-empty", ""), ("x-echo-empty-bin", b"")]

    @staticmethod
    def echoed(metadata):
        return sorted((key, value) for key, value in metadata if key.startswith("x-echo-"))

    def test_it_goes_both_ways_in_headers_and_trailers(self, echo):
        _, call = echo.Unary.with_call(Message(text="a"), metadata=self.PAIRS, timeout=30)
        assert self.echoed(call.initial_metadata()) == sorted(self.PAIRS)
        assert self.echoed(call.trailing_metadata()) == sorted(self.PAIRS)

    def test_it_comes_with_a_failure_too(self, echo):
        with pytest.raises(grpc.RpcError) as caught:
            echo.Unary(Message(text="no", fail_with=9), metadata=self.PAIRS, timeout=30)
        assert self.echoed(caught.value.trailing_metadata()) == sorted(self.PAIRS)

    def test_it_comes_with_streams(self, echo):
        call = echo.Bidirectional(iter([Message(text="a")]), metadata=self.PAIRS, timeout=30)
        assert texts(call) == ["a"]
        assert self.echoed(call.initial_metadata()) == self.echoed(call.trailing_metadata()) == sorted(self.PAIRS)


class TestStatus:
    @pytest.mark.parametrize("code", [code for code in grpc.StatusCode if code.value[0] != 0], ids=lambda code: code.name)
    def test_every_code_arrives_with_its_details(self, echo, code):
        message = "was nicht geht, geht nicht: 100 % 石\n\tend"
        refusal = refused(echo.Unary, Message(text=message, fail_with=code.value[0]), timeout=30, code=code)
        assert refusal.message == message
        assert refusal.domain == "echo.cairn" and refusal.metadata == {"text": message}

    def test_a_stream_may_fail_after_its_messages(self, echo):
        call = echo.ServerStreaming(Message(text="a", repeat=3, fail_with=10), timeout=30)
        received = []
        with pytest.raises(grpc.RpcError) as caught:
            for message in call:
                received.append(message.text)
        assert received == ["a"] * 3 and caught.value.code() == grpc.StatusCode.ABORTED

    @pytest.mark.parametrize("method", ["ClientStreaming", "Bidirectional"])
    def test_a_client_may_be_refused_while_it_still_sends(self, echo, method):
        go_on = threading.Event()

        def questions():
            yield Message(text="no", fail_with=7)
            go_on.wait(30)

        call = getattr(echo, method)
        try:
            with pytest.raises(grpc.RpcError) as caught:
                list(call(questions(), timeout=30)) if method == "Bidirectional" else call(questions(), timeout=30)
            assert caught.value.code() == grpc.StatusCode.PERMISSION_DENIED
        finally:
            go_on.set()


class TestDeadlines:
    @pytest.mark.parametrize("method", ["Unary", "ServerStreaming"])
    def test_a_call_that_takes_too_long_is_deadline_exceeded(self, echo, method):
        def call():
            answer = getattr(echo, method)(Message(text="a", repeat=1, delay_milliseconds=60_000), timeout=0.3)
            return list(answer) if method == "ServerStreaming" else answer

        refused(call, code=grpc.StatusCode.DEADLINE_EXCEEDED)

    def test_a_stream_of_the_client_may_be_too_slow(self, echo):
        go_on = threading.Event()

        def questions():
            yield Message(text="a")
            go_on.wait(30)

        try:
            refused(echo.ClientStreaming, questions(), timeout=0.3, code=grpc.StatusCode.DEADLINE_EXCEEDED)
        finally:
            go_on.set()

    def test_a_deadline_in_time_changes_nothing(self, echo):
        assert echo.Unary(Message(text="a", delay_milliseconds=50), timeout=20).text == "a"


class TestCancellation:
    def test_a_cancelled_call_leaves_the_connection_usable(self, echo):
        for _ in range(50):
            call = echo.Unary.future(Message(text="a", delay_milliseconds=60_000))
            call.cancel()
        assert echo.Unary(Message(text="b"), timeout=30).text == "b"

    def test_an_endless_stream_can_be_left(self, echo):
        call = echo.ServerStreaming(Message(text="x" * 1000, repeat=2**31 - 1))
        assert next(call).text
        call.cancel()
        assert echo.Unary(Message(text="b"), timeout=30).text == "b"

    def test_a_lost_connection_ends_its_calls_in_the_server(self, server):
        def descriptors():
            return len(os.listdir(f"/proc/{server.process.pid}/fd"))

        channels = [server.channel(("grpc.use_local_subchannel_pool", 1)) for _ in range(20)]
        for channel in channels:
            call = echo_pb2_grpc.EchoStub(channel).ServerStreaming(Message(text="x" * 10_000, repeat=2**31 - 1))
            next(call)
        with_all = descriptors()
        assert with_all > 20
        for channel in channels:
            channel.close()
        eventually(lambda: descriptors() <= with_all - 20, "the connections are gone")


def test_a_slow_reader_stops_the_writer_and_nobody_else(server, echo):
    """Back-pressure: the server's memory stays flat although a client does not read."""
    with server.channel(("grpc.use_local_subchannel_pool", 1), ("grpc.http2.lookahead_bytes", 65536)) as channel:
        call = echo_pb2_grpc.EchoStub(channel).ServerStreaming(Message(text="x" * 100_000, repeat=2**31 - 1))
        next(call)
        for _ in range(200):
            assert echo.Unary(Message(text="b"), timeout=30).text == "b"
        before = resident(server.process)
        for _ in range(200):
            assert echo.Unary(Message(text="b"), timeout=30).text == "b"
        assert is_within(resident(server.process) - before, 20_000_000)
        call.cancel()
