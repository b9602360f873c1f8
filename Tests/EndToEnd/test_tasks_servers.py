"""Tasks on two servers with one database, whose callers race, and which are killed in the middle."""

import collections
import concurrent.futures
import threading
import time

import grpc
import pytest

from harness import SLOWNESS
from harness.refusals import refusal
from harness.server import Server
from harness.tasks import CANCELLED, COMPLETED, FINAL, QUEUED, RETURN_EXISTING, after, check, new_tasks
from harness.waiting import eventually
from test_tasks_life import now

EXISTS, ABORTED, PRECONDITION, UNAVAILABLE, CANCELED, DEADLINE = (
    grpc.StatusCode.ALREADY_EXISTS, grpc.StatusCode.ABORTED, grpc.StatusCode.FAILED_PRECONDITION, grpc.StatusCode.UNAVAILABLE,
    grpc.StatusCode.CANCELLED, grpc.StatusCode.DEADLINE_EXCEEDED)


@pytest.fixture(scope="module")
def second(module_database):
    """Another server on the database of the first."""
    running = Server("--database-url", module_database.url).start()
    with running.channel() as channel:
        yield channel
    status = running.stop()
    assert status == 0, running.text


@pytest.fixture
def pair(channel, second, module_database):
    here = new_tasks(channel, module_database)
    yield here, here.elsewhere(second)
    check(module_database)


def together(calls):
    """Makes calls at once; what each returned, or the error that it ended with."""
    def one(call):
        try:
            return call()
        except grpc.RpcError as error:
            return refusal(error)

    with concurrent.futures.ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(one, calls))


def reasons(outcomes):
    return collections.Counter(getattr(outcome, "reason", "OK") for outcome in outcomes)


def test_what_one_server_writes_the_other_reads_and_watches(pair):
    here, there = pair
    id = here.submit(payload=b"p").id
    assert there.get(id) == here.get(id)
    with there.follow(id) as feed:
        eventually(lambda: feed.events, "the task")
        held = {"task": id, "lease_epoch": here.hold(id)}
        there.StartTask(**held)
        here.CompleteTask(**held)
        assert feed.ended() is None and feed.names == ["STARTED", "COMPLETED"]
    assert there.get(id) == here.get(id)


def test_a22_of_many_who_complete_a_task_one_does(pair):
    here, there = pair
    for _ in range(5):
        held = here.held()
        outcomes = together(
            [lambda side=side, n=n: side.CompleteTask(**held, result={"output": {"n": n}})
             for n in range(4) for side in pair] + [lambda: here.FailTask(**held), lambda: there.CancelTask(id=held["task"])])
        assert reasons(outcomes)["OK"] == 1, reasons(outcomes)
        assert set(reasons(outcomes)) <= {"OK", "TASK_STATE_MISMATCH", "LEASE_LOST"}
        assert here.state(held["task"]) in FINAL or here.state(held["task"]) not in (COMPLETED, CANCELLED)


def test_of_many_who_submit_under_one_key_one_does(pair):
    outcomes = together([lambda side=side: side.submit(unique_key="k") for _ in range(10) for side in pair])
    assert reasons(outcomes) == {"OK": 1, "TASK_KEY_IN_USE": 19}
    found = together(
        [lambda side=side: side.submit(unique_key="j", unique_policy=RETURN_EXISTING) for _ in range(10) for side in pair])
    assert reasons(found) == {"OK": 20} and len({task.id for task in found}) == 1
    outcomes = together([lambda side=side: side.submit(id="same") for _ in range(10) for side in pair])
    assert reasons(outcomes) == {"OK": 1, "TASK_EXISTS": 19}


def test_dependencies_and_their_ends_race(pair):
    """Whoever submits a task that waits, and whoever ends what it waits for: none is forgotten."""
    here, there = pair
    for round in range(6):
        root = f"root{round}"
        here.submit(id=root)
        epoch = here.hold(root)
        outcomes = together(
            [lambda side=side, n=n: side.submit(id=f"w{round}-{n}-{side is here}", dependencies=after(root))
             for n in range(6) for side in pair] + [lambda: there.CompleteTask(task=root, lease_epoch=epoch)])
        assert reasons(outcomes) == {"OK": 13}
        eventually(lambda: all(here.state(outcome.id) == QUEUED for outcome in outcomes[:12]), "all begin")


