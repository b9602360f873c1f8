"""Agents on Work streams: they are given tasks, say what becomes of them, go on elsewhere, and are replaced."""

import signal

import grpc
import pytest

from harness.coordination import (
    ACTIVE, ASSIGNED, BUSY, CANCELLED, COMPLETED, DEAD, DELAYED, EVENT, FAILED, MAINTENANCE, QUEUED, RUNNING, Coordination,
    check_invariants, new_coordination, span)
from harness.refusals import refused
from harness.server import Server
from harness.waiting import eventually
from harness.work import Worker, reason_of

INVALID, ABORTED, UNAVAILABLE, NOT_FOUND = (
    grpc.StatusCode.INVALID_ARGUMENT, grpc.StatusCode.ABORTED, grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.NOT_FOUND)


@pytest.fixture(scope="module")
def second(module_database):
    running = Server("--database-url", module_database.url).start()
    with running.channel() as channel:
        yield channel
    status = running.stop()
    assert status == 0, running.text


@pytest.fixture
def here(channel, module_database):
    yield new_coordination(channel)
    check_invariants(module_database)


@pytest.fixture
def there(here, second):
    return here.elsewhere(second)


def submit(side, id="", **task):
    return side.SubmitTask(task={"id": id, "type": "work", **task}).id


def state(side, id):
    return side.GetTask(id=id).state


def test_a_task_is_given_begun_and_done(here):
    with Worker(here, "ann", capabilities=["c"], max_load=2) as ann:
        welcome = ann.welcome
        assert (welcome.agent.id, welcome.agent.state, welcome.agent.max_load) == ("ann", ACTIVE, 2)
        assert not welcome.resumed and welcome.resume_token and welcome.position == welcome.agent.position
        assert (welcome.heartbeat_interval.seconds, welcome.silence_limit.seconds) == (30, 90)
        submit(here, "t", input={"n": 1}, payload=b"bytes", required_capabilities=["c"])
        assignment = ann.next("assignment")
        task = assignment.task
        assert (task.id, task.input["n"], task.payload, task.state, task.attempt) == ("t", 1, b"bytes", ASSIGNED, 1)
        assert task.lease.id == "t" and task.lease.epoch > 0 and not assignment.resumed
        assert ann.start(task).state == RUNNING
        ann.answer(ann.say(progress={
            "task": "t", "lease_epoch": task.lease.epoch, "progress": {"fraction": 0.5}, "lines": ["half"]}))
        assert here.GetTask(id="t").progress.fraction == 0.5
        done = ann.complete(task, output={"sum": 2})
        assert (done.id, done.state) == ("t", COMPLETED)
        stored = here.GetTask(id="t")
        assert stored.state == COMPLETED and stored.result.output["sum"] == 2
        agent = here.agent("ann")
        assert (agent.load, agent.completed_tasks) == (0, 1)


def test_more_than_one_agent_may_hold_is_given_as_there_is_room(here):
    with Worker(here, "ann", max_load=2) as ann:
        ids = [submit(here) for _ in range(5)]
        assert ann.task(2).id in ids and here.agent("ann").state == BUSY
        for count in range(1, 6):
            assert ann.complete(ann.task(count)).state == COMPLETED
        assert sorted(ann.tasks) == sorted(ids)


def test_what_is_refused_says_why_and_ends_nothing(here):
    with Worker(here, "ann") as ann:
        submit(here, "t")
        task = ann.task()
        wrong = ann.answer(ann.say(complete={"task": "t", "lease_epoch": task.lease.epoch + 1}))
        assert (wrong.code, reason_of(wrong)) == (10, "LEASE_LOST")
        unknown = ann.answer(ann.say(start={"task": "none", "lease_epoch": 1}))
        assert (unknown.code, reason_of(unknown)) == (5, "TASK_NOT_FOUND")
        bad = ann.answer(ann.say(fail={"task": "t", "lease_epoch": -1, "reason": "x" * 129}))
        assert (bad.code, reason_of(bad)) == (3, "FIELD_INVALID")
        nothing = ann.answer(ann.say())
        assert (nothing.code, reason_of(nothing)) == (3, "FIELD_INVALID")
        assert ann.complete(task).state == COMPLETED
        again = ann.complete(task)
        assert (again.code, reason_of(again)) == (9, "TASK_STATE_MISMATCH")
        assert (here.agent("ann").load, here.agent("ann").completed_tasks) == (0, 1)


