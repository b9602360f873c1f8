"""WatchRelationships, WatchTemplates, and WatchChanges with the resources: each change with what it left."""

import grpc
import pytest
from cairn.v1 import (
    change_pb2, change_pb2_grpc, context_pb2, project_pb2, project_pb2_grpc, relationship_pb2, relationship_pb2_grpc,
    template_pb2, template_pb2_grpc)

from harness.refusals import refused

R, T = relationship_pb2.RelationshipChange, template_pb2.TemplateChange


def taken(events, count):
    """The first changes of a feed, which is then closed."""
    changes = []
    for event in events:
        if event.WhichOneof("event") == "change":
            changes.append(event.change)
        if len(changes) == count:
            break
    events.cancel()
    return changes


def relationships(project, **request):
    stub = relationship_pb2_grpc.RelationshipServiceStub(project.channel)
    return stub.WatchRelationships(
        relationship_pb2.WatchRelationshipsRequest(**request), metadata=project.metadata, timeout=60)


def templates(project, **request):
    stub = template_pb2_grpc.TemplateServiceStub(project.channel)
    return stub.WatchTemplates(template_pb2.WatchTemplatesRequest(**request), metadata=project.metadata, timeout=60)


def changes(project, **request):
    stub = change_pb2_grpc.ChangeServiceStub(project.channel)
    return stub.WatchChanges(
        change_pb2.WatchChangesRequest(include_resources=True, **request), metadata=project.metadata, timeout=60)


def edge(source, target, kind="FOLLOWS", **fields):
    return relationship_pb2.Relationship(
        source=source, target=target, kind=f"RELATIONSHIP_KIND_{kind}", **fields)


def end(source, target, kind="FOLLOWS", **fields):
    return relationship_pb2.RelationshipEnd(
        source=source, target=target, kind=f"RELATIONSHIP_KIND_{kind}", **fields)


def test_each_change_of_a_relationship_comes_with_what_it_left(contexts):
    for id in "abc":
        contexts.create(id=id)
    contexts.RelateContexts(relationships=[edge("a", "b", weight=0.5)], atomic=True)
    contexts.RelateContexts(relationships=[edge("a", "b", weight=0.25)], atomic=True)
    contexts.UnrelateContexts(relationships=[end("a", "b")], atomic=True)
    contexts.RelateContexts(relationships=[edge("b", "c", weight=1)], atomic=True)
    contexts.UnrelateContexts(relationships=[end("b", "c", remove=True)], atomic=True)
    seen = taken(relationships(contexts, after_position=0), 5)
    assert [(change.kind, change.relationship.weight) for change in seen] == [
        (R.KIND_CREATED, 0.5), (R.KIND_UPDATED, 0.25), (R.KIND_ENDED, 0.25), (R.KIND_CREATED, 1), (R.KIND_REMOVED, 1)]
    assert [change.relationship.HasField("valid_to") for change in seen[:3]] == [False, False, True]
    assert all(change.relationship.position == change.position for change in seen[:4])
    assert [change.old_version for change in seen] == [0, 1, 2, 0, 1]
    assert {change.provenance.operation for change in seen} == {
        "cairn.v1.RelationshipService/RelateContexts", "cairn.v1.RelationshipService/UnrelateContexts"}


def test_a_feed_of_relationships_can_be_one_of_some_contexts_kinds_and_changes(contexts):
    for id in "abcd":
        contexts.create(id=id)
    contexts.RelateContexts(
        relationships=[edge("a", "b"), edge("c", "d"), edge("d", "a", "CONTAINS")], atomic=True)
    contexts.UnrelateContexts(relationships=[end("c", "d", remove=True), end("a", "b", remove=True)], atomic=True)

    def keys(count, **request):
        return [
            (change.relationship.source, change.relationship.target)
            for change in taken(relationships(contexts, after_position=0, **request), count)]

    assert keys(3, contexts=["a"]) == [("a", "b"), ("d", "a"), ("a", "b")]
    assert keys(1, relationship_kinds=["RELATIONSHIP_KIND_CONTAINS"]) == [("d", "a")]
    assert sorted(keys(2, kinds=[R.KIND_REMOVED])) == [("a", "b"), ("c", "d")]


def test_each_change_of_a_template_comes_with_what_it_left(contexts):
    contexts.CreateTemplate(definition={"id": "t", "title": "first", "context_title": "x"})
    contexts.UpdateTemplate(definition={"id": "t", "title": "second"}, update_mask={"paths": ["title"]})
    contexts.CreateTemplate(definition={"id": "u", "title": "other", "context_title": "x"})
    contexts.DeleteTemplate(id="t")
    seen = taken(templates(contexts, after_position=0), 4)
    assert [(change.kind, change.definition.id, change.definition.title) for change in seen] == [
        (T.KIND_CREATED, "t", "first"), (T.KIND_UPDATED, "t", "second"), (T.KIND_CREATED, "u", "other"),
        (T.KIND_DELETED, "t", "second")]
    assert seen[3].definition.HasField("delete_time") and not seen[1].definition.HasField("delete_time")
    assert [change.definition.id for change in taken(templates(contexts, after_position=0, ids=["u"]), 1)] == ["u"]


