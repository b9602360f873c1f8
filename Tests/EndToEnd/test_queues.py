"""Queues: what is said of them, and how their tasks stand."""

import time

import grpc
import pytest
from cairn.v1 import coordination_event_pb2, queue_pb2, task_resource_pb2

from harness import SLOWNESS
from harness.project import new_project
from harness.refusals import refused
from harness.server import Server
from harness.services import ProjectMethods

INVALID, ABORTED = grpc.StatusCode.INVALID_ARGUMENT, grpc.StatusCode.ABORTED


def queues_of(channel, project, **metadata):
    return ProjectMethods(
        channel, [("cairn-project", project)] + [(f"cairn-{key}", value) for key, value in metadata.items()])


@pytest.fixture
def queues(channel):
    return queues_of(channel, new_project(channel).project)


def ids(queues, **fields):
    found, token = [], ""
    while True:
        page = queues.ListQueues(page_token=token, **fields)
        found += [queue.id for queue in page.queues]
        token = page.next_page_token
        if not token:
            return found


def test_a_queue_that_was_never_used_is_open_and_without_limits(queues):
    got = queues.GetQueue(id="mail")
    assert got == queue_pb2.Queue(id="mail", figures=queue_pb2.QueueFigures())
    assert ids(queues) == []


def test_an_update_changes_the_fields_that_it_names(queues):
    made = queues.UpdateQueue(queue={
        "id": "mail", "description": "outgoing", "concurrency_limit": 5, "rate_limit": 100,
        "rate_period": {"seconds": 60}})
    assert (made.version, made.create_time, made.is_paused) == (1, made.update_time, False)
    assert made.etag and made.position > 0
    got = queues.GetQueue(id="mail")
    assert got.figures == queue_pb2.QueueFigures()
    got.ClearField("figures")
    assert got == made
    changed = queues.UpdateQueue(
        queue={"id": "mail", "description": "not this", "concurrency_limit": 7}, update_mask={"paths": ["concurrency_limit"]})
    assert (changed.description, changed.concurrency_limit, changed.version) == ("outgoing", 7, 2)
    assert changed.create_time == made.create_time and changed.position > made.position
    # Without a limit there is no period.
    free = queues.UpdateQueue(queue={"id": "mail"}, update_mask={"paths": ["rate_limit", "concurrency_limit"]})
    assert (free.rate_limit, free.concurrency_limit, free.HasField("rate_period")) == (0, 0, False)
    # And a limit is of some period.
    rated = queues.UpdateQueue(queue={"id": "mail", "rate_limit": 3})
    assert rated.rate_period.seconds == 1


@pytest.mark.parametrize("queue, mask, field", [
    ({"id": ""}, ["description"], "queue.id"), ({"id": "a\tb"}, ["description"], "queue.id"),
    ({"id": "q" * 129}, ["description"], "queue.id"), ({"id": "q"}, [], "update_mask"),
    ({"id": "q"}, ["is_paused"], "update_mask"), ({"id": "q"}, ["nothing"], "update_mask"),
    ({"id": "q", "description": "d" * 257}, [], "queue.description"),
    ({"id": "q", "concurrency_limit": -1}, [], "queue.concurrency_limit"),
    ({"id": "q", "concurrency_limit": 1_000_001}, [], "queue.concurrency_limit"),
    ({"id": "q", "rate_limit": -5}, [], "queue.rate_limit"),
    ({"id": "q", "rate_limit": 1, "rate_period": {"nanos": 1}}, [], "queue.rate_period"),
    ({"id": "q", "rate_limit": 1, "rate_period": {"seconds": -1}}, [], "queue.rate_period"),
    ({"id": "q", "rate_limit": 1, "rate_period": {"seconds": 86_400, "nanos": 1}}, [], "queue.rate_period"),
    ({"id": "q", "rate_limit": 1, "rate_period": {"seconds": 2**62}}, [], "queue.rate_period"),
])
def test_what_cannot_be_said_of_a_queue_is_refused(queues, queue, mask, field):
    refusal = refused(queues.UpdateQueue, queue=queue, update_mask={"paths": mask} if mask else None, code=INVALID)
    assert list(refusal.fields) == [field]
    assert ids(queues) == []


