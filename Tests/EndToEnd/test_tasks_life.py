"""The life of tasks: from submission to their end, by those who want them and those who hold them."""

import time

import grpc
import pytest

from harness import SLOWNESS
from harness.refusals import refused
from harness.tasks import (
    ASSIGNED, BACKGROUND, CANCELLED, COMPLETED, CRITICAL, DELAYED, FAILED, QUEUED, REPLACE, RETURN_EXISTING, RUNNING, STANDARD,
    check, new_tasks)
from harness.waiting import eventually

INVALID, NOT_FOUND, EXISTS, ABORTED, PRECONDITION = (
    grpc.StatusCode.INVALID_ARGUMENT, grpc.StatusCode.NOT_FOUND, grpc.StatusCode.ALREADY_EXISTS, grpc.StatusCode.ABORTED,
    grpc.StatusCode.FAILED_PRECONDITION)
SLOW_RETRY = {"initial_backoff": {"seconds": 3600}, "max_backoff": {"seconds": 3600}}
MINUTE = {"seconds": 60}


@pytest.fixture
def tasks(channel, module_database):
    yield (made := new_tasks(channel, module_database))
    check(made.database)


def now(seconds=0.0):
    at = time.time() + seconds
    return {"seconds": int(at), "nanos": int(at % 1 * 1e9)}


# Submission


def test_a7_a_task_is_queued_and_has_what_was_submitted(tasks):
    made = tasks.submit(
        id="t", type="build", queue="q", task_class=CRITICAL, priority=-3, required_capabilities=["b", "a"],
        required_labels={"zone": "eu"}, preferred_labels={"disk": ""}, input={"k": [1, "é"]}, payload=b"\0\xff",
        media_type="application/x-y", estimate={"seconds": 5}, timeout={"seconds": 30}, metadata={"m": True},
        retention=MINUTE, concurrency_key="c", concurrency_limit=2, fairness_key="f", fairness_weight=7,
        retry={"max_attempts": 5, "multiplier": 1.5})
    assert (made.id, made.state, made.attempt, made.agent) == ("t", QUEUED, 0, "")
    assert made.position > 0 and made.create_time == made.update_time and not made.HasField("lease")
    assert not made.payload and not made.HasField("input"), "answers to writes are outlines"
    found = tasks.get("t")
    assert (found.type, found.queue, found.task_class, found.priority) == ("build", "q", CRITICAL, -3)
    assert list(found.required_capabilities) == ["b", "a"] and dict(found.required_labels) == {"zone": "eu"}
    assert dict(found.preferred_labels) == {"disk": ""} and found.payload == b"\0\xff"
    assert found.input["k"][1] == "é" and found.metadata["m"] and found.media_type == "application/x-y"
    assert (found.estimate.seconds, found.timeout.seconds, found.retention.seconds) == (5, 30, 60)
    assert (found.concurrency_key, found.concurrency_limit, found.fairness_key, found.fairness_weight) == ("c", 2, "f", 7)
    assert (found.retry.max_attempts, found.retry.multiplier, found.retry.jitter) == (5, 1.5, 0.2)
    assert found.position == made.position


def test_what_is_left_out_has_its_default(tasks):
    made = tasks.submit()
    assert made.id.startswith("task-") and len(made.id) == 41
    found = tasks.get(made.id)
    assert (found.queue, found.task_class, found.timeout.seconds, found.retention.seconds) == ("default", STANDARD, 600, 86400)
    retry = found.retry
    assert (retry.max_attempts, retry.initial_backoff.seconds, retry.multiplier, retry.max_backoff.seconds) == (3, 1, 2, 300)
    assert not found.HasField("deadline") and not found.HasField("not_before") and not found.HasField("estimate")


