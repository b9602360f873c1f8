"""Follows the contexts of a server and writes one line a change: position, ordinal, version and id.

    watch.py ADDRESS FILE

It may be stopped at any moment, also with kill -9: started again with the same file it goes on after the last
whole line. When the server goes away it goes on as soon as there is one again.
"""

import pathlib
import sys
import time

import grpc

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))

from harness import stubs  # noqa: E402

stubs.build()

from cairn.v1 import context_pb2, context_pb2_grpc  # noqa: E402


def written(file):
    """The whole lines of a file; a last line that was cut off is taken away."""
    whole, _, cut = file.read_bytes().rpartition(b"\n") if file.exists() else (b"", b"", b"")
    if cut:
        file.write_bytes(whole + b"\n" if whole else b"")
    return [line.split() for line in whole.decode().splitlines()]


def follow(address, file):
    lines = written(file)
    after = {"after_position": int(lines[-1][0]), "after_ordinal": int(lines[-1][1])} if lines else {
        "after_position": 0}
    options = [("grpc.max_reconnect_backoff_ms", 200)]
    with open(file, "a", buffering=1) as log, grpc.insecure_channel(address, options=options) as channel:
        stub = context_pb2_grpc.ContextServiceStub(channel)
        while True:
            try:
                watch = context_pb2.WatchContextsRequest(view=context_pb2.CONTEXT_VIEW_BASIC, **after)
                for event in stub.WatchContexts(watch):
                    if event.WhichOneof("event") == "change":
                        change = event.change
                        after = {"after_position": change.position, "after_ordinal": change.ordinal}
                        log.write(f"{change.position} {change.ordinal} {change.context.version} {change.context.id}\n")
            except grpc.RpcError as error:
                if error.code() != grpc.StatusCode.UNAVAILABLE:
                    raise
            time.sleep(0.05)


if __name__ == "__main__":
    follow(sys.argv[1], pathlib.Path(sys.argv[2]))
