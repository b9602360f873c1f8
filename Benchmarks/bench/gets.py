"""get_context_1, _8, _32, _512: GetContext of contexts at random."""

from cairn.v1 import context_pb2

from . import Runs, by_turns, report_difference, stored
from .call_load import call_load
from .pairs import GROUP, SECONDS, SHAPES, compare, compare_with_best, metered, traced
from .pgbench import pgbench
from .processor import Meter
from .trace import script

STORED = 100_000


def scripts():
    """A get as pgbench is to send it, several in one round trip, and pgbench's variables."""
    def create(stub, id):
        stub.CreateContext(context_pb2.CreateContextRequest(context=stored.context(0, id=id)))

    def get(stub, id):
        stub.GetContext(context_pb2.GetContextRequest(id=id))

    text, variables = script(traced(get, "looked-up", before=create), {"looked-up2": "id"})
    alone = rf"\set id random({stored.FIRST}, {stored.FIRST + STORED - 1})" + "\n" + text
    return alone, "\n".join([r"\startpipeline", *[alone] * GROUP, r"\endpipeline"]), variables


def run():
    alone, grouped, variables = scripts()
    with stored.serving(STORED) as (server, database, _):
        kind = stored.get_kind(stored.ids(STORED))
        meter = Meter(database, server)

        def ours(in_flight):
            connections, calls = SHAPES[in_flight]
            return metered(meter, lambda: call_load(
                server.address, kind, connections=connections, calls=calls, seconds=SECONDS).rate)

        def clients(number, text=alone, times=1):
            return metered(meter, lambda: times * pgbench(database, text, number, SECONDS, variables).rate)

        (rate, _), (baseline, _) = by_turns(ours(1), clients(1))
        report_difference("get_context_1", microseconds(rate), microseconds(baseline), most=70, unit="µs a call")
        for in_flight, goal in ((8, 0.6), (32, 0.8)):
            compare(f"get_context_{in_flight}", ours(in_flight), clients(in_flight), goal)
        compare_with_best("get_context_512", ours(512), {
            "32 clients": clients(32), "64 clients": clients(64),
            f"32 clients with {GROUP} a round trip": clients(32, grouped, GROUP)}, goal=1.3)


def microseconds(rates):
    """The time of a call where each begins when the one before it has ended."""
    return Runs(1e6 / rate for rate in rates)
