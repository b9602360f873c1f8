"""session_watch: an event's way to a watcher on another server. session_live: appends beside many watchers of sessions."""

import contextlib

from cairn.v1 import session_log_pb2, session_pb2, session_pb2_grpc, session_resource_pb2

from harness.bystander import resident
from harness.postgres import shared_cluster
from harness.server import Server

from . import by_turns, report
from .appends import event
from .call_load import Kind, beside, call_load, percentile
from .feeds import delays

SERVICE = "/cairn.v1.SessionService/"
# Where the position stands in an AppendEventResponse, and in an event that WatchSession sends.
POSITION, EVENT_POSITION = "2", "2.15"
# Of session_watch; appends a second.
WATCHED, PACE, SECONDS = 8, 50, 8
# Of session_live: sessions, each of which somebody watches; connections of those; appends in flight as connections and
# calls on each.
LIVE, CONNECTIONS, SHAPE = 10_000, 100, (8, 4)


@contextlib.contextmanager
def serving(sessions, servers):
    """Servers on a database with so many sessions; the ids of these."""
    database = shared_cluster().create()
    ids = [f"bench-{number}" for number in range(sessions)]
    with contextlib.ExitStack() as stack:
        started = []
        for _ in range(servers):
            started.append(Server("--database-url", database.url).start())
            stack.callback(started[-1].stop)
        with started[0].channel() as channel:
            begin(session_pb2_grpc.SessionServiceStub(channel), ids)
        database.query("VACUUM ANALYZE")
        database.query("CHECKPOINT")
        yield started, database, ids


def begin(stub, ids):
    for first in range(0, len(ids), 100):
        calls = [
            stub.CreateSession.future(session_pb2.CreateSessionRequest(session=session_resource_pb2.Session(id=id)))
            for id in ids[first:first + 100]]
        for call in calls:
            call.result()


def appending(server, ids, **options):
    requests = [session_log_pb2.AppendEventRequest(session=id, event=event()) for id in ids]
    return call_load(
        server.address, Kind("append", SERVICE + "AppendEvent", requests), position=POSITION, noted=True, **options)


def watching(server, ids, connections):
    """A watcher of each session."""
    requests = [session_log_pb2.WatchSessionRequest(session=id) for id in ids]
    return beside(
        server.address, Kind("watch", SERVICE + "WatchSession", requests), connections=connections,
        calls=len(ids) // connections, watch=True, in_order=True, position=EVENT_POSITION, noted=True)


def watch():
    with serving(WATCHED, servers=2) as ((here, there), _, ids):
        with watching(there, ids, connections=2) as watchers:
            watchers.await_ready()
            appends = appending(here, ids, connections=4, pace=PACE, seconds=SECONDS)
            events = watchers.end(changes=appends.calls)
        times = delays(appends, events)
        assert len(times) == appends.calls, f"{len(times)} events of {appends.calls} appends"
        unit = f"ms from the acknowledgement to a watcher on another server, {PACE} appends/s"
        report("session_watch_p50", percentile(times, 0.5), limit=5, higher_is_better=False, unit=unit)
        report("session_watch_p99", percentile(times, 0.99), limit=25, higher_is_better=False, unit=unit)


def live():
    with serving(LIVE, servers=1) as ([server], database, ids):
        connections, calls = SHAPE

        def appended():
            return appending(server, ids, connections=connections, calls=calls, seconds=3)

        def watched():
            """Every event came to its watcher, and no other one did."""
            with watching(server, ids, CONNECTIONS) as watchers:
                watchers.await_ready()
                appends = appended()
                events = watchers.end(changes=appends.calls)
                positions = sorted(note.position for note in events.notes)
                assert positions == sorted(note.position for note in appends.notes)
                return appends.rate

        appended()
        before = resident(server.process)
        with watching(server, ids, CONNECTIONS) as watchers:
            watchers.await_ready()
            grown = resident(server.process) - before
            watchers.end(changes=0)
        report(
            "session_watcher_memory", grown / LIVE / 1024, limit=8, higher_is_better=False,
            unit=f"KB a watcher, of {LIVE:,} on {CONNECTIONS} connections")
        beside_watchers, alone = by_turns(watched, lambda: appended().rate)
        report(
            "session_live_rate", beside_watchers, alone, goal=0.8,
            unit=f"appends/s to {LIVE:,} sessions, a watcher of each")
        stored = int(database.value("SELECT sum(last_sequence) FROM session_head"))
        assert stored == int(database.value("SELECT count(*) FROM session_event"))
