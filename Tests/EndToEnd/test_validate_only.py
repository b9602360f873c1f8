"""`validate_only`: the answer is what the write would have answered, and nothing is written."""

import pytest
from cairn.v1 import change_pb2, change_pb2_grpc, context_pb2, context_pb2_grpc

from harness.refusals import refused

# What a write gives and a trial does not.
OWN = {"version", "etag", "position", "create_time", "update_time", "delete_time", "purge_time", "valid_from", "valid_to"}

WRITES = {
    "CreateContext": {"context": {"id": "new", "title": "t", "content": "c", "tags": ["x"], "metadata": {"k": 1}}},
    "UpdateContext": {"context": {"id": "a", "title": "changed", "metadata": {"k": 2}}},
    "DeleteContext": {"id": "a"},
    "UndeleteContext": {"id": "gone"},
    "RestoreContextVersion": {"id": "a", "version": 1},
    "BatchCreateContexts": {"requests": [{"context": {"id": id, "title": "t"}} for id in ("new", "a")]},
    "BatchUpdateContexts": {"requests": [{"context": {"id": id, "title": "n"}} for id in ("a", "none")]},
    "BatchDeleteContexts": {"requests": [{"id": id} for id in ("a", "none")]},
    "RelateContexts": {"relationships": [
        {"source": source, "target": target, "kind": "RELATIONSHIP_KIND_RELATES_TO", "weight": 0.5}
        for source, target in ("ab", "ba", "az")]},
    "UnrelateContexts": {"relationships": [
        {"source": source, "target": "b", "kind": "RELATIONSHIP_KIND_FOLLOWS"} for source in ("a", "b")]},
    "Remember": {"context": {"id": "new", "content": "something", "memory": {"confidence": 0.5}}},
    "Forget": {"id": "m"},
    "Supersede": {"superseded": [{"id": "m"}], "context": {"id": "new", "content": "something else"}},
    "CreateTemplate": {"definition": {"id": "new", "title": "t", "context_title": "x"}},
    "UpdateTemplate": {"definition": {"id": "t", "title": "changed"}},
    "DeleteTemplate": {"id": "t"},
    "CreateContextFromTemplate": {"template_id": "t", "context": {"id": "new"}},
}


@pytest.fixture
def contexts(contexts):
    """Something of everything."""
    for id in ("a", "b", "gone"):
        contexts.create(id=id, title="old", content="text", metadata={"k": 1, "l": 2})
    contexts.update("a", title="older")
    contexts.DeleteContext(id="gone")
    contexts.Remember(context={"id": "m", "content": "a memory"})
    contexts.RelateContexts(relationships=[{"source": "a", "target": "b", "kind": "RELATIONSHIP_KIND_FOLLOWS"}])
    contexts.CreateTemplate(definition={"id": "t", "title": "t", "context_title": "made"})
    return contexts


# Changes that the fixture makes, and that of the project itself.
MADE = 9


def changes(contexts, count):
    """The changes of the project, as soon as there are so many."""
    call = change_pb2_grpc.ChangeServiceStub(contexts.channel).WatchChanges(
        change_pb2.WatchChangesRequest(after_position=0), metadata=contexts.metadata, timeout=60)
    found = []
    for event in call:
        if event.HasField("change"):
            found.append(event.change)
        elif len(found) >= count:
            call.cancel()
            return found


def without(message, names):
    """A message without the fields of these names, wherever they are."""
    copy = type(message)()
    copy.CopyFrom(message)
    for field, value in copy.ListFields():
        if field.name in names:
            copy.ClearField(field.name)
        elif field.message_type and not field.message_type.GetOptions().map_entry and (
                field.message_type.full_name.startswith("cairn.")):
            copy.ClearField(field.name)
            if hasattr(value, "DESCRIPTOR"):
                getattr(copy, field.name).CopyFrom(without(value, names))
            else:
                getattr(copy, field.name).extend(without(each, names) for each in value)
    return copy


@pytest.mark.parametrize("method", WRITES)
def test_a_trial_answers_what_the_write_answers_and_writes_nothing(contexts, method):
    request, call = WRITES[method], getattr(contexts, method)
    trial = call(**request, validate_only=True, request_id="r")
    # Nothing was kept of the request either, and what the trial wrote is in nobody's way.
    written = call(**request, request_id="r")
    # Changes come in order: one of the trial would have come before those of the write, which share a position.
    assert len({change.position for change in changes(contexts, MADE + 1)[MADE:]}) == 1
    assert without(trial, OWN) == without(written, OWN)
    if hasattr(trial, "position"):
        assert trial.position != written.position


@pytest.mark.parametrize("method, request_, reason", [
    ("CreateContext", {"context": {"id": "a", "title": "t"}}, "CONTEXT_EXISTS"),
    ("UpdateContext", {"context": {"id": "a", "title": "t", "etag": "0"}}, "ETAG_MISMATCH"),
    ("UpdateTemplate", {"definition": {"id": "none", "title": "t"}}, "TEMPLATE_NOT_FOUND"),
    ("CreateTemplate", {"definition": {"id": "t", "title": "t", "context_title": "x"}}, "TEMPLATE_EXISTS"),
    ("DeleteTemplate", {"id": "t", "etag": "0"}, "ETAG_MISMATCH"),
    ("Supersede", {"superseded": [{"id": "a"}], "context": {"content": "c"}}, "NOT_A_MEMORY"),
])
def test_a_trial_is_refused_as_the_write_is(contexts, method, request_, reason):
    for only in (True, False):
        refused(getattr(contexts, method), **request_, validate_only=only, reason=reason)


def test_an_id_made_by_the_server_is_made_for_a_write_only(contexts):
    for call, request in [
            (contexts.CreateContext, {"context": {"title": "t"}}),
            (contexts.CreateTemplate, {"definition": {"title": "t", "context_title": "x"}}),
            (contexts.Remember, {"context": {"content": "c"}})]:
        trial = call(**request, validate_only=True)
        assert (trial.id, trial.version, trial.etag, trial.position) == ("", 0, "", 0)


def test_a_trial_says_the_version_that_is_there(contexts):
    before = contexts.GetContext(id="a")
    trial = contexts.UpdateContext(context={"id": "a", "title": "t"}, validate_only=True)
    assert (trial.version, trial.etag, trial.position) == (before.version, before.etag, before.position)
    assert contexts.GetContext(id="a") == before


def test_trials_and_writes_of_one_row_take_turns(contexts):
    update = context_pb2_grpc.ContextServiceStub(contexts.channel).UpdateContext
    calls = [
        update.future(
            context_pb2.UpdateContextRequest(context={"id": "a", "title": f"t{number}"}, validate_only=number % 2 == 0),
            metadata=contexts.metadata, timeout=60)
        for number in range(40)]
    assert all(call.result().title for call in calls)
    assert contexts.GetContext(id="a").version == 2 + 20
