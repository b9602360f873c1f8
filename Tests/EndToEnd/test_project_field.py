"""The project may be named in the request instead of the metadata; answers say which journal they are from."""

import grpc
import pytest
from cairn.v1 import (
    agent_pb2, agent_pb2_grpc, assignment_pb2, assignment_pb2_grpc, change_pb2, change_pb2_grpc,
    commit_pb2, commit_pb2_grpc, context_pb2, context_pb2_grpc, memory_pb2, memory_pb2_grpc,
    operation_pb2, operation_pb2_grpc, project_pb2, project_pb2_grpc, queue_pb2, queue_pb2_grpc,
    relationship_pb2, relationship_pb2_grpc, replay_pb2, replay_pb2_grpc,
    session_analytics_pb2, session_analytics_pb2_grpc, session_insight_pb2, session_insight_pb2_grpc,
    session_pb2, session_pb2_grpc, task_pb2, task_pb2_grpc, template_pb2, template_pb2_grpc,
    transfer_pb2, transfer_pb2_grpc)
from google.protobuf import descriptor_pool, json_format, message_factory

from harness.project import new_project
from harness.refusals import refused

INVALID = grpc.StatusCode.INVALID_ARGUMENT
MODULES = {
    "Context": (context_pb2, context_pb2_grpc), "Memory": (memory_pb2, memory_pb2_grpc),
    "Relationship": (relationship_pb2, relationship_pb2_grpc), "Template": (template_pb2, template_pb2_grpc),
    "Transfer": (transfer_pb2, transfer_pb2_grpc), "Operation": (operation_pb2, operation_pb2_grpc),
    "Change": (change_pb2, change_pb2_grpc), "Commit": (commit_pb2, commit_pb2_grpc), "Session": (session_pb2, session_pb2_grpc),
    "Replay": (replay_pb2, replay_pb2_grpc),
    "SessionInsight": (session_insight_pb2, session_insight_pb2_grpc),
    "SessionAnalytics": (session_analytics_pb2, session_analytics_pb2_grpc),
    "Agent": (agent_pb2, agent_pb2_grpc),
    "Task": (task_pb2, task_pb2_grpc),
    "Assignment": (assignment_pb2, assignment_pb2_grpc),
    "Queue": (queue_pb2, queue_pb2_grpc)}


def project_of(contexts):
    return contexts.project


def methods():
    for name, (messages, stubs) in MODULES.items():
        service = messages.DESCRIPTOR.services_by_name[f"{name}Service"]
        for method in service.methods:
            yield pytest.param(name, method.name, id=method.name)


def call(channel, service, method, request, **options):
    """The first answer of any method, unary or streaming."""
    messages, stubs = MODULES[service]
    descriptor = messages.DESCRIPTOR.services_by_name[f"{service}Service"].methods_by_name[method]
    argument = iter([request]) if descriptor.client_streaming else request
    answer = getattr(getattr(stubs, f"{service}ServiceStub")(channel), method)(argument, timeout=60, **options)
    if not descriptor.server_streaming:
        return answer
    try:
        return next(answer)
    finally:
        answer.cancel()