def test_changes_of_every_kind_come_with_their_resources_when_asked_for(contexts):
    contexts.create(id="a", content="first")
    contexts.create(id="b")
    contexts.update("a", content="second")
    contexts.RelateContexts(relationships=[edge("a", "b", weight=0.5)], atomic=True)
    contexts.CreateTemplate(definition={"id": "t", "title": "t", "context_title": "x"})
    seen = taken(changes(contexts, after_position=0, resource_kinds=["context", "relationship", "template"]), 5)
    found = []
    for change in seen:
        for kind in (context_pb2.Context, relationship_pb2.Relationship, template_pb2.Template):
            message = kind()
            if change.resource.Unpack(message):
                found.append(message)
    assert [getattr(message, "content", "") for message in found] == ["first", "", "second", "", ""]
    assert found[3].weight == 0.5 and found[4].title == "t"
    assert [message.position for message in found] == [change.position for change in seen]
    # Without being asked for they are not sent.
    stub = change_pb2_grpc.ChangeServiceStub(contexts.channel)
    plain = stub.WatchChanges(
        change_pb2.WatchChangesRequest(after_position=0), metadata=contexts.metadata, timeout=60)
    assert not any(change.HasField("resource") for change in taken(plain, 5))


def test_each_change_of_a_project_comes_with_what_it_left(contexts):
    stub = project_pb2_grpc.ProjectServiceStub(contexts.channel)

    def update(*paths, **fields):
        return stub.UpdateProject(project_pb2.UpdateProjectRequest(
            project=project_pb2.Project(id=contexts.project, **fields), update_mask={"paths": paths}), timeout=60)

    def projects(seen):
        found = []
        for change in seen:
            project = project_pb2.Project()
            assert change.resource.Unpack(project) and change.resource_id == contexts.project
            found.append(project)
        return found

    left = [
        stub.GetProject(project_pb2.GetProjectRequest(id=contexts.project), timeout=60),
        update("title", title="first"),
        update("search_language", "history_retention", search_language="german", history_retention={"seconds": 90_000}),
        update("history_retention"), update("title", title="last")]
    assert [project.HasField("history_retention") for project in left] == [False, False, True, False, False]
    seen = taken(changes(contexts, after_position=0, resource_kinds=["project"]), 5)
    assert [change.action for change in seen] == ["created"] + ["updated"] * 4
    assert [change.new_version for change in seen] == [1, 2, 3, 4, 5]
    assert projects(seen) == left
    # The middle alone, and beside changes of other kinds.
    assert projects(taken(changes(contexts, after_position=seen[1].position, resource_kinds=["project"]), 1)) == [left[2]]
    contexts.create(id="a")
    both = taken(changes(contexts, after_position=seen[3].position), 2)
    assert projects(both[:1]) == [left[4]]
    context = context_pb2.Context()
    assert both[1].resource.Unpack(context) and context.id == "a"
    # A feed that is open already.
    feed = changes(contexts, resource_kinds=["project"])
    assert next(feed).WhichOneof("event") == "caught_up"
    live = update("title", title="live")
    assert projects(taken(feed, 1)) == [live]


def test_resources_that_are_large_together_come_one_after_the_other(contexts):
    for index in range(40):
        contexts.create(id=f"c{index:02}", content="x" * 200_000)
    seen = taken(changes(contexts, after_position=0, resource_kinds=["context"]), 40)
    for index, change in enumerate(seen):
        context = context_pb2.Context()
        assert change.resource.Unpack(context) and context.id == f"c{index:02}" and len(context.content) == 200_000


@pytest.mark.parametrize("watch, request_fields, field", [
    (relationships, {"contexts": [""]}, "contexts[0]"), (relationships, {"kinds": [99]}, "kinds[0]"),
    (relationships, {"relationship_kinds": [0]}, "relationship_kinds[0]"),
    (relationships, {"contexts": ["a"] * 1_001}, "contexts"), (relationships, {"after_position": -1}, "after_position"),
    (templates, {"ids": ["a"] * 1_001}, "ids"), (templates, {"kinds": [0]}, "kinds[0]"),
    (templates, {"after_ordinal": 1}, "after_ordinal")])
def test_what_cannot_be_watched_is_refused_by_its_field(contexts, watch, request_fields, field):
    refusal = refused(lambda: next(watch(contexts, **request_fields)), code=grpc.StatusCode.INVALID_ARGUMENT)
    assert list(refusal.fields) == [field]
