"""append_event, append_hot, append_stream: events of sessions, and how many there are afterwards."""

import concurrent.futures
import re
import time

from cairn.v1 import session_log_pb2, session_pb2, session_pb2_grpc, session_resource_pb2

from harness.postgres import shared_cluster
from harness.server import Server

from . import by_turns, report
from .call_load import Kind, call_load
from .pairs import SECONDS, SHAPES, compare, metered, traced
from .pgbench import pgbench
from .processor import Meter
from .trace import script

SESSIONS = 64
# Ids are numbers from here on, so that pgbench can choose them at random, too.
FIRST = 7_700_000
IN_FLIGHT = 32
# Events of a request of a stream, and streams.
BATCH, STREAMS = 100, 4


def event():
    return session_resource_pb2.SessionEvent(
        type=session_resource_pb2.SessionEvent.TYPE_MODIFIED,
        change=session_resource_pb2.EventChange(
            operation=session_resource_pb2.EventChange.OPERATION_MODIFIED, affected_lines=12))


def begin(stub, session):
    # It expires neither for the server nor for pgbench.
    new = session_resource_pb2.Session(id=session, max_events=1_000_000_000)
    new.ttl.seconds = 0
    stub.CreateSession(session_pb2.CreateSessionRequest(session=new))


def append(stub, session):
    # Other appends may share a statement, which is no transaction of one append. The session lives for ever: that it is to
    # live no longer for this one makes no other difference.
    stub.AppendEvent(session_log_pb2.AppendEventRequest(session=session, event=event(), keep_expire_time=True))


def one_append():
    """A traced append as a script for pgbench: the same locks, update and insert, in one round trip and one transaction."""
    statements = traced(append, str(FIRST), before=begin, stub_type=session_pb2_grpc.SessionServiceStub)
    named = {value for sent in statements for value in sent.values.values() if (value or "").startswith(str(FIRST))}
    assert len(named) == 1, named
    id = named.pop()
    text, variables = script(statements, {id: "session"})
    # The lock of the head takes a list of ids: of the session that is appended to, or nothing is in turn.
    [ids] = [name for name, value in variables.items() if value == f"{{{id}}}"]
    text, locks = re.subn(rf":{ids}\b", "ARRAY[:session]", text)
    assert locks == 1, text
    return text, variables


class Sides:
    """Appends through the server and by pgbench, in one database. Both must have stored what they say."""

    def __init__(self, server, database):
        self.server, self.database, self.meter = server, database, Meter(database, server)
        self.text, self.variables = one_append()

    def checked(self, run):
        def body():
            before = self._events()
            rate, acknowledged = run()
            added = self._events() - before
            assert added == acknowledged, f"{acknowledged} acknowledged, {added} stored"
            return rate

        return metered(self.meter, body)

    def ours(self, sessions):
        connections, calls = SHAPES[IN_FLIGHT]
        requests = [
            session_log_pb2.AppendEventRequest(session=str(FIRST + number), event=event()) for number in range(sessions)]

        def run():
            done = call_load(
                self.server.address, Kind("append", "/cairn.v1.SessionService/AppendEvent", requests),
                connections=connections, calls=calls, seconds=SECONDS)
            return done.rate, done.calls

        return self.checked(run)

    def clients(self, sessions):
        def run():
            choice = rf"\set session random({FIRST}, {FIRST + sessions - 1})"
            text = "\n".join([choice, r"\startpipeline", self.text, r"\endpipeline"])
            done = pgbench(self.database, text, IN_FLIGHT, SECONDS, self.variables)
            return done.rate, done.transactions

        return self.checked(run)

    def streams(self):
        def run():
            with concurrent.futures.ThreadPoolExecutor(STREAMS) as pool, self.server.channel() as channel:
                stub = session_pb2_grpc.SessionServiceStub(channel)
                start = time.monotonic()
                appended = sum(pool.map(lambda number: stream(stub, number, start + SECONDS), range(STREAMS)))
                return appended / (time.monotonic() - start), appended

        return self.checked(run)

    def _events(self):
        return int(self.database.value("SELECT sum(last_sequence) FROM session_head"))


def stream(stub, number, end):
    """Appends to one session until the end; returns how many events were acknowledged."""
    def requests():
        while time.monotonic() < end:
            yield session_log_pb2.AppendEventsRequest(session=str(FIRST + number), events=[event()] * BATCH)

    appended = 0
    for response in stub.AppendEvents(requests()):
        appended = response.appended
    return appended


def run():
    database = shared_cluster().create()
    server = Server("--database-url", database.url).start()
    try:
        with server.channel() as channel:
            for number in range(SESSIONS):
                begin(session_pb2_grpc.SessionServiceStub(channel), str(FIRST + number))
        sides = Sides(server, database)
        compare("append_event", sides.ours(SESSIONS), sides.clients(SESSIONS), goal=1)
        compare("append_hot", sides.ours(1), sides.clients(1), goal=4)
        (rate, _), (baseline, _) = by_turns(sides.streams(), sides.clients(SESSIONS))
        report(
            "append_stream", rate, baseline, goal=4,
            unit=f"events/s in requests of {BATCH} on {STREAMS} streams; the baseline is that of append_event")
    finally:
        server.stop()
