"""get_context and create_context: the whole server against PostgreSQL alone, on the same data and cores."""

import contextlib
import random
import uuid

from cairn.v1 import context_pb2, context_pb2_grpc

from harness.postgres import shared_cluster
from harness.server import Server

from . import by_turns, load, report
from .pgbench import pgbench, statement

STORED = 100_000
TEXT = "The bridge was closed in 1987 and opened again as a footpath. " * 8
TAGS = ["place", "history", "draft:2"]


def context(number):
    return context_pb2.Context(
        title=f"Note {number}", type=context_pb2.CONTEXT_TYPE_NOTE, content=TEXT, owner="bench", tags=TAGS)


@contextlib.contextmanager
def server_with_data():
    """A server whose database holds contexts that calls have stored, and their ids."""
    database = shared_cluster().create()
    server = Server("--database-url", database.url).start()
    try:
        with server.channel() as channel:
            stub = context_pb2_grpc.ContextServiceStub(channel)
            ids = []
            for first in range(0, STORED, 1000):
                batch = context_pb2.BatchCreateContextsRequest(atomic=True, requests=[
                    context_pb2.CreateContextRequest(context=context(first + i)) for i in range(1000)])
                ids += [result.context.id for result in stub.BatchCreateContexts(batch, timeout=60).results]
            database.query("VACUUM ANALYZE")
            database.query("CHECKPOINT")
            yield server, database, stub, ids
    finally:
        server.stop()


def get_context(server, database, stub, ids):
    script = statement("Contexts/Core/Queries/get_context.sql", ":project", ":id")
    turn = {}

    def ours():
        turn["id"] = random.choice(ids)
        request = context_pb2.GetContextRequest(id=turn["id"])
        answer = stub.GetContext(request, timeout=5)
        return load.h2load(
            server.address, "/cairn.v1.ContextService/GetContext", request, answer=answer, seconds=5, clients=8,
            streams=64).rate

    def baseline():
        return pgbench(database, script, 8, 5, {"project": "default", "id": turn["id"]})

    report("get_context", *by_turns(ours, baseline), unit="calls/s")


def create_context(server, database, stub):
    request = context_pb2.CreateContextRequest(context=context(0))

    def rows():
        return int(database.value("SELECT count(*) FROM context"))

    def send(requests):
        before = rows()
        run = load.h2load(
            server.address, "/cairn.v1.ContextService/CreateContext", request, requests=requests, clients=8, streams=64)
        stored = rows() - before
        assert run.requests == stored == requests, f"{run.requests} acknowledged, {stored} stored, {requests} sent"
        return run.rate

    def ours():
        return send(int(send(5_000) * 4) // 512 * 512 + 512)

    # One write is one round trip and one commit, as the server's own writes are.
    script = "\n".join([
        r"\set n :n + 1", r"\set id :client_id * 1000000000 + :n", r"\startpipeline", "BEGIN;",
        statement("Journal/Queries/lock_project_shared.sql", "1", "42"),
        statement(
            "Contexts/Core/Queries/create_context.sql", ":project", "'anonymous'", "NULL", "NULL", "NULL", "NULL", "NULL",
            ":operation", ":run || '-' || :id", "1", "2", ":title", "''", ":owner", "''", ":tags", "NULL", ":text",
            "''", "NULL", "NULL"),
        "COMMIT;", r"\endpipeline"])

    def baseline():
        return pgbench(database, script, 32, 5, {
            "n": 0, "run": uuid.uuid4().hex[:8], "project": "default", "title": "Note 0", "owner": "bench",
            "tags": "{" + ",".join(TAGS) + "}", "text": TEXT, "operation": "cairn.v1.ContextService/CreateContext"})

    report("create_context", *by_turns(ours, baseline), unit="calls/s")


def run():
    with server_with_data() as (server, database, stub, ids):
        get_context(server, database, stub, ids)
        create_context(server, database, stub)
