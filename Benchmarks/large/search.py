"""search_rare, search_common: how long a search with facets takes; search_overhead: gRPC against the SQL alone."""

import random
import statistics
import time

from cairn.v1 import context_pb2, context_pb2_grpc, search_pb2

from bench import by_turns, report, stored
from bench.call_load import Kind, call_load
from bench.pgbench import pgbench
from bench.trace import script, traced_server
from harness.server import Server

FACETS = ["type", "status", "tag", "owner", "month"]
SAMPLE = 20_000
CALLS = 200
CLIENTS = 2
# The server's own default, named because the statement by itself has to look at as many.
MATCHES = 10_000


def words(data):
    """Rare words (in at most a thousandth of the contexts) and common ones (in at least a tenth), by a sample."""
    step = max(1, data.contexts // SAMPLE)
    rows = data.database.query(
        "SELECT word, ndoc FROM ts_stat($$SELECT words FROM context_text WHERE number % " f"{step} = 0$$)"
        " WHERE word ~ '^[a-z]{4,}$'")
    size = data.contexts // step
    shares = {word: int(count) / size for word, count in rows}
    rare = sorted(word for word, share in shares.items() if 2 / size <= share <= 0.0007)
    common = sorted(word for word, share in shares.items() if share >= 0.11)
    random.Random(1).shuffle(rare)
    return rare[:CALLS], common


def request(word):
    return search_pb2.SearchRequest(
        query=word, facets=FACETS, highlight=True, view=context_pb2.CONTEXT_VIEW_BASIC)


def latency(stub, words):
    """Milliseconds of each call, one after the other, every word once before it counts."""
    times = []
    for word in (words * CALLS)[:CALLS]:
        stub.Search(request(word), timeout=60)
        start = time.monotonic()
        answer = stub.Search(request(word), timeout=60)
        times.append((time.monotonic() - start) * 1000)
        assert answer.hits and len(answer.facets) == len(FACETS)
    return times


def percentiles(name, times):
    ordered = sorted(times)
    report(f"{name}_p50", statistics.median(ordered), limit=50, higher_is_better=False, unit="ms")
    report(f"{name}_p99", ordered[int(len(ordered) * 0.99)], limit=250, higher_is_better=False, unit="ms")


def overhead(name, data, server, word):
    """The same search through the whole server and as SQL alone, with the text and values that the server sends."""
    with (traced_server("--search-matches", MATCHES, database=data.database) as (traced, sent),
          traced.channel() as channel):
        traced_stub = context_pb2_grpc.ContextServiceStub(channel)
        # The project is looked up by the first of them.
        for _ in range(2):
            statements = sent(lambda: traced_stub.Search(request(word), timeout=60), word)
    text, defined = script(statements, {})
    kind = Kind("search", stored.SERVICE + "Search", [request(word)])

    def ours():
        return call_load(server.address, kind, connections=CLIENTS, seconds=10).rate

    def baseline():
        return pgbench(data.database, text, CLIENTS, 10, defined).rate

    report(name, *by_turns(ours, baseline), goal=0.87, unit="searches/s")


def run(data):
    rare, common = words(data)
    server = Server("--database-url", data.database.url, "--search-matches", MATCHES).start()
    try:
        with server.channel() as channel:
            stub = context_pb2_grpc.ContextServiceStub(channel)
            percentiles("search_rare", latency(stub, rare))
            percentiles("search_common", latency(stub, common))
            overhead("search_overhead_common", data, server, "file")
            overhead("search_overhead_rare", data, server, rare[0])
    finally:
        server.stop()
