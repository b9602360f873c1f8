"""The whole server against PostgreSQL alone, on the same data and cores.

As many pgbench clients as calls in flight; where these are more than PostgreSQL serves well, the best that pgbench can
do otherwise.
"""

from cairn.v1 import context_pb2_grpc

from . import by_turns, report
from .trace import traced_server

SECONDS = 3
# Calls in flight, as connections and calls on each of them.
SHAPES = {1: (1, 1), 8: (8, 1), 32: (8, 4), 512: (8, 64)}
# Statements of a round trip, or contexts of a commit, of a program that collects them.
GROUP = 16


def traced(call, mark, before=lambda stub, mark: None, stub_type=context_pb2_grpc.ContextServiceStub):
    """The statements that a call sends. Made three times, since the first ones have to learn."""
    with traced_server() as (server, sent), server.channel() as channel:
        stub = stub_type(channel)
        for turn in range(3):
            before(stub, f"{mark}{turn}")
            statements = sent(lambda: call(stub, f"{mark}{turn}"), f"{mark}{turn}")
        return statements


def metered(meter, run):
    """A run that gives its rate, and the processor's microseconds for a call: of all that takes part in it."""
    def body():
        before = meter.read()
        rate = run()
        return rate, (meter.read() - before) / (rate * SECONDS) * 1e6

    return body


def compare(name, ours, baseline, goal):
    compare_with_best(name, ours, {"": baseline}, goal)


def compare_with_best(name, ours, baselines, goal):
    """Reports ours against the best of several ways, which run by turns as well."""
    (rate, used), *others = by_turns(ours, *baselines.values())
    way, (best, best_used) = max(zip(baselines, others), key=lambda each: each[1][0].median)
    report(
        name, rate, best, goal=goal, unit=f"calls/s{way and '; pgbench with ' + way}; {used.median:.1f} and"
        f" {best_used.median:.1f} µs of CPU a call, all in all")
    if len(others) > 1:
        print("    " + ", ".join(f"{way}: {runs[0].median:,.0f}" for way, runs in zip(baselines, others)), flush=True)
