"""Who is given which task: strategies, capacities, limits, claims, and two servers that give out at the same time."""

import concurrent.futures
import collections
import threading

import grpc
import pytest
from cairn.v1 import assignment_pb2

from harness import SLOWNESS
from harness.coordination import ASSIGNED, QUEUED, RUNNING, check_invariants, new_coordination
from harness.refusals import refused
from harness.server import Server
from harness.waiting import eventually

NOT_FOUND, PRECONDITION, INVALID = (
    grpc.StatusCode.NOT_FOUND, grpc.StatusCode.FAILED_PRECONDITION, grpc.StatusCode.INVALID_ARGUMENT)
STRATEGY = assignment_pb2.AssignmentStrategy


@pytest.fixture(scope="module")
def second(module_database):
    """Another server on the database of the first."""
    running = Server("--database-url", module_database.url).start()
    with running.channel() as channel:
        yield channel
    status = running.stop()
    assert status == 0, running.text


@pytest.fixture
def work(channel):
    return new_coordination(channel)


def submit(work, count=1, **task):
    return [work.SubmitTask(task={"type": "t", **task}).id for _ in range(count)]


def register(work, id, **agent):
    return work.RegisterAgent(agent={"id": id, "max_load": 1, **agent})


def strategy(work, name):
    work.UpdateAssignmentPolicy(policy={"strategy": f"ASSIGNMENT_STRATEGY_{name}"})


def holders(work, tasks):
    """Who holds each task, once all are held."""
    def held():
        found = [work.GetTask(id=id) for id in tasks]
        return all(task.agent for task in found) and [task.agent for task in found]
    return eventually(held, "all tasks are held")


def claimed(work, agent, **fields):
    return [task.id for task in work.ClaimTasks(agent=agent, **fields).tasks]


def test_a_task_waits_for_an_agent_and_an_agent_for_a_task(work):
    [first] = submit(work)
    assert work.GetTask(id=first).state == QUEUED
    register(work, "ann", max_load=2)
    assert holders(work, [first]) == ["ann"]
    [task] = work.ClaimTasks(agent="ann", wait={"seconds": 10}).tasks
    assert task.id == first and task.lease.epoch > 0 and task.attempt == 1 and task.state == ASSIGNED
    with concurrent.futures.ThreadPoolExecutor() as pool:
        waiting = pool.submit(claimed, work, "ann", max_tasks=5, wait={"seconds": 30})
        [second] = submit(work)
        assert set(waiting.result()) <= {first, second}
        eventually(lambda: claimed(work, "ann", max_tasks=5) == [first, second], "both are assigned")
    assert claimed(work, "ann", max_tasks=5, start=True) == [first, second]
    assert claimed(work, "ann", max_tasks=5) == []
    assert work.GetTask(id=first).state == RUNNING


def test_priority_comes_before_age_and_class_before_both(work, module_database):
    tasks = [
        work.SubmitTask(task={"id": f"{task_class}{9 - priority}{place}", "type": "t", "task_class": task_class,
                               "priority": priority}).id
        for place in range(2) for priority in (1, 5) for task_class in (2, 1, 3)]
    register(work, "bob")
    seen = []
    for _ in tasks:
        [task] = work.ClaimTasks(agent="bob", wait={"seconds": 30}, start=True).tasks
        seen.append(task.id)
        work.CompleteTask(task=task.id, lease_epoch=task.lease.epoch)
    assert seen == sorted(tasks)
    check_invariants(module_database)


def test_only_an_agent_with_all_that_is_required_gets_a_task(work):
    register(work, "ann", capabilities=["go"], labels={"zone": "1"}, max_load=10)
    register(work, "bob", capabilities=["go", "rust"], labels={"zone": "2"}, max_load=10)
    assert holders(work, submit(work, 2, required_capabilities=["rust", "go"])) == ["bob", "bob"]
    assert holders(work, submit(work, 2, required_labels={"zone": "1"})) == ["ann", "ann"]
    [none] = submit(work, required_capabilities=["rust"], required_labels={"zone": "1"})
    assert holders(work, submit(work, 1, preferred_labels={"zone": "2"})) == ["bob"]
    assert work.GetTask(id=none).state == QUEUED


def test_a_lane_that_nobody_can_serve_holds_up_no_other(work):
    submit(work, 300, required_capabilities=["nobody has it"], priority=10)
    register(work, "ann")
    assert holders(work, submit(work)) == ["ann"]


def test_round_robin_gives_to_each_in_turn(work):
    strategy(work, "ROUND_ROBIN")
    for id in "abc":
        register(work, id, max_load=9)
    given = [holders(work, submit(work))[0] for _ in range(9)]
    assert collections.Counter(given) == {"a": 3, "b": 3, "c": 3}
    assert given[:3] == given[3:6] == given[6:]


