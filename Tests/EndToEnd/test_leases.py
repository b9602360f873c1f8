"""What is written under a lease counts only while the lease is held: `cairn-lease` and `cairn-lease-epoch`."""

import grpc
import pytest
from cairn.v1 import context_pb2, project_pb2, project_pb2_grpc, relationship_pb2, transfer_pb2, transfer_pb2_grpc

from harness.refusals import refused

LOST = {"code": grpc.StatusCode.ABORTED, "reason": "LEASE_LOST"}


@pytest.fixture
def grant(module_database, contexts):
    """Gives a lease out, or to somebody else under a higher epoch, as coordination does."""
    def grant(lease, epoch):
        module_database.query(
            "INSERT INTO lease (project_id, lease_id, epoch, holder, until) VALUES "
            f"('{contexts.project}', '{lease}', {epoch}, 'test', now() + '1 minute') "
            "ON CONFLICT (project_id, lease_id) DO UPDATE SET epoch = excluded.epoch")
    return grant


def under(contexts, lease, epoch):
    """The same project, with calls that name the lease."""
    caller = contexts.elsewhere(contexts.channel)
    caller.metadata = [*contexts.metadata, ("cairn-lease", lease), ("cairn-lease-epoch", str(epoch))]
    return caller


def writes(caller):
    """One call of every kind of write."""
    relationship = relationship_pb2.Relationship(source="a", target="b", kind="RELATIONSHIP_KIND_RELATES_TO")
    draft = context_pb2.CreateContextRequest(context=context_pb2.Context(title="t"))
    return {
        "create": lambda: caller.create("t"),
        "create with a request id": lambda: caller.create("t", request_id="r"),
        "create with an id": lambda: caller.create("t", id="new"),
        "batch": lambda: caller.BatchCreateContexts(requests=[draft], atomic=True),
        "update": lambda: caller.update("a", title="changed"),
        "delete": lambda: caller.DeleteContext(id="b"),
        "relate": lambda: caller.RelateContexts(relationships=[relationship], atomic=True),
        "restore": lambda: caller.RestoreContextVersion(id="a", version=1),
        "remember": lambda: caller.Remember(context=context_pb2.Context(title="t")),
        "template": lambda: caller.CreateTemplate(definition={"id": "t", "title": "t", "context_title": "x"}),
    }


@pytest.mark.parametrize("kind", list(writes(None)))
def test_no_kind_of_write_passes_under_a_lease_that_is_lost(contexts, grant, kind):
    for id in ("a", "b"):
        contexts.create(id=id)
    before = contexts.list(show_deleted=True)
    grant("l", 2)
    refused(writes(under(contexts, "l", 1))[kind], **LOST)
    lost = refused(writes(under(contexts, "unknown", 2))[kind], **LOST)
    assert lost.metadata == {"lease": "unknown", "epoch": "2"}
    assert contexts.list(show_deleted=True) == before
    writes(under(contexts, "l", 2))[kind]()


def test_history_says_under_which_lease_a_write_was_made(contexts, grant):
    grant("l", 3)
    created = under(contexts, "l", 3).create()
    version = contexts.GetContextVersion(id=created.id, version=1)
    assert (version.provenance.lease, version.provenance.lease_epoch) == ("l", 3)


def test_who_has_lost_a_lease_takes_no_import_over(contexts, grant):
    grant("l", 2)
    request = transfer_pb2.ImportContextsRequest(
        options={"import_id": "i"}, records=[{"context": {"id": "x", "title": "t"}}], first_sequence=1)
    stub = transfer_pb2_grpc.TransferServiceStub(contexts.channel)
    refused(lambda: list(stub.ImportContexts(iter([request]), metadata=under(contexts, "l", 1).metadata)), **LOST)
    assert contexts.list() == []


def test_projects_are_not_managed_under_a_lease(contexts, grant):
    grant("l", 1)
    stub = project_pb2_grpc.ProjectServiceStub(contexts.channel)
    refused(
        stub.CreateProject, project_pb2.CreateProjectRequest(project={"id": "made-under-a-lease"}),
        metadata=under(contexts, "l", 1).metadata, code=grpc.StatusCode.INVALID_ARGUMENT,
        reason="CALL_METADATA_INVALID")


@pytest.mark.parametrize("metadata", [
    [("cairn-lease", "l")], [("cairn-lease-epoch", "1")], [("cairn-lease", "l"), ("cairn-lease-epoch", "0")],
    [("cairn-lease", "l" * 129), ("cairn-lease-epoch", "1")],
    [("cairn-lease", "l"), ("cairn-lease-epoch", "99999999999999999999")]])
def test_half_a_lease_is_refused(contexts, metadata):
    caller = contexts.elsewhere(contexts.channel)
    caller.metadata = [*contexts.metadata, *metadata]
    refused(caller.create, code=grpc.StatusCode.INVALID_ARGUMENT, reason="CALL_METADATA_INVALID")
