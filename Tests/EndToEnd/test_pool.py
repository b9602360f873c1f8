"""Database connections seen from outside: their number, their waiters, their statements, their transactions."""

import time

import grpc
import pytest
from cairn.v1 import context_pb2, context_pb2_grpc

from harness.feed import Watcher
from harness.postgres import Session, blocked
from harness.refusals import refused
from harness.waiting import eventually

LIST = context_pb2.ListContextsRequest(page_size=1)
LOCK = "BEGIN; LOCK TABLE context IN ACCESS EXCLUSIVE MODE"


@pytest.fixture
def database(cluster):
    """On a cluster of its own: locks held here disturb nobody else's feeds."""
    return cluster.database.create()


@pytest.fixture
def start(start_server, database):
    """Starts a server and returns it with a stub."""
    channels = []

    def start(*options):
        # Tests hold locks for as long as they need.
        server = start_server("--database-url", database.url, "--loops", "1", "--lock-timeout", "60s", *options)
        channels.append(server.channel())
        return server, context_pb2_grpc.ContextServiceStub(channels[-1])

    yield start
    for channel in channels:
        channel.close()


def connections(database):
    """The server's connections, without the one that only listens for notifications."""
    return len(database.query(
        "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
        " AND backend_type = 'client backend'"
        " AND application_name <> 'psql' AND query NOT ILIKE 'LISTEN%'"))


def create(stub, title):
    return stub.CreateContext(
        context_pb2.CreateContextRequest(context=context_pb2.Context(title=title)), timeout=30)


def test_connections_are_limited_and_who_waits_too_long_is_told(start, database):
    _, stub = start("--pool-max", "2", "--pool-acquire-timeout", "500ms")
    create(stub, "one")
    with Session(database) as session:
        session.execute(LOCK)
        began = time.monotonic()
        calls = [stub.ListContexts.future(LIST, timeout=60) for _ in range(10)]
        eventually(lambda: sum(call.done() for call in calls) >= 8, "eight calls are refused")
        assert 0.4 < time.monotonic() - began < 10
        assert connections(database) <= 2
        refusals = [refused(call.result) for call in calls if call.done()]
        assert {(one.code, one.reason) for one in refusals} == {
            (grpc.StatusCode.RESOURCE_EXHAUSTED, "POOL_EXHAUSTED")}
        session.execute("ROLLBACK")
    answered = [call for call in calls if call.exception(timeout=30) is None]
    assert 1 <= len(answered) <= 2
    assert stub.ListContexts(LIST, timeout=30).contexts[0].title == "one"


def test_idle_connections_are_closed_down_to_the_minimum(start, database):
    _, stub = start("--pool-min", "1", "--pool-max", "16", "--pool-idle-timeout", "300ms")
    create(stub, "one")
    with Session(database) as session:
        session.execute(LOCK)
        calls = [stub.ListContexts.future(LIST, timeout=60) for _ in range(6)]
        eventually(lambda: len(blocked(database)) >= 6, "six statements wait")
        session.execute("ROLLBACK")
    assert all(call.result(30).contexts for call in calls)
    eventually(lambda: connections(database) <= 2, "idle connections are closed")
    database.query(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database()"
        " AND pid <> pg_backend_pid()")
    eventually(lambda: connections(database) >= 1, "the minimum is there again")


@pytest.mark.parametrize("how", ["cancel", "deadline"])
def test_the_statement_of_a_call_that_has_ended_is_gone(start, database, how):
    _, stub = start()
    with Session(database) as session:
        session.execute(LOCK)
        call = stub.ListContexts.future(LIST, timeout=60 if how == "cancel" else 0.5)
        eventually(lambda: blocked(database), "the statement waits")
        if how == "cancel":
            call.cancel()
        eventually(lambda: not blocked(database), "the statement is gone", timeout=10)
        session.execute("ROLLBACK")
    assert stub.ListContexts(LIST, timeout=30) is not None


