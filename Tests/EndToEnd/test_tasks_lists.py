"""Lists of tasks against a model, and feeds of what happens with them."""

import random

import grpc
import pytest

from harness.refusals import refused
from harness.tasks import (
    ASSIGNED, CANCELLED, COMPLETED, DELAYED, EVENT, QUEUED, RUNNING, check, event_name, new_tasks)
from harness.waiting import eventually
from test_tasks_life import now

INVALID, NOT_FOUND = grpc.StatusCode.INVALID_ARGUMENT, grpc.StatusCode.NOT_FOUND


@pytest.fixture
def tasks(channel, module_database):
    yield (made := new_tasks(channel, module_database))
    check(made.database)


# Lists


def test_lists_against_a_model(tasks):
    dice = random.Random(3)
    for session in ("s1", "s2"):
        tasks.CreateSession(session={"id": session})
    model = []
    for _ in range(40):
        fields = {
            "type": dice.choice(["build", "test"]), "queue": dice.choice(["q1", "q2"]), "session": dice.choice(["", "s1", "s2"])}
        if dice.random() < 0.2:
            fields["not_before"] = now(3600)
        if dice.random() < 0.5:
            made = [result.task for result in tasks.submit_all([fields, fields]).results]
        else:
            made = [tasks.submit(**fields)]
        for task in made:
            agent = dice.choice(["ann", "bob"])
            if task.state == QUEUED and dice.random() < 0.6:
                held = {"task": task.id, "lease_epoch": tasks.hold(task.id, agent)}
                dice.choice([
                    lambda: None, lambda: tasks.StartTask(**held), lambda: tasks.CompleteTask(**held),
                    lambda: tasks.FailTask(**held, is_final=True), lambda: tasks.CancelTask(id=task.id)])()
            model.insert(0, tasks.get(task.id))
    assert [task.id for task in model] == tasks.ids(page_size=7)

    def matches(task, states=(), session="", agent="", queue="", type="", schedule=""):
        return (
            (not states or task.state in states) and session in ("", task.session) and agent in ("", task.agent)
            and queue in ("", task.queue) and type in ("", task.type) and schedule in ("", task.schedule))

    for _ in range(60):
        filter = {
            name: dice.choice(values) for name, values in {
                "states": [[QUEUED], [DELAYED, QUEUED], [ASSIGNED, RUNNING], [COMPLETED], [CANCELLED, RUNNING]],
                "session": ["s1", "s2", "none"], "agent": ["ann", "bob"], "queue": ["q1", "q2"], "type": ["build", "test"],
                "schedule": ["nightly"],
            }.items() if dice.random() < 0.3}
        wanted = [task.id for task in model if matches(task, **filter)]
        assert tasks.ids(page_size=dice.choice([1, 3, 50]), **filter) == wanted, filter


def test_pages_are_stable_while_tasks_are_submitted_and_end(tasks):
    ids = [tasks.submit().id for _ in range(10)]
    first = tasks.ListTasks(page_size=4)
    tasks.submit()
    tasks.CancelTask(id=ids[3])
    second = tasks.ListTasks(page_size=4, page_token=first.next_page_token)
    assert [task.id for task in second.tasks] == ids[5:1:-1]
    refused(
        tasks.ListTasks, page_size=4, page_token=first.next_page_token, filter={"queue": "q"}, code=INVALID,
        reason="PAGE_TOKEN_INVALID")
    refused(tasks.ListTasks, page_token="x", code=INVALID, reason="PAGE_TOKEN_INVALID")
    refused(tasks.ListTasks, filter={"states": [0, 99]}, code=INVALID)
    refused(tasks.ListTasks, page_size=-1, code=INVALID)


def test_a_list_looks_at_so_many_tasks_a_page_and_goes_on(tasks):
    tasks.submit(id="old", queue="rare")
    tasks.database.query(f"""
        INSERT INTO task SELECT (jsonb_populate_record(task, jsonb_build_object(
          'task_id', 'n' || number, 'submit_position', submit_position + number, 'queue', 'default', 'state', 8,
          'end_time', now(), 'purge_time', now() + interval '1 day'))).*
        FROM task, generate_series(1, 12000) AS number WHERE task_id = 'old' AND project_id = '{tasks.project}'""")
    pages = list(tasks.pages(queue="rare"))
    assert [len(page) for page in pages] == [0, 0, 1]
    assert tasks.ids(queue="rare", states=[QUEUED]) == ["old"]
    assert len(list(tasks.pages(queue="rare", states=[QUEUED]))) == 1, "those that have ended are not looked at"
    assert len(tasks.ids(page_size=1000)) == 12001