def test_requests_must_name_a_queue(queues):
    for method in ("GetQueue", "PauseQueue", "ResumeQueue"):
        assert list(refused(getattr(queues, method), id="", code=INVALID).fields) == ["id"]
    assert list(refused(queues.UpdateQueue, code=INVALID).fields) == ["queue"]


def test_pausing_twice_is_pausing_once(queues):
    paused = queues.PauseQueue(id="mail")
    assert (paused.is_paused, paused.version) == (True, 1)
    assert queues.PauseQueue(id="mail") == paused
    assert queues.GetQueue(id="mail").is_paused
    resumed = queues.ResumeQueue(id="mail")
    assert (resumed.is_paused, resumed.version) == (False, 2)
    assert queues.ResumeQueue(id="mail") == resumed
    # Of a queue of which nothing was said there is nothing to resume.
    assert queues.ResumeQueue(id="other") == queue_pb2.Queue(id="other")
    assert ids(queues) == ["mail"]


def test_an_etag_keeps_an_update_from_what_it_has_not_seen(queues):
    first = queues.UpdateQueue(queue={"id": "mail", "concurrency_limit": 1})
    queues.PauseQueue(id="mail")
    refusal = refused(
        queues.UpdateQueue, queue={"id": "mail", "etag": first.etag, "concurrency_limit": 2}, code=ABORTED,
        reason="ETAG_MISMATCH")
    assert refusal.metadata["id"] == "mail"
    now = queues.GetQueue(id="mail")
    assert queues.UpdateQueue(queue={"id": "mail", "etag": now.etag, "concurrency_limit": 2}).concurrency_limit == 2


def test_a_repeated_request_changes_nothing_again(queues):
    first = queues.PauseQueue(id="mail", request_id="p1")
    queues.ResumeQueue(id="mail")
    assert queues.PauseQueue(id="mail", request_id="p1") == first
    assert not queues.GetQueue(id="mail").is_paused
    refused(queues.PauseQueue, id="other", request_id="p1", code=INVALID, reason="REQUEST_ID_REUSED")


def test_who_only_asks_changes_nothing(queues):
    told = queues.UpdateQueue(queue={"id": "mail", "concurrency_limit": 3}, validate_only=True)
    assert (told.concurrency_limit, told.version, told.etag, told.position) == (3, 0, "", 0)
    assert queues.PauseQueue(id="mail", validate_only=True).is_paused
    assert queues.GetQueue(id="mail") == queue_pb2.Queue(id="mail", figures=queue_pb2.QueueFigures())


def test_queues_are_listed_in_pages_by_their_ids(queues):
    names = sorted(["b", "a", "mail/out", "Ä", "z" * 128, "default"], key=str.encode)
    for name in names:
        queues.PauseQueue(id=name)
    assert ids(queues, page_size=2) == names
    assert ids(queues) == names
    assert refused(queues.ListQueues, page_size=-1, code=INVALID).fields
    page = queues.ListQueues(page_size=1)
    assert page.journal_id and page.queues[0].HasField("figures")


def test_queues_of_another_project_are_others(queues, channel):
    queues.PauseQueue(id="mail")
    other = queues_of(channel, new_project(channel).project)
    assert not other.GetQueue(id="mail").is_paused and ids(other) == []


def test_all_servers_say_the_same_of_a_queue(module_database, queues):
    second = Server("--database-url", module_database.url).start()
    try:
        with second.channel() as channel:
            there = queues_of(channel, dict(queues.metadata)["cairn-project"])
            paused = queues.PauseQueue(id="mail")
            assert there.GetQueue(id="mail").etag == paused.etag
            there.UpdateQueue(queue={"id": "mail", "etag": paused.etag, "rate_limit": 9})
            assert (queues.GetQueue(id="mail").rate_limit, queues.GetQueue(id="mail").is_paused) == (9, True)
    finally:
        second.stop()


BLOCKED, DELAYED, QUEUED, RUNNING = (
    task_resource_pb2.TaskState.Value(f"TASK_STATE_{name}") for name in ("BLOCKED", "DELAYED", "QUEUED", "RUNNING"))