def test_the_statement_of_a_client_that_has_gone_is_gone(start, database):
    server, _ = start()
    with Session(database) as session:
        session.execute(LOCK)
        channel = server.channel(("grpc.use_local_subchannel_pool", 1))
        call = context_pb2_grpc.ContextServiceStub(channel).ListContexts.future(LIST, timeout=60)
        eventually(lambda: blocked(database), "the statement waits")
        channel.close()
        assert call.exception() is not None
        eventually(lambda: not blocked(database), "the statement is gone", timeout=10)


def test_a_statement_that_takes_too_long_is_ended(start, database):
    _, stub = start("--read-statement-timeout", "300ms")
    with Session(database) as session:
        session.execute(LOCK)
        refused(stub.ListContexts, LIST, timeout=30, code=grpc.StatusCode.DEADLINE_EXCEEDED,
                reason="STATEMENT_TIMEOUT")


def test_a_write_that_fails_midway_leaves_nothing(start, database):
    server, stub = start()
    good, bad = create(stub, "good"), create(stub, "bad")
    database.query(f"""
        CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'injected'; END $$;
        CREATE TRIGGER refuse BEFORE INSERT ON change FOR EACH ROW WHEN (NEW.id = '{bad.id}')
          EXECUTE FUNCTION refuse()""")
    before = database.query("SELECT * FROM context ORDER BY 1, 2")
    updates = [
        context_pb2.UpdateContextRequest(context=context_pb2.Context(id=context.id, title="new"))
        for context in (good, bad)]
    batch = context_pb2.BatchUpdateContextsRequest(requests=updates, atomic=True)
    refused(stub.BatchUpdateContexts, batch, timeout=30, code=grpc.StatusCode.INTERNAL, reason="INTERNAL")
    refused(stub.UpdateContext, updates[1], timeout=30, code=grpc.StatusCode.INTERNAL, reason="INTERNAL")
    refused(stub.DeleteContext, context_pb2.DeleteContextRequest(id=bad.id), timeout=30,
            code=grpc.StatusCode.INTERNAL, reason="INTERNAL")
    assert database.query("SELECT * FROM context ORDER BY 1, 2") == before
    assert database.value("SELECT count(*) FROM context_version") == "0"
    assert database.value("SELECT count(*) FROM change WHERE kind = 'context'") == "2"

    database.query("DROP TRIGGER refuse ON change")
    with server.channel() as channel:
        watcher = Watcher(channel, after_position=0).caught_up()
        stub.BatchUpdateContexts(batch, timeout=30)
        changes = watcher.wait_for_changes(4)
        assert [change.context.title for change in changes] == ["good", "bad", "new", "new"]
        watcher.close()


def test_a_failed_create_does_its_neighbours_no_harm(start, database):
    _, stub = start()
    database.query("""
        CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'injected'; END $$;
        CREATE TRIGGER refuse BEFORE INSERT ON context FOR EACH ROW WHEN (NEW.title LIKE 'bad%')
          EXECUTE FUNCTION refuse()""")
    titles = [("bad" if i % 10 == 0 else "good") + f" {i}" for i in range(300)]
    calls = {
        title: stub.CreateContext.future(
            context_pb2.CreateContextRequest(context=context_pb2.Context(title=title)), timeout=60)
        for title in titles}
    for title, call in calls.items():
        assert (call.exception() is None) == title.startswith("good"), title
    stored = {title for title, in database.query("SELECT title FROM context")}
    assert stored == {title for title in titles if title.startswith("good")}


def test_those_who_wait_for_a_connection_are_unavailable_when_the_server_stops(start, database):
    server, stub = start("--pool-min", "0", "--pool-max", "1", "--pool-acquire-timeout", "60s", "--drain-timeout", "1s")
    with Session(database) as session:
        session.execute(LOCK)
        calls = [stub.ListContexts.future(LIST, timeout=60) for _ in range(3)]
        eventually(lambda: blocked(database), "one statement waits")
        server.send_signal(15)
        codes = [call.exception(timeout=30).code() for call in calls]
        assert set(codes) <= {grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.CANCELLED}
        assert codes.count(grpc.StatusCode.UNAVAILABLE) >= 2
        assert server.wait() != 0
        eventually(lambda: not blocked(database), "the statement is gone", timeout=10)
