"""PostgreSQL goes away and comes back: calls fail clearly, nothing doubles, the server recovers by itself."""

import signal
import threading
import uuid

import grpc
import pytest
from cairn.v1 import context_pb2, context_pb2_grpc, operations_pb2, operations_pb2_grpc
from grpc_health.v1 import health_pb2, health_pb2_grpc

from harness.feed import Watcher
from harness.refusals import refusal, refused
from harness.server import Server
from harness.waiting import eventually

SERVING, NOT_SERVING = health_pb2.HealthCheckResponse.SERVING, health_pb2.HealthCheckResponse.NOT_SERVING
LIST = context_pb2.ListContextsRequest(page_size=1)


@pytest.fixture
def server(cluster, start_server):
    return start_server("--database-url", cluster.database.create().url)


@pytest.fixture
def channel(server):
    with server.channel() as channel:
        yield channel


@pytest.fixture
def contexts(channel):
    return context_pb2_grpc.ContextServiceStub(channel)


@pytest.fixture
def health(channel):
    stub = health_pb2_grpc.HealthStub(channel)
    return lambda service: stub.Check(health_pb2.HealthCheckRequest(service=service), timeout=10).status


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGQUIT], ids=["fast", "immediate"])
def test_without_postgresql_the_server_is_live_but_not_ready(cluster, channel, contexts, health, how):
    assert health("") == health("cairn.v1.ContextService") == SERVING
    watch = health_pb2_grpc.HealthStub(channel).Watch(
        health_pb2.HealthCheckRequest(service="cairn.v1.ContextService"))
    assert next(watch).status == SERVING

    cluster.stop(how)
    assert next(watch).status == NOT_SERVING
    eventually(lambda: health("") == NOT_SERVING, "the server says it is not ready")
    assert health("readiness") == NOT_SERVING
    assert health("liveness") == health("startup") == SERVING
    operations = operations_pb2_grpc.OperationsServiceStub(channel)

    def healthy():
        answer = operations.GetHealth(operations_pb2.GetHealthRequest(), timeout=10)
        for dependency in answer.dependencies:
            assert dependency.healthy == (dependency.problem == "")
            # What the database or the system said, which names sockets, hosts and users, stays in the log.
            assert str(cluster.home) not in dependency.problem and "cairn_test" not in dependency.problem
            assert "FATAL" not in dependency.problem and len(dependency.problem) < 200, dependency.problem
        return answer.state, {each.name: each.healthy for each in answer.dependencies}

    state, dependencies = healthy()
    assert state == operations_pb2.SERVER_STATE_NOT_READY
    assert not dependencies["database"] and dependencies["storage"]
    answer = operations.GetHealth(operations_pb2.GetHealthRequest(), timeout=10)
    assert str(cluster.home) not in answer.reason and "the database" in answer.reason
    refused(contexts.ListContexts, LIST, timeout=20, code=grpc.StatusCode.UNAVAILABLE, reason="DATABASE_UNAVAILABLE")

    cluster.start()
    assert next(watch).status == SERVING
    eventually(lambda: health("") == health("readiness") == SERVING, "the server is ready again")
    eventually(
        lambda: healthy() == (
            operations_pb2.SERVER_STATE_READY, {"database": True, "storage": True, "journal": True}), "all is well")
    assert contexts.ListContexts(LIST, timeout=20) is not None
    watch.cancel()


@pytest.fixture
def early(cluster):
    """A server that is started before PostgreSQL, with these options."""
    url, servers = cluster.database.create().url, []
    cluster.stop()

    def spawn(*arguments):
        servers.append(Server("--database-url", url, *arguments).spawn())
        return servers[-1]

    yield spawn
    for server in servers:
        server.kill()


def test_a_server_that_starts_before_postgresql_waits_for_it(cluster, early):
    server = early("--database-wait", "5m")
    eventually(lambda: "waiting up to 300 s for the database" in server.text, "the server says what it waits for")
    cluster.start()
    eventually(lambda: server.address, "the server listens once PostgreSQL is there", timeout=60)
    assert server.stop() == 0


def test_a_server_waits_for_postgresql_no_longer_than_it_is_told(early):
    for wait, told in (("300ms", True), ("0", False)):
        server = early("--database-wait", wait)
        assert server.wait() == 1
        assert ("waiting up to" in server.text) == told and "No such file or directory" in server.text