def store_tasks(database, project, queue, state, count, *, name="task"):
    """Tasks as they stand in the tables, without anybody who gives them out."""
    database.query(f"""
        WITH submitted AS (
          INSERT INTO task (project_id, task_id, submit_position, submit_ordinal, position, create_time, update_time, type, queue,
            class, priority, required, preferred, estimate, timeout, retention, fairness_key, fairness_weight, max_attempts, retry,
            lane, turn, body, state, blocked_by, next_time)
          SELECT '{project}', '{name}-' || number, nextval('journal_position'), 0, 1,
            '2026-01-01T00:00:00Z'::timestamptz + number * interval '1 second', now(), 't', '{queue}', 2, 0, '{{}}', '{{}}', 0,
            1000000, 1000000, '', 1, 3, '', '\\x00', lastval(), '', {state}, {1 if state == BLOCKED else 0},
            {"now() + interval '1 hour'" if state == DELAYED else "NULL"}
          FROM generate_series(1, {count}) AS number
          RETURNING *
        ), ready AS (
          INSERT INTO task_ready (project_id, lane, class, priority, turn, ordinal, task_id, queue)
          SELECT project_id, lane, class, priority, turn, 0, task_id, queue FROM submitted WHERE state = {QUEUED}
        )
        INSERT INTO task_held (project_id, task_id, agent, epoch, queue, expire_time)
        SELECT project_id, task_id, 'ann', 1, queue, now() FROM submitted WHERE state = {RUNNING}""")


def record(database, project, *events):
    """Events as writes record them."""
    for type, queue in events:
        event = coordination_event_pb2.CoordinationEvent(task="gone", queue=queue)
        number = coordination_event_pb2.CoordinationEvent.Type.Value(f"TYPE_TASK_{type}")
        database.query(f"""
            INSERT INTO coordination_event (project_id, position, ordinal, at, principal, operation, type, subject, body)
            VALUES ('{project}', nextval('journal_position'), 0, now(), 'p', 'o', {number}, 'task/gone',
              '\\x{event.SerializeToString().hex()}')""")


def test_tasks_that_wait_are_counted(module_database, queues):
    project = dict(queues.metadata)["cairn-project"]
    for state, count in ((QUEUED, 3), (DELAYED, 2), (BLOCKED, 4), (RUNNING, 1)):
        store_tasks(module_database, project, "mail", state, count, name=f"m{state}")
    store_tasks(module_database, project, "other", QUEUED, 5, name="o")
    figures = queues.GetQueue(id="mail").figures
    assert (figures.waiting, figures.delayed, figures.blocked, figures.active) == (3, 2, 4, 1)
    assert figures.oldest_waiting_time.ToJsonString() == "2026-01-01T00:00:01Z"
    assert not figures.is_lower_bound
    assert queues.GetQueue(id="other").figures.waiting == 5
    assert queues.GetQueue(id="none").figures == queue_pb2.QueueFigures()


def test_what_became_of_tasks_is_summed_up(module_database, queues):
    project = dict(queues.metadata)["cairn-project"]
    record(
        module_database, project, *[("SUBMITTED", "mail")] * 5, ("COMPLETED", "mail"), ("COMPLETED", "mail"),
        ("RETRIED", "mail"), ("FAILED", "mail"), ("CANCELLED", "mail"), ("SUBMITTED", "other"), ("STARTED", "third"))
    figures = queues.GetQueue(id="mail").figures
    assert (figures.submitted, figures.completed, figures.failed, figures.cancelled, figures.retried) == (5, 2, 1, 1, 1)
    # Each once, however often somebody asks and whatever comes later.
    record(module_database, project, ("COMPLETED", "mail"))
    assert [queues.GetQueue(id="mail").figures.completed for _ in range(3)] == [3, 3, 3]
    listed = {queue.id: queue.figures for queue in queues.ListQueues().queues}
    assert set(listed) == {"mail", "other"}
    assert (listed["mail"].completed, listed["other"].submitted) == (3, 1)


def test_a_hundred_thousand_waiting_tasks_do_not_hold_up_who_looks(module_database, queues):
    project = dict(queues.metadata)["cairn-project"]
    store_tasks(module_database, project, "mail", QUEUED, 100_000)
    times = []
    for _ in range(5):
        begun = time.monotonic()
        assert queues.GetQueue(id="mail").figures.waiting == 100_000
        times.append(time.monotonic() - begun)
    assert min(times) < 0.5 * SLOWNESS, times
