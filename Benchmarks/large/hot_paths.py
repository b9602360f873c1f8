"""get_large, create_large: the most frequent calls on much data against the same calls on an empty database."""

import contextlib

from cairn.v1 import context_pb2, context_pb2_grpc

from bench import by_turns, load, report
from bench.contexts import context
from harness.server import Server

from . import data as kept


@contextlib.contextmanager
def serving(database):
    """A server and a context that is stored there."""
    server = Server("--database-url", database.url).start()
    try:
        with server.channel() as channel:
            stub = context_pb2_grpc.ContextServiceStub(channel)
            yield server, stub, stub.CreateContext(context_pb2.CreateContextRequest(context=context(0)), timeout=60).id
    finally:
        server.stop()


def gets(server, stub, id):
    request = context_pb2.GetContextRequest(id=id)
    answer = stub.GetContext(request, timeout=5)
    return load.h2load(
        server.address, "/cairn.v1.ContextService/GetContext", request, answer=answer, seconds=5, clients=8,
        streams=64).rate


def creates(server, stub, id):
    request = context_pb2.CreateContextRequest(context=context(0))
    return load.h2load(
        server.address, "/cairn.v1.ContextService/CreateContext", request, requests=20_480, clients=8, streams=64).rate


def run(data):
    empty = data.cluster.create()
    try:
        with kept.copied(data) as copy, serving(copy) as large, serving(empty) as small:
            report("get_large", *by_turns(lambda: gets(*large), lambda: gets(*small)), unit="calls/s, to reach 0.8")
            report(
                "create_large", *by_turns(lambda: creates(*large), lambda: creates(*small)),
                unit="calls/s, to reach 0.8")
    finally:
        data.cluster.query(f'DROP DATABASE "{empty.name}" WITH (FORCE)')
