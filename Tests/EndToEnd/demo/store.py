"""Clients that store documents at the same time, each repeating under its request id until it is answered."""

import queue
import threading
import time
import uuid

import grpc
from cairn.v1 import context_pb2, context_pb2_grpc

# A fixed namespace: the same file has the same request id in every run, and after any interruption.
REQUESTS = uuid.UUID("6b0c4c6e-2f6b-4d8e-9a39-5f2f0e1c7d11")
AGAIN = {grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.DEADLINE_EXCEEDED}
TOO_LARGE = {grpc.StatusCode.INVALID_ARGUMENT, grpc.StatusCode.RESOURCE_EXHAUSTED}


def request(document):
    """The call that stores a document: text as `content`, anything else as `data`."""
    context = context_pb2.Context(
        title=document.path, type=context_pb2.CONTEXT_TYPE_DOCUMENT, owner="demo", tags=document.tags)
    context.metadata.update({"bytes": len(document.body)})
    if (text := document.text) is not None:
        context.content, context.media_type = text, "text/plain"
    else:
        context.data, context.media_type = document.body, "application/octet-stream"
    return context_pb2.CreateContextRequest(
        context=context, request_id=str(uuid.uuid5(REQUESTS, document.path)))


class Store:
    """What several clients have stored so far."""

    def __init__(self, address, documents, clients):
        self.address = address
        self.acknowledged = {}
        self.refused = {}
        self.repeated = 0
        self.failure = None
        self._waiting = queue.SimpleQueue()
        for document in documents:
            self._waiting.put(document)
        self._threads = [threading.Thread(target=self._client, daemon=True) for _ in range(clients)]

    def start(self):
        for thread in self._threads:
            thread.start()

    def wait(self):
        for thread in self._threads:
            thread.join()
        if self.failure:
            raise self.failure

    def _client(self):
        options = [
            ("grpc.enable_retries", 0), ("grpc.max_send_message_length", -1),
            ("grpc.use_local_subchannel_pool", 1), ("grpc.max_reconnect_backoff_ms", 200)]
        with grpc.insecure_channel(self.address, options=options) as channel:
            stub = context_pb2_grpc.ContextServiceStub(channel)
            while self.failure is None:
                try:
                    document = self._waiting.get_nowait()
                except queue.Empty:
                    return
                try:
                    self._store(stub, document)
                except grpc.RpcError as error:
                    self.failure = error

    def _store(self, stub, document):
        call = request(document)
        while True:
            try:
                self.acknowledged[document.path] = stub.CreateContext(call, timeout=30).id
                return
            except grpc.RpcError as error:
                if error.code() in TOO_LARGE and len(document.body) > 1_048_576:
                    self.refused[document.path] = error.details()
                    return
                if error.code() not in AGAIN:
                    raise
                self.repeated += 1
                time.sleep(0.05)
