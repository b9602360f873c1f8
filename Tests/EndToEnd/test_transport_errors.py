"""What the transport refuses before a service sees it: code, reason and facts, as errors of the services have them."""

import base64
import signal

import grpc
import pytest
from cairn.echo.v1 import echo_pb2
from cairn.v1 import context_pb2, context_pb2_grpc, errors_pb2
from google.rpc import error_details_pb2, status_pb2
from grpc_health.v1 import health_pb2, health_pb2_grpc

from harness.postgres import Session
from harness.refusals import refusal, refused
from harness.waiting import eventually
from test_bad_frames import ECHO, Peer, message

Code = grpc.StatusCode
REASONS = {name.removeprefix("ERROR_REASON_") for name in errors_pb2.ErrorReason.keys()}


def raw(channel, path):
    """A unary method whose messages are bytes."""
    return channel.unary_unary(path, lambda request: request, lambda answer: answer)


@pytest.mark.parametrize("path, body, options, code, reason, facts", [
    pytest.param("/no.Such/Method", b"", {}, Code.UNIMPLEMENTED, "SERVICE_UNKNOWN",
                 {"service": "no.Such", "path": "/no.Such/Method"}, id="service"),
    pytest.param("/cairn.v1.ContextService/No", b"", {}, Code.UNIMPLEMENTED, "METHOD_UNKNOWN",
                 {"path": "/cairn.v1.ContextService/No"}, id="method"),
    pytest.param("/cairn.v1.ContextService/GetContext", b"\xff", {}, Code.INVALID_ARGUMENT, "MESSAGE_MALFORMED",
                 {"message": "cairn.v1.GetContextRequest"}, id="no message"),
    pytest.param("/cairn.v1.ContextService/GetContext", b"\0" * 5_000_000, {}, Code.RESOURCE_EXHAUSTED,
                 "MESSAGE_TOO_LARGE", {"size": "5000000", "limit": "4194304"}, id="large message"),
    pytest.param("/cairn.v1.ContextService/GetContext", b"\0" * 5_000_000, {"compression": grpc.Compression.Gzip},
                 Code.RESOURCE_EXHAUSTED, "MESSAGE_TOO_LARGE", {"limit": "4194304"}, id="large packed message"),
    pytest.param("/cairn.v1.ContextService/GetContext", b"", {"compression": grpc.Compression.Deflate},
                 Code.UNIMPLEMENTED, "ENCODING_UNKNOWN", {"encoding": "deflate", "accepted": "identity,gzip"},
                 id="encoding"),
])
def test_a_refused_call_says_why(channel, path, body, options, code, reason, facts):
    result = refused(raw(channel, path), body, timeout=30, code=code, reason=reason, **options)
    assert result.metadata == facts
    assert reason in REASONS


# Stock clients end these by themselves before the server's answer comes: seen by hand.

@pytest.mark.parametrize("request_message, headers, code, reason, facts", [
    pytest.param(ECHO, {"x": "y" * 20_000}, Code.RESOURCE_EXHAUSTED, "METADATA_TOO_LARGE", {"size", "limit"},
                 id="metadata"),
    pytest.param(ECHO, {"grpc-timeout": "1 s"}, Code.INVALID_ARGUMENT, "CALL_METADATA_INVALID", {"key"}, id="timeout"),
    pytest.param(echo_pb2.EchoMessage(delay_milliseconds=60_000), {"grpc-timeout": "100m"}, Code.DEADLINE_EXCEEDED,
                 "DEADLINE_PASSED", set(), id="deadline"),
    pytest.param(None, {}, Code.UNIMPLEMENTED, "PROTOCOL_VIOLATED", set(), id="no request"),
])
def test_what_stock_clients_do_not_let_through(echo_server, request_message, headers, code, reason, facts):
    peer = Peer(echo_server)
    body = None if request_message is None else message(request_message.SerializeToString())
    answer = peer.call(body, headers=headers)
    peer.socket.close()
    status = status_pb2.Status.FromString(padded(answer["grpc-status-details-bin"]))
    info = error_details_pb2.ErrorInfo()
    assert status.details[0].Unpack(info)
    assert answer["grpc-status"] == str(code.value[0]) == str(status.code)
    assert (info.reason, info.domain, set(info.metadata)) == (reason, "cairn.dev", facts)
    assert reason in REASONS


def padded(text):
    return base64.b64decode(text + "=" * (-len(text) % 4))


def test_no_service_of_that_name_in_health(channel):
    result = refused(
        health_pb2_grpc.HealthStub(channel).Check, health_pb2.HealthCheckRequest(service="no.Such"), timeout=30,
        code=Code.NOT_FOUND, reason="SERVICE_UNKNOWN")
    assert result.metadata == {"service": "no.Such"}


@pytest.fixture
def lone_database(cluster):
    return cluster.database.create()


def test_calls_that_are_cut_off_are_told_that_the_server_stops(lone_database, start_server):
    server = start_server("--database-url", lone_database.url, "--lock-timeout", "60s")
    with server.channel() as channel, Session(lone_database) as session:
        stub = context_pb2_grpc.ContextServiceStub(channel)
        session.execute("BEGIN; LOCK TABLE context IN ACCESS EXCLUSIVE MODE")
        call = stub.ListContexts.future(context_pb2.ListContextsRequest(), timeout=60)
        eventually(lambda: lone_database.query(
            "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"),
            "the call waits in the database")
        server.send_signal(signal.SIGTERM)
        eventually(lambda: "stopping on signal" in server.text, "the server minds the first signal")
        assert server.stop(signal.SIGTERM, timeout=30) == 1
        result = refusal(call.exception(30))
        assert (result.code, result.reason, result.domain) == (Code.UNAVAILABLE, "SHUTTING_DOWN", "cairn.dev")
