"""Tasks that wait for others: in batches, one after the other, with what fails, and against a model."""

import random

import grpc
import pytest

from harness.refusals import refused
from harness.tasks import (
    BLOCKED, CANCELLED, COMPLETED, DELAYED, FAILED, FINAL, PROCEED, QUEUED, after, check, new_tasks)
from harness.waiting import eventually
from test_tasks_life import now

INVALID, NOT_FOUND = grpc.StatusCode.INVALID_ARGUMENT, grpc.StatusCode.NOT_FOUND


@pytest.fixture
def tasks(channel, module_database):
    yield (made := new_tasks(channel, module_database))
    check(made.database)


def complete(tasks, id):
    return tasks.CompleteTask(task=id, lease_epoch=tasks.hold(id)).task


def fail(tasks, id):
    return tasks.FailTask(task=id, lease_epoch=tasks.hold(id), reason="x", is_final=True)


def test_a_task_begins_when_those_it_waits_for_have_ended(tasks):
    tasks.submit_all([{"id": "a"}, {"id": "b"}])
    waiting = tasks.submit(id="w", dependencies=after("a", "b"))
    assert (waiting.state, waiting.blocked_by) == (BLOCKED, 2)
    complete(tasks, "a")
    assert (tasks.state("w"), tasks.get("w").blocked_by) == (BLOCKED, 1)
    complete(tasks, "b")
    assert (tasks.state("w"), tasks.get("w").blocked_by) == (QUEUED, 0)
    assert tasks.events("w") == ["SUBMITTED", "QUEUED"]
    assert complete(tasks, "w").state == COMPLETED


def test_one_that_has_ended_keeps_nobody_waiting(tasks):
    tasks.submit_all([{"id": "good"}, {"id": "bad"}])
    complete(tasks, "good")
    tasks.CancelTask(id="bad")
    assert tasks.submit(dependencies=after("good")).state == QUEUED
    assert tasks.submit(dependencies=after("bad", on_failure=PROCEED)).state == QUEUED
    lost = tasks.submit(dependencies=after("good", "bad"))
    assert lost.state == FAILED and lost.HasField("end_time")
    [failure] = tasks.get(lost.id).failures
    assert (failure.reason, failure.attempt, failure.is_final) == ("dependency", 0, True)
    assert tasks.events(lost.id) == ["SUBMITTED", "FAILED"]


def test_failures_reach_those_that_wait(tasks):
    tasks.submit_all([
        {"id": "a"}, {"id": "b", "dependencies": after("a")}, {"id": "c", "dependencies": after("b")},
        {"id": "despite", "dependencies": after("b", on_failure=PROCEED)}, {"id": "d", "dependencies": after("c")}])
    fail(tasks, "a")
    assert tasks.state("b") == FAILED
    eventually(lambda: tasks.state("d") == FAILED, "the failure reaches the last one")
    assert (tasks.state("c"), tasks.state("despite")) == (FAILED, QUEUED)
    assert tasks.get("d").failures[0].message.startswith("task `c`")


def test_cancelling_tasks_that_wait_for_each_other(tasks):
    tasks.submit_all([{"id": "a"}, {"id": "b", "dependencies": after("a")}, {"id": "c", "dependencies": after("b")}])
    answer = tasks.CancelTasks(requests=[{"id": "b"}, {"id": "a"}])
    assert [result.task.state for result in answer.results] == [CANCELLED, CANCELLED]
    eventually(lambda: tasks.state("c") == FAILED, "the one that waits fails")


def test_a_task_that_waits_for_others_and_a_time(tasks):
    tasks.submit(id="a")
    tasks.submit(id="w", dependencies=after("a"), not_before=now(1.5))
    assert not tasks.get("w").HasField("next_time")
    complete(tasks, "a")
    assert tasks.state("w") == DELAYED and tasks.get("w").HasField("next_time")
    eventually(lambda: tasks.state("w") == QUEUED, "its time comes", timeout=10)


