"""get_large, create_large: the most frequent calls on much data against the same calls on a small database."""

import contextlib
import random

from cairn.v1 import context_pb2_grpc

from bench import by_turns, report, stored
from bench.call_load import call_load
from harness.server import Server

from . import data as kept

# Contexts of the small database.
SMALL = 1000
SHAPE = {"connections": 8, "calls": 64, "seconds": 5}


@contextlib.contextmanager
def serving(database):
    server = Server("--database-url", database.url).start()
    try:
        with server.channel() as channel:
            yield server, context_pb2_grpc.ContextServiceStub(channel)
    finally:
        server.stop()


def gets(server, ids):
    kind = stored.get_kind(ids)
    return lambda: call_load(server.address, kind, **SHAPE).rate


def creates(server, database):
    def run():
        before = stored.rows(database)
        done = call_load(server.address, stored.create_kind(), **SHAPE)
        added = stored.rows(database) - before
        assert added == done.calls, f"{done.calls} acknowledged, {added} stored"
        return done.rate

    return run


def run(data):
    empty = data.cluster.create()
    try:
        with kept.copied(data) as copy, serving(copy) as (large, _), serving(empty) as (small, stub):
            stored.fill(stub, SMALL)
            empty.query("VACUUM ANALYZE")
            ids = [f"doc-{number:08}" for number in random.Random(1).sample(range(data.contexts), 20_000)]
            report(
                "get_large", *by_turns(gets(large, ids), gets(small, stored.ids(SMALL))), goal=0.8,
                unit="calls/s, keys at random")
            report("create_large", *by_turns(creates(large, copy), creates(small, empty)), goal=0.8, unit="calls/s")
    finally:
        data.cluster.query(f'DROP DATABASE "{empty.name}" WITH (FORCE)')