def test_cancelling_whole_graphs_from_both_sides(pair):
    here, there = pair
    here.submit_all([{"id": f"n{n}", "dependencies": after(*(f"n{m}" for m in range(n) if n % (m + 2) == 0))} for n in range(40)])
    together([
        lambda side=side, n=n: side.CancelTasks(requests=[{"id": f"n{m}"} for m in range(n, 40, 7)])
        for n in range(7) for side in pair])
    eventually(lambda: all(task.state in FINAL for page in here.pages(100) for task in page), "all have ended")


def test_keys_take_turns_on_both_servers(pair):
    here, there = pair
    together([
        lambda side=side, key=key: side.submit(fairness_key=key, type=key) for key in "abc" for _ in range(8) for side in pair])
    order = [row[0] for row in here.database.query(
        f"SELECT fairness_key FROM task WHERE project_id = '{here.project}' ORDER BY turn, submit_ordinal")]
    for place in range(0, 48, 12):
        counts = collections.Counter(order[place:place + 12])
        assert all(2 <= counts[key] <= 6 for key in "abc"), order


def test_a_back_off_is_served_by_the_server_that_knows_and_by_the_other_one_when_it_dies(database):
    first, other = (Server("--database-url", database.url).start() for _ in range(2))
    try:
        with first.channel() as one, other.channel() as two:
            here = new_tasks(one, database)
            there = here.elsewhere(two)
            id = here.submit(not_before=now(1)).id
            first.kill()
            eventually(lambda: there.state(id) == QUEUED, "the other server finds what is due", timeout=30)
    finally:
        other.stop()


@pytest.mark.timeout(300)
def test_killed_under_load_every_acknowledged_submission_and_completion_is_there_once(database):
    """Eight clients submit, hold and complete, each through a server that is killed again and again."""
    servers = [Server("--database-url", database.url).start() for _ in range(2)]
    channels = [server.channel() for server in servers]
    tasks = new_tasks(channels[0], database)
    submitted, completed, lock, stop = {}, {}, threading.Lock(), threading.Event()
    broken = []

    def work(number):
        """Submits and completes in turns, with names of requests, each tried until it is answered."""
        place = 0
        while not stop.is_set():
            place += 1
            name = f"w{number}-{place}"
            try:
                task = insist(number, lambda side: side.submit(id=name, request_id=name, input={"n": place}))
                with lock:
                    submitted[name] = task.position
                if place % 3 == 0:
                    continue
                held = {"task": name, "lease_epoch": tasks.hold(name, f"agent{number}")}
                answer = insist(
                    number, lambda side: side.CompleteTask(
                        **held, result={"output": {"n": place}}, request_id=f"{name}-done",
                        follow_up_tasks=[{"task": {"id": f"{name}-next", "type": "next"}}] if place % 5 == 0 else []))
                with lock:
                    completed[name] = answer.position
                    if place % 5 == 0:
                        submitted[f"{name}-next"] = answer.position
            except Exception as error:
                broken.append(error)
                return

    def insist(number, call):
        deadline = time.monotonic() + 60 * SLOWNESS
        while True:
            try:
                return call(tasks.elsewhere(channels[number % 2]))
            except grpc.RpcError as error:
                if error.code() not in (UNAVAILABLE, CANCELED, DEADLINE, ABORTED) or time.monotonic() > deadline:
                    raise
                number += 1

    threads = [threading.Thread(target=work, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for place in range(4):
        before = len(completed)
        eventually(lambda: broken or len(completed) >= before + 15, "work goes on", timeout=60)
        old = servers[place % 2]
        old.kill()
        servers[place % 2] = Server("--database-url", database.url).start()
        channels[place % 2] = servers[place % 2].channel()
    stop.set()
    for thread in threads:
        thread.join(120)
    assert not broken, broken
    rest = tasks.elsewhere(channels[0])
    found = {task.id: task for page in rest.pages(1000) for task in page}
    assert set(submitted) <= set(found) and len(completed) > 60
    for name, position in completed.items():
        assert (found[name].state, found[name].position) == (COMPLETED, position)
    events = collections.Counter()
    with rest.watch(after_position=0) as feed:
        feed.caught_up()
        for event in feed.changes:
            events[event.task, event.type] += 1
    assert max(events.values()) == 1
    check(database)
    for server in servers:
        assert server.stop() == 0, server.text