def test_circles_are_refused_and_named(tasks):
    refusal = refused(
        tasks.submit_all, [
            {"id": "x"}, {"id": "a", "dependencies": after("b")}, {"id": "b", "dependencies": after("x", "c")},
            {"id": "c", "dependencies": after("a")}], code=INVALID, reason="TASK_DEPENDENCY_CYCLE")
    assert refusal.metadata["cycle"] == "a → b → c → a"
    assert refused(tasks.submit, id="s", dependencies=after("s"), code=INVALID).metadata["cycle"] == "s → s"
    many = [{"id": str(number), "dependencies": after(str((number + 1) % 1000))} for number in range(1000)]
    assert refused(tasks.submit_all, many, code=INVALID, reason="TASK_DEPENDENCY_CYCLE").metadata["cycle"].endswith("…")
    assert tasks.ids() == []


def test_what_is_not_there_is_not_waited_for(tasks):
    refused(tasks.submit, dependencies=after("none"), code=NOT_FOUND, reason="TASK_NOT_FOUND")
    answer = tasks.submit_all(
        [{"id": "a", "type": ""}, {"id": "b", "dependencies": after("a")}, {"id": "c", "dependencies": after("b")}, {"id": "d"}])
    assert [result.HasField("task") for result in answer.results] == [False, False, False, True]
    assert tasks.ids() == ["d"]


def test_a_chain_of_a_thousand_and_a_fan_of_more_than_are_told_at_once(tasks):
    chain = [{"id": f"c{number}", "dependencies": after(f"c{number - 1}") if number else []} for number in range(1000)]
    assert tasks.submit_all(chain, atomic=True).position > 0
    tasks.submit(id="root")
    for part in range(3):
        tasks.submit_all([{"id": f"f{part}-{number}", "dependencies": after("root")} for number in range(800)], atomic=True)
    complete(tasks, "root")
    eventually(lambda: not tasks.ids(page_size=1000, states=[BLOCKED]) or
               all(id.startswith("c") for id in tasks.ids(page_size=1000, states=[BLOCKED])), "all are told", timeout=60)
    assert len([id for id in tasks.ids(page_size=1000, states=[QUEUED]) if id.startswith("f")]) == 2400
    tasks.CancelTask(id="c0")
    eventually(lambda: tasks.state("c999") == FAILED, "the failure reaches the end of the chain", timeout=120)


def test_a_task_that_makes_way_takes_those_that_wait_with_it(tasks):
    tasks.submit(id="a", unique_key="k")
    tasks.submit(id="w", dependencies=after("a"))
    tasks.submit(id="b", unique_key="k", unique_policy=3)
    eventually(lambda: tasks.state("w") == FAILED, "the one that waits fails")


def test_random_graphs_against_a_model(tasks):
    """What ends, fails and is cancelled in random order leaves every task where the model has it."""
    dice = random.Random(20)
    ids = [f"t{number}" for number in range(60)]
    needs = {
        id: {other: dice.random() < 0.3 for other in dice.sample(ids[:place], min(place, dice.randrange(4)))}
        for place, id in enumerate(ids)}
    state = {}

    def settle():
        changed = True
        while changed:
            changed = False
            for id in ids:
                if state[id] != BLOCKED:
                    continue
                ends = {other: state[other] for other in needs[id]}
                if any(end in (FAILED, CANCELLED) and not needs[id][other] for other, end in ends.items()):
                    state[id] = FAILED
                elif all(end in FINAL for end in ends.values()):
                    state[id] = QUEUED
                else:
                    continue
                changed = True

    for start in range(0, 60, 20):
        part = [
            {"id": id, "dependencies": [{"task": other, "on_failure": PROCEED if goes else 0} for other, goes in needs[id].items()]}
            for id in ids[start:start + 20]]
        dice.shuffle(part)
        tasks.submit_all(part, atomic=True)
    state.update({id: BLOCKED if needs[id] else QUEUED for id in ids})
    while open_tasks := [id for id in ids if state[id] not in FINAL]:
        id = dice.choice(open_tasks)
        if state[id] == QUEUED and dice.random() < 0.8:
            ended = complete(tasks, id) if dice.random() < 0.75 else fail(tasks, id)
        elif dice.random() < 0.2 or state[id] == QUEUED:
            ended = tasks.CancelTask(id=id)
        else:
            continue
        state[id] = ended.state
        settle()
        found = eventually(
            lambda: {task.id: task.state for page in tasks.pages(1000) for task in page} == state, f"all is as after {id}")
        assert found