def test_strategies_choose_as_they_say(work, second):
    there = work.elsewhere(second)
    register(work, "small", max_load=2, priority=1, capabilities=["x"])
    register(work, "large", max_load=10, priority=9, capabilities=["x", "y", "z"])
    [first] = holders(work, submit(work))
    assert holders(work, submit(work)) == ["large" if first == "small" else "small"]
    there.UpdateAssignmentPolicy(policy={"strategy": "ASSIGNMENT_STRATEGY_PRIORITY"})
    assert work.GetAssignmentPolicy().strategy == STRATEGY.Value("ASSIGNMENT_STRATEGY_PRIORITY")
    assert holders(work, submit(work)) == ["large"]
    there.UpdateAssignmentPolicy(policy={"strategy": "ASSIGNMENT_STRATEGY_CAPABILITY_WEIGHTED"})
    assert holders(work, submit(work, required_capabilities=["x"])) == ["large"]
    refused(work.UpdateAssignmentPolicy, code=INVALID, reason="FIELD_INVALID", policy={"strategy": 99})


def test_an_agent_of_the_session_is_chosen_under_session_affinity(work):
    strategy(work, "SESSION_AFFINITY")
    session = work.CreateSession(session={"id": "s"}).id
    register(work, "ann", max_load=10)
    [first] = submit(work, session=session)
    assert holders(work, [first]) == ["ann"]
    register(work, "bob", max_load=10)
    assert holders(work, submit(work, 3, session=session)) == ["ann"] * 3
    assert holders(work, submit(work)) == ["bob"]


def test_a_task_is_assigned_by_hand(work, module_database):
    work.PauseQueue(id="q")
    [task] = submit(work, queue="q")
    register(work, "ann")
    refused(work.AssignTask, code=NOT_FOUND, reason="AGENT_NOT_FOUND", task=task, agent="nobody")
    refused(work.AssignTask, code=NOT_FOUND, reason="TASK_NOT_FOUND", task="nothing", agent="ann")
    given = work.AssignTask(task=task, agent="ann")
    assert (given.state, given.agent) == (ASSIGNED, "ann")
    refused(work.AssignTask, code=PRECONDITION, reason="TASK_STATE_MISMATCH", task=task, agent="ann")
    [other] = submit(work, queue="q")
    refused(work.AssignTask, code=PRECONDITION, reason="AGENT_UNAVAILABLE", task=other, agent="ann")
    check_invariants(module_database)


@pytest.mark.parametrize("limit", [1, 3])
def test_no_more_tasks_of_a_concurrency_key_are_held_than_it_allows(work, second, module_database, limit):
    there = work.elsewhere(second)
    for id in range(4):
        register(work, f"a{id}", max_load=10)
    tasks = [
        side.SubmitTask(task={"type": "t", "concurrency_key": "user", "concurrency_limit": limit}).id
        for _ in range(10) for side in (work, there)]
    most, done = 0, 0
    while done < len(tasks):
        running = [task for task in (work.GetTask(id=id) for id in tasks) if task.state in (ASSIGNED, RUNNING)]
        most = max(most, len(running))
        for task in running:
            (work if done % 2 else there).CompleteTask(task=task.id, lease_epoch=task.lease.epoch)
            done += 1
    assert most == limit
    check_invariants(module_database)


def test_two_servers_never_give_an_agent_more_than_it_takes(work, second, module_database):
    there = work.elsewhere(second)
    register(work, "ann", max_load=2)
    stop, most = threading.Event(), []

    def observe():
        while not stop.is_set():
            [[count]] = module_database.query(
                f"SELECT count(*) FROM task_held WHERE project_id = '{work.project}' AND agent = 'ann'")
            most.append(int(count))

    observer = threading.Thread(target=observe)
    observer.start()
    try:
        with concurrent.futures.ThreadPoolExecutor(16) as pool:
            tasks = list(pool.map(lambda n: submit(work if n % 2 else there)[0], range(100)))
        done = set()
        while len(done) < len(tasks):
            for side in (work, there):
                for task in side.ClaimTasks(agent="ann", max_tasks=2, wait={"seconds": 10}, start=True).tasks:
                    side.CompleteTask(task=task.id, lease_epoch=task.lease.epoch)
                    assert task.id not in done
                    done.add(task.id)
    finally:
        stop.set()
        observer.join()
    assert max(most) == 2
    assert done == set(tasks)
    assert work.GetAgent(id="ann").completed_tasks == len(tasks)
    check_invariants(module_database)


def test_leases_are_renewed_and_lost_ones_named(work):
    register(work, "ann", max_load=2)
    tasks = submit(work, 2)
    holders(work, tasks)
    held = [work.GetTask(id=id).lease for id in tasks]
    work.CompleteTask(task=tasks[0], lease_epoch=held[0].epoch)
    answer = work.RenewLeases(agent="ann", leases=held)
    assert [lease.id for lease in answer.held] == [tasks[1]] and [lease.id for lease in answer.lost] == [tasks[0]]
    assert answer.expire_time.seconds > 0
    refused(work.RenewLeases, code=NOT_FOUND, reason="AGENT_NOT_FOUND", agent="nobody")
    refused(work.ClaimTasks, code=NOT_FOUND, reason="AGENT_NOT_FOUND", agent="nobody")
    refused(work.ClaimTasks, code=INVALID, reason="FIELD_INVALID", agent="ann", max_tasks=101, wait={"seconds": 61})
