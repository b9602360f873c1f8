"""cold_start: from the start of the program to its first answer, with the PostgreSQL that it starts itself."""

import pathlib
import shutil
import tempfile
import time

from cairn.v1 import context_pb2, context_pb2_grpc

from harness.postgres import stop_left_behind
from harness.server import Server

from . import Runs, report, stored

ROUNDS = 3


def seconds(data):
    """From the start to the answer of a create."""
    start = time.monotonic()
    server = Server("--data-dir", data).start()
    try:
        with server.channel() as channel:
            context_pb2_grpc.ContextServiceStub(channel).CreateContext(
                context_pb2.CreateContextRequest(context=stored.context(0)), timeout=30)
        return time.monotonic() - start
    finally:
        assert server.stop() == 0


def run():
    new, existing = Runs(), Runs()
    for _ in range(ROUNDS):
        # Directly under /tmp: the user postgres must be able to enter.
        folder = pathlib.Path(tempfile.mkdtemp(prefix="cairn-cold.", dir="/tmp"))
        folder.chmod(0o755)
        try:
            new.append(seconds(folder / "data"))
            existing.append(seconds(folder / "data"))
        finally:
            stop_left_behind(folder)
            shutil.rmtree(folder)
    report("cold_start_new", new, unit="s to the first answer, on a cluster that is made")
    report("cold_start_existing", existing, unit="s to the first answer, on a cluster that is there")