EVENT = {"type": "TYPE_CUSTOM", "name": "n"}
EDGE = {"source": "a", "target": "b", "kind": "RELATIONSHIP_KIND_FOLLOWS"}
ITEM = {"context": {"id": "a", "title": "t"}}
# What each method needs to be right otherwise.
NEEDS = {
    "CreateContext": ITEM, "GetContext": {"id": "a"}, "UpdateContext": ITEM, "DeleteContext": {"id": "a"},
    "UndeleteContext": {"id": "a"}, "BatchCreateContexts": {"requests": [ITEM]}, "BatchGetContexts": {"ids": ["a"]},
    "BatchUpdateContexts": {"requests": [ITEM]}, "BatchDeleteContexts": {"requests": [{"id": "a"}]},
    "Search": {"query": "a"}, "ListContextVersions": {"id": "a"}, "GetContextVersion": {"id": "a", "version": 1},
    "DiffContextVersions": {"id": "a", "from_version": 1, "to_version": 2},
    "RestoreContextVersion": {"id": "a", "version": 1}, "RelateContexts": {"relationships": [EDGE]},
    "UnrelateContexts": {"relationships": [EDGE]}, "Traverse": {"start": ["a"]},
    "FindPaths": {"source": "a", "target": "b"}, "Remember": ITEM, "Forget": {"id": "a"},
    "Supersede": {"superseded": [{"id": "a"}], "context": {"title": "t"}},
    "CreateTemplate": {"definition": {"id": "t", "title": "t", "context_title": "x"}}, "GetTemplate": {"id": "t"},
    "UpdateTemplate": {"definition": {"id": "t", "title": "t"}}, "DeleteTemplate": {"id": "t"},
    "RenderTemplate": {"id": "t"}, "CreateContextFromTemplate": {"template_id": "t"},
    "GetOperation": {"id": "o"}, "CancelOperation": {"id": "o"}, "WatchOperation": {"id": "o"},
    "CreateSession": {"session": {"id": "s"}}, "GetSession": {"id": "s"}, "UpdateSession": {"session": {"id": "s", "title": "t"}},
    "JoinSession": {"id": "s", "agent": "a"}, "LeaveSession": {"id": "s", "agent": "a"}, "EndSession": {"id": "s"},
    "SetSessionTtl": {"id": "s", "ttl": "60s"}, "DeleteSession": {"id": "s"},
    "AppendEvent": {"session": "s", "event": EVENT}, "AppendEvents": {"session": "s", "events": [EVENT]},
    "ListEvents": {"session": "s"}, "WatchSession": {"session": "s"}, "CreateCheckpoint": {"session": "s"},
    "AppendMessage": {"session": "s", "message": {"role": "ROLE_USER", "content": "c"}}, "ListMessages": {"session": "s"},
    "GetMessageWindow": {"session": "s", "token_budget": 1},
    "GetCheckpoint": {"session": "s", "id": "c"}, "ListCheckpoints": {"session": "s"},
    "RestoreCheckpoint": {"session": "s", "id": "c"},
    "RecordCodeChange": {"session": "s", "change": {"entities": ["e"], "operation": "OPERATION_ADDED"}},
    "RecordTestResult": {"session": "s", "entities": ["e"]},
    "ForkSession": {"session": "s"}, "ListSessionTree": {"session": "s"}, "PurgeSessions": {"older_than": "1s"},
    "Commit": {"writes": [{"delete_context": {"id": "c"}}]},
    "StartRecording": {"recording": {"session": "s"}}, "StopRecording": {"id": "r"}, "GetRecording": {"id": "r"},
    "DeleteRecording": {"id": "r"}, "PurgeRecordings": {"older_than": "1s"}, "ListFrames": {"source": {"session": "s"}},
    "PlayReplay": {"start": {"source": {"session": "s"}}}, "ValidateReplay": {"source": {"session": "s"}},
    "ListTransitions": {"session": "s"}, "IsolateAgent": {"session": "s", "agent": "a"}, "AnalyzeSession": {"session": "s"},
    "GetBriefing": {"session": "s"}, "JoinWithBriefing": {"session": "s", "agent": "a"},
    "ListSessionsByEntity": {"entity": "e"}, "ListEntityAnchors": {"entity": "e"},
    "GetSessionAggregates": {"entities": ["e"]}, "GetImpactAnalysis": {"entities": ["e"]}, "ListTimeline": {"session": "s"},
    "ListSessionImpacts": {"session": "s"}, "ListSessionChanges": {"session": "s"},
    "GetSessionSummary": {"session": "s"}, "GetAgentFigures": {"agent": "a"},
    "AdjustAgentFigures": {"agent": "a", "event_count": 1}, "GetSessionTrends": {"window": "WINDOW_DAY"},
    "PurgeSessionFigures": {"older_than": "60s"},
    "SubmitTask": {"task": {"type": "t"}}, "SubmitTasks": {"requests": [{"task": {"type": "t"}}]}, "GetTask": {"id": "t"},
    "CancelTask": {"id": "t"}, "CancelTasks": {"requests": [{"id": "t"}]}, "RetryTask": {"id": "t"}, "WatchTask": {"id": "t"},
    "StartTask": {"task": "t", "lease_epoch": 1}, "ReportProgress": {"task": "t", "lease_epoch": 1},
    "CompleteTask": {"task": "t", "lease_epoch": 1}, "CompleteTasks": {"requests": [{"task": "t", "lease_epoch": 1}]},
    "RecordEffect": {"task": "t", "lease_epoch": 1, "key": "k"}, "FinishEffect": {"task": "t", "lease_epoch": 1, "key": "k"},
    "FailTask": {"task": "t", "lease_epoch": 1}, "ReleaseTask": {"task": "t", "lease_epoch": 1},
    "RegisterAgent": {"agent": {"id": "a"}}, "GetAgent": {"id": "a"}, "UnregisterAgent": {"id": "a"},
    "Heartbeat": {"agent": "a"},
    "Heartbeats": {"agent": "a"},
    "UpdateDeadAgentPolicy": {"policy": {"missed_heartbeats": 2}},
    "ClaimTasks": {"agent": "a"}, "AssignTask": {"task": "t", "agent": "a"}, "RenewLeases": {"agent": "a"},
    "UpdateAssignmentPolicy": {"policy": {"strategy": 1}},
    "GetQueue": {"id": "q"}, "PauseQueue": {"id": "q"}, "ResumeQueue": {"id": "q"},
    "UpdateQueue": {"queue": {"id": "q", "description": "d"}},
}


@pytest.mark.parametrize("service, method", list(methods()))
def test_every_method_takes_its_project_from_the_request(channel, service, method):
    messages, _ = MODULES[service]
    descriptor = messages.DESCRIPTOR.services_by_name[f"{service}Service"].methods_by_name[method].input_type
    project = {"project": "no-such-project"}
    # Where the first message of a stream has what is said once.
    opening = {"ImportContexts": {"options": project}, "Work": {"hello": {"agent": {"id": "a"}} | project}}
    fields = opening.get(method) or NEEDS.get(method, {}) | project
    request = json_format.ParseDict(fields, message_factory.GetMessageClass(descriptor)())
    refused(call, channel, service, method, request, reason="PROJECT_NOT_FOUND")


