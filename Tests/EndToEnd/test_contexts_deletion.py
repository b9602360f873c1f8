"""A deleted context is absent, and back after UndeleteContext."""

import grpc

from harness.refusals import refused

NOT_FOUND = grpc.StatusCode.NOT_FOUND


def test_x11_creating_over_a_deleted_id_says_how_to_get_it_back(contexts):
    contexts.create(id="gone")
    contexts.create(id="there")
    contexts.DeleteContext(id="gone")
    exists, fields = grpc.StatusCode.ALREADY_EXISTS, {"title": "t", "content": "x"}
    for request in ({}, {"validate_only": True}):
        for call in (contexts.CreateContext, contexts.Remember):
            for id, isDeleted in (("gone", True), ("there", False)):
                refusal = refused(call, context={"id": id, **fields}, **request, code=exists, reason="CONTEXT_EXISTS")
                assert ("UndeleteContext" in refusal.message) == isDeleted, refusal.message
    results = contexts.BatchCreateContexts(requests=[{"context": {"id": id, **fields}} for id in ("gone", "there")]).results
    assert ["UndeleteContext" in result.error.message for result in results] == [True, False]
    contexts.Remember(context={"id": "old", **fields})
    refusal = refused(
        contexts.Supersede, superseded=[{"id": "old"}], context={"id": "gone", **fields}, code=exists,
        reason="CONTEXT_EXISTS")
    assert "UndeleteContext" in refusal.message


def test_x11_a_deleted_context_is_absent_and_comes_back(contexts):
    kept = contexts.create(id="kept")
    before = contexts.create(id="gone", content="text", data=b"bytes", tags=["t"], metadata={"k": 1})

    deleted = contexts.DeleteContext(id="gone")
    assert deleted.HasField("delete_time") and deleted.delete_time == deleted.update_time
    assert deleted.version == 2 and deleted.position > before.position
    refused(contexts.GetContext, id="gone", code=NOT_FOUND, reason="CONTEXT_DELETED")
    assert contexts.list() == [kept]
    assert contexts.list(filter={"tags": ["t"]}) == []
    assert contexts.BatchGetContexts(ids=["gone"]).results[0].error.code == NOT_FOUND.value[0]

    assert contexts.GetContext(id="gone", show_deleted=True) == deleted
    assert contexts.list(show_deleted=True, order_by="id") == [deleted, kept]
    assert contexts.BatchGetContexts(ids=["gone"], show_deleted=True).results[0].context == deleted

    back = contexts.UndeleteContext(id="gone")
    assert not back.HasField("delete_time") and back.version == 3 and back.position > deleted.position
    assert back.create_time == before.create_time
    for name in ("title", "content", "data", "tags", "metadata", "type", "status"):
        assert getattr(back, name) == getattr(before, name), name
    assert contexts.GetContext(id="gone") == back
    assert sorted(contexts.ids()) == ["gone", "kept"]


def test_x11_a_deleted_context_cannot_be_changed(contexts):
    contexts.create(id="gone")
    contexts.DeleteContext(id="gone")
    refused(contexts.update, "gone", title="new", code=NOT_FOUND, reason="CONTEXT_DELETED")
    refused(contexts.DeleteContext, id="gone", code=NOT_FOUND, reason="CONTEXT_DELETED")
    refused(contexts.create, id="gone", code=grpc.StatusCode.ALREADY_EXISTS, reason="CONTEXT_EXISTS")


def test_x11_only_a_deleted_context_can_be_brought_back(contexts):
    contexts.create(id="here")
    refused(
        contexts.UndeleteContext, id="here", code=grpc.StatusCode.ALREADY_EXISTS, reason="CONTEXT_NOT_DELETED")
    refused(contexts.UndeleteContext, id="nobody", code=NOT_FOUND, reason="CONTEXT_NOT_FOUND")


def test_x11_etags_guard_deletion_and_return(contexts):
    created = contexts.create(id="x")
    updated = contexts.update("x", title="new")
    refused(contexts.DeleteContext, id="x", etag=created.etag, code=grpc.StatusCode.ABORTED, reason="ETAG_MISMATCH")
    deleted = contexts.DeleteContext(id="x", etag=updated.etag)
    refused(contexts.UndeleteContext, id="x", etag=updated.etag, code=grpc.StatusCode.ABORTED, reason="ETAG_MISMATCH")
    assert contexts.UndeleteContext(id="x", etag=deleted.etag).version == 4
