"""What holders of tasks do outside, once, whatever becomes of their attempts."""

import concurrent.futures

import grpc
import pytest
from cairn.v1 import task_pb2

from harness.refusals import refusal, refused
from harness.tasks import check, new_tasks
from harness.waiting import eventually

INVALID, ABORTED, PRECONDITION, NOT_FOUND = (
    grpc.StatusCode.INVALID_ARGUMENT, grpc.StatusCode.ABORTED, grpc.StatusCode.FAILED_PRECONDITION, grpc.StatusCode.NOT_FOUND)
ANSWER = task_pb2.RecordEffectResponse
BEGUN, REPEATED, FINISHED = ANSWER.STANDING_BEGUN, ANSWER.STANDING_REPEATED, ANSWER.STANDING_FINISHED
REPEAT = task_pb2.RecordEffectRequest.ON_UNFINISHED_REPEAT
AT_ONCE = {"initial_backoff": {"seconds": 0}}


@pytest.fixture
def tasks(channel, module_database):
    yield (made := new_tasks(channel, module_database))
    check(made.database)


def again(tasks, held):
    """Another attempt at a task, after its agent's failure."""
    tasks.FailTask(**held, reason="x")
    return {"task": held["task"], "lease_epoch": tasks.hold(held["task"])}


def test_a_later_attempt_is_told_the_outcome(tasks):
    held = tasks.held(retry=AT_ONCE)
    begun = tasks.RecordEffect(**held, key="pay")
    assert (begun.standing, begun.effect.attempt, begun.effect.HasField("end_time")) == (BEGUN, 1, False)
    done = tasks.FinishEffect(**held, key="pay", outcome={"output": {"receipt": 7}, "payload": b"p"})
    assert done.begin_time == begun.effect.begin_time and done.HasField("end_time")
    later = again(tasks, held)
    told = tasks.RecordEffect(**later, key="pay")
    assert (told.standing, told.effect) == (FINISHED, done) and told.journal_id
    assert tasks.FinishEffect(**later, key="pay", outcome={"output": {"receipt": 8}}) == done, "the first word counts"
    assert tasks.RecordEffect(**later, key="mail").standing == BEGUN
    assert tasks.FinishEffect(**later, key="unannounced").attempt == 2
    assert tasks.RecordEffect(**later, key="unannounced").standing == FINISHED


def test_what_nobody_finished_is_not_done_again_unless_the_caller_says_so(tasks):
    held = tasks.held(retry=AT_ONCE)
    first = tasks.RecordEffect(**held, key="pay", request_id="r")
    assert tasks.RecordEffect(**held, key="pay", request_id="r") == first, "a repeated call is not another one"
    later = again(tasks, held)
    told = refused(tasks.RecordEffect, **later, key="pay", code=PRECONDITION, reason="EFFECT_UNFINISHED")
    assert told.metadata == {"task": held["task"], "key": "pay", "attempt": "1"}
    repeated = tasks.RecordEffect(**later, key="pay", on_unfinished=REPEAT)
    assert (repeated.standing, repeated.effect.attempt) == (REPEATED, 2)
    assert tasks.FinishEffect(**later, key="pay").begin_time == repeated.effect.begin_time


def test_only_the_holder_records_effects(tasks):
    held = tasks.held(agent="ann", retry=AT_ONCE)
    for call in (tasks.RecordEffect, tasks.FinishEffect):
        refused(call, **{**held, "agent": "bob"}, key="k", code=PRECONDITION, reason="NOT_THE_HOLDER")
        refused(call, **{**held, "lease_epoch": 1}, key="k", code=ABORTED, reason="LEASE_LOST")
        refused(call, **{**held, "task": "none"}, key="k", code=NOT_FOUND, reason="TASK_NOT_FOUND")
        for key in ("", "x" * 257, "a\nb"):
            assert list(refused(call, **held, key=key, code=INVALID).fields) == ["key"]
    assert list(refused(
        tasks.FinishEffect, **held, key="k", outcome={"payload": bytes(65_536)}, code=INVALID).fields) == ["outcome"]
    assert list(refused(tasks.RecordEffect, **held, key="k", on_unfinished=9, code=INVALID).fields) == ["on_unfinished"]
    assert tasks.RecordEffect(**held, key="k", validate_only=True).standing == BEGUN
    assert tasks.RecordEffect(**held, key="k").standing == BEGUN
    tasks.CompleteTask(**held)
    refused(tasks.FinishEffect, **held, key="k", code=PRECONDITION, reason="TASK_STATE_MISMATCH")


def test_of_many_who_begin_an_effect_one_does(tasks):
    held = tasks.held()

    def begin(_):
        try:
            return tasks.RecordEffect(**held, key="pay").standing
        except grpc.RpcError as error:
            return refusal(error).reason

    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        outcomes = list(pool.map(begin, range(24)))
    assert sorted(map(str, outcomes)) == sorted([str(BEGUN)] + ["EFFECT_UNFINISHED"] * 23)


def test_a_task_has_so_many_effects_and_they_go_with_it(tasks):
    held = tasks.held()
    tasks.database.query(
        "INSERT INTO task_effect (project_id, task_id, effect_key, attempt, epoch, begin_time) "
        f"SELECT '{tasks.project}', '{held['task']}', 'k' || n, 1, 1, now() FROM generate_series(1, 1000) AS n")
    assert "1000 effects" in refused(tasks.RecordEffect, **held, key="more", code=INVALID).fields["key"]
    refused(tasks.FinishEffect, **held, key="more", code=INVALID)
    assert tasks.RecordEffect(**held, key="k1", on_unfinished=REPEAT).standing == REPEATED
    tasks.CompleteTask(**held)
    tasks.database.query(f"UPDATE task SET purge_time = now() WHERE project_id = '{tasks.project}'")
    count = f"SELECT count(*) FROM task_effect WHERE project_id = '{tasks.project}'"
    eventually(lambda: tasks.database.value(count) == "0", "the effects are gone", timeout=15)
