"""Four writers add lines to one context. Each reads, changes, and writes only if nobody else wrote meanwhile."""

import os
import threading

import grpc
from cairn.v1 import context_pb2
from cairn.v1.context_pb2_grpc import ContextServiceStub

channel = grpc.insecure_channel(os.environ.get("CAIRN_ADDRESS", "127.0.0.1:7433"))
metadata = [("cairn-project", os.environ.get("CAIRN_PROJECT", "default"))]
contexts = ContextServiceStub(channel)

LINES = 5
retries = 0


def append(id, line):
    """Adds a line to a context, whoever else does so."""
    global retries
    while True:
        found = contexts.GetContext(context_pb2.GetContextRequest(id=id), metadata=metadata)
        # The etag names the state that was read. Absent fields stay as they are.
        changed = context_pb2.Context(id=id, etag=found.etag, content=found.content + line + "\n")
        try:
            return contexts.UpdateContext(context_pb2.UpdateContextRequest(context=changed), metadata=metadata)
        except grpc.RpcError as error:
            # ABORTED: somebody else was faster (ETAG_MISMATCH). Read again, and decide again.
            if error.code() != grpc.StatusCode.ABORTED:
                raise
            retries += 1


def write(name, id):
    for number in range(LINES):
        append(id, f"{name} {number}")


journal = contexts.CreateContext(
    context_pb2.CreateContextRequest(context=context_pb2.Context(title="A common journal")), metadata=metadata)
writers = [threading.Thread(target=write, args=(name, journal.id)) for name in ("ann", "bob", "cleo", "dan")]
for writer in writers:
    writer.start()
for writer in writers:
    writer.join()

result = contexts.GetContext(context_pb2.GetContextRequest(id=journal.id), metadata=metadata)
print(f"{len(result.content.splitlines())} lines in version {result.version}, after {retries} retries")
