"""traverse: how long a walk of three steps over a million relationships takes."""

import random
import statistics
import subprocess
import time

from cairn.v1 import context_pb2, relationship_pb2, relationship_pb2_grpc

from bench import report
from harness.server import Server

from . import data as kept

NODES, EACH = 100_000, 10
CALLS = 200
COLUMNS = (
    "project_id, from_id, kind, name, to_id, valid_from, valid_to, version, position, create_time, update_time, weight")


def nodes(data):
    """Ids of the contexts in the graph: they lie all over the table."""
    count = min(NODES, data.contexts)
    return [f"doc-{number:08}" for number in range(0, count * (data.contexts // count), data.contexts // count)]


def relate(data):
    """A million relationships, ten from each of a hundred thousand contexts, in the kept database."""
    if data.database.query("SELECT 1 FROM relationship LIMIT 1"):
        return
    dice, ids = random.Random(1), nodes(data)
    moment = kept.NEWEST.isoformat()
    with kept.step("relating contexts"):
        copy = subprocess.Popen(
            ["psql", "-Xq", "-v", "ON_ERROR_STOP=1", "-d", data.database.url, "-c",
             f"COPY relationship ({COLUMNS}) FROM STDIN"], stdin=subprocess.PIPE, text=True)
        for start in dice.sample(ids, len(ids)):
            others = [to for to in dice.sample(ids, min(EACH + 1, len(ids))) if to != start]
            for to in others[:EACH]:
                fields = [
                    kept.PROJECT, start, dice.randrange(1, 4), "", to, moment, "infinity", 1, 1, moment, moment,
                    round(dice.random(), 2)]
                copy.stdin.write("\t".join(map(str, fields)) + "\n")
        copy.stdin.close()
        if copy.wait() != 0:
            raise RuntimeError("COPY failed")
        data.database.query("VACUUM ANALYZE relationship")
        data.database.query("CHECKPOINT")


def walk(stub, start):
    """How many contexts a walk of three steps came to."""
    request = relationship_pb2.TraverseRequest(
        start=[start], max_depth=3, limit=10_000, view=context_pb2.CONTEXT_VIEW_BASIC)
    hits = 0
    for response in stub.Traverse(request, timeout=60):
        hits += len(response.hits)
    assert hits == response.end.reached and not response.end.truncated
    return hits


def run(data):
    relate(data)
    starts = random.Random(2).sample(nodes(data), CALLS)
    server = Server("--database-url", data.database.url).start()
    try:
        with server.channel() as channel:
            stub = relationship_pb2_grpc.RelationshipServiceStub(channel)
            times, hits = [], []
            for start in starts:
                walk(stub, start)
                begun = time.monotonic()
                hits.append(walk(stub, start))
                times.append((time.monotonic() - begun) * 1000)
    finally:
        server.stop()
    report("traverse", statistics.median(times), limit=20, higher_is_better=False, unit="ms")
    worst = sorted(times)[int(len(times) * 0.99)]
    print(f"traverse: to {statistics.mean(hits):,.0f} contexts, p99 {worst:.1f} ms", flush=True)