def test_an_id_is_used_once(tasks):
    tasks.submit(id="t")
    assert refused(tasks.submit, id="t", code=EXISTS, reason="TASK_EXISTS").metadata == {"id": "t"}
    assert refused(tasks.submit, id="t", unique_key="k", code=EXISTS, reason="TASK_EXISTS")
    refused(tasks.get, "u", code=NOT_FOUND, reason="TASK_NOT_FOUND")
    assert tasks.ids() == ["t"]


WRONG = {
    "type": {"type": ""}, "id": {"id": "-"}, "queue": {"queue": "a\nb"}, "priority": {"priority": 1001},
    "task_class": {"task_class": 9}, "session": {"session": "x" * 129},
    "required_capabilities[1]": {"required_capabilities": ["a", "a"]},
    "required_capabilities": {"required_capabilities": [str(number) for number in range(33)]},
    "preferred_labels": {"preferred_labels": {str(number): "" for number in range(17)}},
    "required_labels.k": {"required_labels": {"k": "a\x01"}}, "payload": {"payload": bytes(1_048_577)},
    "media_type": {"media_type": "no"}, "estimate": {"estimate": {"seconds": -1}}, "timeout": {"timeout": {"seconds": 0}},
    "deadline": {"deadline": {"nanos": -1}}, "retry.max_attempts": {"retry": {"max_attempts": 1001}},
    "retry.multiplier": {"retry": {"multiplier": 0.5}}, "retry.jitter": {"retry": {"jitter": 1.5}},
    "retry.initial_backoff": {"retry": {"initial_backoff": {"seconds": 86401}}},
    "retry.final_reasons[0]": {"retry": {"final_reasons": [""]}}, "unique_key": {"unique_key": "x" * 257},
    "unique_policy": {"unique_key": "k", "unique_policy": 9}, "concurrency_key": {"concurrency_key": "x" * 257},
    "concurrency_limit": {"concurrency_limit": 2}, "fairness_key": {"fairness_key": "x" * 129},
    "fairness_weight": {"fairness_weight": 1001}, "dependencies[0].task": {"dependencies": [{}]},
    "dependencies": {"dependencies": [{"task": str(number)} for number in range(101)]},
    "retention": {"retention": {"seconds": 59}}, "input": {"input": {"k": "x" * 262_144}},
    "metadata": {"metadata": {"k": "x" * 65_536}},
}


@pytest.mark.parametrize("field", WRONG)
def test_wrong_fields_are_named(tasks, field):
    refusal = refused(tasks.submit, code=INVALID, reason="FIELD_INVALID", **WRONG[field])
    assert list(refusal.fields) == [f"task.{field}"], refusal
    many = refused(tasks.SubmitTasks, requests=[{"task": {"type": "t"}}, {"task": {"type": "t", **WRONG[field]}}], atomic=True,
                   code=INVALID)
    assert list(many.fields) == [f"requests[1].task.{field}"] and many.metadata["index"] == "1"
    assert tasks.ids() == []


def test_no_later_than_ten_years_from_now(tasks):
    refusal = refused(tasks.submit, not_before=now(3651 * 86400), code=INVALID)
    assert list(refusal.fields) == ["task.not_before"]
    assert tasks.submit(not_before=now(3649 * 86400)).state == DELAYED


def test_the_largest_task_there_is(tasks):
    task = {"payload": bytes(1_048_576), "input": {"k": "x" * 200_000}, "metadata": {"k": "x" * 60_000}}
    id = tasks.submit(**task).id
    epoch = tasks.hold(id)
    result = {"payload": bytes(1_048_576), "output": {"k": "x" * 262_000}}
    done = tasks.CompleteTask(task=id, lease_epoch=epoch, result=result).task
    assert done.state == COMPLETED and not done.HasField("result")
    found = tasks.get(id)
    assert len(found.payload) == len(found.result.payload) == 1_048_576 and len(found.result.output["k"]) == 262_000
    too_much = {"payload": bytes(1_048_576), "input": {"k": [1] * 60_000}}
    assert list(refused(tasks.submit, **too_much, code=INVALID).fields) == ["task"]


