"""import_copy, export_memory: `cairn import` against COPY of the same rows, and what an export makes the server hold."""

import itertools
import pathlib
import subprocess
import tempfile
import time

from google.protobuf import json_format

from cairn.v1 import context_pb2, context_pb2_grpc, transfer_pb2, transfer_pb2_grpc

from bench import by_turns, report
from harness import binary
from harness.bystander import resident
from harness.server import Server, environment

from . import corpus
from . import data as kept

IMPORTED = 30_000


def record(made):
    context = context_pb2.Context(
        id=made["id"], title=made["title"], content=made["content"], type=made["type"], status=made["status"],
        media_type="text/plain", owner=made["owner"], session=made["session"], tags=made["tags"])
    context.create_time.FromDatetime(kept.NEWEST - kept.SPAN * made["age"])
    context.update_time.CopyFrom(context.create_time)
    return transfer_pb2.TransferRecord(context=context)


def write_files(folder):
    """The same contexts as records in JSON lines, and as rows for COPY."""
    made = list(itertools.islice(corpus.contexts(IMPORTED), IMPORTED))
    (folder / "all.jsonl").write_text(
        "".join(json_format.MessageToJson(record(each), indent=None) + "\n" for each in made))
    (folder / "all.copy").write_bytes(b"".join(map(kept.line, made)))


def import_copy(data, folder):
    def fresh(body):
        database = data.cluster.create()
        try:
            kept.migrated(database)
            database.query("CHECKPOINT")
            return IMPORTED / body(database)
        finally:
            data.cluster.query(f'DROP DATABASE "{database.name}" WITH (FORCE)')

    def timed(*command):
        start = time.monotonic()
        subprocess.run([str(part) for part in command], check=True, env=environment(), stderr=subprocess.DEVNULL)
        return time.monotonic() - start

    def ours(database):
        server = Server("--database-url", database.url).start()
        try:
            return timed(binary("cairn"), "import", folder / "all.jsonl", "--quiet", "-a", server.address)
        finally:
            server.stop()

    def baseline(database):
        return timed(
            "psql", "-Xq", "-v", "ON_ERROR_STOP=1", "-d", database.url, "-c",
            f"\\copy context ({kept.COLUMNS}) FROM '{folder / 'all.copy'}'")

    report("import_copy", *by_turns(lambda: fresh(ours), lambda: fresh(baseline)), goal=0.5, unit="contexts/s")


def export_memory(data, database):
    """Megabytes that the server grows by while it exports everything, after a first export of a few."""
    server = Server("--database-url", database.url).start()
    try:
        with server.channel() as channel:
            # The rows that were copied in have a position that nobody has drawn yet.
            context_pb2_grpc.ContextServiceStub(channel).CreateContext(
                context_pb2.CreateContextRequest(context=context_pb2.Context(title="the last one")), timeout=60)
            stub = transfer_pb2_grpc.TransferServiceStub(channel)
            for _ in stub.ExportContexts(transfer_pb2.ExportContextsRequest(filter={"owner": "agent-1"})):
                pass
            before = resident(server.process)
            pathlib.Path(f"/proc/{server.process.pid}/clear_refs").write_text("5")
            start, sent = time.monotonic(), 0
            for response in stub.ExportContexts(transfer_pb2.ExportContextsRequest()):
                sent = response.records_sent
            seconds = time.monotonic() - start
            grown = (resident(server.process, "VmHWM") - before) / (1 << 20)
            assert sent == data.contexts + 1, f"{sent:,} contexts came"
            report("export_memory", max(grown, 0.1), limit=30, higher_is_better=False, unit="MB")
            print(f"export: {sent:,} contexts, {sent / seconds:,.0f} a second", flush=True)
    finally:
        server.stop()


def run(data):
    with tempfile.TemporaryDirectory(prefix="cairn-transfer.", dir="/tmp") as name:
        folder = pathlib.Path(name)
        write_files(folder)
        import_copy(data, folder)
    with kept.copied(data) as copy:
        export_memory(data, copy)