def test_what_is_said_at_once_is_done_in_its_order(here):
    with Worker(here, "ann", max_load=100) as ann:
        for _ in range(60):
            submit(here)
        ann.next("assignment", 60)
        tasks = [each.task for each in ann.kinds("assignment")]
        said = []
        for number, task in enumerate(tasks):
            held = {"task": task.id, "lease_epoch": task.lease.epoch}
            if number % 10 == 0:
                said.append(ann.say(start=held))
            said.append(ann.say(fail={**held, "is_final": True}) if number % 7 == 3 else ann.say(complete=held))
        ann.next("acknowledgement", len(said))
        assert [each.sequence for each in ann.kinds("acknowledgement")] == said
        assert all(each.outcome.HasField("task") for each in ann.kinds("acknowledgement"))
        for number, task in enumerate(tasks):
            assert state(here, task.id) == (FAILED if number % 7 == 3 else COMPLETED)
        agent = here.agent("ann")
        assert (agent.load, agent.completed_tasks, agent.failed_tasks) == (0, 51, 9)
        # Many were written together.
        positions = {each.position for each in ann.kinds("acknowledgement")}
        assert len(positions) < len(said)


def test_a_task_that_fails_is_tried_again_and_one_that_is_released_too(here):
    with Worker(here, "ann") as ann:
        submit(here, "t", retry={"initial_backoff": span(0.01), "max_attempts": 2})
        assert ann.fail(ann.task()).state == DELAYED
        second = ann.task(2)
        assert (second.id, second.attempt) == ("t", 2) and second.failures[0].reason == "broken"
        assert ann.release(second).attempt == 1
        third = ann.task(3)
        assert third.attempt == 2 and third.lease.epoch > second.lease.epoch
        assert ann.fail(third).state == FAILED


def test_a_task_that_is_cancelled_is_told_of(here, there):
    with Worker(here, "ann", max_load=3) as ann:
        for id in ("here", "there", "kept"):
            submit(here, id)
        ann.next("assignment", 3)
        here.CancelTask(id="here")
        cancel = ann.next("cancel")
        assert (cancel.task, cancel.task_state, cancel.reason) == ("here", CANCELLED, "cancelled")
        there.CancelTask(id="there")
        assert ann.next("cancel", 2).task == "there"
        assert here.agent("ann").load == 1
        late = ann.complete(next(each.task for each in ann.kinds("assignment") if each.task.id == "here"))
        assert reason_of(late) == "TASK_STATE_MISMATCH"


def test_what_is_submitted_on_one_server_is_done_on_another(here, there):
    with Worker(there, "ann") as ann:
        id = submit(here)
        task = ann.task(timeout=20)
        assert task.id == id and ann.complete(task).state == COMPLETED
        assert state(here, id) == COMPLETED


def test_an_agent_takes_as_many_as_it_is_ready_for(here):
    with Worker(here, "ann", max_load=1) as ann:
        ann.answer(ann.say(ready={"slots": 0}))
        first = submit(here)
        assert here.agent("ann").state == BUSY and state(here, first) == QUEUED
        ann.answer(ann.say(ready={"slots": 2}))
        submit(here)
        ann.next("assignment", 2)
        assert here.agent("ann").max_load == 2
        wrong = ann.answer(ann.say(ready={"slots": -1}))
        assert reason_of(wrong) == "FIELD_INVALID"


def test_an_agent_in_maintenance_keeps_what_it_has_and_gets_nothing(here):
    with Worker(here, "ann", max_load=2) as ann:
        first = submit(here)
        task = ann.task()
        ann.answer(ann.say(heartbeat={"state": MAINTENANCE, "metadata": {"why": "update"}}))
        second = submit(here)
        assert ann.complete(task).state == COMPLETED
        assert (state(here, first), state(here, second)) == (COMPLETED, QUEUED)
        ann.beat(state=ACTIVE)
        assert ann.task(2).id == second