def test_a_session_must_be_open(tasks):
    tasks.CreateSession(session={"id": "s"})
    assert tasks.submit(session="s").session == "s"
    refused(tasks.submit, session="none", code=NOT_FOUND, reason="SESSION_NOT_FOUND")
    refused(tasks.submit, session="none", unique_key="k", code=NOT_FOUND, reason="SESSION_NOT_FOUND")
    tasks.EndSession(id="s")
    refused(tasks.submit, session="s", code=PRECONDITION, reason="SESSION_ENDED")
    refused(tasks.submit, session="s", not_before=now(60), code=PRECONDITION, reason="SESSION_ENDED")
    tasks.CreateSession(session={"id": "short", "ttl": {"seconds": 1}})
    eventually(
        lambda: refused(tasks.submit, session="short").reason == "SESSION_EXPIRED" if tasks.GetSession(id="short").expire_time.ToSeconds()
        < time.time() - 1 else None, "the session expires")
    tasks.CreateSession(session={"id": "gone"})
    tasks.DeleteSession(id="gone")
    refused(tasks.submit, session="gone", code=NOT_FOUND, reason="SESSION_DELETED")
    assert len(tasks.ids()) == 1


def test_a_repeated_request_submits_once(tasks):
    for fields in ({}, {"not_before": now(3600)}, {"fairness_key": "f"}, {"id": "mine"}):
        first = tasks.submit(request_id=f"r{fields}", **fields)
        assert tasks.submit(request_id=f"r{fields}", **fields) == first
    refused(tasks.submit, request_id="r{}", priority=1, code=INVALID, reason="REQUEST_ID_REUSED")
    batch = {"requests": [{"task": {"type": "a"}}, {"task": {"type": ""}}], "request_id": "batch"}
    first = tasks.SubmitTasks(**batch)
    assert tasks.SubmitTasks(**batch) == first and first.results[1].HasField("error")
    assert len(tasks.ids()) == 5


def test_asking_only_submits_nothing(tasks):
    for fields in ({}, {"not_before": now(3600)}, {"unique_key": "k"}):
        told = tasks.submit(validate_only=True, **fields)
        assert (told.id, told.position, told.HasField("create_time")) == ("", 0, False), told
        assert told.state == (DELAYED if "not_before" in fields else QUEUED)
    assert tasks.ids() == [] and tasks.events() == []


# Batches


def test_a_batch_is_submitted_item_by_item_or_as_a_whole(tasks):
    tasks.submit(id="taken")
    answer = tasks.submit_all([{"id": "a"}, {"id": "taken"}, {"type": ""}, {"id": "b"}, {"id": "a"}])
    assert [result.WhichOneof("outcome") for result in answer.results] == ["task", "error", "error", "task", "error"]
    assert answer.results[0].task.position == answer.results[3].task.position == answer.position > 0
    refused(tasks.submit_all, [{"id": "c"}, {"id": "taken"}], atomic=True, code=EXISTS, reason="TASK_EXISTS")
    refused(tasks.submit_all, [], code=INVALID)
    assert tasks.ids() == ["b", "a", "taken"]


def test_a_thousand_at_once(tasks):
    answer = tasks.submit_all([{"priority": number % 7, "queue": f"q{number % 3}"} for number in range(1000)])
    assert len({result.task.id for result in answer.results}) == 1000
    refused(tasks.submit_all, [{}] * 1001, code=INVALID)
    found = tasks.ids(page_size=333)
    assert found == [result.task.id for result in reversed(answer.results)]


# Those who hold tasks


