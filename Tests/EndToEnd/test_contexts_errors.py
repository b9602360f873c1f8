"""Errors about one resource name it in a google.rpc.ResourceInfo, beside the reason."""

import grpc
import pytest
from cairn.v1 import project_pb2, project_pb2_grpc, transfer_pb2
from google.rpc import error_details_pb2

from harness import operations
from harness.project import Contexts, new_project
from harness.refusals import refused
from harness.transfer import Import

NOT_FOUND, EXISTS = grpc.StatusCode.NOT_FOUND, grpc.StatusCode.ALREADY_EXISTS
ABORTED, PRECONDITION = grpc.StatusCode.ABORTED, grpc.StatusCode.FAILED_PRECONDITION
CONTEXT, RELATIONSHIP = "cairn.v1.Context", "cairn.v1.Relationship"


@pytest.fixture
def contexts(channel):
    contexts = new_project(channel)
    contexts.create(id="here")
    contexts.create(id="gone")
    contexts.DeleteContext(id="gone")
    contexts.CreateTemplate(definition={"id": "letter", "title": "t", "context_title": "t"})
    return contexts


def test_errors_name_their_resource(contexts):
    related = {"source": "here", "target": "none", "kind": 1}
    for call, fields, code, reason, resource in [
        (contexts.GetContext, {"id": "none"}, NOT_FOUND, "CONTEXT_NOT_FOUND", (CONTEXT, "none")),
        (contexts.GetContext, {"id": "gone"}, NOT_FOUND, "CONTEXT_DELETED", (CONTEXT, "gone")),
        (contexts.create, {"id": "here"}, EXISTS, "CONTEXT_EXISTS", (CONTEXT, "here")),
        (contexts.UndeleteContext, {"id": "here"}, EXISTS, "CONTEXT_NOT_DELETED", (CONTEXT, "here")),
        (contexts.update, {"id": "here", "title": "x", "etag": "0"}, ABORTED, "ETAG_MISMATCH", (CONTEXT, "here")),
        (contexts.DeleteContext, {"id": "none"}, NOT_FOUND, "CONTEXT_NOT_FOUND", (CONTEXT, "none")),
        (contexts.GetContextVersion, {"id": "here", "version": 9}, NOT_FOUND, "CONTEXT_VERSION_NOT_FOUND",
         (CONTEXT, "here")),
        (contexts.Forget, {"id": "here"}, PRECONDITION, "NOT_A_MEMORY", (CONTEXT, "here")),
        (contexts.BatchCreateContexts, {"requests": [{"context": {"id": "here", "title": "t"}}], "atomic": True},
         EXISTS, "CONTEXT_EXISTS", (CONTEXT, "here")),
        (contexts.RelateContexts, {"relationships": [related], "atomic": True}, NOT_FOUND, "CONTEXT_NOT_FOUND",
         (CONTEXT, "none")),
        (contexts.UnrelateContexts, {"relationships": [related], "atomic": True}, NOT_FOUND,
         "RELATIONSHIP_NOT_FOUND", (RELATIONSHIP, "here\tRELATES_TO\t\tnone")),
        (contexts.GetTemplate, {"id": "none"}, NOT_FOUND, "TEMPLATE_NOT_FOUND", ("cairn.v1.Template", "none")),
        (contexts.CreateTemplate, {"definition": {"id": "letter", "title": "t", "context_title": "t"}}, EXISTS, "TEMPLATE_EXISTS",
         ("cairn.v1.Template", "letter")),
        (operations.of(contexts).GetOperation, {"id": "none"}, NOT_FOUND, "OPERATION_NOT_FOUND",
         ("cairn.v1.Operation", "none")),
    ]:
        refusal = refused(call, **fields, code=code, reason=reason)
        assert refusal.resources == [resource], refusal


def test_items_of_a_batch_and_records_of_an_import_name_theirs(contexts):
    def resources(status):
        found = error_details_pb2.ResourceInfo()
        return [(found.resource_type, found.resource_name) for detail in status.details if detail.Unpack(found)]

    results = contexts.BatchDeleteContexts(requests=[{"id": "none"}, {"id": "here"}, {"id": "gone"}]).results
    assert [resources(result.error) for result in results] == [
        [(CONTEXT, "none")], [], [(CONTEXT, "gone")]]
    running = Import(contexts)
    running.send(records=[transfer_pb2.TransferRecord(
        relationship={"source": "none", "target": "here", "kind": 1})])
    running.finish()
    assert resources(running.failures[1]) == [(CONTEXT, "none")]


def test_projects_are_named_too(channel):
    projects = project_pb2_grpc.ProjectServiceStub(channel)
    for call, argument, code in [
        (projects.GetProject, project_pb2.GetProjectRequest(id="no-such"), NOT_FOUND),
        (projects.UpdateProject, project_pb2.UpdateProjectRequest(project={"id": "no-such", "title": "t"}), NOT_FOUND),
    ]:
        assert refused(call, argument, code=code).resources == [("cairn.v1.Project", "no-such")]
    refusal = refused(Contexts(channel, "no-such").create, code=NOT_FOUND, reason="PROJECT_NOT_FOUND")
    assert refusal.resources == [("cairn.v1.Project", "no-such")]
    refusal = refused(
        projects.CreateProject, project_pb2.CreateProjectRequest(project={"id": "default"}), code=EXISTS)
    assert refusal.resources == [("cairn.v1.Project", "default")]


def test_errors_about_no_resource_name_none(contexts):
    assert refused(contexts.create, title="").resources == []
    assert refused(contexts.ListContexts, as_of={"position": 1 << 60}).resources == []