def test_a_server_that_waits_for_postgresql_ends_when_it_is_told_to(early):
    server = early("--database-wait", "5m")
    eventually(lambda: "waiting up to" in server.text, "the server waits")
    assert server.stop() == 0


class Writer(threading.Thread):
    """Creates contexts one after the other, repeating each under its request id until it is answered."""

    ALLOWED = {grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.DEADLINE_EXCEEDED, grpc.StatusCode.RESOURCE_EXHAUSTED}

    def __init__(self, contexts, name, stop):
        super().__init__(daemon=True)
        self.contexts, self.label, self.stop_event = contexts, name, stop
        self.acknowledged, self.refusals, self.unexpected = {}, 0, []

    def run(self):
        number = 0
        while not self.stop_event.is_set():
            number += 1
            title = f"{self.label}-{number}"
            request = context_pb2.CreateContextRequest(
                context=context_pb2.Context(title=title), request_id=str(uuid.uuid4()))
            while True:
                try:
                    self.acknowledged[title] = self.contexts.CreateContext(request, timeout=10).id
                    break
                except grpc.RpcError as error:
                    if error.code() not in self.ALLOWED:
                        self.unexpected.append(refusal(error))
                        break
                    self.refusals += 1
                    if self.stop_event.wait(0.02):
                        return


def test_postgresql_may_stop_and_start_under_load(cluster, server, channel, contexts):
    watcher = Watcher(channel, after_position=0)
    stop = threading.Event()
    writers = [Writer(contexts, f"writer{i}", stop) for i in range(8)]
    for writer in writers:
        writer.start()
    try:
        for how in (signal.SIGINT, signal.SIGQUIT, signal.SIGINT):
            goal = sum(len(writer.acknowledged) for writer in writers) + 100
            eventually(
                lambda: sum(len(writer.acknowledged) for writer in writers) >= goal, "writes are acknowledged")
            before = sum(writer.refusals for writer in writers)
            cluster.stop(how)
            eventually(lambda: sum(writer.refusals for writer in writers) > before, "writers notice the stop")
            cluster.start()
        goal = sum(len(writer.acknowledged) for writer in writers) + 100
        eventually(lambda: sum(len(writer.acknowledged) for writer in writers) >= goal, "the server recovers")
    finally:
        stop.set()
        for writer in writers:
            writer.join(30)

    assert not [unexpected for writer in writers for unexpected in writer.unexpected]
    acknowledged = {title: id for writer in writers for title, id in writer.acknowledged.items()}
    stored = everything(contexts)
    titles = [context.title for context in stored]
    assert len(titles) == len(set(titles)), "a write was stored twice"
    assert acknowledged.items() <= {context.title: context.id for context in stored}.items()
    # What was stored without an answer can only be the last, interrupted try of a writer.
    assert len(stored) - len(acknowledged) <= len(writers)

    # A feed may end when the database goes; it is resumed from where it was.
    while len(watcher.wait_for_changes(len(stored))) < len(stored):
        assert watcher.ended().code() == grpc.StatusCode.UNAVAILABLE, refusal(watcher.error)
        watcher = watcher.resumed(channel)
    changes = watcher.changes
    keys = [(change.position, change.ordinal) for change in changes]
    assert keys == sorted(set(keys))
    assert {change.context.id for change in changes} == {context.id for context in stored}
    watcher.close()


def everything(contexts):
    token, found = "", []
    while True:
        page = contexts.ListContexts(
            context_pb2.ListContextsRequest(page_size=1000, page_token=token, order_by="id"), timeout=30)
        found += page.contexts
        token = page.next_page_token
        if not token:
            return found


def test_a_killed_backend_is_replaced(cluster, contexts):
    contexts.ListContexts(LIST, timeout=20)
    database = cluster.database
    database.query(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()"
        " AND backend_type = 'client backend'")

    def served():
        try:
            return contexts.ListContexts(LIST, timeout=20) is not None
        except grpc.RpcError as error:
            assert error.code() == grpc.StatusCode.UNAVAILABLE, refusal(error)
            return False

    eventually(served, "the server is back on new connections")
