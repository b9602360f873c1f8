"""What is done for connections by the clock, met by a stock client and by peers that say nothing."""

import os
import time

import grpc
import pytest
from cairn.echo.v1 import echo_pb2, echo_pb2_grpc

from harness.refusals import refused
from harness.waiting import eventually
from test_bad_frames import PREFACE, SETTINGS, connect, read_to_end

Message = echo_pb2.EchoMessage
OWN = ("grpc.use_local_subchannel_pool", 1)
# A call that was given to a connection in the moment in which it learns of its end is not sent at all: a stock
# client puts it on the next connection, unless it is told to try nothing again.
TRANSPARENT_RETRIES = ("grpc.enable_retries", 1)


@pytest.fixture
def start_echo(start_server):
    def start(*arguments):
        return start_server(*arguments, program="EchoServer", command=())

    return start


def descriptors(server):
    return len(os.listdir(f"/proc/{server.process.pid}/fd"))


def test_a_peer_that_says_nothing_is_asked_and_given_up(start_echo):
    server = start_echo("--keepalive-time", "200", "--keepalive-timeout", "200")
    with connect(server) as silent:
        silent.sendall(PREFACE + SETTINGS)
        began = time.monotonic()
        assert b"\0\0\x08\x06\0" in read_to_end(silent)
        assert 0.3 < time.monotonic() - began < 10


def test_a_client_that_answers_is_kept(start_echo):
    server = start_echo("--keepalive-time", "50", "--keepalive-timeout", "2000")
    with server.channel(OWN) as channel:
        echo = echo_pb2_grpc.EchoStub(channel)
        assert echo.Unary(Message(text="a", delay_milliseconds=1500), timeout=30).text == "a"
        assert echo.Unary(Message(text="b"), timeout=30).text == "b"


KEEN = [
    ("grpc.keepalive_time_ms", 100), ("grpc.keepalive_timeout_ms", 5000), ("grpc.http2.max_pings_without_data", 0),
    ("grpc.keepalive_permit_without_calls", 1)]


def test_a_client_that_asks_too_often_is_sent_away(start_echo):
    server = start_echo()
    with server.channel(OWN, *KEEN) as channel:
        refusal = refused(
            echo_pb2_grpc.EchoStub(channel).Unary, Message(text="a", delay_milliseconds=60_000), timeout=30,
            code=grpc.StatusCode.UNAVAILABLE)
        assert "too_many_pings" in refusal.message.lower().replace(" ", "_")


def test_a_client_may_ask_as_often_as_is_permitted(start_echo):
    server = start_echo("--min-ping-interval", "50", "--permit-pings-without-calls")
    with server.channel(OWN, *KEEN) as channel:
        echo = echo_pb2_grpc.EchoStub(channel)
        assert echo.Unary(Message(text="a", delay_milliseconds=1500), timeout=30).text == "a"


def test_an_idle_connection_is_ended_and_made_anew(start_echo):
    server = start_echo("--max-connection-idle", "200")
    before = descriptors(server)
    with server.channel(OWN, TRANSPARENT_RETRIES) as channel:
        echo = echo_pb2_grpc.EchoStub(channel)
        for _ in range(3):
            assert echo.Unary(Message(text="a"), timeout=30).text == "a"
            eventually(lambda: descriptors(server) == before, "the idle connection is gone")
        assert echo.Unary(Message(text="a", delay_milliseconds=800), timeout=30).text == "a"


def test_an_old_connection_is_ended_and_no_call_fails(start_echo):
    server = start_echo("--max-connection-age", "200")
    with server.channel(OWN, TRANSPARENT_RETRIES) as channel:
        echo = echo_pb2_grpc.EchoStub(channel)
        answers = echo.Bidirectional((Message(text="s", delay_milliseconds=100) for _ in range(20)), timeout=30)
        until = time.monotonic() + 2
        while time.monotonic() < until:
            assert echo.Unary(Message(text="a", delay_milliseconds=5), timeout=30).text == "a"
        assert [answer.text for answer in answers] == ["s"] * 20


def test_the_grace_of_an_old_connection_ends(start_echo):
    server = start_echo("--max-connection-age", "200", "--max-connection-age-grace", "200")
    with server.channel(OWN) as channel:
        refused(
            echo_pb2_grpc.EchoStub(channel).Unary, Message(text="a", delay_milliseconds=60_000), timeout=30,
            code=grpc.StatusCode.UNAVAILABLE)