def test_pages_end_before_they_are_too_large_for_stock_clients(tasks):
    wide = "é" * 128
    for _ in range(3):
        tasks.submit_all(
            [{"type": wide, "queue": wide, "fairness_key": wide, "concurrency_key": "ü" * 256, "unique_key": f"{n:0256}"}
             | {"unique_key": ""} for n in range(1000)], timeout=120)
    pages = list(tasks.pages(page_size=1000))
    assert sum(len(page) for page in pages) == 3000


# Feeds


def test_a26_a_task_is_watched_until_it_has_ended(tasks):
    id = tasks.submit(input={"k": 1}, retry={"initial_backoff": {"seconds": 0}}).id
    with tasks.follow(id) as feed:
        eventually(lambda: feed.events, "the task")
        assert feed.events[0].task == tasks.get(id) and feed.events[0].task.input["k"] == 1 and feed.journal
        held = {"task": id, "lease_epoch": tasks.hold(id)}
        tasks.StartTask(**held)
        tasks.FailTask(**held, reason="x")
        tasks.CompleteTask(task=id, lease_epoch=tasks.hold(id))
        tasks.submit()
        assert feed.ended() is None
        assert feed.names == ["STARTED", "RETRIED", "COMPLETED"]
        begun, retried, done = feed.changes
        assert (begun.task_state, begun.agent, begun.attempt, begun.epoch) == (RUNNING, "ann", 1, held["lease_epoch"])
        assert retried.failure.reason == "x" and done.task_state == COMPLETED and done.provenance.principal == "anonymous"
    with tasks.follow(id) as feed:
        assert feed.ended() is None
        [event] = feed.events
        assert event.task.state == COMPLETED
    refused(lambda: next(iter(tasks.WatchTask(id="none"))), code=NOT_FOUND, reason="TASK_NOT_FOUND")
    refused(lambda: next(iter(tasks.WatchTask(id=""))), code=INVALID)


def test_what_happens_with_tasks_is_watched_by_what_they_are(tasks):
    tasks.CreateSession(session={"id": "s"})
    feeds = {
        "all": tasks.watch(), "session": tasks.watch(sessions=["s"]), "queue": tasks.watch(queues=["q"]),
        "type": tasks.watch(task_types=["build"]), "ends": tasks.watch(types=[EVENT.TYPE_TASK_CANCELLED])}
    for feed in feeds.values():
        feed.caught_up()
    for fields in ({}, {"session": "s"}, {"queue": "q"}, {"type": "build", "queue": "q"}):
        tasks.CancelTask(id=tasks.submit(**fields).id, reason="because")
    found = {name: [event_name(event) for event in feed.wait_for_changes(count)] for (name, feed), count in zip(
        feeds.items(), (8, 2, 4, 2, 4))}
    pair = ["SUBMITTED", "CANCELLED"]
    assert found == {"all": pair * 4, "session": pair, "queue": pair * 2, "type": pair, "ends": ["CANCELLED"] * 4}
    assert feeds["ends"].changes[0].message == "because"
    for feed in feeds.values():
        feed.close()


def test_a_feed_goes_on_where_it_ended(tasks):
    with tasks.watch() as feed:
        feed.caught_up()
        for _ in range(5):
            tasks.submit_all([{}, {}])
        first = feed.wait_for_changes(10)
    for place in (0, 4, 9):
        seen = first[place]
        with tasks.watch(after_position=seen.position, after_ordinal=seen.ordinal, journal_id=feed.journal) as rest:
            rest.caught_up()
            assert [(e.position, e.ordinal) for e in rest.changes] == [(e.position, e.ordinal) for e in first[place + 1:]]
    refused(lambda: next(iter(tasks.WatchTasks(after_position=2**62))), code=grpc.StatusCode.OUT_OF_RANGE)
    refused(lambda: next(iter(tasks.WatchTasks(types=[0]))), code=INVALID)
    refused(lambda: next(iter(tasks.WatchTasks(after_ordinal=1))), code=INVALID)