def test_a20_a21_a_task_is_begun_and_completed(tasks):
    held = tasks.held(id="t", agent="ann")
    got = tasks.get("t")
    assert (got.state, got.agent, got.attempt, got.lease.epoch) == (ASSIGNED, "ann", 1, held["lease_epoch"])
    assert got.lease.id == "t" and 590 < got.lease.expire_time.ToSeconds() - time.time() < 610
    begun = tasks.StartTask(**held)
    assert begun.state == RUNNING and begun.HasField("start_time") and begun.lease == got.lease
    assert tasks.StartTask(**held) == begun
    told = tasks.ReportProgress(**held, progress={"fraction": 0.5, "message": "half"}, lines=["one", "two"])
    assert (told.progress.fraction, told.progress.message, told.position) == (0.5, "half", begun.position)
    answer = tasks.CompleteTask(**held, result={"output": {"sum": 3}, "payload": b"p", "media_type": "text/plain"})
    done = tasks.get("t")
    assert answer.position == answer.task.position == done.position and done.state == COMPLETED
    assert done.result.output["sum"] == 3 and done.result.payload == b"p" and not done.HasField("lease")
    assert done.HasField("end_time") and answer.task.end_time == done.end_time
    [agent] = tasks.database.query(f"SELECT load, completed, failed, run_time FROM agent WHERE project_id = '{tasks.project}'")
    took = (done.end_time.ToMicroseconds() - done.assign_time.ToMicroseconds())
    assert agent == ["0", "1", "0", str(took)]
    assert tasks.events("t") == ["SUBMITTED", "STARTED", "PROGRESS", "LOGGED", "LOGGED", "COMPLETED"]


def test_who_works_has_begun(tasks):
    held = tasks.held()
    assert tasks.ReportProgress(**held, lines=["x"]).state == RUNNING
    assert tasks.events(held["task"]) == ["SUBMITTED", "STARTED", "LOGGED"]
    held = tasks.held()
    assert tasks.CompleteTask(**held).task.state == COMPLETED


def holding(tasks, held):
    """Each method of whoever holds a task."""
    return {
        "StartTask": lambda **fields: tasks.StartTask(**{**held, **fields}),
        "ReportProgress": lambda **fields: tasks.ReportProgress(**{**held, **fields}),
        "CompleteTask": lambda **fields: tasks.CompleteTask(**{**held, **fields}),
        "FailTask": lambda **fields: tasks.FailTask(**{**held, **fields}),
        "ReleaseTask": lambda **fields: tasks.ReleaseTask(**{**held, **fields}),
    }


@pytest.mark.parametrize("method", ["StartTask", "ReportProgress", "CompleteTask", "FailTask", "ReleaseTask"])
def test_a22_only_the_holder_says_so_and_under_its_lease(tasks, method):
    held = tasks.held(agent="ann")
    call = holding(tasks, held)[method]
    before = tasks.get(held["task"])
    refusal = refused(call, agent="bob", code=PRECONDITION, reason="NOT_THE_HOLDER")
    assert refusal.metadata == {"id": held["task"], "agent": "bob", "holder": "ann"}
    assert refused(call, lease_epoch=held["lease_epoch"] - 1, code=ABORTED, reason="LEASE_LOST")
    assert refused(call, lease_epoch=held["lease_epoch"] + 1, code=ABORTED, reason="LEASE_LOST")
    assert list(refused(call, lease_epoch=0, code=INVALID).fields) == ["lease_epoch"]
    assert list(refused(call, lease_epoch=-1, code=INVALID).fields) == ["lease_epoch"]
    refused(call, task="none", code=NOT_FOUND, reason="TASK_NOT_FOUND")
    queued = tasks.submit().id
    refused(call, task=queued, code=PRECONDITION, reason="TASK_STATE_MISMATCH")
    assert tasks.get(held["task"]) == before
    # Named by the call.
    foreign = holding(tasks.acting(agent="bob"), held)[method]
    refused(foreign, code=PRECONDITION, reason="NOT_THE_HOLDER")
    own = tasks.acting(agent="ann", lease=held["task"], lease_epoch=held["lease_epoch"])
    holding(own, held)[method](lease_epoch=0)