# Streams


def test_a_stream_goes_on_with_what_it_held(here, there):
    ann = Worker(here, "ann", max_load=2)
    submit(here, "begun")
    begun = ann.task()
    ann.start(begun)
    ann.cut()
    submit(here, "new")
    eventually(lambda: here.agent("ann").load == 2, "an agent that is away for a moment is given tasks")
    with Worker(there, "ann", token=ann.welcome.resume_token, max_load=2) as again:
        assert again.welcome.resumed
        again.next("assignment", 2)
        came = {each.task.id: each for each in again.kinds("assignment")}
        assert set(came) == {"begun", "new"} and all(each.resumed for each in came.values())
        assert came["begun"].task.lease == begun.lease and came["begun"].task.state == RUNNING
        assert again.complete(came["begun"].task).state == COMPLETED
        assert came["new"].task.attempt == 1
        # The token of before is good for as long as the agent goes on.
        with Worker(here, "ann", token=ann.welcome.resume_token, max_load=2) as third:
            assert third.welcome.resumed and third.task().id == "new"
            assert again.end().reason == "STREAM_REPLACED"


def test_a_hello_without_a_token_begins_anew(here):
    ann = Worker(here, "ann")
    submit(here, "t")
    task = ann.task()
    ann.cut()
    with Worker(here, "bob") as bob, Worker(here, "ann", state=MAINTENANCE) as again:
        assert not again.welcome.resumed
        taken = bob.task()
        assert (taken.id, taken.attempt) == ("t", 1) and taken.lease.epoch > task.lease.epoch
        late = again.complete(task)
        assert reason_of(late) == "LEASE_LOST"
        assert here.agent("ann").load == 0 and again.tasks == []
    # What was a good token once begins anew, too.
    with Worker(here, "ann", token=ann.welcome.resume_token) as third:
        assert not third.welcome.resumed


@pytest.mark.parametrize("elsewhere", [False, True])
def test_a_second_stream_replaces_the_first(here, there, elsewhere):
    first = Worker(here, "ann")
    with Worker(there if elsewhere else here, "ann") as second:
        refusal = first.end()
        assert (refusal.code, refusal.reason, refusal.metadata) == (ABORTED, "STREAM_REPLACED", {"id": "ann"})
        submit(here)
        assert second.complete(second.task()).state == COMPLETED


def test_a_token_of_another_is_refused(here, channel):
    with Worker(here, "ann") as ann:
        token = ann.welcome.resume_token
        for side, id, given in [
                (here, "bob", token), (here, "ann", token[:-2] + "xx"), (new_coordination(channel), "ann", token)]:
            refusal = Worker(side, id, token=given, welcome=False).end()
            assert (refusal.code, list(refusal.fields)) == (INVALID, ["hello.resume_token"])
        assert ann.error is None


@pytest.mark.parametrize("agent, field", [
    ({"id": ""}, "hello.agent.id"), ({"id": "a", "max_load": 0}, "hello.agent.max_load"),
    ({"id": "a", "state": DEAD}, "hello.agent.state")])
def test_a_wrong_hello_is_refused(here, agent, field):
    refusal = Worker(here, welcome=False, **agent).end()
    assert (refusal.code, list(refusal.fields)) == (INVALID, [field])
    assert here.agents() == []


def test_a_stream_begins_with_a_hello_and_has_one(here):
    worker = Worker(here, "ann", hello=False)
    worker.beat()
    assert list(worker.end().fields) == ["hello"]
    with Worker(here, "ann") as ann:
        again = ann.answer(ann.say(hello={"agent": {"id": "ann"}}))
        assert reason_of(again) == "FIELD_INVALID"
        ann.hang_up()
        assert ann.end() is None
    silent = Worker(here, "bob", hello=False)
    assert list(silent.end().fields) == ["hello"]


