"""Servers with contexts that calls have stored."""

import contextlib
import random

from cairn.v1 import context_pb2, context_pb2_grpc

from harness.postgres import shared_cluster
from harness.server import Server

from .call_load import Kind

SERVICE = "/cairn.v1.ContextService/"
# Where the position stands in a Context, and in a change that WatchContexts sends.
POSITION, CHANGE_POSITION = "17", "2.3"
TEXT = "The bridge was closed in 1987 and opened again as a footpath. " * 8
TAGS = ["place", "history", "draft:2"]
# Ids are numbers from here on, so that pgbench can choose them at random, too.
FIRST = 100_000
# Words of made-up texts: the first ones are common, the last ones rare.
VOCABULARY = 20_000


def context(number, **fields):
    return context_pb2.Context(**{
        "title": f"Note {number}", "type": context_pb2.CONTEXT_TYPE_NOTE, "content": TEXT, "owner": "bench",
        "tags": TAGS, **fields})


def words(count, dice):
    """A text of made-up words, each rank of which is as frequent as in a language."""
    return " ".join(f"word{int(VOCABULARY ** dice.random())}x" for _ in range(count))


@contextlib.contextmanager
def serving(count, content=lambda number: TEXT, options=()):
    """A server with `count` contexts, whose ids are the numbers from FIRST on; its database; a stub."""
    database = shared_cluster().create()
    server = Server("--database-url", database.url, *options).start()
    try:
        with server.channel() as channel:
            stub = context_pb2_grpc.ContextServiceStub(channel)
            fill(stub, count, content)
            database.query("VACUUM ANALYZE")
            database.query("CHECKPOINT")
            yield server, database, stub
    finally:
        server.stop()


def fill(stub, count, content=lambda number: TEXT):
    """Creates contexts whose ids are the numbers from FIRST on."""
    for first in range(0, count, 1000):
        batch = context_pb2.BatchCreateContextsRequest(atomic=True, requests=[
            context_pb2.CreateContextRequest(context=context(number, id=str(FIRST + number), content=content(number)))
            for number in range(first, min(first + 1000, count))])
        stub.BatchCreateContexts(batch, timeout=60)


def ids(count, leave_out=0):
    """Some of the contexts' ids, the first ones left out."""
    return map(str, random.Random(1).sample(range(FIRST + leave_out, FIRST + count), min(count - leave_out, 20_000)))


def get_kind(ids, weight=1):
    return Kind("get", SERVICE + "GetContext", [context_pb2.GetContextRequest(id=id) for id in ids], weight)


def create_kind(weight=1, request_id="", **fields):
    request = context_pb2.CreateContextRequest(context=context(0, **fields), request_id=request_id)
    return Kind("create", SERVICE + "CreateContext", [request], weight)


def rows(database):
    return int(database.value("SELECT count(*) FROM context"))
