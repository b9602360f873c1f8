"""How a server stops: what runs is finished, what is new is refused, and nobody loses his place."""

import signal
import time

import grpc
import pytest
from cairn.v1 import context_pb2, context_pb2_grpc
from grpc_health.v1 import health_pb2, health_pb2_grpc

from harness.feed import Watcher
from harness.postgres import Session
from harness.refusals import refused
from harness.waiting import eventually

SIGNALS = [signal.SIGTERM, signal.SIGINT, signal.SIGQUIT]
LIST = context_pb2.ListContextsRequest(page_size=1)


def create(stub, title):
    return stub.CreateContext(
        context_pb2.CreateContextRequest(context=context_pb2.Context(title=title)), timeout=30)


@pytest.fixture
def lone_database(cluster):
    """A database on a cluster of its own: locks held there disturb nobody else's feeds."""
    return cluster.database.create()


@pytest.fixture
def lone_server(lone_database, start_server):
    return start_server("--database-url", lone_database.url, "--lock-timeout", "60s")


@pytest.mark.parametrize("number", SIGNALS, ids=lambda number: number.name)
def test_an_idle_server_stops_with_status_0(own_server, number):
    assert own_server.stop(number) == 0


@pytest.mark.parametrize("number", SIGNALS, ids=lambda number: number.name)
def test_calls_in_flight_end_well_and_new_ones_are_unavailable(lone_server, lone_database, number):
    with lone_server.channel() as channel, Session(lone_database) as session:
        stub = context_pb2_grpc.ContextServiceStub(channel)
        stored = create(stub, "before")
        session.execute("BEGIN; LOCK TABLE context IN ACCESS EXCLUSIVE MODE")
        in_flight = stub.ListContexts.future(LIST, timeout=60)
        eventually(lambda: waiting(lone_database), "the call waits in the database")
        lone_server.send_signal(number)

        def refused_now():
            with lone_server.channel() as fresh:
                call = context_pb2_grpc.ContextServiceStub(fresh).ListContexts.future(LIST, timeout=5)
                return call.exception() is not None and call.code() == grpc.StatusCode.UNAVAILABLE

        eventually(refused_now, "new calls are refused")
        refused(stub.ListContexts, LIST, timeout=30, code=grpc.StatusCode.UNAVAILABLE)
        assert not in_flight.done()
        session.execute("ROLLBACK")
        assert [context.id for context in in_flight.result(30).contexts] == [stored.id]
        assert lone_server.wait() == 0


def test_a_notice_before_the_drain_lets_balancers_go_elsewhere(database, start_server):
    """NOT_SERVING first, while calls are served as before and clients may still connect."""
    server = start_server("--database-url", database.url, "--drain-notice", "3s")
    with server.channel() as channel:
        watch = health_pb2_grpc.HealthStub(channel).Watch(health_pb2.HealthCheckRequest(), timeout=60)
        serving = health_pb2.HealthCheckResponse.SERVING
        assert next(watch).status == serving
        begun = time.monotonic()
        server.send_signal(signal.SIGTERM)
        assert next(watch).status == health_pb2.HealthCheckResponse.NOT_SERVING
        assert create(context_pb2_grpc.ContextServiceStub(channel), "late").title == "late"
        with server.channel(("grpc.use_local_subchannel_pool", 1)) as another:
            assert create(context_pb2_grpc.ContextServiceStub(another), "later").title == "later"
        assert server.wait() == 0, server.text
        assert time.monotonic() - begun >= 3


def test_a_second_signal_ends_calls_that_do_not_end(lone_server, lone_database):
    with lone_server.channel() as channel, Session(lone_database) as session:
        stub = context_pb2_grpc.ContextServiceStub(channel)
        create(stub, "before")
        session.execute("BEGIN; LOCK TABLE context IN ACCESS EXCLUSIVE MODE")
        in_flight = stub.ListContexts.future(LIST, timeout=60)
        eventually(lambda: waiting(lone_database), "the call waits in the database")
        lone_server.send_signal(signal.SIGINT)
        eventually(lambda: "stopping on signal" in lone_server.text, "the server minds the first signal")
        assert lone_server.stop(signal.SIGINT, timeout=10) == 1, lone_server.text
        assert "cut off" in lone_server.text
        assert in_flight.code() == grpc.StatusCode.UNAVAILABLE


def waiting(database):
    return database.query(
        "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'")


@pytest.mark.parametrize("number", SIGNALS, ids=lambda number: number.name)
def test_streams_end_with_a_position_to_go_on_from(own_server, start_server, database, number):
    with own_server.channel() as channel:
        stub = context_pb2_grpc.ContextServiceStub(channel)
        watcher = Watcher(channel, after_position=0).caught_up()
        stored = [create(stub, f"{i}") for i in range(5)]
        watcher.wait_for_changes(5)
        assert own_server.stop(number) == 0
        error = watcher.ended()
        assert error is None or error.code() == grpc.StatusCode.UNAVAILABLE
        assert watcher.events[-1].WhichOneof("event") == "checkpoint"
        position, _ = watcher.cursor
        assert position >= stored[-1].position

    server = start_server("--database-url", database.url)
    with server.channel() as channel:
        stub = context_pb2_grpc.ContextServiceStub(channel)
        again = Watcher(channel, after_position=position, journal_id=watcher.journal).caught_up()
        later = create(stub, "later")
        assert [change.context.id for change in again.wait_for_changes(1)] == [later.id]
        again.close()


def test_what_was_acknowledged_survives_kill_9(own_server, start_server, database):
    with own_server.channel() as channel:
        stub = context_pb2_grpc.ContextServiceStub(channel)
        calls = [
            stub.CreateContext.future(
                context_pb2.CreateContextRequest(context=context_pb2.Context(id=f"c{i}", title=f"{i}")), timeout=30)
            for i in range(200)]
        calls[20].result()
        own_server.kill()
        acknowledged = [f"c{i}" for i, call in enumerate(calls) if call.exception() is None]
    assert acknowledged
    server = start_server("--database-url", database.url)
    with server.channel() as channel:
        answer = context_pb2_grpc.ContextServiceStub(channel).BatchGetContexts(
            context_pb2.BatchGetContextsRequest(ids=acknowledged), timeout=30)
        assert [result.context.id for result in answer.results] == acknowledged


def test_a_signal_while_starting_stops_the_start(database):
    from harness.server import Server

    for _ in range(3):
        server = Server("--database-url", database.url).spawn()
        eventually(lambda: caught(server.process.pid, signal.SIGTERM), "the server minds signals")
        assert server.stop(signal.SIGTERM) == 0, server.text


def caught(pid, number):
    """Whether a process has told the kernel to handle or hold back a signal."""
    with open(f"/proc/{pid}/status") as status:
        masks = dict(line.split(":", 1) for line in status)
    return any(int(masks[name], 16) >> (number - 1) & 1 for name in ("SigBlk", "SigCgt"))
