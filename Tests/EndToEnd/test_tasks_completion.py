"""Completions that write more: contexts, relationships, logs and further tasks, at one position or not at all."""

import grpc
import pytest

from harness.refusals import refused
from harness.sessions import note
from harness.tasks import BLOCKED, COMPLETED, FAILED, QUEUED, RUNNING, after, check, new_tasks

INVALID, NOT_FOUND, EXISTS, ABORTED, PRECONDITION = (
    grpc.StatusCode.INVALID_ARGUMENT, grpc.StatusCode.NOT_FOUND, grpc.StatusCode.ALREADY_EXISTS, grpc.StatusCode.ABORTED,
    grpc.StatusCode.FAILED_PRECONDITION)


@pytest.fixture
def tasks(channel, module_database):
    made = new_tasks(channel, module_database)
    made.CreateSession(session={"id": "s"})
    yield made
    check(made.database)


def memory(id, **fields):
    return {"create_context": {"context": {"id": id, "title": id, **fields}}}


def log(name):
    return {"append_events": {"session": "s", "events": [note(name)]}}


def test_all_of_it_is_written_at_one_position(tasks):
    held = tasks.held(id="t", session="s")
    answer = tasks.CompleteTask(
        **held, result={"output": {"n": 1}},
        writes=[memory("c1"), memory("c2"), {"relate_contexts": {"source": "c1", "target": "c2", "kind": "RELATIONSHIP_KIND_RELATES_TO"}}, log("done")],
        follow_up_tasks=[
            {"task": {"id": "n1", "type": "next"}}, {"task": {"id": "n2", "type": "next", "dependencies": after("n1", "t")}}])
    assert answer.task.state == COMPLETED and answer.journal_id
    assert [result.WhichOneof("outcome") for result in answer.results] == ["context", "context", "relationship", "appended"]
    assert [(task.id, task.state, task.blocked_by) for task in answer.follow_up_tasks] == [("n1", QUEUED, 0), ("n2", BLOCKED, 1)]
    positions = {
        answer.position, tasks.get("t").position, tasks.get("n1").position, tasks.get("n2").position,
        tasks.GetContext(id="c1").position, tasks.GetContext(id="c2").position,
        tasks.ListEvents(session="s").events[-1].position}
    assert positions == {answer.position}
    assert tasks.ListEvents(session="s").events[-1].provenance.task == "t"


REFUSED = {
    "an id that is taken": dict(writes=[memory("new"), memory("taken")]),
    "a session that has none": dict(writes=[memory("new"), {"append_events": {"session": "none", "events": [note()]}}]),
    "a task whose id is taken": dict(writes=[memory("new")], follow_up_tasks=[{"task": {"id": "there", "type": "x"}}]),
    "a dependency that is not there": dict(
        writes=[memory("new")], follow_up_tasks=[{"task": {"type": "x", "dependencies": after("none")}}]),
    "a circle": dict(
        writes=[memory("new")], follow_up_tasks=[
            {"task": {"id": "a", "type": "x", "dependencies": after("b")}}, {"task": {"id": "b", "type": "x", "dependencies": after("a")}}]),
    "a wrong field": dict(writes=[memory("new"), {"create_context": {"context": {"id": "x"}}}]),
    "a wrong task": dict(writes=[memory("new")], follow_up_tasks=[{"task": {"type": ""}}]),
    "an old lease": dict(writes=[memory("new")], lease_epoch=1),
    "a foreign agent": dict(writes=[memory("new")], agent="bob"),
    "too many tasks": dict(follow_up_tasks=[{"task": {"type": "x"}}] * 101),
}


@pytest.mark.parametrize("what", REFUSED)
def test_nothing_of_it_is_written_where_a_part_is_refused(tasks, what):
    tasks.CreateContext(context={"id": "taken", "title": "taken"})
    tasks.submit(id="there")
    held = tasks.held(id="t")
    refused(tasks.CompleteTask, **{**held, **REFUSED[what]})
    refused(tasks.GetContext, id="new", code=NOT_FOUND)
    assert set(tasks.ids()) == {"t", "there"} and not tasks.get("t").HasField("result")
    assert "COMPLETED" not in tasks.events()
    assert tasks.CompleteTask(**held, writes=[memory("new")]).task.state == COMPLETED


def test_everything_that_stands_against_it_is_told(tasks):
    held = tasks.held(id="t")
    tasks.CancelTask(id="t")
    refusal = refused(
        tasks.CompleteTask, **held, writes=[{"append_events": {"session": "none", "events": [note()]}}], code=PRECONDITION,
        reason="TASK_STATE_MISMATCH")
    assert "no session `none`" in refusal.message


def test_a_repeated_completion_gets_the_first_answer(tasks):
    held = tasks.held(id="t")
    request = dict(
        **held, writes=[memory("c"), log("done")], follow_up_tasks=[{"task": {"type": "next"}}], request_id="once")
    first = tasks.CompleteTask(**request)
    again = tasks.CompleteTask(**request)
    assert again == first and again.follow_up_tasks[0].id.startswith("task-")
    assert len(tasks.ids()) == 2 and tasks.GetSession(id="s").last_sequence == 1
    plain = tasks.held(id="u")
    first = tasks.CompleteTask(**plain, request_id="plain")
    assert tasks.CompleteTask(**plain, request_id="plain") == first


def test_asking_only_writes_nothing(tasks):
    held = tasks.held(id="t")
    told = tasks.CompleteTask(
        **held, writes=[memory("c")], follow_up_tasks=[{"task": {"type": "next"}}], validate_only=True)
    assert (told.task.state, told.position, told.follow_up_tasks[0].state) == (COMPLETED, 0, QUEUED)
    assert tasks.ids() == ["t"]
    refused(tasks.GetContext, id="c", code=NOT_FOUND)
    refused(tasks.CompleteTask, **{**held, "lease_epoch": 1}, validate_only=True, code=ABORTED, reason="LEASE_LOST")
    tasks.StartTask(**held, validate_only=True)
    tasks.FailTask(**held, validate_only=True)
    tasks.CancelTask(id="t", validate_only=True)
    assert tasks.StartTask(**held).state == RUNNING


def test_under_the_lease_itself(tasks):
    held = tasks.held(id="t", agent="ann")
    own = tasks.acting(agent="ann", lease="t", lease_epoch=held["lease_epoch"])
    assert own.CompleteTask(task="t", writes=[memory("c")]).task.state == COMPLETED
    refused(own.CompleteTask, task="t", writes=[memory("d")], code=ABORTED, reason="LEASE_LOST")
    refused(tasks.GetContext, id="d", code=NOT_FOUND)


def test_those_that_wait_begin_with_it(tasks):
    held = tasks.held(id="t")
    tasks.submit(id="w", dependencies=after("t"))
    answer = tasks.CompleteTask(**held, writes=[memory("c")])
    assert tasks.get("w").state == QUEUED and tasks.get("w").position == answer.position
