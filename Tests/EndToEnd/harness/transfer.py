"""Exports and imports of one project, through stock stubs."""

import queue

from cairn.v1 import transfer_pb2, transfer_pb2_grpc
from google.protobuf import json_format

SKIP, OVERWRITE, NEW_IDS = (
    transfer_pb2.IMPORT_MODE_SKIP, transfer_pb2.IMPORT_MODE_OVERWRITE, transfer_pb2.IMPORT_MODE_NEW_IDS)
STOP = transfer_pb2.IMPORT_ERROR_POLICY_STOP
END = object()


def stub(contexts):
    return transfer_pb2_grpc.TransferServiceStub(contexts.channel)


def export(contexts, timeout=120, **request):
    """The responses of an export."""
    request = transfer_pb2.ExportContextsRequest(**request)
    return stub(contexts).ExportContexts(request, timeout=timeout, metadata=contexts.metadata)


def records(responses):
    """The records of an export in either format."""
    rest = b""
    for response in responses:
        yield from response.records
        *lines, rest = (rest + response.json_lines).split(b"\n")
        for line in lines:
            yield json_format.Parse(line, transfer_pb2.TransferRecord())
    assert not rest, "a line has no end"


def exported(contexts, **request):
    """The contexts of an export by id, in its order."""
    found = [record.context for record in records(export(contexts, **request)) if record.HasField("context")]
    assert len({context.id for context in found}) == len(found), "a context came twice"
    return {context.id: context for context in found}


def kept(context):
    """What of a context survives a transfer: all but what is the server's own."""
    copy = type(context)()
    copy.CopyFrom(context)
    for field in ("version", "etag", "position", "purge_time"):
        copy.ClearField(field)
    return copy


class Import:
    """An import under way, whose messages are sent one by one."""

    def __init__(self, contexts, timeout=120, **options):
        self._queue = queue.Queue()
        self.responses = []
        self.failures = {}
        self.call = stub(contexts).ImportContexts(
            iter(self._queue.get, END), timeout=timeout, metadata=contexts.metadata)
        self.send(options=transfer_pb2.ImportOptions(**options))
        self.begun = self.receive()
        self.id = self.begun.import_id

    def send(self, **message):
        self._queue.put(transfer_pb2.ImportContextsRequest(**message))

    def receive(self):
        response = next(self.call)
        self.responses.append(response)
        self.failures.update({failure.sequence: failure.error for failure in response.failures})
        return response

    def receive_until(self, acknowledged):
        """Reads responses until so many records are acknowledged."""
        while self.responses[-1].acknowledged < acknowledged:
            self.receive()
        return self.responses[-1]

    def finish(self):
        """Says that there is no more, and returns the last response."""
        self._queue.put(END)
        while not self.responses[-1].done:
            self.receive()
        assert next(self.call, None) is None
        return self.responses[-1]

    def cut(self):
        """Goes away in the middle."""
        self.call.cancel()
        self._queue.put(END)


def records_of(contexts):
    return [transfer_pb2.TransferRecord(context=context) for context in contexts]


def lines_of(contexts):
    return b"".join(
        json_format.MessageToJson(record, indent=None).encode() + b"\n" for record in records_of(contexts))


def imported(contexts, things, size=500, **options):
    """Imports contexts and returns the finished import."""
    running = Import(contexts, **options)
    for start in range(0, len(things), size):
        running.send(records=records_of(things[start:start + size]))
    running.last = running.finish()
    return running
