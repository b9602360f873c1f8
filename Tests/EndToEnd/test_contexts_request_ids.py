"""The same request id twice is one write with one answer."""

import uuid

import grpc
import pytest
from cairn.v1 import context_pb2, context_pb2_grpc, project_pb2, project_pb2_grpc

from harness.project import new_project
from harness.refusals import refused
from harness.waiting import eventually

INVALID = grpc.StatusCode.INVALID_ARGUMENT
REUSED = {"code": INVALID, "reason": "REQUEST_ID_REUSED"}


def test_x14_a_repeated_create_stores_one_row_and_answers_the_same(contexts):
    request = {"context": {"title": "once", "content": "c", "metadata": {"b": 1, "a": [2, {"z": 1, "y": 2}]}}}
    first = contexts.CreateContext(**request, request_id="r1")
    again = contexts.CreateContext(**request, request_id="r1")
    assert again == first
    assert contexts.list() == [first]
    assert contexts.CreateContext(**request, request_id="r2").id != first.id


def test_x14_the_stored_answer_does_not_change_with_the_context(contexts):
    first = contexts.create(request_id="r", id="x", content="c")
    contexts.update("x", title="changed")
    contexts.DeleteContext(id="x")
    assert contexts.create(request_id="r", id="x", content="c") == first


def test_x14_another_request_with_the_same_id_is_refused(contexts):
    contexts.create(request_id="r", title="one")
    refused(contexts.create, request_id="r", title="two", **REUSED)
    assert len(contexts.ids()) == 1


def test_x14_request_ids_belong_to_project_and_method(contexts, channel):
    contexts.create(request_id="r", id="x")
    assert contexts.DeleteContext(id="x", request_id="r").version == 2
    assert new_project(channel).create(request_id="r", id="x").version == 1


def test_x14_request_ids_belong_to_who_calls(contexts, channel):
    def by(principal):
        caller = contexts.elsewhere(channel)
        caller.metadata = [*contexts.metadata, ("cairn-principal", principal)]
        return caller

    ann = by("ann").create("of ann", request_id="r")
    bob = by("bob").create("of bob", request_id="r")
    assert ann.id != bob.id and sorted(c.title for c in contexts.list()) == ["of ann", "of bob"]
    assert by("ann").create("of ann", request_id="r") == ann and by("bob").create("of bob", request_id="r") == bob


def test_x14_concurrent_twins_are_one(contexts):
    stub = context_pb2_grpc.ContextServiceStub(contexts.channel)
    request = context_pb2.CreateContextRequest(context=context_pb2.Context(title="t"), request_id="twin")
    calls = [stub.CreateContext.future(request, metadata=contexts.metadata, timeout=60) for _ in range(20)]
    answers = [call.result() for call in calls]
    assert all(answer == answers[0] for answer in answers)
    assert contexts.list() == [answers[0]]


def test_x14_updates_deletes_and_undeletes_are_made_once(contexts):
    created = contexts.create(id="x")
    update = {"context": {"id": "x", "title": "new", "etag": created.etag}, "request_id": "u"}
    updated = contexts.UpdateContext(**update)
    assert contexts.UpdateContext(**update) == updated, "no etag mismatch the second time"
    deleted = contexts.DeleteContext(id="x", request_id="d")
    assert contexts.DeleteContext(id="x", request_id="d") == deleted
    back = contexts.UndeleteContext(id="x", request_id="b")
    assert contexts.UndeleteContext(id="x", request_id="b") == back
    assert contexts.GetContext(id="x", show_deleted=True) == back
    assert back.version == 4


def test_x14_batches_are_made_once(contexts):
    requests = [{"context": {"id": "a", "title": "t"}}, {"context": {"title": ""}}, {"context": {"title": "t"}}]
    first = contexts.BatchCreateContexts(requests=requests, request_id="b")
    assert contexts.BatchCreateContexts(requests=requests, request_id="b") == first
    assert len(contexts.ids()) == 2
    refused(contexts.BatchCreateContexts, requests=requests[:1], request_id="b", **REUSED)
    update = {"requests": [{"context": {"id": "a", "title": "new"}}, {"context": {"id": "no", "title": "n"}}]}
    first = contexts.BatchUpdateContexts(**update, request_id="b")
    assert contexts.BatchUpdateContexts(**update, request_id="b") == first
    assert contexts.GetContext(id="a").version == 2
    first = contexts.BatchDeleteContexts(requests=[{"id": "a"}], request_id="b")
    assert contexts.BatchDeleteContexts(requests=[{"id": "a"}], request_id="b") == first


def test_x14_a_refused_write_leaves_its_request_id_free(contexts):
    contexts.create(id="x")
    refused(contexts.create, id="x", request_id="r", code=grpc.StatusCode.ALREADY_EXISTS)
    assert contexts.create(id="y", request_id="r").id == "y"


def test_x14_projects_are_made_once(channel):
    projects = project_pb2_grpc.ProjectServiceStub(channel)
    request = project_pb2.CreateProjectRequest(
        project=project_pb2.Project(id=f"once-{uuid.uuid4().hex}"), request_id=uuid.uuid4().hex)
    assert projects.CreateProject(request, timeout=60) == projects.CreateProject(request, timeout=60)


@pytest.mark.parametrize("request_id", ["x" * 129, "a\nb"])
def test_x14_a_wrong_request_id_is_refused(contexts, request_id):
    refusal = refused(contexts.create, request_id=request_id, code=INVALID, reason="FIELD_INVALID")
    assert list(refusal.fields) == ["request_id"]


def test_x14_a_request_that_changed_nothing_changes_nothing_when_it_is_repeated(contexts):
    made = contexts.create(id="x")
    request = {"requests": [{"context": {"id": "x", "title": "late"}}, {"context": {"id": "y", "title": "late"}}]}
    contexts.DeleteContext(id="x")
    first = contexts.BatchUpdateContexts(**request, request_id="r")
    assert [result.WhichOneof("outcome") for result in first.results] == ["error", "error"]
    contexts.UndeleteContext(id="x")
    contexts.create(id="y")
    assert contexts.BatchUpdateContexts(**request, request_id="r") == first
    assert contexts.GetContext(id="x").title == made.title
    assert contexts.BatchUpdateContexts(**request, request_id="s").results[1].context.title == "late"
    refused(contexts.BatchUpdateContexts, requests=request["requests"][:1], request_id="r", **REUSED)


def test_x14_a_named_create_reads_no_more_where_there_are_many_changes(own_server, database):
    changes, named = 3000, 20

    def read(column):
        return int(database.value(f"SELECT sum({column}) FROM pg_stat_user_tables WHERE relname LIKE 'change\\_%'"))

    with own_server.channel() as channel:
        stub = context_pb2_grpc.ContextServiceStub(channel)
        for _ in range(changes // 1000):
            stub.BatchCreateContexts(context_pb2.BatchCreateContextsRequest(requests=[
                context_pb2.CreateContextRequest(context=context_pb2.Context(title="t"))] * 1000), timeout=60)
        database.query("ANALYZE change")
        scanned, looked_up = read("seq_tup_read"), read("idx_scan")
        for number in range(named):
            # With an id of the client's, whose answer is stored by a statement of its own, and with one of the server's.
            for id in (f"own-{number}", ""):
                stub.CreateContext(context_pb2.CreateContextRequest(
                    context=context_pb2.Context(id=id, title="t"), request_id=f"r{number}{id}"), timeout=60)
        # Sessions tell their statistics a while later.
        eventually(lambda: read("idx_scan") >= looked_up + named, "the answers are looked up by the index")
        assert read("seq_tup_read") - scanned < changes