def test_a22_a_task_is_completed_once(tasks):
    held = tasks.held(agent="ann")
    first = tasks.CompleteTask(**held, result={"output": {"n": 1}}, request_id="once")
    refusal = refused(
        tasks.CompleteTask, **held, result={"output": {"n": 2}}, code=PRECONDITION, reason="TASK_STATE_MISMATCH")
    assert refusal.metadata["state"] == "COMPLETED"
    refused(tasks.FailTask, **held, code=PRECONDITION, reason="TASK_STATE_MISMATCH")
    assert tasks.CompleteTask(**held, result={"output": {"n": 1}}, request_id="once") == first
    assert tasks.get(held["task"]).result.output["n"] == 1
    assert tasks.database.query(
        f"SELECT load, completed FROM agent WHERE project_id = '{tasks.project}'") == [["0", "1"]]


def test_many_are_completed_in_one_write(tasks):
    held = [tasks.held(agent=f"a{number % 3}") for number in range(9)]
    late = tasks.held()
    tasks.CancelTask(id=late["task"])
    answer = tasks.CompleteTasks(requests=[*held, late, {"task": "none", "lease_epoch": 1}])
    assert [result.task.state for result in answer.results[:9]] == [COMPLETED] * 9
    assert [result.HasField("error") for result in answer.results[9:]] == [True, True]
    assert {result.task.position for result in answer.results[:9]} == {answer.position}
    refused(tasks.CompleteTasks, requests=[tasks.held(), late], atomic=True, code=PRECONDITION)
    refused(tasks.CompleteTasks, requests=[held[0], held[0]], atomic=True, code=INVALID, reason="DUPLICATE_IN_BATCH")


# Failures


def test_a23_a_task_is_tried_again_and_every_failure_is_kept(tasks):
    retry = {"max_attempts": 3, "initial_backoff": {"nanos": 300_000_000}, "jitter": 0}
    id = tasks.submit(retry=retry).id
    waits = []
    for attempt in (1, 2):
        held = {"task": id, "lease_epoch": tasks.hold(id)}
        failed = tasks.FailTask(**held, reason="flaky", message=f"try {attempt}")
        assert (failed.state, failed.attempt) == (DELAYED, attempt)
        waits.append(failed.next_time.ToMicroseconds() - failed.update_time.ToMicroseconds())
        eventually(lambda: tasks.state(id) == QUEUED, "the back-off is over", timeout=10)
        assert tasks.get(id).update_time.ToMicroseconds() - failed.next_time.ToMicroseconds() < 1_500_000 * SLOWNESS
    assert abs(waits[0] - 300_000) < 50_000 and abs(waits[1] - 600_000) < 50_000, waits
    last = tasks.FailTask(task=id, lease_epoch=tasks.hold(id), reason="flaky", message="try 3")
    assert last.state == FAILED
    done = tasks.get(id)
    assert [(failure.attempt, failure.message, failure.is_final, failure.agent) for failure in done.failures] == [
        (1, "try 1", False, "ann"), (2, "try 2", False, "ann"), (3, "try 3", True, "ann")]
    assert tasks.events(id) == ["SUBMITTED", "RETRIED", "QUEUED", "RETRIED", "QUEUED", "FAILED"]
    assert tasks.database.query(f"SELECT load, failed FROM agent WHERE project_id = '{tasks.project}'") == [["0", "3"]]


def test_final_failures(tasks):
    held = tasks.held(retry={"final_reasons": ["bad_input"]})
    assert tasks.FailTask(**held, reason="bad_input").state == FAILED
    held = tasks.held()
    assert tasks.FailTask(**held, reason="x", is_final=True).state == FAILED
    held = tasks.held(retry={"initial_backoff": {"seconds": 0}})
    assert tasks.FailTask(**held, reason="x").state == QUEUED
    assert tasks.get(held["task"]).attempt == 1