def test_an_agent_that_is_unregistered_is_told_and_its_tasks_go_to_others(here):
    with Worker(here, "ann", max_load=2) as ann:
        submit(here, "t")
        ann.start(ann.task())
        removed = here.UnregisterAgent(id="ann", request_id="r")
        assert removed.id == "ann" and here.agents() == []
        assert here.UnregisterAgent(id="ann", request_id="r") == removed
        refusal = ann.end()
        assert (refusal.code, refusal.reason) == (NOT_FOUND, "AGENT_NOT_FOUND")
    with Worker(here, "bob") as bob:
        task = bob.task()
        assert (task.id, task.attempt) == ("t", 1)
    refused(here.UnregisterAgent, id="ann", code=NOT_FOUND, reason="AGENT_NOT_FOUND")


# Death


def test_an_agent_that_falls_silent_is_dead_and_its_tasks_go_to_others(here, there):
    here.die_after(1.5)
    with Worker(there, "bob") as bob, Worker(here, "ann", priority=3) as ann:
        bob.answer(bob.say(ready={"slots": 0}))
        submit(here, "t")
        task = ann.task()
        # Bob goes on beating, Ann does not, though her stream stays open.
        def dead():
            bob.beat()
            return here.agent("ann").state == DEAD
        eventually(dead, "a silent agent is dead", timeout=30)
        assert here.agent("bob").state == BUSY
        cancel = ann.next("cancel")
        assert (cancel.task, cancel.reason) == ("t", "agent_dead")
        eventually(lambda: here.agent("ann").load == 0, "it holds nothing")
        assert here.agent("ann").failed_tasks == 1
        bob.answer(bob.say(ready={"slots": 1}))
        taken = bob.task()
        assert (taken.id, taken.attempt, taken.failures[0].reason) == ("t", 2, "agent_dead")
        # Ann's word comes too late, and makes her live again.
        late = ann.complete(task)
        assert reason_of(late) == "LEASE_LOST"
        ann.beat()
        eventually(lambda: here.agent("ann").state != DEAD, "a heartbeat revives")
        assert bob.complete(taken).state == COMPLETED


def happened(database, side, agent):
    """The names of what happened with an agent, in order."""
    rows = database.query(
        f"SELECT type FROM coordination_event WHERE project_id = '{side.project}' AND subject = 'agent/{agent}' "
        "ORDER BY position, ordinal")
    return [EVENT.Type.Name(int(row[0])).removeprefix("TYPE_") for row in rows]


def test_a_dead_agent_is_asked_for_a_sign_of_life_on_whatever_server_it_is(here, there, module_database):
    here.die_after(0.5, recovery=True, delay=0.3)
    with Worker(there, "ann") as ann:
        ann.next("ping")
        ann.beat()
        eventually(lambda: "AGENT_RECOVERED" in happened(module_database, here, "ann"), "it lives again")
        assert happened(module_database, here, "ann")[:4] == [
            "AGENT_REGISTERED", "AGENT_DEAD", "RECOVERY_ATTEMPTED", "AGENT_RECOVERED"]


def test_a_dead_agent_that_stays_silent_is_given_up_and_asked_once(here, module_database):
    here.die_after(0.3, recovery=True, delay=0.1)
    here.register("ann")
    eventually(lambda: "RECOVERY_FAILED" in happened(module_database, here, "ann"), "it is given up")
    assert happened(module_database, here, "ann") == [
        "AGENT_REGISTERED", "AGENT_DEAD", "RECOVERY_ATTEMPTED", "RECOVERY_FAILED"]
    assert here.Heartbeat(agent="ann").recovered and here.agent("ann").state in (ACTIVE, DEAD)


def test_without_recovery_nobody_is_asked_and_in_maintenance_nobody_dies(here, module_database):
    here.die_after(0.3, recovery=False)
    here.register("resting", state=MAINTENANCE)
    with Worker(here, "ann") as ann:
        here.until("ann", DEAD)
        # Another one dies later, and is dead before anything else happened with these two.
        here.register("later")
        here.until("later", DEAD)
        assert happened(module_database, here, "ann") == ["AGENT_REGISTERED", "AGENT_DEAD"]
        assert ann.kinds("ping") == [] and here.agent("resting").state == MAINTENANCE


