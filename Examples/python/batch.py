"""Stores many contexts in one write. A wrong one is refused in its place; the others are stored."""

import os
import uuid

import grpc
from cairn.v1 import context_pb2
from cairn.v1.context_pb2_grpc import ContextServiceStub
from google.rpc import error_details_pb2

channel = grpc.insecure_channel(os.environ.get("CAIRN_ADDRESS", "127.0.0.1:7433"))
metadata = [("cairn-project", os.environ.get("CAIRN_PROJECT", "default"))]
contexts = ContextServiceStub(channel)

# The last one has no title, which every context must have.
titles = [f"Page {number}" for number in range(1, 100)] + [""]
batch = context_pb2.BatchCreateContextsRequest(
    requests=[
        context_pb2.CreateContextRequest(context=context_pb2.Context(title=title, tags=["book"])) for title in titles],
    request_id=str(uuid.uuid4()))
answer = contexts.BatchCreateContexts(batch, metadata=metadata)

stored = [result.context for result in answer.results if result.HasField("context")]
print(f"stored {len(stored)} contexts at one position: {len({context.position for context in stored}) == 1}")
for index, result in enumerate(answer.results):
    if result.HasField("error"):
        for detail in result.error.details:
            wrong = error_details_pb2.BadRequest()
            if detail.Unpack(wrong):
                print(f"item {index}:", "; ".join(field.field for field in wrong.field_violations))

# All or none: with `atomic` the wrong item would have refused the whole batch.
batch.atomic = True
batch.request_id = str(uuid.uuid4())
try:
    contexts.BatchCreateContexts(batch, metadata=metadata)
except grpc.RpcError as error:
    print("atomic:", error.code().name)