def test_a_released_task_counts_no_attempt(tasks):
    held = tasks.held(retry={"max_attempts": 1})
    released = tasks.ReleaseTask(**held, reason="busy")
    assert (released.state, released.attempt, released.HasField("lease")) == (QUEUED, 0, False)
    refused(tasks.CompleteTask, **held, code=PRECONDITION, reason="TASK_STATE_MISMATCH")
    again = tasks.hold(held["task"])
    refused(tasks.CompleteTask, **held, code=ABORTED, reason="LEASE_LOST")
    assert tasks.CompleteTask(task=held["task"], lease_epoch=again).task.state == COMPLETED


def test_what_is_written_under_a_lease_is_refused_once_it_is_over(tasks):
    held = tasks.held()
    mine = tasks.acting(lease=held["task"], lease_epoch=held["lease_epoch"])
    mine.CreateContext(context={"title": "in time"})
    tasks.ReleaseTask(**held)
    refused(mine.CreateContext, context={"title": "late"}, code=ABORTED, reason="LEASE_LOST")
    tasks.hold(held["task"])
    refused(mine.CreateContext, context={"title": "late"}, code=ABORTED, reason="LEASE_LOST")


# Cancelling and trying again


def test_a25_tasks_are_cancelled_wherever_they_stand(tasks):
    queued, delayed = tasks.submit().id, tasks.submit(not_before=now(3600)).id
    held = tasks.held()
    for id in (queued, delayed, held["task"]):
        assert tasks.CancelTask(id=id, reason="no need").state == CANCELLED
        refused(tasks.CancelTask, id=id, code=PRECONDITION, reason="TASK_STATE_MISMATCH")
    refused(tasks.CompleteTask, **held, code=PRECONDITION, reason="TASK_STATE_MISMATCH")
    assert tasks.database.query(f"SELECT load, failed FROM agent WHERE project_id = '{tasks.project}'") == [["0", "0"]]
    ids = [tasks.submit().id for _ in range(3)]
    answer = tasks.CancelTasks(requests=[{"id": id} for id in [*ids, queued]])
    assert [result.HasField("task") for result in answer.results] == [True, True, True, False]


def test_a_task_is_done_after_all(tasks):
    id = tasks.submit(id="t", unique_key="k", retry=SLOW_RETRY).id
    refused(tasks.RetryTask, id=id, code=PRECONDITION, reason="TASK_STATE_MISMATCH")
    tasks.FailTask(task=id, lease_epoch=tasks.hold(id), is_final=True)
    again = tasks.RetryTask(id=id)
    assert (again.state, again.attempt, again.HasField("end_time")) == (QUEUED, 0, False)
    assert len(tasks.get(id).failures) == 1
    assert tasks.FailTask(task=id, lease_epoch=tasks.hold(id)).state == DELAYED
    assert tasks.RetryTask(id=id).state == QUEUED, "sooner than its back-off"
    tasks.CancelTask(id=id)
    tasks.submit(id="u", unique_key="k")
    refusal = refused(tasks.RetryTask, id=id, code=EXISTS, reason="TASK_KEY_IN_USE")
    assert refusal.metadata == {"id": "u", "unique_key": "k"}


# Times


def test_a_task_begins_no_sooner_than_it_may(tasks):
    early = tasks.submit(not_before=now(-60))
    assert early.state == QUEUED
    late = tasks.submit(not_before=now(1.0))
    assert (late.state, late.next_time.ToSeconds() > 0) == (DELAYED, True)
    eventually(lambda: tasks.state(late.id) == QUEUED, "the time has come", timeout=10)
    ready = tasks.get(late.id)
    assert 0 <= ready.update_time.ToMicroseconds() - ready.not_before.ToMicroseconds() < 1_500_000 * SLOWNESS
    assert tasks.events(late.id) == ["SUBMITTED", "QUEUED"]