def test_a_write_and_a_read_by_field_meet_those_by_metadata(channel, contexts):
    project = project_of(contexts)
    stub = context_pb2_grpc.ContextServiceStub(channel)
    made = stub.CreateContext(context_pb2.CreateContextRequest(
        project=project, context=context_pb2.Context(id="a", title="by field")), timeout=60)
    assert contexts.GetContext(id="a") == made
    contexts.create(id="b", title="by metadata")
    got = stub.GetContext(context_pb2.GetContextRequest(project=project, id="b"), timeout=60)
    assert got.title == "by metadata"
    listed = stub.ListContexts(context_pb2.ListContextsRequest(project=project), timeout=60)
    assert {context.id for context in listed.contexts} == {"a", "b"}
    # Both, and the same.
    assert contexts.GetContext(id="a", project=project) == made


@pytest.mark.parametrize("field", ["other", "No!", "default"])
def test_a_project_that_the_metadata_contradicts_is_refused(contexts, other, field):
    named = project_of(other) if field == "other" else field
    refusal = refused(contexts.GetContext, id="a", project=named)
    assert (refusal.code, refusal.reason) == (INVALID, "FIELD_INVALID")
    assert list(refusal.fields) == ["project"]


def test_the_items_of_a_batch_name_no_project(contexts):
    project = project_of(contexts)
    item = context_pb2.CreateContextRequest(project=project, context=context_pb2.Context(title="t"))
    result = contexts.BatchCreateContexts(requests=[item]).results[0]
    assert result.error.code == INVALID.value[0] and "project" in result.error.message


def test_a_page_token_belongs_to_the_project_however_it_is_named(channel, contexts):
    for _ in range(3):
        contexts.create()
    token = contexts.ListContexts(page_size=1).next_page_token
    stub = context_pb2_grpc.ContextServiceStub(channel)
    page = stub.ListContexts(context_pb2.ListContextsRequest(
        project=project_of(contexts), page_size=1, page_token=token), timeout=60)
    assert len(page.contexts) == 1


def test_answers_say_which_journal_their_positions_belong_to(channel, contexts):
    stub = context_pb2_grpc.ContextServiceStub(channel)
    made, create = stub.CreateContext.with_call(
        context_pb2.CreateContextRequest(context=context_pb2.Context(id="a", title="a")), metadata=contexts.metadata, timeout=60)
    journal = dict(create.initial_metadata())["cairn-journal-id"]
    # A stored answer, too, and methods that are in no project.
    _, project = project_pb2_grpc.ProjectServiceStub(channel).CreateProject.with_call(
        project_pb2.CreateProjectRequest(project=project_pb2.Project(id=f"{project_of(contexts)}-2")), timeout=60)
    assert dict(project.initial_metadata())["cairn-journal-id"] == journal
    contexts.create(id="b")
    edge = relationship_pb2.Relationship(source="a", target="b", kind="RELATIONSHIP_KIND_FOLLOWS")
    answers = [
        contexts.RelateContexts(relationships=[edge]), contexts.ListContexts(), contexts.BatchGetContexts(ids=["a"]),
        contexts.BatchCreateContexts(requests=[context_pb2.CreateContextRequest(context=context_pb2.Context(title="t"))]),
        contexts.ListRelationships(), contexts.ListContextVersions(id="a"), contexts.Search(query="a"),
        contexts.ListTemplates(), contexts.Recall(), contexts.ListSessions(),
        contexts.ListEvents(session=contexts.CreateSession(session={"id": "s"}).id), contexts.ListCheckpoints(session="s"),
        contexts.ListMessages(session="s"), contexts.GetMessageWindow(session="s", token_budget=1),
    ]
    assert {answer.journal_id for answer in answers} == {journal}
    feed = contexts.WatchContexts(after_position=0)
    assert next(feed).journal_id == journal
    feed.cancel()


def test_every_method_says_what_it_does(channel):
    """The one table of access: each method of ours has it, and those that read say so in both ways."""
    from cairn.v1 import access_pb2
    from google.protobuf.descriptor_pb2 import MethodOptions

    services = {name: module for name, (module, _) in MODULES.items()} | {"Project": project_pb2}
    for name, module in services.items():
        for method in module.DESCRIPTOR.services_by_name[f"{name}Service"].methods:
            options = method.GetOptions()
            access = options.Extensions[access_pb2.access]
            assert access.effect != access_pb2.MethodAccess.EFFECT_UNSPECIFIED, method.full_name
            reads = options.idempotency_level == MethodOptions.NO_SIDE_EFFECTS
            assert reads == (access.effect == access_pb2.MethodAccess.READ), method.full_name
            if access.resource != "*":
                descriptor_pool.Default().FindMessageTypeByName(f"cairn.v1.{access.resource}")