def test_an_agent_is_dead_after_so_many_missed_heartbeats(here):
    here.UpdateDeadAgentPolicy(
        policy={"heartbeat_interval": span(0.1), "heartbeat_timeout": span(3600), "missed_heartbeats": 3})
    here.register("ann")
    here.until("ann", DEAD)


def test_an_attempt_that_takes_too_long_has_failed(here):
    with Worker(here, "ann") as ann:
        submit(here, "t", timeout=span(1), retry={"max_attempts": 1})
        ann.start(ann.task())
        cancel = ann.next("cancel")
        assert (cancel.task, cancel.reason, cancel.task_state) == ("t", "timeout", FAILED)
        assert here.GetTask(id="t").failures[0].reason == "timeout"
        assert here.agent("ann").load == 0


# Servers


def test_agents_and_what_they_hold_outlive_their_server(start_server, database):
    """Killed like kill -9 and begun again: nobody is unregistered, and work goes on where it was."""
    server = start_server("--database-url", database.url)
    with server.channel() as channel:
        side = new_coordination(channel)
        side.die_after(60)
        ann = Worker(side, "ann", max_load=3, labels={"zone": "eu"})
        for id in ("done", "begun", "given"):
            submit(side, id)
        ann.next("assignment", 3)
        tasks = {each.task.id: each.task for each in ann.kinds("assignment")}
        ann.complete(tasks["done"])
        ann.start(tasks["begun"])
        submit(side, "waiting")
        ann.next("assignment", 4)
        before = side.agent("ann")
        server.kill()
        assert ann.end().code == UNAVAILABLE
    other = start_server("--database-url", database.url)
    with other.channel() as channel:
        side = Coordination(channel, side.project)
        assert side.agents() == ["ann"]
        after = side.agent("ann")
        assert (after.completed_tasks, after.load, after.state, dict(after.labels)) == (1, 3, BUSY, {"zone": "eu"})
        assert after.version == before.version
        with Worker(side, "ann", token=ann.welcome.resume_token, max_load=3, labels={"zone": "eu"}) as again:
            assert again.welcome.resumed
            again.next("assignment", 3)
            for each in again.kinds("assignment"):
                assert each.resumed and each.task.attempt == 1
                assert again.complete(each.task).state == COMPLETED
        assert side.agent("ann").completed_tasks == 4
    check_invariants(database)


def test_a_server_that_stops_says_so_and_ends_what_was_said(own_server):
    with own_server.channel() as channel:
        side = new_coordination(channel)
        ann = Worker(side, "ann")
        submit(side, "t")
        task = ann.task()
        own_server.send_signal(signal.SIGTERM)
        ann.next("drain")
        assert ann.complete(task).state == COMPLETED
        refusal = ann.end()
        assert (refusal.code, refusal.reason) == (UNAVAILABLE, "SHUTTING_DOWN")
    assert own_server.wait() == 0


def test_a_killed_agent_loses_nothing_but_its_attempt(own_server, database):
    """Agents come and go in the middle of their work; each task is done once."""
    with own_server.channel() as channel:
        side = new_coordination(channel)
        side.die_after(1.0)
        ids = [submit(side, retry={"max_attempts": 50}) for _ in range(30)]
        for round in range(6):
            lost = Worker(side, f"lost-{round}", max_load=5)
            lost.next("assignment")
            lost.cut()
        with Worker(side, "worker", max_load=4) as worker:
            done = set()
            def work():
                worker.beat()
                for each in worker.kinds("assignment"):
                    if (held := (each.task.id, each.task.lease.epoch)) not in done:
                        done.add(held)
                        worker.complete(each.task)
                return all(state(side, id) == COMPLETED for id in ids)
            eventually(work, "all is done", timeout=60)
        eventually(lambda: len(side.agents(states=[DEAD])) >= 6, "those that were lost are dead")
    check_invariants(database)
