"""Carries the contexts of a project into another one, through a file of JSON lines."""

import os
import tempfile
import uuid

import grpc
from cairn.v1 import context_pb2, project_pb2, transfer_pb2
from cairn.v1.context_pb2_grpc import ContextServiceStub
from cairn.v1.project_pb2_grpc import ProjectServiceStub
from cairn.v1.transfer_pb2_grpc import TransferServiceStub

channel = grpc.insecure_channel(os.environ.get("CAIRN_ADDRESS", "127.0.0.1:7433"))
source = os.environ.get("CAIRN_PROJECT", "default")
target = f"copy-{uuid.uuid4()}"
transfer = TransferServiceStub(channel)


def within(project):
    return [("cairn-project", project)]


def export(file):
    """Writes the project's contexts, all as they were at one position."""
    request = transfer_pb2.ExportContextsRequest(
        format=transfer_pb2.TRANSFER_FORMAT_JSON_LINES, include_versions=True, include_relationships=True)
    for response in transfer.ExportContexts(request, metadata=within(source)):
        file.write(response.json_lines)
    return response.records_sent


def messages(file, import_id):
    """The file in messages of whole lines. After a cut the same import id goes on behind what is acknowledged."""
    yield transfer_pb2.ImportContextsRequest(options=transfer_pb2.ImportOptions(import_id=import_id))
    while lines := file.readlines(1 << 20):
        yield transfer_pb2.ImportContextsRequest(json_lines=b"".join(lines))


for title in ("A map", "A compass"):
    ContextServiceStub(channel).CreateContext(
        context_pb2.CreateContextRequest(context=context_pb2.Context(title=title)), metadata=within(source))
ProjectServiceStub(channel).CreateProject(
    project_pb2.CreateProjectRequest(project=project_pb2.Project(id=target)))

with tempfile.TemporaryFile() as file:
    print(f"exported {export(file)} records")
    file.seek(0)
    for answer in transfer.ImportContexts(messages(file, str(uuid.uuid4())), metadata=within(target)):
        if answer.done:
            print(f"imported {answer.stored}, wrong {answer.failed}")
found = ContextServiceStub(channel).ListContexts(
    context_pb2.ListContextsRequest(order_by="create_time"), metadata=within(target))
print([context.title for context in found.contexts])
