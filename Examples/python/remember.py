"""Remembers what an agent learned, and recalls what counts for a question."""

import os
import uuid

import grpc
from cairn.v1 import context_pb2, memory_pb2
from cairn.v1.memory_pb2_grpc import MemoryServiceStub

channel = grpc.insecure_channel(os.environ.get("CAIRN_ADDRESS", "127.0.0.1:7433"))
metadata = [("cairn-project", os.environ.get("CAIRN_PROJECT", "default")), ("cairn-agent", "guide")]
memories = MemoryServiceStub(channel)

LEARNED = [
    ("The footpath over the old bridge opens at nine.", context_pb2.MEMORY_IMPORTANCE_HIGH, 0.9),
    ("Somebody said the ferry may run in winter.", context_pb2.MEMORY_IMPORTANCE_LOW, 0.3),
    ("The museum by the bridge is closed on Mondays.", context_pb2.MEMORY_IMPORTANCE_MEDIUM, 0.8),
]

for content, importance, confidence in LEARNED:
    memory = context_pb2.Memory(importance=importance, confidence=confidence)
    # The request id makes a repetition safe: after a lost answer the same call stores nothing twice.
    memories.Remember(
        memory_pb2.RememberRequest(
            context=context_pb2.Context(content=content, memory=memory), request_id=str(uuid.uuid4())),
        metadata=metadata)

question = "When does the bridge open?"
print(question)
recalled = memories.Recall(memory_pb2.RecallRequest(query=question, limit=2), metadata=metadata)
for found in recalled.memories:
    print(f"{found.score:.2f}  {found.context.content}")
