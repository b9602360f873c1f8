"""session_get, session_fork: whether what is done with a session depends on how many events it has."""

from cairn.v1 import session_fork_pb2, session_log_pb2, session_pb2, session_pb2_grpc

from harness.postgres import shared_cluster
from harness.server import Server

from . import by_turns, report
from .appends import begin, event
from .call_load import Kind, call_load
from .session_feeds import SERVICE

LONG, SHORT, BATCH = 100_000, 10, 1_000
# The newest events that a session is read with.
PAGE = 50
CALLS = 500


def fill(stub, id, events):
    def requests():
        for first in range(0, events, BATCH):
            yield session_log_pb2.AppendEventsRequest(session=id, events=[event()] * min(BATCH, events - first))

    begin(stub, id)
    *_, last = stub.AppendEvents(requests())
    assert last.last_sequence == events, last


def median(server, method, request):
    """Milliseconds of a call that has no others beside it."""
    run = call_load(server.address, Kind("call", SERVICE + method, [request]), connections=1, count=CALLS)
    return run.kinds["call"].p50 / 1000


def gets(server, stub):
    for name, page, limit in (("session_get", 0, 2), ("session_get_page", PAGE, 10)):
        request = session_pb2.GetSessionRequest(id="long", recent_events=page)
        found = stub.GetSession(request)
        assert found.last_sequence == LONG
        assert [event.sequence for event in found.recent_events] == list(range(LONG - page + 1, LONG + 1))
        report(
            name, *by_turns(lambda: median(server, "GetSession", request)), limit=limit, higher_is_better=False,
            unit=f"ms, median, of a session with {LONG:,} events{page and f', with the newest {page}' or ''}")


def forks(server, stub):
    def body(id, events):
        request = session_fork_pb2.ForkSessionRequest(session=id)
        assert stub.ForkSession(request).last_sequence == events
        return lambda: median(server, "ForkSession", request)

    long, short = by_turns(body("long", LONG), body("short", SHORT))
    # What is the same takes now a little longer, now a little less.
    report(
        "session_fork", long, short, goal=0.9, higher_is_better=False,
        unit=f"ms, median, of a session with {LONG:,} events; the baseline has {SHORT}")


def run():
    database = shared_cluster().create()
    server = Server("--database-url", database.url).start()
    try:
        with server.channel() as channel:
            stub = session_pb2_grpc.SessionServiceStub(channel)
            fill(stub, "long", LONG)
            fill(stub, "short", SHORT)
            database.query("VACUUM ANALYZE")
            database.query("CHECKPOINT")
            gets(server, stub)
            forks(server, stub)
    finally:
        server.stop()
