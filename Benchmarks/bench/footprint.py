"""What the server takes: memory while idle, allocations for one unary call."""

import mmap
import pathlib
import struct
import tempfile

from cairn.echo.v1 import echo_pb2

from harness import CACHE
from harness.postgres import shared_cluster
from harness.server import Server
from harness.waiting import eventually

from . import load, report
from .echo import MESSAGE, PATH

IDLE_LIMIT = 60.0


def idle_memory():
    """Megabytes resident after the start, without PostgreSQL's own processes."""
    server = Server("--database-url", shared_cluster().create().url).start()
    try:
        status = pathlib.Path(f"/proc/{server.process.pid}/status").read_text()
        kilobytes = next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmRSS:"))
    finally:
        server.stop()
    report("idle_memory", kilobytes / 1024, limit=IDLE_LIMIT, higher_is_better=False, unit="MB resident")


def allocations():
    """Heap allocations of one unary call in a warm server."""
    with tempfile.NamedTemporaryFile() as file:
        file.write(bytes(8))
        file.flush()
        server = Server(
            program="EchoServer", command=(),
            env={"LD_PRELOAD": str(CACHE / "peers" / "count-allocations.so"), "COUNT_ALLOCATIONS": file.name}).start()
        try:
            with mmap.mmap(file.fileno(), 8) as shared:
                def count():
                    return struct.unpack("<Q", shared[:8])[0]

                def calls(number):
                    before = count()
                    load.h2load(server.address, PATH, MESSAGE, answer=MESSAGE, requests=number, clients=1, streams=10)
                    eventually(lambda: count() == count(), "the server is at rest")
                    return count() - before

                calls(20_000)
                # The difference of two runs leaves out what a connection costs.
                each = (calls(60_000) - calls(20_000)) / 40_000
        finally:
            server.kill()
    print(f"BENCH allocations_per_unary_call ours={each:.2f}", flush=True)


def run():
    idle_memory()
    allocations()