def test_a10_a_deadline_that_cannot_be_kept(tasks):
    passed = tasks.submit(deadline=now(-1)).id
    tight = tasks.submit(deadline=now(3600), estimate={"seconds": 7200}).id
    soon = tasks.submit(deadline=now(1.0)).id
    held = tasks.held(deadline=now(1 + 2 * SLOWNESS), estimate={"seconds": 1})
    kept = tasks.submit(deadline=now(3600), estimate={"seconds": 60}).id
    for id in (passed, tight, soon, held["task"]):
        eventually(lambda: tasks.state(id) == FAILED, "the deadline is missed", timeout=15)
        [failure] = tasks.get(id).failures
        assert (failure.reason, failure.is_final) == ("deadline", True)
    assert tasks.state(kept) == QUEUED
    refused(tasks.CompleteTask, **held, code=PRECONDITION, reason="TASK_STATE_MISMATCH")
    assert tasks.database.query(f"SELECT load, failed FROM agent WHERE project_id = '{tasks.project}'") == [["0", "1"]]


def test_ended_tasks_go_when_their_retention_is_over(tasks):
    ids = [tasks.submit(retention=MINUTE).id for _ in range(3)]
    waiting = tasks.submit(dependencies=[{"task": ids[2]}], retention=MINUTE).id
    for id in ids[:2]:
        tasks.CancelTask(id=id)
    tasks.database.query(f"UPDATE task SET purge_time = now() WHERE task_id = '{ids[0]}'")
    eventually(lambda: tasks.ids() == [waiting, ids[2], ids[1]], "the task is deleted", timeout=15)
    refused(tasks.get, ids[0], code=NOT_FOUND, reason="TASK_NOT_FOUND")


# Unique keys and fairness


def test_at_most_one_task_has_a_unique_key(tasks):
    first = tasks.submit(unique_key="k")
    refusal = refused(tasks.submit, unique_key="k", code=EXISTS, reason="TASK_KEY_IN_USE")
    assert refusal.metadata == {"id": first.id, "unique_key": "k"}
    assert tasks.submit(type="other", unique_key="k").id != first.id
    assert tasks.submit(unique_key="k", unique_policy=RETURN_EXISTING).id == first.id
    second = tasks.submit(unique_key="k", unique_policy=REPLACE)
    assert second.state == QUEUED and tasks.state(first.id) == CANCELLED
    epoch = tasks.hold(second.id)
    refused(tasks.submit, unique_key="k", unique_policy=REPLACE, code=EXISTS, reason="TASK_KEY_IN_USE")
    tasks.CompleteTask(task=second.id, lease_epoch=epoch)
    assert tasks.submit(unique_key="k").state == QUEUED
    answer = tasks.submit_all([{"unique_key": "n"}, {"unique_key": "n"}])
    assert [result.HasField("task") for result in answer.results] == [True, False]


def turns(tasks):
    """The order in which ready tasks have their turn, by their priority's marks in `type`."""
    return [row[0] for row in tasks.database.query(
        f"SELECT type FROM task_ready JOIN task USING (project_id, task_id) WHERE task.project_id = '{tasks.project}' "
        "ORDER BY task_ready.class, task_ready.priority DESC, task_ready.turn, task_ready.ordinal")]


def test_keys_take_turns_by_their_weights(tasks):
    tasks.submit_all([{"type": "a", "fairness_key": "a"} for _ in range(6)])
    tasks.submit_all([{"type": "b", "fairness_key": "b", "fairness_weight": 2} for _ in range(4)])
    assert turns(tasks) == ["a", "b", "b", "a", "b", "b", "a", "a", "a", "a"]
    tasks.submit(type="c", fairness_key="c")
    assert turns(tasks).index("c") < 4
    tasks.submit(type="d")
    assert turns(tasks).index("d") < 5
    tasks.submit(type="first", task_class=CRITICAL)
    tasks.submit(type="last", task_class=BACKGROUND, priority=1000)
    assert turns(tasks)[0] == "first" and turns(tasks)[-1] == "last"
